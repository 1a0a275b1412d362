"""Workings come to the numbers that they explain, and rules to the sizes."""

from __future__ import annotations

import re
from fractions import Fraction
from math import ceil, floor

import pytest

import cnnshape
from cnnshape.layers import Example
from cnnshape.layers.working import MEANINGS, SizeRule, product, times, value

from .agreement import bound
from .test_examples import EXAMPLES


@pytest.mark.slow
@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_the_workings_of_an_example_come_to_its_costs(name: str, example: Example) -> None:
    layer = bound(name, example.arguments, *example.inputs)
    inputs, output = example.inputs, example.gives
    assert value(layer.macs_working(inputs, output)) == layer.macs(inputs, output)
    assert value(layer.connections_working(inputs, output)) == layer.connections(inputs, output)


NETS = ["lenet5", "lenet5_1998", "resnext50_32x4d", "unet", "vit_conv_stem_1gf", "convnext_tiny"]


@pytest.mark.parametrize("net", NETS)
def test_the_workings_in_a_network_come_to_its_costs(net: str) -> None:
    for op in {node.op for node in cnnshape.load(net).layers}:
        seen = op.input_shapes, op.output_shape
        assert value(op.layer.macs_working(*seen)) == op.macs
        assert value(op.layer.connections_working(*seen)) == op.connections


@pytest.mark.slow
@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_the_rule_in_letters_comes_to_the_size(name: str, example: Example) -> None:
    layer = bound(name, example.arguments, *example.inputs)
    rules = layer.size_rules(example.inputs)
    assert len(rules) in (0, len(example.gives) - 1)
    for rule, size in zip(rules, example.gives[1:], strict=False):
        assert set(rule.letters) <= set(MEANINGS)
        assert computed(rule) == size


@pytest.mark.slow
@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_the_meanings_of_parameters_are_of_parameters_that_there_are(
    name: str, example: Example
) -> None:
    layer = bound(name, example.arguments, *example.inputs)
    if layer.parameter_meanings and "bias" in layer.parameters():
        assert set(layer.parameter_meanings) & set(layer.parameters())
    assert all(remark.endswith(".") for remark in layer.remarks(example.inputs, example.gives))


def computed(rule: SizeRule) -> int:
    """What a rule comes to, read as a person would."""
    text = rule.text.replace("−", "-").replace("P′", "Q")
    for opening, closing, name in (("⌊", "⌋", "floor"), ("⌈", "⌉", "ceil")):
        text = text.replace(opening, f"{name}(").replace(closing, ")")
    text = re.sub(r"(?<=[\dA-Z)])(?=[A-Z(])", "*", text)
    letters = {key.replace("P′", "Q"): Fraction(n) for key, n in rule.letters.items()}
    found = eval(text, {"floor": floor, "ceil": ceil}, letters)  # noqa: S307
    assert found == int(found)
    return int(found)


def test_a_product_is_written_with_what_it_counts() -> None:
    working = times(((6, 28, 28), "outputs"), ((1, 5, 5), "weights each"))
    assert str(working) == "6·28·28 outputs × 1·5·5 weights each"
    assert working.value == 117_600
    assert [factor.value for factor in working.factors] == [4704, 25]
    assert value((working, times(((6, 28, 28), "outputs")))) == 122_304
    assert (value(()), product(())) == (0, "1")
