"""Max unpooling against torch's, which is given the indices of torch's pool."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cnnshape.layers import LayerError, Shape

from .agreement import assert_agrees, bound


@pytest.mark.slow
@given(
    dims=st.integers(1, 3),
    size=st.integers(3, 12),
    kernel=st.integers(1, 3),
    stride=st.integers(1, 3),
    ceil_mode=st.booleans(),
    data=st.data(),
)
@settings(max_examples=60, deadline=None)
def test_values_come_where_torchs_indices_say(
    dims: int, size: int, kernel: int, stride: int, ceil_mode: bool, data: st.DataObject
) -> None:
    padding = data.draw(st.integers(0, kernel // 2))
    pooled = torch.rand(2, 3, *(size,) * dims)
    pool = getattr(nn, f"MaxPool{dims}d")(
        kernel, stride, padding, ceil_mode=ceil_mode, return_indices=True
    )
    values, indices = pool(pooled)
    unpool = getattr(nn, f"MaxUnpool{dims}d")(kernel, stride, padding)
    expected = unpool(values, indices, output_size=pooled.shape)
    arguments = {"kernel_size": kernel, "stride": stride, "padding": padding}
    shapes: tuple[Shape, Shape] = (tuple(values.shape[1:]), tuple(pooled.shape[1:]))
    layer = bound(f"MaxUnpool{dims}d", arguments, *shapes)
    assert layer.output_shape(shapes) == tuple(expected.shape[1:])
    assert torch.equal(layer.module()(values, pooled), expected)
    assert_agrees(f"MaxUnpool{dims}d", arguments, *shapes)


def test_a_maximum_goes_back_and_the_rest_is_0() -> None:
    layer = bound("MaxUnpool1d", {"kernel_size": 2}, (1, 2), (1, 4))
    pooled = torch.tensor([[[3.0, 1.0, 2.0, 5.0]]])
    placed = layer.module()(torch.tensor([[[10.0, 20.0]]]), pooled)
    assert placed.tolist() == [[[10.0, 0.0, 0.0, 20.0]]]


@pytest.mark.parametrize(
    ("values", "pooled", "message"),
    [
        ((8, 3, 4), (8, 8, 8), "cannot put 8×3×4 back into 8×8×8: pooled, it is 8×4×4"),
        ((4, 4, 4), (8, 8, 8), "cannot put 4×4×4 back into 8×8×8"),
        ((8, 4), (8, 8), "MaxUnpool2d reads C×H×W twice, not 8×4 and 8×8"),
        ((8, 8, 8), (8, 4, 4), "pooled, it is 8×2×2"),
    ],
)
def test_what_does_not_fit_is_refused(values: Shape, pooled: Shape, message: str) -> None:
    layer = bound("MaxUnpool2d", {"kernel_size": 2}, values, pooled)
    with pytest.raises(LayerError, match=message):
        layer.output_shape((values, pooled))


def test_its_arguments_are_held_as_the_pools() -> None:
    with pytest.raises(LayerError, match="more than half of kernel_size"):
        bound("MaxUnpool2d", {"kernel_size": 2, "padding": 2}, (1, 4, 4), (1, 4, 4))
    with pytest.raises(LayerError, match="MaxUnpool2d reads 2 inputs, not 1"):
        bound("MaxUnpool2d", {"kernel_size": 2}, (1, 4, 4))
