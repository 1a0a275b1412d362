"""Padding against torch.nn: what can be mirrored, wrapped around or taken away, and what cannot."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cnnshape.layers import LayerError, Shape, Step, registry

from .agreement import assert_agrees, assert_agrees_or_both_refuse, assert_both_refuse, bound

FAMILIES = ("Constant", "Zero", "Reflection", "Replication", "Circular")
PADS = sorted(name for name, layer in registry().items() if layer.kind == "padding")


def test_each_family_pads_one_two_and_three_dimensions() -> None:
    assert sorted(f"{family}Pad{dims}d" for family in FAMILIES for dims in (1, 2, 3)) == PADS


@st.composite
def pads(draw: st.DrawFn) -> tuple[str, dict[str, Any], Shape]:
    spatial_dims = draw(st.integers(1, 3))
    name = f"{draw(st.sampled_from(FAMILIES))}Pad{spatial_dims}d"
    side = st.integers(-3, 6)
    arguments: dict[str, Any] = {
        "padding": draw(side | st.lists(side, min_size=2 * spatial_dims, max_size=2 * spatial_dims))
    }
    if name.startswith("Constant"):
        arguments["value"] = draw(st.floats(-1, 1))
    # With a dimension less, PyTorch takes the batch for the channels of one sample.
    unlike_convolutions = name.startswith(("Zero", "Constant"))
    rank = st.integers(spatial_dims + (not unlike_convolutions), spatial_dims + 2)
    return name, arguments, tuple(draw(st.integers(1, 5)) for _ in range(draw(rank)))


def wraps_around_what_is_not_there(arguments: dict[str, Any], shape: Shape) -> bool:
    """Whether PyTorch fills an end from positions that it takes away, with values that vary."""
    padding = arguments["padding"]
    if isinstance(padding, int):
        return False
    pairs = zip(padding[::2], padding[1::2], reversed(shape), strict=False)
    return any(max(pair) > size + min(*pair, 0) for *pair, size in pairs)


def test_a_circular_pad_wraps_around_what_is_left() -> None:
    assert_agrees("CircularPad1d", {"padding": [4, -1]}, (3, 5))
    with pytest.raises(LayerError, match="cannot wrap 5 positions around L = 4") as caught:
        bound("CircularPad1d", {"padding": [5, -1]}, (3, 5)).output_shape(((3, 5),))
    assert caught.value.help == "padding of at most 4"


@pytest.mark.slow
@given(pads())
@settings(max_examples=300)
def test_pads(drawn: tuple[str, dict[str, Any], Shape]) -> None:
    name, arguments, shape = drawn
    assume(name[:8] != "Circular" or not wraps_around_what_is_not_there(arguments, shape))
    assert_agrees_or_both_refuse(name, arguments, shape)


@pytest.mark.parametrize(
    ("name", "most", "too_much", "words"),
    [
        ("ReflectionPad1d", 4, 5, r"cannot mirror 5 positions of L = 5: all but the edge are 4\n"
                                  "padding of at most 4, or ReplicationPad1d"),
        ("CircularPad1d", 5, 6, r"cannot wrap 6 positions around L = 5.*\npadding of at most 5"),
        ("ZeroPad1d", 90, -3, r"leaves nothing of L: 5−3−3 = −1\n.*at most 4"),
    ],
)  # fmt: skip
def test_the_bound_and_one_beyond_it(name: str, most: int, too_much: int, words: str) -> None:
    assert_agrees(name, {"padding": most}, (3, 5))
    assert_both_refuse(name, {"padding": too_much}, (3, 5), match=words)


def test_what_is_taken_away_must_be_there_before_any_is_added() -> None:
    assert_agrees("ZeroPad2d", {"padding": [-5, 5, 0, 0]}, (3, 5, 5))
    assert_both_refuse(
        "ZeroPad2d", {"padding": [-6, 9, 0, 0]}, (3, 5, 5),
        match="takes 6 from W = 5 before it adds any",
    )  # fmt: skip
    assert_agrees("ReplicationPad2d", {"padding": [-6, 9, 0, 0]}, (3, 5, 5))


def test_constant_pads_take_what_stands_before_as_it_is() -> None:
    assert_agrees("ZeroPad1d", {"padding": [1, 0]}, (7,))
    assert_agrees("ZeroPad1d", {"padding": [1, 0]}, (2, 3, 4, 7))
    assert_both_refuse(
        "ReflectionPad1d", {"padding": 1}, (3, 7, 7),
        match="ReflectionPad1d reads C×L, not 3×7×7\nReflectionPad2d reads C×H×W",
    )  # fmt: skip


def test_a_pad_never_reaches_the_batch() -> None:
    with pytest.raises(LayerError, match="ZeroPad2d reads C×H×W, not 7"):
        bound("ZeroPad2d", {"padding": 1}, (7,)).output_shape(((7,),))


def test_a_list_of_the_wrong_length_names_the_sides() -> None:
    with pytest.raises(LayerError) as caught:
        bound("ZeroPad2d", {"padding": [1, 2]}, (3, 5, 5))
    assert caught.value.message == (
        "padding must be a whole number, or a list of 4 (left, right, top, bottom), not [1, 2]"
    )


def test_formula_and_summary_name_the_sides() -> None:
    shape = (1, 28, 20)
    for padding, formula, summary in (
        (2, "H: 28+2+2 = 32, W: 20+2+2 = 24", "2"),
        ([1, 2, 0, -4], "H: 28+0−4 = 24, W: 20+1+2 = 23", "left 1, right 2, bottom −4"),
        (0, "", "0"),
    ):
        layer = bound("ZeroPad2d", {"padding": padding}, shape)
        output = layer.output_shape((shape,))
        assert layer.formula((shape,), output) == formula
        assert layer.summary() == summary
        assert layer.footprint((shape,), output) == (Step(0, 1), Step(0, 1))
