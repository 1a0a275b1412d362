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


def fold(scene: Scene, placed: Placement) -> Fold | None:
    """The graph folded where it is most equal; None: it has no nested skip connections.

    Args:
        scene: the graph.
        placed: its placement in one column.
    """
    place = {id: index for index, id in enumerate(scene.root.ids())}
    skips = _nested([edge for edge in scene.edges if edge.kind == "skip"], place)
    if len(skips) < FEWEST_SKIPS:
        return None
    children = [_ids(child) for child in scene.root.children]
    child_of = {id: index for index, ids in enumerate(children) for id in ids}
    across = {edge.id for edge in skips}
    last, first = child_of[skips[-1].tail], child_of[skips[-1].head]
    half = placed.height / 2
    turns = [
        turn
        for turn in range(last + 1, first + 1)
        if _passes_one(scene, place, place[children[turn][0]], across)
    ]
    if not turns:
        return None
    turn = min(turns, key=lambda turn: abs(placed.nodes[children[turn][0]].y - half))
    tails = {child_of[edge.tail] for edge in skips}
    heads = {child_of[edge.head] for edge in skips}
    if len(tails) < len(skips) or len(heads) < len(skips):
        return None
    opened = next(
        (at for at in range(last + 1, turn) if isinstance(scene.root.children[at], Cluster)), turn
    )
    downs = [0, *sorted(tails - {min(tails)}), opened, turn]
    ups = [turn, *sorted(heads - {min(heads)}), len(children)]
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
    width = 2 * FIRST_LANE + max(row.width for row in placed[:downs])
    start = width + 2 * FIRST_LANE
    moved = [
        row.moved(
            FIRST_LANE if index < downs else start,
            tops[band] + (heights[band] - row.height) / 2,
        )
        for index, (row, band) in enumerate(zip(placed, bands, strict=True))
    ]
    right = start + max(row.width for row in placed[downs:]) + FIRST_LANE
    whole = Placement(right, tops[-1] + heights[-1])
    for row in moved:
        whole.nodes.update(row.nodes)
        whole.frames.extend(row.frames)
        whole.routes.update(row.routes)
    return _Rows(moved, bands, tops, width), whole


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
    for crossing in made.crossings:
        start = middle(rows.rows[crossing.source], crossing.out)
        end = middle(rows.rows[crossing.target], crossing.into)
        before, after = rows.bands[crossing.source], rows.bands[crossing.target]
        right, left = start.x + FIRST_LANE, end.x - FIRST_LANE
        if start.x < rows.middle < end.x:
            corners = [Point(rows.middle, start.y), Point(rows.middle, end.y)]
        else:
            lane = rows.tops[max(before, after)] - ROW_GAP + FIRST_LANE
            corners = [
                Point(right, start.y), Point(right, lane), Point(left, lane), Point(left, end.y)
            ]  # fmt: skip
        yield Link(rounded([start, *corners, end]), crossing.kind)


def _x(rect: Rect) -> float:
    return rect.x + rect.width / 2
