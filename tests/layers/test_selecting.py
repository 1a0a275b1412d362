"""Parts of values against torch: the part that is there, and the one beyond the last."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from torch import Tensor, nn

from cnnshape.layers import LayerError, Shape, Step, function_module

from .agreement import assert_agrees, assert_agrees_or_both_refuse, assert_both_refuse, bound

SHAPE = st.lists(st.integers(1, 8), min_size=1, max_size=3).map(tuple)
INDEX = st.integers(-4, 4)


def chunk(chunks: int, index: int, dim: int = 1) -> nn.Module:
    return function_module(lambda x: x.chunk(chunks, dim)[index])


def split(split_size: int | list[int], index: int, dim: int = 1) -> nn.Module:
    return function_module(lambda x: x.split(split_size, dim)[index])


def narrow(start: int, length: int, dim: int = 1) -> nn.Module:
    return function_module(lambda x: x.narrow(dim, start, length))


@pytest.mark.slow
@given(shape=SHAPE, dim=st.integers(-5, 5), chunks=st.integers(0, 9), index=INDEX)
def test_chunk(shape: Shape, dim: int, chunks: int, index: int) -> None:
    assume(dim not in (0, -len(shape) - 1))
    arguments = {"chunks": chunks, "dim": dim, "index": index}
    assert_agrees_or_both_refuse("Chunk", arguments, shape, torch_module=chunk)


@pytest.mark.slow
@given(
    shape=SHAPE,
    dim=st.integers(-5, 5),
    split_size=st.integers(0, 5) | st.lists(st.integers(-1, 5), min_size=1, max_size=3),
    index=INDEX,
    data=st.data(),
)
def test_split(
    shape: Shape, dim: int, split_size: int | list[int], index: int, data: st.DataObject
) -> None:
    assume(dim not in (0, -len(shape) - 1))
    if isinstance(split_size, list) and data.draw(st.booleans()):
        size = shape[dim % (len(shape) + 1) - 1]
        split_size = [*split_size[1:], size - sum(split_size[1:])]
    arguments = {"split_size": split_size, "dim": dim, "index": index}
    assert_agrees_or_both_refuse("Split", arguments, shape, torch_module=split)


@pytest.mark.slow
@given(shape=SHAPE, dim=st.integers(-5, 5), start=st.integers(-9, 9), length=st.integers(-1, 9))
def test_narrow(shape: Shape, dim: int, start: int, length: int) -> None:
    assume(dim not in (0, -len(shape) - 1))
    arguments = {"dim": dim, "start": start, "length": length}
    assert_agrees_or_both_refuse("Narrow", arguments, shape, torch_module=narrow)


@pytest.mark.slow
@given(
    large=st.lists(st.integers(1, 9), min_size=2, max_size=4),
    channels=st.integers(1, 3),
    data=st.data(),
)
def test_crop_like_takes_any_smaller_size(
    large: list[int], channels: int, data: st.DataObject
) -> None:
    size = [data.draw(st.integers(1, n)) for n in large[1:]]
    assert_agrees("CropLike", {}, tuple(large), (channels, *size))
    if len(size) == 2:
        assert_agrees("CenterCrop2d", {"size": size}, tuple(large))


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("Chunk", {"chunks": 2, "index": 0}),
        ("Split", {"split_size": 2, "index": 0}),
        ("Narrow", {"start": 0, "length": 1}),
    ],
)
def test_the_batch_is_not_parted(name: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(LayerError, match="dim 0 of N×4×6 is the batch"):
        bound(name, {**arguments, "dim": 0}, (4, 6)).output_shape(((4, 6),))


def test_a_part_beyond_the_last_says_how_many_there_are() -> None:
    # 10 in 4 chunks are parts of ⌈10/4⌉ = 3: three of them and a rest; in 6 chunks only five.
    assert_agrees("Chunk", {"chunks": 6, "index": 4}, (10, 3))
    assert_both_refuse(
        "Chunk",
        {"chunks": 6, "index": 5},
        (10, 3),
        match=r"there is no part 5: 10 gives 5 parts\nindex from 0 to 4",
        torch_module=chunk,
    )
    assert_both_refuse(
        "Split",
        {"split_size": [4, 5], "index": 0},
        (10, 3),
        match=r"split_size \[4, 5\] adds up to 9, not to 10",
        torch_module=split,
    )
    with pytest.raises(LayerError, match=r"part 0 of \[0, 10\] is empty"):
        bound("Split", {"split_size": [0, 10], "index": 0}, (10, 3)).output_shape(((10, 3),))
    assert_both_refuse(
        "Narrow",
        {"start": 8, "length": 3},
        (10, 3),
        match=r"3 from 8 on does not fit a dimension of 10\nstart from 0 to 7",
        torch_module=narrow,
    )


def test_the_parts_of_a_chunk_make_the_whole() -> None:
    x = torch.arange(20.0).reshape(2, 10)
    parts: list[Tensor] = [
        bound("Chunk", {"chunks": 4, "index": index}, (10,)).module()(x) for index in range(4)
    ]
    assert torch.equal(torch.cat(parts, 1), x)


def test_a_crop_keeps_the_middle() -> None:
    x = torch.arange(7.0).reshape(1, 1, 1, 7)
    (layer, size) = bound("CenterCrop2d", {"size": [1, 4]}, (1, 1, 7)), (1, 1, 4)
    assert layer.module()(x).flatten().tolist() == [1, 2, 3, 4]
    assert layer.formula(((1, 1, 7),), size) == "H: 1−0−0 = 1, W: 7−1−2 = 4"


def test_a_crop_that_is_larger_than_its_map_names_the_dimension() -> None:
    with pytest.raises(LayerError, match=r"cannot cut W = 9 out of 8 \(3×8×8\)"):
        bound("CenterCrop2d", {"size": [8, 9]}, (3, 8, 8)).output_shape(((3, 8, 8),))


def test_a_part_reads_the_positions_it_has() -> None:
    shape = (12, 6, 8)
    for name, arguments in (
        ("Chunk", {"chunks": 2, "index": 1}),
        ("Split", {"split_size": 3, "dim": 3, "index": 1}),
        ("Narrow", {"dim": 2, "start": 1, "length": 4}),
        ("CenterCrop2d", {"size": 4}),
    ):
        layer = bound(name, arguments, shape)
        assert layer.footprint((shape,), layer.output_shape((shape,))) == (Step(0, 1), Step(0, 1))
