"""Adaptive pools whose windows differ in size, as places that are gathered and averaged."""

from __future__ import annotations

import ast
from typing import Any

from ..matching import Match, matches
from .idiom import Operator, idiom

PLACES = ast.parse("Transpose(GatherND(Transpose(x), i))", mode="eval").body
"""The places of each window, in dimensions of their own."""


@idiom("ReduceMean(a)")
def _windows_of_one_size(match: Match) -> Operator | None:
    return _adaptive(match, match.values["a"], None)


@idiom("a / n")
def _windows_of_several_sizes(match: Match) -> Operator | None:
    """Place for place is added, those beyond a window as zeros, and divided by how many are in."""
    numbers, node = match.constant("n"), match.makers.get(match.values["a"])
    while numbers is not None and node is not None:
        value = node.inputs[2 if node.type == "Where" else 0]
        if node.type == "Where" and (found := _adaptive(match, value, numbers.array)):
            return found
        node = match.makers.get(value) if node.type in ("Add", "Gather", "Where") else None
    return None


def _adaptive(match: Match, value: str, counts: Any) -> Operator | None:
    """The pool whose windows a value holds; `counts`: of places in each, None: all there are."""
    for found in matches(PLACES, value, Match(match.graph, match.makers)):
        places, shape, output = found.constant("i"), found.shape("x"), match.output
        if places is None or output is None or not len(shape) == len(output) == 4:
            continue
        if len(places.shape) != 5 or places.shape[::2] != (*output[2:], 2):
            continue
        rows, columns = (_windows(*sizes) for sizes in zip(shape[2:], output[2:], strict=True))
        starts = places.array[:, 0, 0, 0, 0].tolist(), places.array[0, 0, :, 0, 1].tolist()
        if starts != ([start for start, _ in rows], [start for start, _ in columns]):
            continue
        sizes = [[height * width for _, width in columns] for _, height in rows]
        full = places.shape[1] * places.shape[3]
        alike = {full} == {size for row in sizes for size in row} if counts is None else None
        if alike or (counts is not None and (counts == sizes).all()):
            return Operator("AdaptiveAvgPool", "", values=(found.values["x"],))
    return None


def _windows(size: int, count: int) -> list[tuple[int, int]]:
    """Where each window of an adaptive pool starts, and its size."""
    ends = [(size * k // count, -(-size * (k + 1) // count)) for k in range(count)]
    return [(start, end - start) for start, end in ends]


OF_ONE_ROW = {
    "AdaptiveAvgPool": "AdaptiveAvgPool", "GlobalAveragePool": "GlobalAveragePool",
    "GlobalMaxPool": "GlobalMaxPool", "ReduceMean": "GlobalAveragePool",
    "ReduceMax": "GlobalMaxPool",
}  # fmt: skip
"""Pools of a map that has one row, and what they are of the row alone."""


@idiom(*(f"Squeeze({pool}(Unsqueeze(x)))" for pool in OF_ONE_ROW))
def _along_one_dimension(match: Match) -> Operator | None:
    pool, shape, output = match.nodes[1], match.shape("x"), match.output
    kind = OF_ONE_ROW[pool.type]
    size = output if output is not None and kind == "AdaptiveAvgPool" else (*shape[:2], 1)
    pooled = match.graph.shapes.get(pool.outputs[0], ())
    alike = output == size and len(shape) == len(size) == 3 and shape[:2] == size[:2]
    return Operator(kind, "x") if alike and pooled == (*size[:2], 1, size[2]) else None
