"""Convolutions and transposed convolutions against torch.nn."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnshape.layers import LayerError

from ..specs import complaint, text_of
from .agreement import assert_agrees, assert_agrees_or_both_refuse, assert_both_refuse, bound

# PyTorch says that 'same' with an even window may copy the input.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

DIMENSIONS = pytest.mark.parametrize("dims", [1, 2, 3])


def per_dimension(draw: st.DrawFn, dims: int, low: int, high: int) -> int | list[int]:
    """One number, or a list of one for each dimension, as a spec may write it."""
    numbers = st.integers(low, high)
    return draw(numbers | st.lists(numbers, min_size=dims, max_size=dims))


@st.composite
def convolutions(draw: st.DrawFn, dims: int) -> tuple[dict[str, Any], tuple[int, ...]]:
    """Arguments of a convolution and a shape, valid or not."""
    groups = draw(st.sampled_from([1, 1, 2, 3]))
    channels = groups * draw(st.integers(1, 3))
    arguments: dict[str, Any] = {
        "in_channels": channels,
        "out_channels": groups * draw(st.integers(1, 3)),
        "kernel_size": per_dimension(draw, dims, 1, 4),
        "stride": per_dimension(draw, dims, 1, 3),
        "padding": draw(st.sampled_from(["same", "valid", None])),
        "dilation": per_dimension(draw, dims, 1, 3),
        "groups": draw(st.sampled_from([groups] * 5 + [0, 2, 4])),
        "bias": draw(st.booleans()),
        "padding_mode": draw(st.sampled_from(["zeros", "reflect", "replicate", "circular"])),
    }
    if arguments["padding"] is None:
        arguments["padding"] = per_dimension(draw, dims, 0, 4)
    elif arguments["padding"] == "same" and draw(st.booleans()):
        arguments["stride"] = 1
    # One dimension fewer would be read by PyTorch as a sample without a batch.
    rank = draw(st.sampled_from([dims] * 7 + [dims + 1]))
    return arguments, (channels, *draw(st.lists(st.integers(1, 12), min_size=rank, max_size=rank)))


@st.composite
def transposed(draw: st.DrawFn, dims: int) -> tuple[dict[str, Any], tuple[int, ...]]:
    """Arguments of a transposed convolution and a shape, valid or not."""
    arguments, shape = draw(convolutions(dims))
    arguments["padding_mode"] = draw(st.sampled_from(["zeros"] * 7 + ["circular"]))
    arguments["output_padding"] = draw(st.just(0) | st.integers(0, 3))
    if isinstance(arguments["padding"], str):
        arguments["padding"] = per_dimension(draw, dims, 0, 2)
    return arguments, shape


@pytest.mark.slow
@DIMENSIONS
@given(data=st.data())
def test_a_convolution_is_what_torch_makes_of_it(dims: int, data: st.DataObject) -> None:
    arguments, shape = data.draw(convolutions(dims))
    assert_agrees_or_both_refuse(f"Conv{dims}d", arguments, shape)


@pytest.mark.slow
@DIMENSIONS
@given(data=st.data())
def test_a_transposed_convolution_is_what_torch_makes_of_it(dims: int, data: st.DataObject) -> None:
    arguments, shape = data.draw(transposed(dims))
    assert_agrees_or_both_refuse(f"ConvTranspose{dims}d", arguments, shape)


def test_in_channels_is_inferred_and_a_contradiction_names_the_right_value() -> None:
    arguments = {"out_channels": 6, "kernel_size": 5}
    assert bound("Conv2d", arguments, (3, 32, 32)).arguments["in_channels"] == 3
    assert_both_refuse(
        "Conv2d",
        {**arguments, "in_channels": 1},
        (3, 32, 32),
        match="in_channels is 1, but Conv2d reads 3×32×32: in_channels would be 3",
    )


def test_a_window_that_just_fits_beside_those_that_do_not() -> None:
    five = {"in_channels": 1, "out_channels": 2, "kernel_size": 5}
    assert_agrees("Conv2d", five, (1, 5, 5))
    assert_agrees("Conv2d", {**five, "padding": 1}, (1, 3, 3))
    assert_both_refuse(
        "Conv2d",
        five,
        (1, 5, 4),
        match=r"window of 5×5 is larger than its padded input: W is 4\+2·0 = 4, and the "
        r"window needs 5\nkernel_size of at most 4, or padding: 1",
    )
    assert_both_refuse(
        "Conv1d",
        {**five, "dilation": 2},
        (1, 8),
        match=r"window of 5 with dilation 2 .* needs 2·\(5−1\)\+1 = 9\n"
        "kernel_size of at most 4, or dilation of at most 1, or padding: 1",
    )


def test_a_padding_that_the_mode_cannot_fill_is_not_proposed() -> None:
    told = complaint(
        text_of(
            "[{type: Conv1d, out_channels: 1, kernel_size: 9, padding_mode: reflect}]", "[1, 2]"
        )
    )
    assert told.endswith("(kernel_size of at most 2)")


@pytest.mark.parametrize(("mode", "most"), [("reflect", 3), ("circular", 4)])
def test_the_most_that_a_padding_mode_can_fill(mode: str, most: int) -> None:
    arguments = {"in_channels": 1, "out_channels": 1, "kernel_size": 3, "padding_mode": mode}
    assert_agrees("Conv2d", {**arguments, "padding": most}, (1, 4, 4))
    assert_both_refuse(
        "Conv2d",
        {**arguments, "padding": most + 1},
        (1, 4, 4),
        match=f"{most + 1} positions from an input with H = 4: {most} at most\n"
        f"padding of at most {most}, or padding_mode: zeros",
    )


def test_same_padding_keeps_the_size_and_puts_the_odd_one_after() -> None:
    arguments = {"in_channels": 1, "out_channels": 1, "kernel_size": 4, "padding": "same"}
    assert_agrees("Conv1d", arguments, (1, 7))
    layer = bound("Conv1d", arguments, (1, 7))
    assert layer.formula(((1, 7),), (1, 7)) == "(7−4+1+2)/1+1 = 7"
    assert_both_refuse(
        "Conv1d",
        {**arguments, "kernel_size": 5, "stride": 2},
        (1, 7),
        match="'same' keeps the size, which stride 2 cannot\nstride: 1, or padding: 2",
    )


def test_groups_that_do_not_divide_name_the_divisors_nearby() -> None:
    arguments = {"in_channels": 12, "out_channels": 18, "kernel_size": 1}
    assert_agrees("Conv2d", {**arguments, "groups": 6}, (12, 3, 3))
    assert_both_refuse(
        "Conv2d",
        {**arguments, "groups": 4},
        (12, 3, 3),
        match=r"groups 4 does not divide out_channels 18: 18 = 4·4\+2\n"
        "groups: 3 or 6, or out_channels: 20, which is 5·4",
    )
    assert_both_refuse(
        "Conv2d",
        {**arguments, "groups": 9},
        (12, 3, 3),
        match=r"groups 9 does not divide in_channels 12: 12 = 1·9\+3\ngroups: 6",
    )


def test_the_incoming_channels_are_held_against_groups_too() -> None:
    with pytest.raises(LayerError, match=r"groups 4 does not divide in_channels 6"):
        bound("Conv2d", {"out_channels": 8, "kernel_size": 1, "groups": 4}, (6, 5, 5))


@pytest.mark.parametrize(
    ("type_name", "shape", "help"),
    [
        ("Conv2d", (3, 100), "Conv1d reads C×L"),
        ("Conv1d", (3, 8, 8), "Conv2d reads C×H×W"),
        ("ConvTranspose2d", (3, 8, 8, 8), "ConvTranspose3d reads C×D×H×W"),
        ("Conv2d", (400,), "{type: Unflatten, dim: 1, unflattened_size: [400, 1, 1]} before it"),
    ],
)
def test_a_shape_of_another_rank_names_the_type_that_reads_it(
    type_name: str, shape: tuple[int, ...], help: str
) -> None:
    with pytest.raises(LayerError, match=rf"{type_name} reads C×.*, not {shape[0]}") as caught:
        bound(type_name, {"out_channels": 3, "kernel_size": 1}, shape)
    assert help in str(caught.value.help)


def test_output_padding_is_less_than_stride_or_dilation() -> None:
    arguments = {"in_channels": 2, "out_channels": 2, "kernel_size": 3}
    assert_agrees("ConvTranspose2d", {**arguments, "stride": 2, "output_padding": 1}, (2, 5, 5))
    assert_agrees("ConvTranspose2d", {**arguments, "dilation": 3, "output_padding": 2}, (2, 5, 5))
    assert_both_refuse(
        "ConvTranspose2d",
        {**arguments, "stride": 2, "output_padding": 2},
        (2, 5, 5),
        match="output_padding 2 is neither less than stride 2 nor than dilation 1\n"
        "output_padding of at most 1, or stride: 3",
    )


def test_a_transposed_convolution_must_leave_something() -> None:
    arguments = {"in_channels": 1, "out_channels": 1, "kernel_size": 1}
    assert_agrees("ConvTranspose1d", {**arguments, "padding": 2}, (1, 5))
    assert_both_refuse(
        "ConvTranspose1d",
        {**arguments, "padding": 2},
        (1, 4),
        match=r"makes nothing of 1×4: L would be \(4−1\)·1−2·2\+1 = 0\npadding of at most 1",
    )


def test_connections_of_the_first_layer_of_lenet5() -> None:
    layer = bound("Conv2d", {"out_channels": 6, "kernel_size": 5}, (1, 32, 32))
    assert layer.connections(((1, 32, 32),), (6, 28, 28)) == 122_304
    without_bias = bound(
        "Conv2d", {"out_channels": 6, "kernel_size": 5, "bias": False}, (1, 32, 32)
    )
    assert without_bias.connections(((1, 32, 32),), (6, 28, 28)) == 117_600


def test_a_summary_says_what_differs_from_the_defaults() -> None:
    arguments = {
        "out_channels": 6,
        "kernel_size": 5,
        "stride": 2,
        "padding": [1, 2],
        "groups": 2,
        "bias": False,
    }
    layer = bound("Conv2d", arguments, (4, 9, 9))
    assert layer.summary() == "6 maps 5×5, stride 2, padding 1×2, groups 2, no bias"


def test_the_largest_numbers_cost_no_time() -> None:
    huge = 2**40
    layer = bound("Conv1d", {"out_channels": 1, "kernel_size": huge}, (1, huge))
    assert layer.output_shape(((1, huge),)) == (1, 1)
    assert layer.unread(((1, huge),), (1, 1)) == (0,)
    layer = bound("Conv1d", {"out_channels": 1, "kernel_size": 2**38, "dilation": 2}, (1, huge))
    assert layer.unread(((1, huge),), layer.output_shape(((1, huge),))) == ()
    with pytest.raises(LayerError, match="groups 3 does not divide") as caught:
        bound("Conv1d", {"out_channels": huge, "kernel_size": 1, "groups": 3}, (3, 9))
    assert str(caught.value.help).startswith("groups: 1, or out_channels: ")
