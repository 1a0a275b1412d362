"""Where the drawing program put everything.

Lengths are px, x to the right and y downwards. A picture whose data goes right is turned over
its diagonal here and turned back when it is painted: in between, data always goes down.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..look import DiagramError
from .dot import POINTS_PER_INCH


class Point(NamedTuple):
    """A place."""

    x: float
    y: float

    def turned(self) -> Point:
        """Mirrored at the diagonal."""
        return Point(self.y, self.x)

    def moved(self, x: float, y: float) -> Point:
        """As far to the right and down."""
        return Point(self.x + x, self.y + y)


class Rect(NamedTuple):
    """A rectangle from its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The x of its right side."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The y of its lower side."""
        return self.y + self.height

    def turned(self) -> Rect:
        """Mirrored at the diagonal."""
        return Rect(self.y, self.x, self.height, self.width)

    def moved(self, x: float, y: float) -> Rect:
        """As far to the right and down."""
        return Rect(self.x + x, self.y + y, self.width, self.height)


class Route(NamedTuple):
    """The way of an arrow: cubic Bézier curves end to end.

    Attributes:
        points: the first, then three for each curve.
        tip: of the arrow's head; None: it has no head.
        label: the middle of its label, if it has one.
    """

    points: tuple[Point, ...]
    tip: Point | None = None
    label: Point | None = None

    def turned(self) -> Route:
        """Mirrored at the diagonal."""
        return Route(
            tuple(point.turned() for point in self.points),
            self.tip and self.tip.turned(),
            self.label and self.label.turned(),
        )

    def moved(self, x: float, y: float) -> Route:
        """As far to the right and down."""
        return Route(
            tuple(point.moved(x, y) for point in self.points),
            self.tip and self.tip.moved(x, y),
            self.label and self.label.moved(x, y),
        )


class Frame(NamedTuple):
    """An area's outline, and the middle of its title.

    Attributes:
        id: of the area; one that is broken has a frame in each column.
    """

    id: str
    rect: Rect
    title: Point

    def turned(self) -> Frame:
        """Mirrored at the diagonal."""
        return Frame(self.id, self.rect.turned(), self.title.turned())

    def moved(self, x: float, y: float) -> Frame:
        """As far to the right and down."""
        return Frame(self.id, self.rect.moved(x, y), self.title.moved(x, y))


@dataclass(frozen=True)
class Placement:
    """Where everything is.

    Attributes:
        width, height: of all together.
        nodes: by id.
        frames: of the areas, outermost first.
        routes: by the id of the arrow.
    """

    width: float
    height: float
    nodes: dict[str, Rect] = field(default_factory=dict)
    frames: list[Frame] = field(default_factory=list)
    routes: dict[str, Route] = field(default_factory=dict)

    def turned(self) -> Placement:
        """Mirrored at the diagonal."""
        return Placement(
            self.height,
            self.width,
            {id: rect.turned() for id, rect in self.nodes.items()},
            [frame.turned() for frame in self.frames],
            {id: route.turned() for id, route in self.routes.items()},
        )

    def moved(self, x: float, y: float) -> Placement:
        """Everything as far to the right and down."""
        return Placement(
            self.width,
            self.height,
            {id: rect.moved(x, y) for id, rect in self.nodes.items()},
            [frame.moved(x, y) for frame in self.frames],
            {id: route.moved(x, y) for id, route in self.routes.items()},
        )


def read(text: str) -> Iterator[Placement]:
    """The placements of the graphs in the drawing program's JSON.

    Raises:
        DiagramError: it is not JSON.
    """
    decoder = json.JSONDecoder()
    start, text = 0, text.rstrip()
    while start < len(text):
        try:
            graph, start = decoder.raw_decode(text, start)
        except json.JSONDecodeError:
            raise DiagramError(f"Graphviz answered no JSON, but {text[start:][:80]!r}") from None
        start = len(text) - len(text[start:].lstrip())
        yield _placement(graph)


def _placement(graph: dict[str, Any]) -> Placement:
    left, bottom, right, top = _numbers(graph["bb"])
    placed = Placement(right - left, top - bottom)

    def point(text: str) -> Point:
        x, y = _numbers(text)
        return Point(x - left, top - y)

    names: dict[int, str] = {}
    for item in graph.get("objects", ()):
        names[item["_gvid"]] = name = item["name"]
        if name.startswith("cluster_"):
            x1, y1, x2, y2 = _numbers(item["bb"])
            rect = Rect(x1 - left, top - y2, x2 - x1, y2 - y1)
            placed.frames.append(Frame(name.removeprefix("cluster_"), rect, point(item["lp"])))
        elif "pos" in item:
            width = float(item["width"]) * POINTS_PER_INCH
            height = float(item["height"]) * POINTS_PER_INCH
            middle = point(item["pos"])
            placed.nodes[name] = Rect(middle.x - width / 2, middle.y - height / 2, width, height)
    for item in graph.get("edges", ()):
        tip, points = None, []
        for part in item["pos"].split():
            if part.startswith("e,"):
                tip = point(part[2:])
            else:
                points.append(point(part))
        label = point(item["lp"]) if "lp" in item else None
        placed.routes[item["id"]] = Route(tuple(points), tip, label)
    return placed


def _numbers(text: str) -> list[float]:
    return [float(part) for part in text.split(",")]
