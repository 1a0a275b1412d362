"""Every example of every layer type is what PyTorch does."""

from __future__ import annotations

import pytest

from cnnshape.layers import Example, Layer, listed

from .agreement import assert_agrees, bound

pytestmark = pytest.mark.slow

EXAMPLES = [
    pytest.param(name, example, id=f"{name}-{index}")
    for name, layer in listed().items()
    for index, example in enumerate(layer.examples)
]


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_an_example_is_what_pytorch_does(name: str, example: Example) -> None:
    layer = bound(name, example.arguments, *example.inputs)
    assert layer.output_shape(example.inputs) == example.gives
    assert_agrees(name, example.arguments, *example.inputs)


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_what_a_layer_says_of_itself_is_well_formed(name: str, example: Example) -> None:
    layer = bound(name, example.arguments, *example.inputs)
    inputs, output = example.inputs, example.gives
    connections = layer.connections(inputs, output)
    assert connections is None or connections >= 0
    footprint = layer.footprint(inputs, output)
    if footprint is not None:
        assert len(footprint) == max(len(shape) - 1 for shape in inputs)
        assert all(step.span >= 0 and step.scale > 0 for step in footprint)
    assert "\n" not in layer.formula(inputs, output)
    assert "\n" not in layer.summary()
    assert all(isinstance(note, str) and note for note in layer.notes(inputs, output))
    unread = layer.unread(inputs, output)
    assert unread == () or len(unread) == len(inputs[0]) - 1


@pytest.mark.parametrize("layer", listed().values(), ids=lambda layer: layer.__name__)
def test_a_type_has_two_examples_or_more(layer: type[Layer]) -> None:
    assert len(layer.examples) >= 2
    for example in layer.examples:
        assert set(example.arguments) <= set(layer.fields)


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_a_bound_layer_reads_its_own_arguments_again(name: str, example: Example) -> None:
    layer = bound(name, example.arguments, *example.inputs)
    again = bound(name, layer.arguments, *example.inputs)
    assert again == layer
    assert hash(again) == hash(layer)
