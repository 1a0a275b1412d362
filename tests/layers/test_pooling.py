"""Pools against torch.nn: sliding, fractional and adaptive."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cnnshape.layers import LayerError

from .agreement import assert_agrees, assert_agrees_or_both_refuse, assert_both_refuse, bound

DIMENSIONS = pytest.mark.parametrize("dims", [1, 2, 3])


def per_dimension(draw: st.DrawFn, dims: int, low: int, high: int) -> int | list[int]:
    """One number, or a list of one for each dimension, as a spec may write it."""
    numbers = st.integers(low, high)
    return draw(numbers | st.lists(numbers, min_size=dims, max_size=dims))


def a_shape(draw: st.DrawFn, dims: int) -> tuple[int, ...]:
    # One dimension fewer would be read by PyTorch as a sample without a batch.
    rank = draw(st.sampled_from([dims] * 9 + [dims + 1]))
    return (
        draw(st.integers(1, 3)),
        *draw(st.lists(st.integers(1, 9), min_size=rank, max_size=rank)),
    )


@st.composite
def pools(draw: st.DrawFn, family: str, dims: int) -> tuple[dict[str, Any], tuple[int, ...]]:
    """Arguments of a sliding pool and a shape, valid or not."""
    arguments: dict[str, Any] = {
        "kernel_size": per_dimension(draw, dims, 1, 4),
        "stride": draw(st.none() | st.just(...)),
        "ceil_mode": draw(st.booleans()),
    }
    if arguments["stride"] is ...:
        arguments["stride"] = per_dimension(draw, dims, 1, 5)
    if family == "LP":
        arguments["norm_type"] = draw(st.sampled_from([1, 2, 0, 2.5, -1, float("inf")]))
        if dims == 1:  # PyTorch multiplies by it, and takes no list of one
            arguments["kernel_size"] = draw(st.integers(1, 4))
    else:
        arguments["padding"] = per_dimension(draw, dims, 0, 2)
    if family == "Max":
        arguments["dilation"] = per_dimension(draw, dims, 1, 3)
    if family == "Avg":
        arguments["count_include_pad"] = draw(st.booleans())
        if dims > 1:
            arguments["divisor_override"] = draw(st.sampled_from([None, None, 1, -2, 0]))
    return arguments, a_shape(draw, dims)


@pytest.mark.slow
@DIMENSIONS
@pytest.mark.parametrize("family", ["Max", "Avg", "LP"])
@given(data=st.data())
def test_a_pool_is_what_torch_makes_of_it(family: str, dims: int, data: st.DataObject) -> None:
    arguments, shape = data.draw(pools(family, dims))
    assert_agrees_or_both_refuse(f"{family}Pool{dims}d", arguments, shape)


@st.composite
def fractional_pools(draw: st.DrawFn, dims: int) -> tuple[dict[str, Any], tuple[int, ...]]:
    """Arguments of a fractional pool and a shape, valid or not."""
    arguments: dict[str, Any] = {"kernel_size": per_dimension(draw, dims, 1, 3)}
    given = draw(st.sampled_from(["size", "size", "ratio", "ratio", "both", "neither"]))
    if given in ("size", "both"):
        arguments["output_size"] = per_dimension(draw, dims, 1, 5)
    if given in ("ratio", "both"):
        ratio = st.sampled_from([0.2, 0.34, 0.5, 0.7, 0.9, 1.0])
        arguments["output_ratio"] = draw(ratio | st.lists(ratio, min_size=dims, max_size=dims))
    return arguments, a_shape(draw, dims)


@pytest.mark.slow
@pytest.mark.parametrize("dims", [2, 3])
@given(data=st.data())
def test_a_fractional_pool_is_what_torch_makes_of_it(dims: int, data: st.DataObject) -> None:
    arguments, shape = data.draw(fractional_pools(dims))
    assert_agrees_or_both_refuse(f"FractionalMaxPool{dims}d", arguments, shape)


@pytest.mark.slow
@DIMENSIONS
@pytest.mark.parametrize("family", ["Avg", "Max"])
@given(data=st.data())
def test_an_adaptive_pool_is_what_torch_makes_of_it(
    family: str, dims: int, data: st.DataObject
) -> None:
    one = st.none() | st.integers(1, 12)
    many = st.lists(one, min_size=dims, max_size=dims)
    arguments = {"output_size": data.draw(one | many)}
    # Only of the rank that PyTorch documents: AdaptiveAvgPool2d(1) is a mean of any.
    size = data.draw(st.lists(st.integers(1, 9), min_size=dims, max_size=dims))
    assert_agrees_or_both_refuse(f"Adaptive{family}Pool{dims}d", arguments, (2, *size))


@pytest.mark.parametrize("type_name", ["MaxPool2d", "AvgPool2d"])
def test_padding_is_at_most_half_the_kernel(type_name: str) -> None:
    assert_agrees(type_name, {"kernel_size": 3, "padding": 1}, (1, 9, 9))
    assert_both_refuse(
        type_name,
        {"kernel_size": 3, "padding": 2},
        (1, 9, 9),
        match="padding 2 is more than half of kernel_size 3: ⌊3/2⌋ = 1\n"
        "padding of at most 1, or kernel_size of at least 4",
    )


def test_dilation_does_not_allow_more_padding() -> None:
    assert_both_refuse(
        "MaxPool2d",
        {"kernel_size": 3, "padding": 2, "dilation": 2},
        (1, 9, 9),
        match="padding of at most 1",
    )


def test_a_window_that_just_fits_beside_those_that_do_not() -> None:
    assert_agrees("MaxPool2d", {"kernel_size": 3}, (4, 3, 3))
    assert_both_refuse(
        "MaxPool2d",
        {"kernel_size": 3},
        (4, 2, 3),
        match=r"window of 3×3 is larger than its padded input: H is 2\+2·0 = 2, and the "
        r"window needs 3\nkernel_size of at most 2, or padding: 1$",
    )
    # A layer also puts forward a padding; what PyTorch refuses or has no word for is tried
    # and left out of the message.
    assert_both_refuse(
        "MaxPool1d",
        {"kernel_size": 3, "dilation": 2},
        (4, 1),
        match="needs 2·.3−1.[+]1 = 5\nkernel_size of at most 1",
    )
    assert_both_refuse(
        "LPPool1d",
        {"norm_type": 2, "kernel_size": 3},
        (4, 2),
        match="\nkernel_size of at most 2",
    )


def test_the_3d_mean_wants_a_whole_window_without_padding() -> None:
    arguments = {"kernel_size": 3, "padding": 1}
    assert_agrees("MaxPool3d", arguments, (1, 2, 3, 3))
    assert_agrees("AvgPool3d", arguments, (1, 3, 3, 3))
    assert_both_refuse(
        "AvgPool3d",
        arguments,
        (1, 2, 3, 3),
        match="larger than its input 2×3×3: D is 2, less than 3, and PyTorch counts neither "
        "padding nor ceil_mode here\nkernel_size of at most 2",
    )


def test_the_last_window_of_ceil_mode_starts_inside_the_input() -> None:
    arguments = {"kernel_size": 2, "stride": 3, "ceil_mode": True}
    for size, output, formula in (
        (4, 2, "⌈(4−2+2·0)/3⌉+1 = 2"),
        (6, 2, "⌈(6−2+2·0)/3⌉+1−1 = 2"),
        (8, 3, "(8−2+2·0)/3+1 = 3"),
    ):
        shapes = ((1, size),)
        layer = bound("MaxPool1d", arguments, *shapes)
        assert_agrees("MaxPool1d", arguments, *shapes)
        assert layer.output_shape(shapes) == (1, output)
        assert layer.formula(shapes, (1, output)) == formula
    six = ((1, 6),)
    assert layer.notes(six, (1, 2)) == [
        "2 of 6 positions are never read",
        "ceil_mode leaves out a last window that would start past the input",
    ]


@pytest.mark.parametrize("type_name", ["MaxPool2d", "FractionalMaxPool2d", "AdaptiveMaxPool2d"])
def test_return_indices_is_refused_with_the_reason(type_name: str) -> None:
    arguments = {"kernel_size": 2, "output_size": 2, "return_indices": True}
    needed = {name: arguments[name] for name in _fields(type_name) & set(arguments)}
    with pytest.raises(LayerError, match="has no argument 'return_indices'") as caught:
        bound(type_name, {**needed, "return_indices": True}, (1, 8, 8))
    assert caught.value.help is not None
    assert caught.value.help.startswith("leave it out: a layer has one output, the pooled values")


def test_the_norm_and_the_divisor_are_not_0() -> None:
    assert_agrees("LPPool2d", {"norm_type": -1, "kernel_size": 2}, (1, 4, 4))
    assert_both_refuse(
        "LPPool2d", {"norm_type": 0, "kernel_size": 2}, (1, 4, 4), match="norm_type must not be 0"
    )
    assert_agrees("AvgPool2d", {"kernel_size": 2, "divisor_override": -1}, (1, 4, 4))
    assert_both_refuse(
        "AvgPool2d",
        {"kernel_size": 2, "divisor_override": 0},
        (1, 4, 4),
        match="divisor_override must not be 0",
    )


def test_a_fractional_pool_takes_a_size_or_a_ratio() -> None:
    assert_agrees("FractionalMaxPool2d", {"kernel_size": 2, "output_size": 4}, (1, 5, 5))
    for extra, which in (({}, "neither"), ({"output_size": 4, "output_ratio": 0.5}, "both")):
        assert_both_refuse(
            "FractionalMaxPool2d",
            {"kernel_size": 2, **extra},
            (1, 5, 5),
            match=f"takes output_size or output_ratio, not {which}",
        )


def test_the_windows_of_a_fractional_pool_need_places() -> None:
    five = {"kernel_size": 2, "output_size": 5}
    assert_both_refuse(
        "FractionalMaxPool2d",
        five,
        (1, 5, 5),
        match=r"makes 1 to 5−2\+1 = 4 windows of 2 from H = 5, not 5\noutput_size of at most 4",
    )
    assert_agrees("FractionalMaxPool3d", {**five, "output_size": 3}, (1, 5, 5, 5))
    assert_both_refuse(
        "FractionalMaxPool3d",
        {**five, "output_size": 4},
        (1, 5, 5, 5),
        match=r"makes 1 to 5−2\+1−1 = 3 windows of 2 from D = 5, not 4",
    )
    assert_both_refuse(
        "FractionalMaxPool2d",
        {"kernel_size": 2, "output_ratio": 0.1},
        (1, 5, 5),
        match="from H = 5, not 0",
    )


def test_null_keeps_a_size_in_a_list_of_an_adaptive_pool() -> None:
    assert_agrees("AdaptiveAvgPool2d", {"output_size": [None, 3]}, (2, 7, 9))
    for type_name, shape in (("AdaptiveAvgPool2d", (2, 7, 9)), ("AdaptiveMaxPool1d", (2, 7))):
        assert_both_refuse(
            type_name,
            {"output_size": None},
            shape,
            match="output_size must be a whole number of at least 1.*, not null",
        )


@pytest.mark.parametrize(("size", "count"), [(7, 1), (10, 4), (13, 6), (7, 7), (2, 5), (12, 5)])
def test_an_adaptive_pool_looks_back_as_far_as_its_widest_window(size: int, count: int) -> None:
    shapes = ((1, size),)
    layer = bound("AdaptiveAvgPool1d", {"output_size": count}, *shapes)
    image = torch.eye(size).reshape(size, 1, size)
    reads = layer.module()(image)[:, 0].T != 0
    widest = int(reads.sum(1).max())
    (step,) = layer.footprint(shapes, (1, count)) or ()
    assert (step.span, step.scale * count) == (widest - 1, size)
    if count != size:
        assert layer.formula(shapes, (1, count)).split()[:1] == [str(count)]
        assert f"{widest} over {size}" in layer.formula(shapes, (1, count))


def _fields(type_name: str) -> set[str]:
    from cnnshape.layers import registry

    return set(registry()[type_name].fields)
