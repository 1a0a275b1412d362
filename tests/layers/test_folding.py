"""Unfold and Fold against torch.nn: windows that fit, columns that divide, as many as there are."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from cnnshape.layers import function_module

from .agreement import assert_agrees, assert_agrees_or_both_refuse, assert_both_refuse, bound

WINDOW = {
    name: values | st.lists(values, min_size=2, max_size=2)
    for name, values in (
        ("kernel_size", st.integers(0, 4)),
        ("dilation", st.integers(1, 3)),
        ("padding", st.integers(-1, 2)),
        ("stride", st.integers(0, 3)),
    )
}
ARGUMENTS = st.fixed_dictionaries(
    {"kernel_size": WINDOW["kernel_size"]},
    optional={name: WINDOW[name] for name in ("dilation", "padding", "stride")},
)
SIZE = st.lists(st.integers(1, 7), min_size=2, max_size=2)


@pytest.mark.slow
@given(arguments=ARGUMENTS, channels=st.integers(1, 3), size=SIZE)
def test_unfold(arguments: dict[str, Any], channels: int, size: list[int]) -> None:
    assert_agrees_or_both_refuse("Unfold", arguments, (channels, *size))


@pytest.mark.slow
@given(arguments=ARGUMENTS, size=SIZE, columns=st.integers(1, 24), data=st.data())
def test_fold(
    arguments: dict[str, Any], size: list[int], columns: int, data: st.DataObject
) -> None:
    windows = data.draw(st.integers(1, 30))
    with suppress(RuntimeError, ZeroDivisionError):  # no such columns: any numbers are as wrong
        columns, windows = torch.nn.Unfold(**arguments)(torch.zeros(1, 2, *size)).shape[1:]
    columns += data.draw(st.sampled_from([0, 0, 1]))
    windows += data.draw(st.sampled_from([0, 0, 1]))
    arguments = {**arguments, "output_size": size}
    assert_agrees_or_both_refuse("Fold", arguments, (columns, windows))


def test_a_window_that_does_not_fit_shows_its_extent() -> None:
    assert_agrees("Unfold", {"kernel_size": 3, "dilation": 2}, (2, 5, 5))
    assert_both_refuse(
        "Unfold",
        {"kernel_size": 3, "dilation": 2},
        (2, 5, 4),
        match=r"W is 4.*2·\(3−1\)\+1 = 5",
    )


def test_columns_that_do_not_fit_show_the_product() -> None:
    arguments = {"output_size": [4, 5], "kernel_size": 2}
    assert_agrees("Fold", arguments, (12, 12))
    assert_both_refuse(
        "Fold", arguments, (13, 12), match=r"columns of 13 do not divide into windows of 2·2 = 4"
    )
    assert_both_refuse(
        "Fold", arguments, (12, 9), match=r"a map of 4×5 has 3·4 = 12 windows, but Fold reads 9"
    )


def test_the_formula_counts_taps_and_windows() -> None:
    unfold = bound("Unfold", {"kernel_size": 3}, (2, 5, 6))
    assert unfold.formula(((2, 5, 6),), (18, 12)) == "2·3·3 = 18, 3·4 = 12 windows"
    fold = bound("Fold", {"output_size": [5, 6], "kernel_size": 3}, (18, 12))
    assert fold.formula(((18, 12),), (2, 5, 6)) == "18/(3·3) = 2, 3·4 = 12 windows"


@given(
    shape=st.lists(st.integers(1, 8), min_size=1, max_size=3).map(tuple),
    dim=st.integers(-5, 5),
    size=st.integers(1, 5),
    step=st.integers(1, 4),
)
def test_sliding_windows(shape: tuple[int, ...], dim: int, size: int, step: int) -> None:
    assume(dim not in (0, -len(shape) - 1))
    assert_agrees_or_both_refuse(
        "SlidingWindows",
        {"dim": dim, "size": size, "step": step},
        shape,
        torch_module=lambda **given: function_module(
            lambda x: x.unfold(given["dim"], given["size"], given["step"])
        ),
    )


def test_sliding_windows_count_as_convolutions_do() -> None:
    windows = bound("SlidingWindows", {"dim": 2, "size": 3, "step": 2}, (8, 10))
    assert windows.formula(((8, 10),), (8, 4, 3)) == "⌊(10−3)/2⌋+1 = 4"
