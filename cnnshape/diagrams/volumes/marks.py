"""The parts of a placed figure beside its volumes. All lengths are px."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from .items import Tag

LineKind = Literal["main", "skip", "size"]


class Point(NamedTuple):
    """A place on the page."""

    x: float
    y: float

    def moved(self, x: float, y: float) -> Point:
        """The place as far right and down."""
        return Point(self.x + x, self.y + y)


@dataclass(frozen=True)
class Way:
    """The way of a value.

    Attributes:
        points: its corners.
        kind: 'main', 'skip', or 'size' where only a size is read.
        head: whether an arrow's head is at its end.
        dot: whether it begins on another line.
    """

    points: tuple[Point, ...]
    kind: LineKind = "main"
    head: bool = True
    dot: bool = False

    def moved(self, x: float, y: float) -> Way:
        """The line as far right and down."""
        points = tuple(point.moved(x, y) for point in self.points)
        return Way(points, self.kind, self.head, self.dot)


@dataclass(frozen=True)
class Text:
    """A line of text; `at` is the start or the middle of its baseline."""

    content: str
    at: Point
    size: float
    bold: bool = False
    muted: bool = False
    anchor: Literal["start", "middle"] = "middle"

    def moved(self, x: float, y: float) -> Text:
        """The text as far right and down."""
        at = self.at.moved(x, y)
        return Text(self.content, at, self.size, self.bold, self.muted, self.anchor)


@dataclass(frozen=True)
class Pill:
    """A tag on an arc, around its middle."""

    tag: Tag
    content: str
    at: Point
    width: float

    def moved(self, x: float, y: float) -> Pill:
        """The tag as far right and down."""
        return Pill(self.tag, self.content, self.at.moved(x, y), self.width)


@dataclass(frozen=True)
class Rule:
    """A thin line, corner by corner, that says what belongs together."""

    points: tuple[Point, ...]

    def moved(self, x: float, y: float) -> Rule:
        """The rule as far right and down."""
        return Rule(tuple(point.moved(x, y) for point in self.points))


Mark = Way | Text | Pill | Rule
