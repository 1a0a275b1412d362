"""Columns placed beside each other, and the arrows from the foot of one to the head of another."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from math import hypot

from .dot import Port
from .placement import Placement, Point, Route
from .scene import Edge, Scene
from .words import EdgeKind

LANE = 9.0
"""px between two arrows side by side."""
FIRST_LANE = 14.0
"""px between a column and the first arrow beside it."""
CORNER = 8.0
"""px of the radius of an arrow's corners."""


@dataclass(frozen=True)
class Crossing:
    """A value on its way from one column to another.

    Attributes:
        source, target: the columns, from 0.
        out, into: the ids of the ports that it leaves and comes in by.
        kind: of its arrow.
    """

    source: int
    target: int
    out: str
    into: str
    kind: EdgeKind


@dataclass(frozen=True)
class Breaks:
    """What the breaking into columns did to the arrows.

    Attributes:
        columns: the nodes of each.
        ports: of each column.
        crossings: between the columns.
    """

    columns: list[list[str]]
    ports: list[list[Port]]
    crossings: list[Crossing]


@dataclass(frozen=True)
class Link:
    """The way of a value between two columns, placed."""

    route: Route
    kind: EdgeKind


def breaks(scene: Scene, columns: list[list[str]], beside: Collection[Edge] = ()) -> Breaks:
    """The ports by which arrows leave and enter columns: one for each value, kind and column.

    Args:
        scene: the graph.
        columns: the nodes of each column.
        beside: arrows that need no ports.
    """
    column_of = {id: index for index, ids in enumerate(columns) for id in ids}
    leaving: dict[tuple[str, EdgeKind], list[Edge]] = {}
    for edge in scene.edges:
        if column_of[edge.tail] != column_of[edge.head] and edge not in beside:
            leaving.setdefault((edge.tail, edge.kind), []).append(edge)
    ports: list[list[Port]] = [[] for _ in columns]
    crossings = []
    for index, ((tail, kind), edges) in enumerate(leaving.items()):
        source = column_of[tail]
        ports[source].append(Port(f"o{index}", tuple(edges[:1]), True))
        entering: dict[int, list[Edge]] = {}
        for edge in edges:
            entering.setdefault(column_of[edge.head], []).append(edge)
        for target, inside in entering.items():
            ports[target].append(Port(f"i{index}", tuple(inside), False))
            crossings.append(Crossing(source, target, f"o{index}", f"i{index}", kind))
    return Breaks(columns, ports, crossings)


def side_by_side(made: Breaks, placed: Sequence[Placement]) -> tuple[Placement, list[Link]]:
    """All columns in one placement, and the ways between them.

    Ways into a column nest: what leaves further right turns up further inside, and comes in
    further left.
    """
    lanes: list[list[Crossing]] = [[] for _ in placed]
    for crossing in made.crossings:
        lanes[crossing.target].append(crossing)

    def leaves_at(crossing: Crossing) -> tuple[int, float]:
        return -crossing.source, -middle(placed[crossing.source], crossing.out).x

    for entering in lanes:
        entering.sort(key=leaves_at)
    above = max((FIRST_LANE + LANE * len(entering) for entering in lanes if entering), default=0.0)
    moved: list[Placement] = []
    lefts: list[float] = []
    x = 0.0
    for column, entering in zip(placed, lanes, strict=True):
        x += 2 * FIRST_LANE + LANE * max(0, len(entering) - 1) if moved else 0
        lefts.append(x)
        moved.append(column.moved(x, above))
        x += column.width
    whole = Placement(x, 0)
    for column in moved:
        whole.nodes.update(column.nodes)
        whole.frames.extend(column.frames)
        whole.routes.update(column.routes)
    depth = [above + column.height for column in placed]
    links = []
    for target, entering in enumerate(lanes):
        for index, crossing in enumerate(entering):
            between = slice(crossing.source, target)
            lane = max(depth[between]) + (LANE if index else FIRST_LANE)
            depth[between] = [lane] * (target - crossing.source)
            outside = FIRST_LANE + LANE * (len(entering) - 1 - index)
            start = middle(moved[crossing.source], crossing.out)
            end = middle(moved[target], crossing.into)
            track, top = lefts[target] - outside, above - outside
            corners = [start, Point(start.x, lane), Point(track, lane), Point(track, top)]
            links.append(Link(rounded([*corners, Point(end.x, top), end]), crossing.kind))
    return replace(whole, height=max(depth)), links


def middle(placed: Placement, id: str) -> Point:
    """The middle of a node."""
    rect = placed.nodes[id]
    return Point(rect.x + rect.width / 2, rect.y + rect.height / 2)


def rounded(corners: Sequence[Point]) -> Route:
    """A way from corner to corner with the corners rounded off."""
    points = [corners[0]]
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        enter, leave = _towards(corner, before), _towards(corner, after)
        points += [points[-1], enter, enter, corner, corner, leave]
    return Route((*points, points[-1], corners[-1], corners[-1]))


def _towards(corner: Point, other: Point) -> Point:
    """Where the rounding of a corner begins on the side of another one."""
    length = hypot(other.x - corner.x, other.y - corner.y)
    share = min(CORNER, length / 2) / length if length else 0
    return Point(corner.x + share * (other.x - corner.x), corner.y + share * (other.y - corner.y))
