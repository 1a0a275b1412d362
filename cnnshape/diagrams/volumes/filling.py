"""A row filled: the main path, what is written under it, its branches and its lines."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor

from .captions import bracket, write, write_sizes
from .items import Item
from .row import Row
from .ways import connect

LANE_GAP = 14.0
"""px between the lane of a branch and what is beside it."""


def fill(row: Row) -> None:
    """Place all that is of this row alone."""
    if row.port:
        row.y[row.port] = 0
    for stretch in row.stretches():
        row.stand(stretch)
    for stretch in row.stretches():
        write(row, stretch)
        write_sizes(row, stretch, under_branches=False)
    for chain in row.spacing.plan.chains:
        here = [item for item in chain if item in row.x]
        if here:
            _branch(row, here)
    connect(row)
    for stretch in row.stretches():
        write_sizes(row, stretch, under_branches=True)
        bracket(row, stretch)


def _branch(row: Row, chain: Sequence[Item]) -> None:
    """Place a chain above or below all that stands where it and its lines run."""
    part = Row(row.spacing, {item: row.x[item] for item in chain})
    part.stand(chain)
    write(part, chain)
    if _differs(row, chain):
        write_sizes(part, chain, under_branches=False)
    bracket(part, chain)
    left, right = part.sky.left, part.sky.right
    for link in row.spacing.parts.links:
        if link.target is chain[0] and link.source in row.y:
            left = min(left, row.x[link.source])
        if link.source is chain[-1] and link.target in row.y:
            right = max(right, row.x[link.target])
    if row.spacing.plan.lane[chain[0]] < 0:
        y = (row.sky.top(left, right) or 0) - LANE_GAP - part.sky.lowest
    else:
        y = (row.sky.bottom(left, right) or 0) + LANE_GAP - part.sky.highest
    row.y.update(dict.fromkeys(chain, y))
    row.marks += [mark.moved(0, y) for mark in part.marks]
    row.sky.patches += part.sky.moved(0, y)
    row.sky.add(left, y - 1, right, y + 1)


def _differs(row: Row, chain: Sequence[Item]) -> bool:
    """Whether a chain holds a size that is not written under the main path beside it."""
    column = row.spacing.plan.column
    first, last = floor(column[chain[0]]), ceil(column[chain[-1]])
    beside = {item.spatial for item in row.spacing.parts.main if first <= column[item] <= last}
    return any(item.spatial not in beside for item in chain)
