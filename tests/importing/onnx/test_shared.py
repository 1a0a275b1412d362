"""Weights that are stored once, and read by several layers."""

from __future__ import annotations

import numpy as np
import pytest

from cnnshape.importing import import_onnx

from .writer import Writer

NOTE = "that layers share a.weight, and nothing else: each has, and counts, a copy"


def _two(w: Writer, *, own_bias: bool, alias: bool = False) -> str:
    first, second = w.weight("a.bias", 4), w.weight("b.bias", 4) if own_bias else "a.bias"
    weight = w.weight("a.weight", 4, 4, 3, 3)
    again = w.node("Identity", [weight], "b.weight") if alias else weight
    inner = w.node("Relu", [w.node("Conv", ["x", weight, first], pads=[1] * 4)])
    return w.node("Conv", [inner, again, second], pads=[1] * 4)


@pytest.mark.parametrize("alias", [False, True])
def test_layers_that_share_some_of_their_weights_have_copies(alias: bool) -> None:
    w = Writer(4, 8, 8)
    found = import_onnx(w.write(_two(w, own_bias=True, alias=alias)))
    assert [node.type for node in found.network.layers] == ["Conv2d", "ReLU", "Conv2d"]
    assert found.network.totals.params == 2 * (144 + 4)
    assert found.notes == (NOTE,)


@pytest.mark.parametrize("alias", [False, True])
def test_layers_that_share_all_are_one(alias: bool) -> None:
    w = Writer(4, 8, 8)
    found = import_onnx(w.write(_two(w, own_bias=False, alias=alias)))
    assert found.network.totals.params == 144 + 4
    assert not found.notes


def test_weights_of_one_number_and_others_may_be_stored_once() -> None:
    """As those of norms before training beside biases that are their own."""
    w = Writer(4, 8, 8)
    ones, zeros = w.constant("n.weight", np.ones(4)), w.constant("n.bias", np.zeros(4))
    value = "x"
    for name in ("a", "b", "c"):
        own = [w.weight(f"{name}.{each}", 4) for each in ("bias", "mean", "var")]
        reads = own if name == "a" else [zeros, zeros, ones]
        value = w.node("BatchNormalization", [value, ones, *reads])
        value = w.node("Relu", [value])
    found = import_onnx(w.write(value))
    assert found.network.totals.params == 3 * 8
    assert not found.notes
