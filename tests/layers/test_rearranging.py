"""Rearranging against torch: the same elements, in an order that leaves the batch where it is."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from torch import Tensor, nn

from cnnshape.layers import LayerError, Shape, function_module

from .agreement import assert_agrees, assert_agrees_or_both_refuse, assert_both_refuse, bound

DIM = st.integers(-6, 6)
SHAPE = st.lists(st.integers(1, 6), min_size=1, max_size=4).map(tuple)


def module_of(function: Callable[..., Tensor]) -> Callable[..., nn.Module]:
    """A module that applies `function` to its input and the arguments of the layer."""
    return lambda **arguments: function_module(lambda x: function(x, **arguments))


def reshape(x: Tensor, shape: list[int]) -> Tensor:
    return x.reshape(x.shape[0], *shape)


def factors(shape: Shape) -> st.SearchStrategy[list[int]]:
    """Sizes that hold as many elements as `shape`, or nearly, one of them perhaps −1."""
    return st.permutations(shape).flatmap(
        lambda sizes: st.sampled_from([sizes, [-1, *sizes[1:]], [*sizes, -1], [prod(sizes)]])
    ) | st.lists(st.integers(-2, 6), min_size=1, max_size=3)


def names_batch(dim: int, rank: int) -> bool:
    return dim in (0, -rank)


@given(start_dim=DIM, end_dim=DIM, shape=SHAPE)
def test_flatten(start_dim: int, end_dim: int, shape: Shape) -> None:
    assume(not names_batch(start_dim, len(shape) + 1))
    assert_agrees_or_both_refuse("Flatten", {"start_dim": start_dim, "end_dim": end_dim}, shape)


@pytest.mark.slow
@given(dim=DIM, shape=SHAPE, data=st.data())
def test_unflatten(dim: int, shape: Shape, data: st.DataObject) -> None:
    assume(not names_batch(dim, len(shape) + 1))
    size = data.draw(factors((shape[dim % (len(shape) + 1) - 1],)))
    assert_agrees_or_both_refuse("Unflatten", {"dim": dim, "unflattened_size": size}, shape)


@pytest.mark.slow
@given(shape=SHAPE, data=st.data())
def test_reshape(shape: Shape, data: st.DataObject) -> None:
    arguments = {"shape": data.draw(factors(shape))}
    assert_agrees_or_both_refuse("Reshape", arguments, shape, torch_module=module_of(reshape))


@pytest.mark.slow
@given(shape=SHAPE, data=st.data())
def test_permute(shape: Shape, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(1, len(shape) + 1)))
    wrong = data.draw(st.sampled_from([[0, *order], [0, *order[:-1]], [0, *order[:-1], 0]]))
    dims = [dim - len(shape) - 1 if data.draw(st.booleans()) else dim for dim in wrong]
    module = module_of(torch.permute)
    assert_agrees_or_both_refuse("Permute", {"dims": dims}, shape, torch_module=module)


@given(dim0=DIM, dim1=DIM, shape=SHAPE)
def test_transpose(dim0: int, dim1: int, shape: Shape) -> None:
    assume(not any(names_batch(dim, len(shape) + 1) for dim in (dim0, dim1)))
    arguments = {"dim0": dim0, "dim1": dim1}
    module = module_of(torch.transpose)
    assert_agrees_or_both_refuse("Transpose", arguments, shape, torch_module=module)


@given(dim=DIM, shape=SHAPE)
def test_squeeze_and_unsqueeze(dim: int, shape: Shape) -> None:
    for name, function, rank in (
        ("Squeeze", torch.squeeze, len(shape) + 1),
        ("Unsqueeze", torch.unsqueeze, len(shape) + 2),
    ):
        if not names_batch(dim, rank):
            module = module_of(function)
            assert_agrees_or_both_refuse(name, {"dim": dim}, shape, torch_module=module)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("Flatten", {"start_dim": 0}),
        ("Unflatten", {"dim": 0, "unflattened_size": [2, 1]}),
        ("Permute", {"dims": [1, 0, 2]}),
        ("Transpose", {"dim0": 0, "dim1": 1}),
        ("Squeeze", {"dim": -3}),
        ("Unsqueeze", {"dim": 0}),
    ],
)
def test_the_batch_stays_where_it_is(name: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(LayerError, match="the batch"):
        bound(name, arguments, (4, 6)).output_shape(((4, 6),))


def test_sizes_that_do_not_multiply_up_show_the_product() -> None:
    assert_agrees("Unflatten", {"dim": 1, "unflattened_size": [16, -1, 5]}, (400,))
    assert_both_refuse(
        "Unflatten",
        {"dim": 1, "unflattened_size": [16, 6, 5]},
        (400,),
        match=r"does not fit 400 elements: 16·6·5 = 480",
    )
    assert_both_refuse(
        "Unflatten",
        {"dim": 1, "unflattened_size": [16, -1, 6]},
        (400,),
        match="400 is no multiple of 96",
    )


def test_a_dimension_that_cannot_be_squeezed_stays_and_says_so() -> None:
    shape = (64, 10)
    assert_agrees("Squeeze", {"dim": 2}, shape)
    (note,) = bound("Squeeze", {"dim": 2}, shape).notes((shape,), shape)
    assert note == "the length is 10, not 1: it stays"


@pytest.mark.parametrize(
    ("name", "arguments", "shape", "formula"),
    [
        ("Flatten", {}, (16, 5, 5), "16·5·5 = 400"),
        ("Flatten", {}, (400,), ""),
        ("Unflatten", {"dim": 1, "unflattened_size": [16, -1, 5]}, (400,), "400 = 16·5·5"),
        ("Reshape", {"shape": [8, -1]}, (4, 6, 6), "4·6·6 = 8·18"),
    ],
)
def test_the_formula_puts_the_numbers_in(
    name: str, arguments: dict[str, Any], shape: Shape, formula: str
) -> None:
    layer = bound(name, arguments, shape)
    assert layer.formula((shape,), layer.output_shape((shape,))) == formula


@pytest.mark.parametrize(("name", "arguments"), [("Flatten", {}), ("Permute", {"dims": [0, 2, 1]})])
def test_where_a_moved_element_came_from_is_not_said(name: str, arguments: dict[str, Any]) -> None:
    layer = bound(name, arguments, (6, 6))
    assert layer.footprint(((6, 6),), layer.output_shape(((6, 6),))) is None


@pytest.mark.parametrize("name", ["Flatten", "PixelShuffle", "ZeroPad2d", "Unfold"])
def test_of_no_dimensions_there_is_nothing_to_move(name: str) -> None:
    arguments = {
        "PixelShuffle": {"upscale_factor": 2},
        "ZeroPad2d": {"padding": 1},
        "Unfold": {"kernel_size": 1},
    }.get(name, {})
    assert_both_refuse(name, arguments, (), match=r"not a single number|input N")
