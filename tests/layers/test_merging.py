"""Merging layers against the torch functions they stand for."""

from __future__ import annotations

from functools import reduce
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cnnshape.layers import LayerError, Step, function_module, registry

from .agreement import assert_agrees, assert_agrees_or_both_refuse, bound

FUNCTIONS = {
    "Add": torch.add,
    "Multiply": torch.mul,
    "Maximum": torch.maximum,
    "Minimum": torch.minimum,
    "Subtract": torch.sub,
    "Divide": torch.div,
}
few = settings(max_examples=80, deadline=None)


@st.composite
def near_shapes(draw: st.DrawFn, count: int | None = None) -> list[tuple[int, ...]]:
    """Shapes of one rank that mostly agree, or can be stretched."""
    base = draw(st.lists(st.integers(3, 5), min_size=1, max_size=4))
    size = st.integers(0, 5)
    return [
        tuple(
            draw(size.map(lambda drawn, full=full: drawn if drawn == 1 else full)) for full in base
        )
        if draw(st.integers(0, 5))
        else tuple(draw(st.integers(1, 5)) for _ in base)
        for _ in range(count or draw(st.integers(2, 4)))
    ]


def broadcasting(name: str) -> Any:
    def build(**arguments: Any) -> nn.Module:
        assert not arguments
        return function_module(lambda *inputs: reduce(FUNCTIONS[name], inputs))

    return build


@pytest.mark.slow
@few
@given(name=st.sampled_from(["Add", "Multiply", "Maximum", "Minimum"]), shapes=near_shapes())
def test_a_broadcasting_join_is_pytorchs(name: str, shapes: list[tuple[int, ...]]) -> None:
    assert_agrees_or_both_refuse(name, {}, *shapes, torch_module=broadcasting(name))


@few
@given(name=st.sampled_from(["Subtract", "Divide"]), shapes=near_shapes(count=2))
def test_an_operation_of_two_is_pytorchs(name: str, shapes: list[tuple[int, ...]]) -> None:
    assert_agrees_or_both_refuse(name, {}, *shapes, torch_module=broadcasting(name))


def concatenation(dim: int = 1) -> nn.Module:
    return function_module(lambda *inputs: torch.cat(inputs, dim))


@few
@given(shapes=near_shapes(), dim=st.integers(-6, 6))
def test_concat_is_pytorchs(shapes: list[tuple[int, ...]], dim: int) -> None:
    if dim % (len(shapes[0]) + 1) == 0:  # PyTorch would join the batches
        dim = 1
    assert_agrees_or_both_refuse("Concat", {"dim": dim}, *shapes, torch_module=concatenation)


@few
@given(
    lead=st.lists(st.sampled_from([(3, 3), (3, 1), (1, 3), (3, 4)]), max_size=2),
    sizes=st.tuples(*[st.integers(1, 4)] * 3),
    wrong=st.booleans(),
)
def test_matmul_is_pytorchs(
    lead: list[tuple[int, int]], sizes: tuple[int, int, int], wrong: bool
) -> None:
    rows, inner, columns = sizes
    first = (*(a for a, _ in lead), rows, inner)
    second = (*(b for _, b in lead), inner + wrong, columns)
    assert_agrees_or_both_refuse(
        "MatMul", {}, first, second, torch_module=lambda: function_module(torch.matmul)
    )


def refusal(name: str, *shapes: tuple[int, ...], **arguments: Any) -> LayerError:
    with pytest.raises(LayerError) as caught:
        bound(name, arguments, *shapes).output_shape(shapes)
    return caught.value


@pytest.mark.parametrize(
    ("shapes", "help"),
    [
        (
            ((64, 56, 56), (128, 28, 28)),
            "give 64×56×56 (the shortcut?) a 1×1 convolution: "
            "Conv2d with out_channels: 128, kernel_size: 1 and stride: 2",
        ),
        (
            ((128, 28, 28), (64, 56, 56)),
            "give 64×56×56 (the shortcut?) a 1×1 convolution: "
            "Conv2d with out_channels: 128, kernel_size: 1 and stride: 2",
        ),
        (
            ((256, 56, 56), (64, 56, 56)),
            "give 64×56×56 (the shortcut?) a 1×1 convolution: "
            "Conv2d with out_channels: 256, kernel_size: 1",
        ),
        (
            ((8, 9, 4), (16, 3, 4)),
            "give 8×9×4 (the shortcut?) a 1×1 convolution: "
            "Conv2d with out_channels: 16, kernel_size: 1 and stride: [3, 1]",
        ),
        (
            ((8, 57), (8, 55)),
            "cut 8×57 to the size of 8×55: {type: CropLike, from: [the larger, the smaller]}",
        ),
        (
            ((64, 56, 56), (64,)),
            "give 64 the dimensions that it lacks: "
            "{type: Unflatten, dim: 1, unflattened_size: [64, 1, 1]}",
        ),
        (((10,), (20,)), "they must be equal in each dimension, or 1 there"),
    ],
)
def test_a_sum_that_fails_says_how_to_make_it_fit(
    shapes: tuple[tuple[int, ...], ...], help: str
) -> None:
    assert refusal("Add", *shapes).help == help


@pytest.mark.parametrize(
    ("shortcut", "main", "stride"),
    [
        ((64, 56, 56), (128, 28, 28), 2),
        ((8, 57, 57), (16, 29, 29), 2),
        ((4, 7, 7), (6, 1, 2), [7, 4]),
    ],
)
def test_the_projection_that_the_help_names_does_fit(
    shortcut: tuple[int, ...], main: tuple[int, ...], stride: Any
) -> None:
    assert str(refusal("Add", shortcut, main).help).endswith(f"stride: {stride}")
    arguments = {"out_channels": main[0], "kernel_size": 1, "stride": stride}
    assert bound("Conv2d", arguments, shortcut).output_shape((shortcut,)) == main


def test_the_sizes_that_differ_are_named() -> None:
    assert refusal("Add", (64, 56, 56), (128, 28, 28)).message == (
        "Add cannot join 64×56×56 and 128×28×28: channels 64 and 128 differ, "
        "height 56 and 28 differ, width 56 and 28 differ"
    )
    assert refusal("Multiply", (64, 56, 56), (64,)).message == (
        "Multiply cannot join 64×56×56 and 64: one has 3 dimensions, the other 1"
    )


def test_concat_says_what_may_differ_and_how_to_resize() -> None:
    assert_agrees("Concat", {}, (64, 56, 56), (128, 56, 56))
    fault = refusal("Concat", (64, 56, 56), (128, 28, 28))
    assert fault.message == (
        "Concat cannot join 64×56×56 and 128×28×28: height 56 and 28 differ, "
        "width 56 and 28 differ, and only the channels may"
    )
    assert fault.help == (
        "bring 128×28×28 to the other's size with {type: Upsample, scale_factor: 2}"
    )
    assert refusal("Concat", (4, 8), (4, 8), dim=0).message.startswith(
        "dim 0 of N×4×8 is the batch"
    )


def test_matmul_says_what_does_not_fit() -> None:
    fault = refusal("MatMul", (49, 64), (49, 64))
    assert fault.message == (
        "MatMul cannot join 49×64 and 49×64: the first has 64 columns, the second 49 rows"
    )
    assert fault.help == "the second must have 64 rows (they fit with the second transposed)"
    assert "M×N" in refusal("MatMul", (4,), (4,)).message
    assert "3 and 4 differ" in refusal("MatMul", (3, 2, 2), (4, 2, 2)).message


def test_a_join_wants_two_inputs() -> None:
    with pytest.raises(LayerError, match="Add reads at least 2 inputs, not 1"):
        bound("Add", {}, (3,))
    with pytest.raises(LayerError, match="Subtract reads 2 inputs, not 3"):
        bound("Subtract", {}, (3,), (3,), (3,))


def test_concat_shows_its_sum() -> None:
    concat = registry()["Concat"]()
    inception = ((64, 28, 28), (128, 28, 28), (32, 28, 28), (32, 28, 28))
    assert concat.formula(inception, (256, 28, 28)) == "64+128+32+32 = 256"
    dense = ((64, 8, 8), *((32, 8, 8),) * 6)
    assert concat.formula(dense, (256, 8, 8)) == "64+6·32 = 256"


def test_a_join_reads_its_inputs_in_place() -> None:
    gate = ((16, 8, 8), (16, 1, 1))
    assert registry()["Multiply"]().footprint(gate, (16, 8, 8)) == (Step(0, 1), Step(0, 1))
    assert registry()["Add"]().footprint(((10,), (10,)), (10,)) is None
