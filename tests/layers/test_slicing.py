"""Select and Slice against the slices of torch."""

from __future__ import annotations

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from torch import nn

from cnnshape.layers import LayerError, Shape, Step, function_module

from .agreement import assert_agrees_or_both_refuse, bound

SHAPE = st.lists(st.integers(1, 8), min_size=1, max_size=3).map(tuple)
INDEX = st.integers(-4, 4)


@pytest.mark.slow
@given(shape=SHAPE, dim=st.integers(-5, 5), index=INDEX)
def test_select(shape: Shape, dim: int, index: int) -> None:
    assume(dim not in (0, -len(shape) - 1))
    assert_agrees_or_both_refuse(
        "Select",
        {"dim": dim, "index": index},
        shape,
        torch_module=lambda dim, index: function_module(lambda x: x.select(dim, index)),
    )


def test_an_index_that_is_not_there_says_how_many_there_are() -> None:
    with pytest.raises(LayerError, match="there is no index 3 along 3") as caught:
        bound("Select", {"dim": 2, "index": 3}, (8, 3)).output_shape(((8, 3),))
    assert caught.value.help == "index from 0 to 2"


def sliced(dim: int, start: int, stop: int | None, step: int) -> nn.Module:
    return function_module(
        lambda x: x[
            tuple(
                slice(start, stop, step) if d == dim % x.dim() else slice(None)
                for d in range(x.dim())
            )
        ]
    )


@pytest.mark.slow
@given(
    shape=SHAPE,
    dim=st.integers(-3, 3),
    start=st.integers(0, 5),
    stop=st.none() | st.integers(1, 9),
    step=st.integers(1, 4),
)
def test_slice(shape: Shape, dim: int, start: int, stop: int | None, step: int) -> None:
    assume(-len(shape) <= dim <= len(shape) and dim != 0)
    arguments = {"dim": dim, "start": start, "stop": stop, "step": step}
    assert_agrees_or_both_refuse("Slice", arguments, shape, torch_module=sliced)


def test_slice_takes_what_python_would() -> None:
    x = torch.arange(20.0).view(2, 10)
    module = bound("Slice", {"start": 1, "stop": 9, "step": 3}, (10,)).module()
    assert torch.equal(module(x), x[:, 1:9:3])


def test_slice_steps_over_positions() -> None:
    shape = (4, 9, 8)
    layer = bound("Slice", {"dim": 3, "step": 2}, shape)
    assert layer.footprint((shape,), (4, 9, 4)) == (Step(0, 1), Step(0, 2))
    with pytest.raises(LayerError, match="nothing of 4 positions is left from 5 to 4"):
        bound("Slice", {"start": 5}, shape).output_shape((shape,))
