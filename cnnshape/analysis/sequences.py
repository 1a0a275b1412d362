"""The pairing of two sequences that keeps their order."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import takewhile
from typing import NamedTuple

from .likeness import RUN_WEIGHTS, SAME, Item

_SKIP_FIRST, _SKIP_SECOND, _PAIR = range(3)


class Run(NamedTuple):
    """Parts in a row that two lists share: where they begin in each, and how many they are."""

    row: int
    column: int
    size: int


def best_pairs(weights: Iterable[Sequence[int]], columns: int) -> Iterator[tuple[int, int]]:
    """The pairs of the greatest weight among those that keep the order, from the end.

    Args:
        weights: for each row, what a pair with each column weighs; 0: they cannot be one.
        columns: how many columns there are.

    Source: Needleman and Wunsch, 1970.
    """
    best = [0] * (columns + 1)
    ways = []
    for row_weights in weights:
        way = bytearray(columns + 1)
        left = diagonal = 0
        for column, weight in enumerate(row_weights, 1):
            above = best[column]
            kept, direction = (above, _SKIP_FIRST) if above >= left else (left, _SKIP_SECOND)
            if weight and diagonal + weight >= kept:
                kept, direction = diagonal + weight, _PAIR
            way[column] = direction
            best[column] = left = kept
            diagonal = above
        ways.append(way)
    row, column = len(ways), columns
    while row and column:
        direction = ways[row - 1][column]
        row -= direction != _SKIP_SECOND
        column -= direction != _SKIP_FIRST
        if direction == _PAIR:
            yield row, column


def best_run(rows: Sequence[Item], columns: Sequence[Item]) -> Run:
    """The run that both have that weighs most by what is known of it; its size 0: there is none.

    By what a part does, it is the longest anywhere; by what tells less, at one of the ends:
    there are few types, and to look for them everywhere would take long.
    """
    runs = []
    for place, weight in enumerate(RUN_WEIGHTS):
        keys = [item.run_keys[place] for item in rows], [item.run_keys[place] for item in columns]
        run = _longest_run(*keys) if weight == SAME else _run_at_an_end(*keys)
        runs.append((weight * run.size, run))
    return max(runs, key=lambda each: each[0])[1]


def _longest_run(first: list[Hashable], second: list[Hashable]) -> Run:
    match = SequenceMatcher(None, first, second, autojunk=False).find_longest_match()
    return Run(*match)


def _run_at_an_end(first: list[Hashable], second: list[Hashable]) -> Run:
    before = _common_start(first, second)
    after = _common_start(reversed(first), reversed(second))
    if before >= after:
        return Run(0, 0, before)
    return Run(len(first) - after, len(second) - after, after)


def _common_start(first: Iterable[Hashable], second: Iterable[Hashable]) -> int:
    pairs = zip(first, second, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
