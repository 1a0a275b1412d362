"""The binomial blur."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from cnnshape.layers import LayerError
from cnnshape.layers.blur_pooling import binomial

from .agreement import assert_agrees, bound


@pytest.mark.parametrize(
    ("size", "row"),
    [(1, [1]), (2, [1, 1]), (3, [1, 2, 1]), (5, [1, 4, 6, 4, 1]), (7, [1, 6, 15, 20, 15, 6, 1])],
)
def test_the_taps_are_those_that_the_paper_names(size: int, row: list[int]) -> None:
    assert [tap * sum(row) for tap in binomial(size)] == row


def test_it_blurs_each_channel_by_itself() -> None:
    x = torch.randn(2, 5, 9, 11)
    taps = torch.tensor([[1.0, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16
    expected = functional.conv2d(x, taps.expand(5, 1, 3, 3), stride=2, groups=5)
    found = bound("BlurPool2d", {}, (5, 9, 11)).module()(x)
    torch.testing.assert_close(found, expected)


@settings(max_examples=40, deadline=None)
@given(
    kernel=st.tuples(st.integers(1, 5), st.integers(1, 5)),
    stride=st.integers(1, 3),
    size=st.tuples(st.integers(1, 9), st.integers(1, 9)),
)
def test_its_size_is_a_pools(kernel: tuple[int, int], stride: int, size: tuple[int, int]) -> None:
    shape, arguments = (3, *size), {"kernel_size": list(kernel), "stride": stride}
    if any(n < k for n, k in zip(size, kernel, strict=True)):
        with pytest.raises(LayerError, match="BlurPool2d's window of"):
            bound("BlurPool2d", arguments, shape).output_shape((shape,))
        return
    assert_agrees("BlurPool2d", arguments, shape)
