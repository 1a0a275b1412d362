"""Workings come to the numbers that they explain, and rules to the sizes."""

from __future__ import annotations

import re
from fractions import Fraction
from math import ceil, floor, prod

import numpy as np
import pytest
import torch

from cnnshape.layers import Example, registry
from cnnshape.layers.working import MEANINGS, SizeRule, product, times, value

from .agreement import bound
from .test_examples import EXAMPLES

WEIGHTED = ("Conv", "Linear", "ConnectionTableConv2d", "Subsampling2d", "LocallyConnected")
"""How types begin whose outputs are sums of weights times inputs, and a bias."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "example"),
    [
        (name, example)
        for name, kind in registry().items()
        if name.startswith(WEIGHTED)
        for example in kind.examples
    ],
)
def test_connections_are_the_uses_of_weights_and_biases(name: str, example: Example) -> None:
    """With ones for every weight and input, each use adds 1 to the sum of the outputs."""
    layer = bound(name, example.arguments, *example.inputs)
    if any(np.ravel(layer.arguments.get("padding", 0)) != 0):
        pytest.skip("a weight that meets the padding is a use that adds nothing")
    module = layer.module().double()
    for parameter in module.parameters():
        torch.nn.init.ones_(parameter)
    if name == "Subsampling2d":  # of the mean; the paper has the sum
        pytest.skip("its coefficient multiplies a mean")
    found = module(*(torch.ones(1, *shape).double() for shape in example.inputs))
    assert float(found.detach().sum()) == layer.connections(example.inputs, example.gives)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_the_rule_in_letters_comes_to_the_size(name: str, example: Example) -> None:
    layer = bound(name, example.arguments, *example.inputs)
    rules = layer.size_rules(example.inputs)
    assert len(rules) in (0, len(example.gives) - 1)
    for rule, size in zip(rules, example.gives[1:], strict=False):
        assert set(rule.letters) <= set(MEANINGS)
        assert computed(rule) == size


MEANT = [
    (name, example)
    for name, kind in registry().items()
    if kind.parameter_meanings
    for example in kind.examples
]


@pytest.mark.parametrize(("name", "example"), MEANT)
def test_the_meaning_of_a_parameter_comes_to_its_elements(name: str, example: Example) -> None:
    layer = bound(name, example.arguments, *example.inputs)
    channels, features = example.gives[0], example.gives[-1]
    ends = {"one for each output map": channels, "one for each output": features}
    for key, meaning in layer.parameter_meanings.items():
        shape = layer.parameters().get(key)
        if shape is None:
            continue
        sizes = {**layer.arguments, "window": prod(shape[2:])}
        found = Fraction(1)
        for factor in meaning.split(" · ") if meaning not in ends else ():
            upper, _, lower = factor.partition("/")
            found *= Fraction(sizes[upper], sizes[lower] if lower else 1)
        assert prod(shape) == ends.get(meaning, found)


def test_every_meaning_is_met() -> None:
    met = {
        (registry()[name].parameter_meanings[key], key)
        for name, example in MEANT
        for key in bound(name, example.arguments, *example.inputs).parameters()
        if key in registry()[name].parameter_meanings
    }
    told = {
        (meaning, key)
        for kind in registry().values()
        for key, meaning in kind.parameter_meanings.items()
    }
    assert met == told


@pytest.mark.slow
@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_a_remark_is_a_sentence(name: str, example: Example) -> None:
    layer = bound(name, example.arguments, *example.inputs)
    for remark in layer.remarks(example.inputs, example.gives):
        assert re.match(r"[A-Z(−\d].*\.$", remark), remark


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
