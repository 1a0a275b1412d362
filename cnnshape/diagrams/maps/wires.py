"""Lines from a stack to the next, and the windows on the maps. All lengths are px.

x is measured from the middle of a stack, y from the axis through all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import NamedTuple

from ...layers.shapes import Shape
from .path import Stack
from .scale import LEAST_SAMPLE, LEAST_WINDOW, Form, edges
from .trace import Span, Way

_SAMPLE_ON_BAR = 0.6
"""Where on a vector the sample is, in parts of its length."""


class Point(NamedTuple):
    """A place in a row."""

    x: float
    y: float


class Rect(NamedTuple):
    """A rectangle in a row."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Of its right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Of its lower edge."""
        return self.top + self.height

    @property
    def middle(self) -> Point:
        """Where its diagonals meet."""
        return Point(self.left + self.width / 2, self.top + self.height / 2)


class Wire(NamedTuple):
    """A straight line to the right; `arrow`: with a head at its end."""

    start: Point
    end: Point
    arrow: bool = False

    def highest(self, left: float, right: float) -> float:
        """The least y of its part between two x; infinity where it has none there."""
        first, last = max(left, self.start.x), min(right, self.end.x)
        if first > last:
            return inf
        run = self.end.x - self.start.x or 1
        slope = (self.end.y - self.start.y) / run
        return self.start.y + slope * ((first if slope > 0 else last) - self.start.x)


def front(form: Form, x: float) -> Rect:
    """The front map of a stack whose middle is at `x`, or its bar."""
    left = x - form.full_width / 2 + form.shift
    top = -form.full_height / 2 + form.depth + form.shift
    return Rect(left, top, form.width, form.height)


def window_on(
    face: Rect, spatial: Shape, window: Sequence[Span], least: float = LEAST_WINDOW
) -> Rect:
    """Where some positions of a map are on its face; at least `least` px wide and high."""
    _, height, width = edges(spatial)
    left, wide = _stretch(face.left, face.width, width, window[-1], least)
    if height is None:
        return Rect(left, face.top, wide, face.height)
    top, high = _stretch(face.top, face.height, height, window[-2], least)
    return Rect(left, top, wide, high)


def _stretch(
    start: float, length: float, places: int, span: Span, least: float
) -> tuple[float, float]:
    """Start and length of some of the places along an edge."""
    pitch = length / places
    long = min(length, max(least, span.size * pitch))
    middle = start + (span.first + span.size / 2) * pitch
    return min(max(start, middle - long / 2), start + length - long), long


def sample_on(stack: Stack, face: Rect, sample: Shape) -> Rect:
    """The position that is traced on, on the face of the stack that it belongs to."""
    if stack.spatial:
        spans = [Span(place, place) for place in sample]
        return window_on(face, stack.spatial, spans, LEAST_SAMPLE)
    high = min(LEAST_SAMPLE, face.height)
    top = face.top + _SAMPLE_ON_BAR * (face.height - high)
    return Rect(face.left, top, face.width, high)


def traced(window: Rect, sample: Rect) -> tuple[Wire, ...]:
    """The lines from a window to the position that reads it."""
    end = Point(sample.left, sample.middle.y)
    return (
        Wire(Point(window.right, window.top), end),
        Wire(Point(window.right, window.bottom), end),
    )


def untraced(way: Way, source: Rect, target: Rect) -> tuple[Wire, ...]:
    """The lines from a face to the next where no window is known."""
    starts = (Point(source.right, source.top), Point(source.right, source.bottom))
    ends = (Point(target.left, target.top), Point(target.left, target.bottom))
    if way == "all":
        return tuple(Wire(start, end) for start in starts for end in ends)
    if way == "rearranged":
        return tuple(Wire(start, end) for start, end in zip(starts, ends, strict=True))
    start, end = Point(source.right, source.middle.y), Point(target.left, target.middle.y)
    return (Wire(start, end, arrow=True),)
