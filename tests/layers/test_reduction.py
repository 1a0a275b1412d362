"""Reductions against the torch functions they stand for."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnshape.layers import LayerError, Step, function_module

from .agreement import assert_agrees_or_both_refuse, bound

FUNCTIONS = {
    "Mean": torch.mean,
    "Sum": torch.sum,
    "Max": torch.amax,
    "Min": torch.amin,
    "Var": torch.var,
    "Std": torch.std,
    "Norm": torch.linalg.vector_norm,
}
shapes = st.lists(st.integers(1, 4), min_size=1, max_size=4).map(tuple)


def names_the_batch(dim: int | list[int], shape: tuple[int, ...]) -> bool:
    rank = len(shape) + 1
    return any(d in (0, -rank) for d in (dim if isinstance(dim, list) else [dim]))


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(sorted(FUNCTIONS)),
    dim=st.integers(-6, 6) | st.lists(st.integers(-6, 6), min_size=1, max_size=3),
    keepdim=st.booleans(),
    shape=shapes,
)
def test_a_reduction_is_pytorchs_but_for_the_batch(
    name: str, dim: int | list[int], keepdim: bool, shape: tuple[int, ...]
) -> None:
    arguments = {"dim": dim, "keepdim": keepdim}
    if names_the_batch(dim, shape):
        with pytest.raises(LayerError):
            bound(name, arguments, shape).output_shape((shape,))
        return

    def build(dim: Any, keepdim: bool) -> torch.nn.Module:
        return function_module(lambda x: FUNCTIONS[name](x, dim=dim, keepdim=keepdim))

    assert_agrees_or_both_refuse(name, arguments, shape, torch_module=build)


@pytest.mark.parametrize(
    ("dim", "message"),
    [
        (0, "dim 0 of N×512×7×7 is the batch, which Mean must leave as it is"),
        ([2, -4], "dim −4 of N×512×7×7 is the batch, which Mean must leave as it is"),
        (4, "dim 4 is none of Mean's input N×512×7×7"),
        ([2, -2], "dim names 2 of N×512×7×7 twice (2, −2): the height"),
        ([], "dim must be a whole number or a list of 1 or more, each a whole number, not []"),
    ],
)
def test_a_dimension_that_cannot_be_reduced_is_named(dim: Any, message: str) -> None:
    shape = (512, 7, 7)
    with pytest.raises(LayerError) as caught:
        bound("Mean", {"dim": dim}, shape).output_shape((shape,))
    assert caught.value.message == message


def test_a_mean_over_all_of_space_sees_all_of_it() -> None:
    shape = (512, 7, 5)
    mean = bound("Mean", {"dim": [2, 3]}, shape)
    assert mean.footprint((shape,), (512,)) == (Step(6, 7), Step(4, 5))
    assert mean.formula((shape,), (512,)) == "7·5 = 35 → 1"
    assert bound("Mean", {"dim": 2}, shape).footprint((shape,), (512, 5)) is None
    assert bound("Mean", {"dim": 2, "keepdim": True}, shape).footprint((shape,), (512, 1, 5)) == (
        Step(6, 7),
        Step(0, 1),
    )


@pytest.mark.parametrize(
    ("name", "arguments", "function"),
    [
        ("Var", {"correction": 0}, lambda x: x.var((1, 2), correction=0)),
        ("Std", {}, lambda x: x.std((1, 2))),
        ("Norm", {}, lambda x: x.norm(2, (1, 2))),
        ("Norm", {"p": 1}, lambda x: x.abs().sum((1, 2))),
        ("Min", {}, lambda x: x.amin((1, 2))),
    ],
)
def test_a_reduction_gives_pytorchs_numbers(name: str, arguments: Any, function: Any) -> None:
    x = torch.randn(2, 3, 4)
    module = bound(name, {"dim": [1, 2], **arguments}, (3, 4)).module()
    assert torch.allclose(module(x), function(x))
