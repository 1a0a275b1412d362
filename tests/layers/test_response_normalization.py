"""Normalize against torch, and GlobalResponseNorm against the paper's formula."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from torch.nn.functional import normalize

from cnnshape.layers import LayerError, Shape, Step, function_module

from .agreement import assert_agrees, assert_agrees_or_both_refuse, bound

SHAPE = st.lists(st.integers(1, 5), min_size=1, max_size=4).map(tuple)


@pytest.mark.slow
@given(shape=SHAPE, dim=st.integers(-6, 6), p=st.sampled_from([1, 2, 2.5]))
def test_normalize_is_pytorchs(shape: Shape, dim: int, p: float) -> None:
    assume(dim not in (0, -len(shape) - 1))
    arguments = {"p": p, "dim": dim, "eps": 1e-6}
    assert_agrees_or_both_refuse(
        "Normalize",
        arguments,
        shape,
        torch_module=lambda **given: function_module(lambda x: normalize(x, **given)),
    )


def test_normalize_makes_vectors_of_length_one() -> None:
    x = torch.randn(2, 5, 3)
    module = bound("Normalize", {"dim": 2}, (5, 3)).module()
    assert torch.allclose(module(x).norm(dim=2), torch.ones(2, 5))
    assert torch.equal(module(x), normalize(x, dim=2))


@pytest.mark.parametrize("channel_dim", [1, -1, 2])
def test_global_response_norm_is_the_papers(channel_dim: int) -> None:
    module: Any = bound("GlobalResponseNorm", {"channel_dim": channel_dim}, (6, 5, 4)).module()
    assert_agrees("GlobalResponseNorm", {"channel_dim": channel_dim}, (6, 5, 4))
    torch.nn.init.uniform_(module.weight)
    torch.nn.init.uniform_(module.bias)
    x = torch.randn(2, 6, 5, 4)
    last = x.movedim(channel_dim, -1)
    length = last.square().sum((1, 2), keepdim=True).sqrt()
    relative = length / (length.mean(-1, keepdim=True) + 1e-6)
    expected = module.weight * (last * relative) + module.bias + last
    assert torch.allclose(module(x), expected.movedim(-1, channel_dim), atol=1e-6)


def test_global_response_norm_begins_as_nothing() -> None:
    x = torch.randn(2, 4, 4, 6)
    assert torch.equal(bound("GlobalResponseNorm", {}, (4, 4, 6)).module()(x), x)


def test_what_depends_on_all_positions_sees_all_of_them() -> None:
    shape = (6, 5, 4)
    first = bound("GlobalResponseNorm", {"channel_dim": 1}, shape)
    assert first.footprint((shape,), shape) == (Step(4, 1), Step(3, 1))
    assert first.connections((shape,), shape) == 2 * 6 * 5 * 4
    assert bound("GlobalResponseNorm", {}, shape).footprint((shape,), shape) is None
    assert bound("Normalize", {}, shape).footprint((shape,), shape) == (Step(0, 1), Step(0, 1))
    assert bound("Normalize", {"dim": 3}, shape).footprint((shape,), shape) is None


def test_a_vector_has_no_positions() -> None:
    with pytest.raises(LayerError, match="reads channels and positions, not 84"):
        bound("GlobalResponseNorm", {}, (84,))
