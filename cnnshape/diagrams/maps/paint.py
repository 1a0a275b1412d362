"""The SVG of stacks, lines and texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import hypot

from .. import svg
from ..text import ASCENT
from ..themes import Ink, Theme, mix
from .labels import Label
from .layout import Place, Row
from .path import Path
from .scale import OFFSET, Form
from .tooltip import tooltip
from .wires import Point, Rect, Wire

EDGE, THIN, STRONG = 1.0, 0.8, 1.4
"""px of the lines of a map, of the sample's lines, and of its windows."""
PALE = 0.4
"""Opacity of a stack that is drawn again."""
HEAD = 6.0
"""px of the length of an arrow's head."""


def paint_row(row: Row, path: Path, theme: Theme) -> str:
    """A row with its axis at y = 0."""
    stacks = [_stack(place, path, theme) for place in row.places]
    operations = [_operation(place, row, path, theme) for place in row.places[1:]]
    lines = [_sample(place, theme) for place in row.places]
    return "\n".join(filter(None, (*stacks, *lines, *operations)))


def _stack(place: Place, path: Path, theme: Theme) -> str:
    item = place.item
    ink = theme.ink(item.stack.kind)
    maps = svg.group(
        draw_stack(item.form, place.x - item.form.full_width / 2, ink, theme),
        opacity=PALE if item.again else None,
    )
    text = _text(
        item.caption, place.x, place.caption - item.caption.height, theme, muted=item.again
    )
    return svg.group(maps, text, tooltip=tooltip(item.stack, path.network))


def draw_stack(form: Form, left: float, ink: Ink, theme: Theme, middle: float = 0) -> str:
    """A stack's maps from the hindmost to the front, around a height of `middle`."""
    top = middle - form.full_height / 2 + form.depth
    drawn: list[str] = []
    for index in range(form.maps):
        face = Rect(left + OFFSET * index, top + OFFSET * index, form.width, form.height)
        if form.depth:
            drawn += _sides(face, form.depth, ink, theme)
        drawn.append(_rect(face, fill=ink.fill, stroke=ink.line, stroke_width=EDGE))
    return "".join(drawn)


def _sides(face: Rect, depth: float, ink: Ink, theme: Theme) -> Iterator[str]:
    """The upper and the right side of a map that has a depth."""
    left, top, right, bottom = face.left, face.top, face.right, face.bottom
    upper = (Point(left, top), Point(right, top))
    side = (Point(right, top), Point(right, bottom))
    for (start, end), share in ((upper, 0.55), (side, 0.8)):
        corners = (
            start,
            end,
            Point(end.x + depth, end.y - depth),
            Point(start.x + depth, start.y - depth),
        )
        yield svg.element(
            "polygon",
            points=_points(corners),
            fill=mix(ink.fill, ink.line, share),
            stroke=ink.line,
            stroke_width=EDGE,
            stroke_linejoin="round",
        )


def _rect(rect: Rect, **attributes: str | float | None) -> str:
    return svg.element(
        "rect", x=rect.left, y=rect.top, width=rect.width, height=rect.height, **attributes
    )


def _operation(place: Place, row: Row, path: Path, theme: Theme) -> str:
    item = place.item
    return svg.group(
        _text(item.operation, place.operation, row.operations, theme),
        tooltip=tooltip(item.stack, path.network),
    )


def _sample(place: Place, theme: Theme) -> str:
    """The lines to a stack, the position where they end, and the window that it is read by."""
    drawn = [_wire(wire, theme) for wire in place.wires]
    if place.window is not None:
        drawn.append(_window(place.window, theme))
    if place.sample is not None:
        drawn.append(_rect(place.sample, fill=theme.text))
    return "".join(drawn)


def _window(window: Rect, theme: Theme) -> str:
    return _rect(
        window,
        fill=theme.background,
        fill_opacity=0.45,
        stroke=theme.text,
        stroke_width=STRONG,
    )


def _wire(wire: Wire, theme: Theme) -> str:
    start, end = wire.start, wire.end
    if not wire.arrow:
        return _line(start, end, theme)
    length = hypot(end.x - start.x, end.y - start.y)
    along_x, along_y = (end.x - start.x) / length, (end.y - start.y) / length
    neck = Point(end.x - HEAD * along_x, end.y - HEAD * along_y)
    side_x, side_y = -along_y * HEAD / 2, along_x * HEAD / 2
    corners = (
        end,
        Point(neck.x + side_x, neck.y + side_y),
        Point(neck.x - side_x, neck.y - side_y),
    )
    head = svg.element("polygon", points=_points(corners), fill=theme.line)
    return _line(start, neck, theme) + head


def _line(start: Point, end: Point, theme: Theme) -> str:
    return svg.element(
        "line",
        x1=start.x,
        y1=start.y,
        x2=end.x,
        y2=end.y,
        stroke=theme.line,
        stroke_width=THIN,
    )


def _points(corners: Iterable[Point]) -> str:
    return " ".join(f"{svg.number(x)},{svg.number(y)}" for x, y in corners)


def _text(label: Label, x: float, top: float, theme: Theme, *, muted: bool = False) -> str:
    """The lines of a label, centred at `x`, from `top` down."""
    drawn, y = [], top
    for line in label.lines:
        drawn.append(
            svg.text(
                line.content,
                x,
                y + ASCENT * line.size,
                size=line.size,
                fill=theme.muted if muted or line.muted else theme.text,
                bold=line.bold,
                anchor="middle",
            )
        )
        y += line.height
    return "".join(drawn)
