"""Where everything stands: stacks in rows, captions above them, operations below.

All lengths are px. Within a row, y is measured from the axis that runs through all stacks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ..look import Look
from .labels import Label, captions, operation_label
from .path import Path, Stack
from .scale import Form, Scales, form
from .trace import Link, trace
from .wires import Rect, Wire, front, sample_on, traced, untraced, window_on

ROW_WIDTH = 1020.0
"""px of a row at most, where a single stack allows it."""
STACK_GAP = 34.0
"""px between two stacks at least: the lines of the sample need it."""
TEXT_GAP = 6.0
"""px between two texts beside each other at least, in the widest font that may be met."""
ABOVE, BELOW = 6.0, 12.0
"""px from a caption to what is under it, and from the stacks to the operations."""


@dataclass(frozen=True)
class Item:
    """A stack with its form, its texts, and how it reads the stack before it.

    Attributes:
        caption: above it.
        operation: of the layers that make it, under the gap before it.
        link: None for the input.
        again: whether it repeats the last stack of the row before.
    """

    stack: Stack
    form: Form
    caption: Label
    operation: Label
    link: Link | None
    again: bool = False

    @property
    def width(self) -> float:
        """Of the stack and its caption, whichever is wider."""
        return max(self.form.full_width, self.caption.width)


@dataclass(frozen=True)
class Place:
    """An item in a row.

    Attributes:
        x: of its middle.
        operation: of the middle of its operation's text.
        caption: y of its caption's lower edge.
        sample: the position on it that is traced.
        window: what the sample of the next stack reads of it.
        wires: the lines from the stack before it.
    """

    item: Item
    x: float
    operation: float = 0
    caption: float = 0
    sample: Rect | None = None
    window: Rect | None = None
    wires: tuple[Wire, ...] = ()

    @property
    def face(self) -> Rect:
        """Its front map."""
        return front(self.item.form, self.x)


@dataclass(frozen=True)
class Row:
    """Stacks beside each other, with the room that they take around the axis and x = 0."""

    places: tuple[Place, ...]
    left: float
    right: float
    top: float
    operations: float
    bottom: float

    @property
    def width(self) -> float:
        """From its leftmost to its rightmost mark."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From its captions to its operations."""
        return self.bottom - self.top


def layout(path: Path, scales: Scales, look: Look) -> list[Row]:
    """The stacks in as few rows as hold them, none much longer than the others."""
    links = [None, *trace(path.stacks)]
    items = [
        Item(
            stack,
            form(stack, scales),
            text,
            operation_label(stack, look),
            link,
        )
        for stack, text, link in zip(path.stacks, captions(path, look), links, strict=True)
    ]
    return [_finished(row) for row in _rows(items)]


def _rows(items: Sequence[Item]) -> list[list[Place]]:
    """The items in as few rows as can be, and of those ways the one with the shortest rows.

    A row begins with the last item of the row before, again.
    """
    best: list[tuple[int, float, list[list[Place]]]] = [(0, 0, [])]
    for end in range(1, len(items)):
        ways = []
        for start in range(end - 1, -1, -1):
            row = _row(items[start : end + 1], again=start > 0)
            width = _right(row) - _left(row)
            if width > ROW_WIDTH and start < end - 1:
                break
            count, widest, rows = best[start]
            ways.append((count + 1, max(widest, width), [*rows, row]))
        best.append(min(ways, key=lambda way: way[:2]))
    return best[-1][2] or [_row(items, again=False)]


def _row(items: Sequence[Item], *, again: bool) -> list[Place]:
    """The items beside each other, as close as their widths and texts allow."""
    places = [Place(replace(items[0], again=again), 0)]
    for item in items[1:]:
        places.append(_after(places[-1], item, first=len(places) == 1))
    return places


def _after(before: Place, item: Item, *, first: bool) -> Place:
    """The place of an item right of the one before."""
    right = before.x + before.item.form.full_width / 2
    half = item.form.full_width / 2
    x = max(
        right + STACK_GAP + half,
        before.x + (before.item.width + item.width) / 2 + TEXT_GAP,
    )
    middle = (right + x - half) / 2
    if not first:
        room = (before.item.operation.width + item.operation.width) / 2 + TEXT_GAP
        middle = max(middle, before.operation + room)
        x = max(x, 2 * middle - right + half)
    return Place(item, x, middle)


def _left(row: Sequence[Place]) -> float:
    first = row[0]
    texts = [place.operation - place.item.operation.width / 2 for place in row[1:2]]
    return min(first.x - first.item.width / 2, *texts, first.x)


def _right(row: Sequence[Place]) -> float:
    last = row[-1]
    texts = [place.operation + place.item.operation.width / 2 for place in row[1:][-1:]]
    return max(last.x + last.item.width / 2, *texts, last.x)


def _finished(row: Sequence[Place]) -> Row:
    """A row with its lines, its captions above them, and its extent."""
    places = _captioned(_wired(row))
    bottom = max(place.item.form.full_height for place in places) / 2
    operations = bottom + BELOW
    return Row(
        tuple(places),
        _left(places),
        _right(places),
        min(place.caption - place.item.caption.height for place in places),
        operations,
        operations + max(place.item.operation.height for place in places[1:] or places),
    )


def _wired(row: Sequence[Place]) -> list[Place]:
    """The places with the windows on their maps, and the lines to the next stack's sample."""
    places = list(row)
    for index, (before, place) in enumerate(pairwise(row)):
        link, stack = place.item.link, before.item.stack
        assert link is not None, "only the input has none"
        if link.way != "window":
            drawn = untraced(link.way, before.face, place.face)
            places[index + 1] = replace(place, wires=drawn)
            continue
        window = window_on(before.face, stack.spatial, link.window)
        sample = sample_on(place.item.stack, place.face, link.sample)
        places[index] = replace(places[index], window=window)
        places[index + 1] = replace(place, sample=sample, wires=traced(window, sample))
    return places


def _captioned(row: Sequence[Place]) -> list[Place]:
    """The places with their captions, each above its stack and above the lines beside it."""
    lines = [wire for place in row for wire in place.wires]
    captioned = []
    for place in row:
        half = place.item.caption.width / 2
        over = [wire.highest(place.x - half, place.x + half) for wire in lines]
        top = min(-place.item.form.full_height / 2, *over, 0)
        captioned.append(replace(place, caption=top - ABOVE))
    return captioned
