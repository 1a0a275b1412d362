"""How a deep network is broken into columns, so that a page holds it at a readable size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf, sqrt
from typing import NamedTuple

from .placement import Placement
from .scene import Cluster, Scene

PAGE = (190.0, 270.0)
"""mm of what a sheet of A4 holds, upright: the scale at which a figure fits is judged by it."""
ONE_COLUMN = 1000.0
"""px that a figure may be long before it is broken: what A4 holds without being scaled down."""
GAP = 48.0
"""px between two columns, about."""
WORTH = 1.03
"""By which factor each column more must make the text larger."""
SPLIT_AREA, CROSSING = 0.1, 0.02
"""What it costs to break an area, for each level, and to cut one more value's way, where a
column twice as long as it should be costs 1."""


class Piece(NamedTuple):
    """A node in the order of the data.

    Attributes:
        id: of the node.
        cost: of beginning a column with it; inf: it cannot.
    """

    id: str
    cost: float


def break_up(scene: Scene, placed: Placement, *, turned: bool) -> list[list[str]]:
    """The nodes of each column, in the order of the data.

    Args:
        scene: the graph.
        placed: its placement in one column.
        turned: whether columns are rows, so that a page's sides change places.
    """
    pieces = _pieces(scene)
    whole = [[piece.id for piece in pieces]]
    width = PAGE[1] / PAGE[0] * ONE_COLUMN if turned else ONE_COLUMN
    if placed.height <= width:
        return whole
    best, best_scale = whole, _scale([(placed.width, placed.height)])
    likely = {
        round(sqrt(ratio * placed.height / (placed.width + GAP)) + more)
        for ratio in (PAGE[0] / PAGE[1], PAGE[1] / PAGE[0])
        for more in (-1, 0, 1)
    }
    measure = _Measure(placed, pieces)
    for count in sorted(likely):
        if count < 2:
            continue
        starts = _best_starts(measure, pieces, placed.height / count)
        ends = [*starts[1:], len(pieces)]
        sizes = [measure.size(start, end) for start, end in zip(starts, ends, strict=True)]
        cost = sum(pieces[start].cost for start in starts[1:])
        scale = _scale(sizes) / (WORTH ** (len(starts) - 1) * (1 + cost / 2))
        if scale > best_scale:
            best_scale = scale
            best = [whole[0][start:end] for start, end in zip(starts, ends, strict=True)]
    return best


def _scale(sizes: Sequence[tuple[float, float]]) -> float:
    """mm of the better sheet, upright or across, that a px of the columns gets."""
    width = sum(size[0] for size in sizes) + GAP * (len(sizes) - 1)
    height = max(size[1] for size in sizes)
    short, long = PAGE
    return max(min(short / width, long / height), min(long / width, short / height))


def _pieces(scene: Scene) -> list[Piece]:
    """The nodes in order, each with the cost of a break before it."""
    levels = list(_levels(scene.root, 0))
    place = {id: index for index, (id, _) in enumerate(levels)}
    last = list(range(len(levels)))
    for edge in scene.edges:
        last[place[edge.tail]] = max(last[place[edge.tail]], place[edge.head])
    crossing = [0] * (len(levels) + 1)
    for index, end in enumerate(last):
        crossing[index + 1] += 1
        crossing[end + 1] -= 1
    pieces, open_ = [], 0
    for index, (id, level) in enumerate(levels):
        open_ += crossing[index]
        pieces.append(Piece(id, SPLIT_AREA * level + CROSSING * max(0, open_ - 1)))
    return pieces


def _levels(cluster: Cluster, level: float) -> Iterator[tuple[str, float]]:
    """Each node with the number of areas that a break before it breaks."""
    for child in cluster.children:
        if isinstance(child, str):
            yield child, level
            continue
        inner = inf if child.times > 1 else level + 1
        nodes = list(_levels(child, inner))
        yield nodes[0][0], level
        yield from nodes[1:]


class _Measure:
    """How much room consecutive pieces take, from their placement in one column."""

    def __init__(self, placed: Placement, pieces: Sequence[Piece]) -> None:
        self.rects = [placed.nodes[piece.id] for piece in pieces]

    def size(self, start: int, end: int) -> tuple[float, float]:
        """Width and height of the pieces from `start` to before `end`."""
        rects = self.rects[start:end]
        return (
            max(rect.right for rect in rects) - min(rect.x for rect in rects),
            max(rect.bottom for rect in rects) - min(rect.y for rect in rects),
        )


def _best_starts(measure: _Measure, pieces: Sequence[Piece], target: float) -> list[int]:
    """Where columns begin that are about `target` px long.

    The least sum over all columns of their costs, found from the end: costs[i] is that of the
    best way to break the pieces from the i-th on, and nexts[i] is where its second column begins.
    """
    size = len(pieces)
    costs = [inf] * size + [0.0]
    nexts = [size] * size
    for start in range(size - 1, -1, -1):
        if pieces[start].cost == inf:
            continue
        top, bottom = inf, -inf
        for end in range(start + 1, size + 1):
            rect = measure.rects[end - 1]
            top, bottom = min(top, rect.y), max(bottom, rect.bottom)
            cost = costs[end] + ((bottom - top) / target - 1) ** 2 + pieces[start].cost
            if cost < costs[start]:
                costs[start], nexts[start] = cost, end
            if bottom - top > 2 * target and costs[start] < inf:
                break
    starts = [0]
    while nexts[starts[-1]] < size:
        starts.append(nexts[starts[-1]])
    return starts
