"""Learned factors and summands, and standardisation by fixed numbers, against torch."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnshape.layers import LayerError

from .agreement import assert_agrees, bound

shapes = st.lists(st.integers(1, 4), min_size=1, max_size=4).map(tuple)


def weight_of(name: str, dim: int | list[int], shape: tuple[int, ...]) -> torch.Tensor:
    """The learned numbers of Scale or Bias."""
    (parameter,) = bound(name, {"dim": dim}, shape).module().parameters()
    return parameter


@settings(max_examples=80, deadline=None)
@given(
    name=st.sampled_from(["Scale", "Bias"]),
    dim=st.integers(-5, 5) | st.lists(st.integers(-5, 5), max_size=3),
    shape=shapes,
)
def test_numbers_lie_along_the_dimensions_that_are_named(
    name: str, dim: int | list[int], shape: tuple[int, ...]
) -> None:
    rank = len(shape) + 1
    dims = dim if isinstance(dim, list) else [dim]
    places = {d % rank for d in dims}
    refused = 0 in places or len(places) < len(dims) or any(not -rank <= d < rank for d in dims)
    if refused:
        with pytest.raises(LayerError):
            bound(name, {"dim": dim}, shape)
        return
    assert_agrees(name, {"dim": dim}, shape)
    weight = weight_of(name, dim, shape)
    stretched = (*(1,) * (rank - weight.dim()), *weight.shape)
    expected = [n if d in places else 1 for d, n in enumerate((1, *shape))]
    assert list(stretched) == expected


def test_a_learned_number_is_used_once_an_element() -> None:
    shape = (3, 4, 5)
    both = bound("Scale", {"bias": True, "dim": []}, shape)
    assert (both.parameter_count(), both.connections((shape,), shape)) == (2, 120)
    positions = bound("Bias", {"dim": [2, 3]}, shape)
    assert (positions.parameter_count(), positions.connections((shape,), shape)) == (20, 60)


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("Scale", {"init_value": 0.25, "bias": True}, 0.25),
        ("Scale", {}, 1),
        ("Bias", {}, 1),
        ("Bias", {"init_value": -3}, -2),
    ],
)
def test_what_they_begin_with(name: str, arguments: dict[str, Any], expected: float) -> None:
    ones = torch.ones(2, 3, 2, 2)
    assert torch.equal(bound(name, arguments, (3, 2, 2)).module()(ones), expected * ones)


def test_standardize_shifts_and_divides_each_channel() -> None:
    mean, std = [1.0, 2.0], [0.5, 4.0]
    module = bound("Standardize", {"mean": mean, "std": std}, (2, 1, 3)).module()
    x = torch.arange(6.0).reshape(1, 2, 1, 3)
    expected = torch.tensor([[[-2.0, 0, 2], [0.25, 0.5, 0.75]]])
    assert torch.equal(module(x)[:, :, 0], expected)


@pytest.mark.parametrize(
    ("mean", "std", "shape", "message"),
    [
        ([0, 0], [1, 1], (3, 8, 8), "mean has 2 numbers, but Standardize reads 3×8×8: 3 channels"),
        ([0, 0], [1], (2, 8, 8), "mean has 2 numbers, std 1: both have one for each channel"),
        ([0, 0], [1, 0], (2, 8, 8), "std must not be 0: it is divided by"),
    ],
)
def test_standardize_has_one_number_a_channel(
    mean: list[float], std: list[float], shape: tuple[int, ...], message: str
) -> None:
    with pytest.raises(LayerError) as caught:
        bound("Standardize", {"mean": mean, "std": std}, shape).output_shape((shape,))
    assert caught.value.message == message
