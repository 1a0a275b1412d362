"""A graph folded in two, as a U-Net is drawn: down on the left, up on the right.

Its skip connections nest: what leaves last is read first. So both ways are broken into rows of
which each pair has one skip connection straight across, where breaking the graph like lines of
text would lead each around everything. Here data goes right in every row, and no placement is
turned.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from .compose import FIRST_LANE, Breaks, Link, middle, rounded
from .placement import Placement, Point, Rect
from .scene import Cluster, Edge, Scene

FEWEST_SKIPS = 2
"""Nested skip connections that make a graph one to be folded in two."""
HEAD = 7.0
"""px of an arrow's head."""
ROW_GAP = 3 * FIRST_LANE
"""px between two rows: for the way from one to the next and a skip connection."""


class Fold(NamedTuple):
    """A graph folded in two.

    Attributes:
        down: the nodes of each row of the way down, from the top.
        up: the nodes of each row of the way up, from the bottom.
        skips: the arrows across, from the outermost to the innermost.
    """

    down: list[list[str]]
    up: list[list[str]]
    skips: list[Edge]

    @property
    def rows(self) -> list[list[str]]:
        """All rows, in the order of the data."""
        return [*self.down, *self.up]


def fold(scene: Scene) -> Fold | None:
    """The graph folded as late as can be; None: it has no nested skip connections."""
    place = {id: index for index, id in enumerate(scene.root.ids())}
    skips = _nested([edge for edge in scene.edges if edge.kind == "skip"], place)
    children = [_ids(child) for child in scene.root.children]
    child_of = {id: index for index, ids in enumerate(children) for id in ids}
    tails = [child_of[edge.tail] for edge in skips]
    heads = [child_of[edge.head] for edge in skips][::-1]
    if len(skips) < FEWEST_SKIPS or len(set(tails)) + len(set(heads)) < 2 * len(skips):
        return None
    across = {edge.id for edge in skips}
    turn = next(
        (
            turn
            for turn in range(heads[0], tails[-1], -1)
            if _passes_one(scene, place, place[children[turn][0]], across)
        ),
        None,
    )
    if turn is None:
        return None
    bottom = min(tails[-1] + 2, turn)
    downs = [0, *tails[1:], bottom, turn]
    ups = [turn, *heads[1:], len(children)]
    return Fold(_rows(children, downs), _rows(children, ups), skips)


def _ids(child: str | Cluster) -> list[str]:
    return [child] if isinstance(child, str) else list(child.ids())


def _rows(children: list[list[str]], bounds: list[int]) -> list[list[str]]:
    """The nodes of the children from each bound to the next."""
    return [
        [id for ids in children[start:end] for id in ids]
        for start, end in pairwise(bounds)
        if start < end
    ]


def _nested(edges: list[Edge], place: dict[str, int]) -> list[Edge]:
    """The longest row of edges each within the one before it."""
    edges = sorted(edges, key=lambda edge: (place[edge.tail], -place[edge.head]))
    ends: list[int] = []
    rows: list[list[Edge]] = []
    for edge in edges:
        end = -place[edge.head]
        index = bisect_left(ends, end)
        before = rows[index - 1] if index else []
        if before and place[before[-1].tail] == place[edge.tail]:
            continue
        ends[index : index + 1] = [end]
        rows[index : index + 1] = [[*before, edge]]
    return rows[-1] if rows else []


def _passes_one(scene: Scene, place: dict[str, int], fold: int, across: set[str]) -> bool:
    """Whether all that goes over the fold, beside the skips, is one value."""
    over = {
        edge.tail
        for edge in scene.edges
        if edge.id not in across and place[edge.tail] < fold <= place[edge.head]
    }
    return len(over) == 1


class _Rows(NamedTuple):
    """The placed rows.

    Attributes:
        rows: their placements, in the order of the data.
        bands: the index of each row's height on the page, from the top.
        tops: the y of each band.
        middle: the x between the way down and the way up.
    """

    rows: list[Placement]
    bands: list[int]
    tops: list[float]
    middle: float


def face_to_face(
    fold: Fold, made: Breaks, placed: Sequence[Placement]
) -> tuple[Placement, list[Link]] | None:
    """All rows in one placement, and the ways between them.

    None: a box is in the way of a skip connection, or a value goes by a row.

    Args:
        fold: which rows there are.
        made: the ports of each row.
        placed: the placement of each row.
    """
    if any(crossing.target != crossing.source + 1 for crossing in made.crossings):
        return None
    for band, edge in enumerate(fold.skips):
        down, up = placed[band], placed[len(placed) - 1 - band]
        if not (_is_open_above(down, edge.tail) and _is_open_above(up, edge.head)):
            return None
    rows, whole = _stacked(fold, placed)
    return whole, [*_across(fold, rows), *_onward(made, rows)]


def _is_open_above(row: Placement, id: str) -> bool:
    """Whether no box stands above a node."""
    node = row.nodes[id]
    return not any(
        rect.bottom <= node.y and rect.x < _x(node) < rect.right for rect in row.nodes.values()
    )


def _stacked(fold: Fold, placed: Sequence[Placement]) -> tuple[_Rows, Placement]:
    """Each row in its band: the way down from the top, the way up beside it from the bottom."""
    downs = len(fold.down)
    bands = [*range(downs), *range(len(fold.up))[::-1]]
    heights = [0.0] * downs
    for row, band in zip(placed, bands, strict=True):
        heights[band] = max(heights[band], row.height)
    steps = accumulate((height + ROW_GAP for height in heights), initial=2 * FIRST_LANE)
    tops = list(steps)[:-1]
    lefts = _aligned(placed[:downs], [edge.tail for edge in fold.skips])
    lefts += _aligned(placed[downs:], [edge.head for edge in fold.skips[::-1]])
    ends = [left + row.width for left, row in zip(lefts, placed, strict=True)]
    middle = 3 * FIRST_LANE + max(ends[:downs])
    start = middle + 2 * FIRST_LANE
    moved = [
        row.moved(
            left + (FIRST_LANE if index < downs else start),
            tops[band] + (heights[band] - row.height) / 2,
        )
        for index, (row, band, left) in enumerate(zip(placed, bands, lefts, strict=True))
    ]
    whole = Placement(start + max(ends[downs:]) + FIRST_LANE, tops[-1] + heights[-1])
    for row in moved:
        whole.nodes.update(row.nodes)
        whole.frames.extend(row.frames)
        whole.routes.update(row.routes)
    return _Rows(moved, bands, tops, middle), whole


def _aligned(rows: Sequence[Placement], ids: Sequence[str]) -> list[float]:
    """How far right each row begins, so that these nodes, one a row, are below each other.

    Rows beyond these begin where the last one does.
    """
    at = [_x(row.nodes[id]) for row, id in zip(rows, ids, strict=False)]
    lefts = [max(at) - x for x in at]
    return lefts + lefts[-1:] * (len(rows) - len(lefts))


def _across(fold: Fold, rows: _Rows) -> Iterator[Link]:
    """The ways of the skip connections, each just above its two rows."""
    for band, edge in enumerate(fold.skips):
        tail = rows.rows[band].nodes[edge.tail]
        head = rows.rows[len(rows.rows) - 1 - band].nodes[edge.head]
        lane = rows.tops[band] - FIRST_LANE
        tip = Point(_x(head), head.y)
        corners = [Point(_x(tail), tail.y), Point(_x(tail), lane), Point(_x(head), lane)]
        yield Link(rounded([*corners, tip.moved(0, -HEAD)])._replace(tip=tip), edge.kind)


def _onward(made: Breaks, rows: _Rows) -> Iterator[Link]:
    """The ways from the end of each row to the beginning of the next."""
    ways = [
        _Way(
            middle(rows.rows[crossing.source], crossing.out),
            middle(rows.rows[crossing.target], crossing.into),
        )
        for crossing in made.crossings
    ]
    for crossing, way in zip(made.crossings, ways, strict=True):
        start, end = way
        if start.x < rows.middle < end.x:
            corners = [Point(rows.middle, start.y), Point(rows.middle, end.y)]
        else:
            side = [other for other in ways if other.side(rows.middle) == way.side(rows.middle)]
            right = max(other.start.x for other in side) + FIRST_LANE
            left = min(other.end.x for other in side) - FIRST_LANE
            band = max(rows.bands[crossing.source], rows.bands[crossing.target])
            lane = rows.tops[band] - ROW_GAP + FIRST_LANE
            corners = [Point(right, start.y), Point(right, lane)]
            corners += [Point(left, lane), Point(left, end.y)]
        yield Link(rounded([start, *corners, end]), crossing.kind)


class _Way(NamedTuple):
    """From the end of a row to the beginning of the next."""

    start: Point
    end: Point

    def side(self, middle: float) -> tuple[bool, bool]:
        """Whether each of its ends is on the way up."""
        return self.start.x > middle, self.end.x > middle


def _x(rect: Rect) -> float:
    return rect.x + rect.width / 2
