"""What each place of the window reads, and what the output's map holds after it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from .convolutions import stamped
from .exact import Number
from .values import Move, Worked


def marks(worked: Worked, move: Move) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """The places of a board that a move reads, and those of the map that it writes."""
    if move.ends:
        return set(), set()
    if not worked.transposed:
        down, right = worked.layer.windows()
        return {*product(down.taps(move.row), right.taps(move.column))}, {(move.row, move.column)}
    kernel = worked.kernels[move.map][0]
    places = {at for at, _ in stamped(worked.layer, move.row, move.column, kernel)}
    _, rows, columns = worked.output_shape
    inside = {at for at in places if 0 <= at[0] < rows and 0 <= at[1] < columns}
    return {(move.row, move.column)}, inside


def growth(worked: Worked) -> Iterator[dict[tuple[int, int], Number]]:
    """For each move, what its map holds where the move has written, by row and column."""
    so_far: dict[tuple[int, int], Number] = {}
    of_map = -1
    _, height, width = worked.output_shape
    places = [*product(range(height), range(width))]
    for move in worked.moves:
        grid = worked.maps[move.map]
        if not worked.transposed:
            yield {(move.row, move.column): grid[move.row][move.column]}
            continue
        if move.ends:
            yield {(row, column): grid[row][column] for row, column in places}
            continue
        changed = set()
        if move.map != of_map:
            of_map = move.map
            so_far = dict.fromkeys(places, worked.bias[of_map] if worked.bias else 0)
            changed = set(places)
        for values, kernel in zip(worked.image, worked.kernels[of_map], strict=True):
            value = values[move.row][move.column]
            for at, weight in stamped(worked.layer, move.row, move.column, kernel):
                if at in so_far:
                    so_far[at] += value * weight
                    changed.add(at)
        yield {at: so_far[at] for at in changed}


def map_after(worked: Worked, number: int) -> list[list[Number | None]]:
    """The output map of a move, as far as it is known after it. None: not yet."""
    last = worked.moves[number]
    known: dict[tuple[int, int], Number] = {}
    for move, written in zip(worked.moves[: number + 1], growth(worked), strict=False):
        if move.map == last.map:
            known.update(written)
    _, height, width = worked.output_shape
    return [[known.get((row, column)) for column in range(width)] for row in range(height)]
