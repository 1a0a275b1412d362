"""Stack, Expand, Tile, Roll and Flip against torch; the batch stays as it is."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from torch import nn

from cnnshape.layers import LayerError, Shape, function_module

from .agreement import assert_agrees, assert_agrees_or_both_refuse, bound

DIM = st.integers(-6, 6)
SHAPE = st.lists(st.integers(1, 4), min_size=1, max_size=4).map(tuple)


def names_the_batch(dims: int | list[int], rank: int) -> bool:
    return any(dim in (0, -rank) for dim in (dims if isinstance(dims, list) else [dims]))


@pytest.mark.slow
@given(dim=DIM, shape=SHAPE, count=st.integers(2, 3), wrong=st.booleans())
def test_stack_is_pytorchs(dim: int, shape: Shape, count: int, wrong: bool) -> None:
    assume(not names_the_batch(dim, len(shape) + 2))
    shapes = [shape] * count
    if wrong:
        shapes[-1] = (*shape[:-1], shape[-1] + 1)
    assert_agrees_or_both_refuse(
        "Stack",
        {"dim": dim},
        *shapes,
        torch_module=lambda dim: function_module(lambda *inputs: torch.stack(inputs, dim)),
    )


def expansion(shape: list[int]) -> nn.Module:
    return function_module(lambda x: x.expand(x.shape[0], *shape))


@pytest.mark.slow
@given(shape=SHAPE, data=st.data())
def test_expand_is_pytorchs_for_as_many_dimensions(shape: Shape, data: st.DataObject) -> None:
    wanted = [data.draw(st.sampled_from([-1, size, 3, 0])) for size in shape]
    assert_agrees_or_both_refuse("Expand", {"shape": wanted}, shape, torch_module=expansion)


@pytest.mark.slow
@given(shape=SHAPE, data=st.data())
def test_tile_is_pytorchs(shape: Shape, data: st.DataObject) -> None:
    repeats = [data.draw(st.integers(1, 3)) for _ in shape]
    assert_agrees("Tile", {"repeats": repeats}, shape)
    x = torch.rand(2, *shape)
    module = bound("Tile", {"repeats": repeats}, shape).module()
    assert torch.equal(module(x), x.tile((1, *repeats)))


@pytest.mark.slow
@given(shape=SHAPE, dims=DIM | st.lists(DIM, min_size=1, max_size=2), type=st.sampled_from("RF"))
def test_roll_and_flip_are_pytorchs(shape: Shape, dims: int | list[int], type: str) -> None:
    rank = len(shape) + 1
    assume(not names_the_batch(dims, rank))
    count = len(dims) if isinstance(dims, list) else 1
    # Roll shifts twice along what is named twice; a spec says such a thing once.
    assume(type == "F" or count == 1 or dims[0] % rank != dims[1] % rank)  # type: ignore[index]
    arguments: dict[str, Any] = {"dims": dims}
    if type == "R":
        arguments["shifts"] = [1, -2][:count] if isinstance(dims, list) else 1
    assert_agrees_or_both_refuse(
        "Roll" if type == "R" else "Flip",
        arguments,
        shape,
        torch_module=lambda **given: function_module(
            lambda x: x.roll(**given) if type == "R" else x.flip(**given)
        ),
    )


@pytest.mark.parametrize(
    ("name", "arguments", "shapes", "message"),
    [
        ("Stack", {}, ((3, 8), (3, 9)), "Stack cannot join 3×8 and 3×9: they must be equal"),
        ("Stack", {"dim": 0}, ((3,), (3,)), "dim 0 of N×3×1 is the batch"),
        ("Expand", {"shape": [4]}, ((1, 8),), "shape [4] has 1 number, but 1×8 has 2 dimensions"),
        ("Expand", {"shape": [4, 4]}, ((1, 8),), "dimension 2 of 1×8 is 8"),
        ("Tile", {"repeats": [2]}, ((3, 8),), "repeats [2] has 1 number,"),
        ("Roll", {"shifts": [1, 2], "dims": 1}, ((3, 8),), "shifts has 2 numbers, dims 1"),
        ("Flip", {"dims": [2, -1]}, ((3, 8),), "dims names 2 of N×3×8 twice"),
        ("Flip", {"dims": 0}, ((3, 8),), "dims 0 of N×3×8 is the batch"),
    ],
)
def test_what_does_not_fit_is_said(
    name: str, arguments: dict[str, Any], shapes: tuple[Shape, ...], message: str
) -> None:
    with pytest.raises(LayerError) as caught:
        bound(name, arguments, *shapes).output_shape(shapes)
    assert message in caught.value.message
