"""Sizes that suit a network: rules held against every size, and against PyTorch."""

from __future__ import annotations

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

import cnnshape
from cnnshape import Network, SpecError, loads
from cnnshape.layers._window import WindowLayer
from cnnshape.layers.shapes import Shape
from cnnshape.lesson.sizes import Rule, Sizes, sizes_of

from ..specs import text_of

UNET = (
    "[{name: a, type: Conv2d, out_channels: 2, kernel_size: 3, padding: 1},"
    " {name: d, type: MaxPool2d, kernel_size: 2},"
    " {name: e, type: Conv2d, out_channels: 2, kernel_size: 3, stride: 2, padding: 1},"
    " {name: u, type: Upsample, scale_factor: 4}, {type: Concat, from: [u, a]}]"
)
ROUND_TRIP = "[{type: MaxPool2d, kernel_size: 3}, {type: Upsample, scale_factor: 3}]"


def found(layers: str, input: str) -> list[Sizes]:
    text = text_of(layers, input)
    return sizes_of(loads(text), lambda shape: loads(text, input=shape))


def expanded(text: str, size: int) -> Network | None:
    try:
        return loads(text, input=(1, size, size))
    except SpecError:
        return None


def left_over(network: Network) -> bool:
    """Whether a layer leaves rows over at the end: more than lie between two windows."""
    for node in network.layers:
        layer = node.layer
        if isinstance(layer, WindowLayer):
            for window, n in zip(layer.windows(), node.input_shapes[0][1:], strict=True):
                read = {
                    place * window.stride + tap * window.dilation - window.before
                    for place in range(window.positions(n))
                    for tap in range(window.kernel)
                }
                if n - 1 - max(read) > max(0, window.stride - window.extent):
                    return True
    return False


STRIDED = "{type: Conv2d, out_channels: 2, kernel_size: 3, stride: 2, padding: 1}"
UNSHUFFLED = "{type: PixelUnshuffle, downscale_factor: 2}"
LAYERS = st.sampled_from(
    [
        "{type: Conv2d, out_channels: 2, kernel_size: 3}",
        STRIDED,
        "{type: Conv2d, out_channels: 2, kernel_size: 1, stride: 2}",
        "{type: Conv2d, out_channels: 2, kernel_size: 3, dilation: 2}",
        "{type: MaxPool2d, kernel_size: 2}",
        "{type: MaxPool2d, kernel_size: 3, stride: 2, ceil_mode: true}",
        "{type: AvgPool2d, kernel_size: 3}",
        "{type: ConvTranspose2d, out_channels: 2, kernel_size: 2, stride: 2}",
        "{type: Upsample, scale_factor: 2}",
        UNSHUFFLED,
        "ReLU",
    ]
)


@pytest.mark.slow
@settings(max_examples=30)
@given(st.lists(LAYERS, min_size=1, max_size=4), st.integers(30, 40))
@example([*[STRIDED] * 2, "{type: AvgPool2d, kernel_size: 3}", UNSHUFFLED], 30)  # one place is left
def test_the_rules_hold_for_every_size(layers: list[str], own: int) -> None:
    held_for_every_size(f"[{', '.join(layers)}]", own)


@pytest.mark.slow
@pytest.mark.parametrize("layers", [UNET, ROUND_TRIP])
def test_the_rules_hold_for_an_encoder_and_decoder(layers: str) -> None:
    held_for_every_size(layers, 48)


def held_for_every_size(layers: str, own: int) -> None:
    text = text_of(layers, f"[1, {own}, {own}]")
    if expanded(text, own) is None:
        return
    (sizes,) = found(layers, f"[1, {own}, {own}]")
    networks = {size: expanded(text, size) for size in range(1, 80)}
    fitting = {size: network for size, network in networks.items() if network is not None}
    whole = {size for size, network in fitting.items() if not left_over(network)}
    exact = {
        size
        for size, network in fitting.items()
        if not any("⌊" in node.layer.formula(node.input_shapes, node.output_shape)
                   or "⌈" in node.layer.formula(node.input_shapes, node.output_shape)
                   for node in network.layers if isinstance(node.layer, WindowLayer))
    }  # fmt: skip
    assert said(sizes.whole) == whole
    assert said(sizes.exact) == exact
    if sizes.works is not None:
        assert said(sizes.works) == {*fitting}
    else:
        assert sizes.failed is not None
        assert networks[sizes.failed.size] is None
    for trial in sizes.listed:
        network = expanded(text, trial.size)
        assert trial.outputs == (() if network is None else (network.layers[-1].output_shape,))


def said(rule: Rule | None) -> set[int]:
    return {
        size
        for size in range(1, 80)
        if rule is not None and size >= rule.first and size % rule.period in rule.rests
    }


@pytest.mark.slow
@settings(max_examples=10)
@given(st.integers(1, 60))
def test_pytorch_agrees_on_what_works_and_what_comes_out(size: int) -> None:
    text = text_of(UNET, "[1, 48, 48]")
    module = loads(text).to_module()
    try:
        with torch.no_grad():
            output = tuple(module(torch.zeros(1, 1, size, size)).shape[1:])
    except RuntimeError:
        output = None
    (sizes,) = found(UNET, "[1, 48, 48]")
    assert sizes.works is None
    assert sizes.whole is not None
    assert (output is not None) == (size % sizes.whole.period in sizes.whole.rests)
    assert output is None or output[1] == size
    assert sizes.relation == "input"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("net", "whole", "relation", "output"),
    [
        ("unet", "multiples of 16 plus 12, from 188 on", "input − 184", (2, 388, 388)),
        ("lenet5", "multiples of 4, from 32 on", "", (10,)),
        ("alexnet", "multiples of 32 plus 0, 1 or 31, from 63 on", "", (1000,)),
        ("fcn8s", "every size, from 1 on", "input", (21, 500, 500)),
    ],
)
def test_nets_of_the_zoo(net: str, whole: str, relation: str, output: Shape) -> None:
    network = cnnshape.load(net)
    (sizes,) = sizes_of(network, lambda shape: cnnshape.load(net, input=shape))
    assert (str(sizes.whole), sizes.relation, sizes.own.outputs) == (whole, relation, (output,))


def test_unlike_dimensions_are_varied_apart() -> None:
    height, width = found("[{type: AvgPool2d, kernel_size: [2, 3]}]", "[1, 8, 9]")
    assert (height.dimensions, str(height.whole)) == ((0,), "multiples of 2, from 2 on")
    assert (width.dimensions, str(width.whole)) == ((1,), "multiples of 3, from 3 on")
    assert (height.relation, width.relation) == ("input/2", "input/3")
    assert {trial.input[2] for trial in height.listed} == {9}


def test_a_rule_counts_its_sizes() -> None:
    rule = Rule(32, (0, 1, 31), 63)
    assert [rule.at(place) for place in range(4)] == [0, 1, 31, 32]
    assert [rule.place(size) for size in (0, 1, 2, 31, 32, 33)] == [0, 1, 2, 2, 3, 4]
    assert str(Rule(9, tuple(range(8)), 1)).startswith(
        "multiples of 9 plus 0, 1, 2, 3, 4 or 5 and 2 more"
    )


def test_where_no_rule_is_found_none_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnnshape.lesson.sizes.TRIES", 3)
    monkeypatch.setattr("cnnshape.lesson.sizes.FEWEST_TRIES", 3)
    pools = ", ".join(["{type: MaxPool2d, kernel_size: 3, stride: 2, padding: 1}"] * 4)
    (sizes,) = found(f"[{pools}]", "[1, 64, 64]")
    assert sizes.whole is None
    assert sizes.own.outputs == ((1, 4, 4),)
