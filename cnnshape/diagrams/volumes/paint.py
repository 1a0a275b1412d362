"""A placed figure as SVG: boxes with three faces, balls, lines, tags and labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import hypot
from typing import NamedTuple

from ...network import Network
from .. import svg
from ..boxes import Box
from ..svg import number
from ..themes import Ink, Theme
from .items import Item
from .marks import Mark, Pill, Point, Rule, Text, Way
from .shades import Shades, plain, shades
from .solids import Ball, Solid
from .tooltip import tooltip
from .ways import TAG_HEIGHT, TAG_SIZE

EDGE = 0.7
LINE = 1.2
DOTS, DASHES = "1.5 2.5", "5 2.5"
CORNER = 4.0
"""px of the radius of a line's corners."""
HEAD_LENGTH, HEAD_WIDTH = 6.0, 5.0
BAND = 3.2
"""px of the most that a fused layer takes of a box's thickness."""
BAND_SHARE = 0.22
SIGN_SIZE, WORD_SIZE = 13.0, 7.5
"""Of the font of a merge's sign, and of one that is a word."""
HALF_HEIGHT = 0.35
"""From the baseline to the middle of digits and capitals, in parts of the font's size."""


class Painter:
    """Draws the parts of one figure in the colours of its theme."""

    def __init__(self, network: Network, theme: Theme) -> None:
        self.network = network
        self.theme = theme

    def item(self, item: Item, form: Solid | Ball, at: Point) -> str:
        """A volume or a merge, with its tooltip."""
        if isinstance(form, Ball):
            assert item.box is not None, "the input is no merge"
            inks = [self.theme.ink(node.layer.kind) for node in item.box.layers]
            drawn = self.ball(form, at, item.symbol, inks[0], inks[-1])
        else:
            drawn = self.volume(form, at, item.box)
        return svg.group(drawn, tooltip=tooltip(item.box, self.network))

    def volume(self, solid: Solid, at: Point, box: Box | None) -> str:
        """A box: a layer with a band for each that is fused into it, or a group in stripes."""
        theme = self.theme
        if box is None:
            return draw_box(solid, at, [Slab(1, plain(theme))], theme.line)
        if box.closed:
            return self.group(solid, at, [node.layer.kind for node in box.layers])
        body, *bands = [shades(theme.ink(node.layer.kind), theme) for node in box.layers]
        band = min(BAND / solid.thickness, BAND_SHARE)
        slabs = [Slab(1 - band * len(bands), body), *(Slab(band, shades) for shades in bands)]
        return draw_box(solid, at, slabs, theme.ink(box.kind).line)

    def group(self, solid: Solid, at: Point, kinds: Sequence[str]) -> str:
        """A group that is not opened: a stripe for each kind of its layers, by their number."""
        theme, grey = self.theme, self.theme.ink("group")
        slabs = [
            Slab(count / len(kinds), shades(theme.ink(kind), theme))
            for kind, count in Counter(kinds).items()
        ]
        return draw_box(solid, at, slabs, grey.line, side=shades(grey, theme).side, cut=True)

    def ball(self, ball: Ball, at: Point, sign: str, ink: Ink, ring: Ink) -> str:
        """A merge; its ring has the colour of what is fused into it."""
        size = SIGN_SIZE if len(sign) == 1 else WORD_SIZE
        circle = svg.element(
            "circle",
            cx=at.x,
            cy=at.y,
            r=ball.radius - 0.5,
            fill=ink.fill,
            stroke=ring.line,
            stroke_width=1 if ring is ink else 2,
        )
        middle = at.y + HALF_HEIGHT * size
        return circle + svg.text(
            sign, at.x, middle, size=size, fill=ink.text, bold=True, anchor="middle"
        )

    @staticmethod
    def layer(mark: Mark) -> int:
        """Marks of a higher layer are drawn over those of a lower."""
        if isinstance(mark, Way):
            return 2 if mark.kind == "main" else 1
        return {Rule: 0, Pill: 3, Text: 4}[type(mark)]

    def mark(self, mark: Mark) -> str:
        """A line, a tag, a rule or a text."""
        theme = self.theme
        if isinstance(mark, Way):
            return self._line(mark)
        if isinstance(mark, Pill):
            return self._pill(mark)
        if isinstance(mark, Rule):
            points = _path(mark.points, 0)
            return svg.element("path", d=points, fill="none", stroke=theme.muted, stroke_width=0.7)
        return svg.text(
            mark.content,
            mark.at.x,
            mark.at.y,
            size=mark.size,
            fill=theme.muted if mark.muted else theme.text,
            bold=mark.bold,
            anchor=mark.anchor,
        )

    def _line(self, line: Way) -> str:
        theme = self.theme
        colour = {"main": theme.line, "skip": theme.skip, "size": theme.muted}[line.kind]
        drawn = svg.element(
            "path",
            d=_path(_shortened(line) if line.head else line.points, CORNER),
            fill="none",
            stroke=colour,
            stroke_width=LINE,
            stroke_dasharray=self._dashes(line),
        )
        return drawn + (_head(line.points, colour) if line.head else "")

    def _dashes(self, line: Way) -> str | None:
        """What tells a line from the main path's where its colour does not."""
        if line.kind == "size":
            return DOTS
        return DASHES if line.kind == "skip" and self.theme.skip == self.theme.line else None

    def _pill(self, pill: Pill) -> str:
        ink = self.theme.ink(pill.tag.box.kind)
        rect = svg.element(
            "rect",
            x=pill.at.x - pill.width / 2,
            y=pill.at.y - TAG_HEIGHT / 2,
            width=pill.width,
            height=TAG_HEIGHT,
            rx=TAG_HEIGHT / 2,
            fill=ink.fill,
            stroke=ink.line,
            stroke_width=EDGE,
        )
        content = svg.text(
            pill.content,
            pill.at.x,
            pill.at.y + HALF_HEIGHT * TAG_SIZE,
            size=TAG_SIZE,
            fill=ink.text,
            anchor="middle",
        )
        return svg.group(rect, content, tooltip=tooltip(pill.tag.box, self.network))


class Slab(NamedTuple):
    """A part of a box's thickness, from left to right.

    Attributes:
        share: of the thickness.
        shades: its colours.
    """

    share: float
    shades: Shades


def draw_box(
    solid: Solid,
    at: Point,
    slabs: Sequence[Slab],
    edge: str,
    *,
    side: str | None = None,
    cut: bool = False,
) -> str:
    """A box in oblique projection.

    Args:
        solid: the box, in space.
        at: where its front's upper left corner is, in px.
        slabs: what it is made of.
        edge: the colour of its edges.
        side: the colour of its right face; None: that of the first slab.
        cut: whether there is an edge between slabs.
    """
    left, right = at.x - solid.thickness / 2, at.x + solid.thickness / 2
    top = at.y + (solid.rise - solid.height) / 2
    bottom = top + solid.height
    run, rise, height = number(solid.run), number(solid.rise), number(solid.height)
    far = f"l{run} -{rise}"
    drawn, cuts, x = "", "", left
    for slab in slabs:
        if cut and x > left:
            cuts += f"M{number(x)} {number(bottom)}v-{height}{far}"
        drawn += _slab(solid, x, slab.share * solid.thickness, top, slab.shades)
        x += slab.share * solid.thickness
    drawn += svg.element(
        "path",
        d=f"M{number(right)} {number(top)}{far}v{height}l-{run} {rise}z",
        fill=side or slabs[0].shades.side,
    )
    thick = number(solid.thickness)
    edges = (
        f"M{number(left)} {number(top)}{far}h{thick}v{height}l-{run} {rise}h-{thick}z"
        f"h{thick}{far}M{number(right)} {number(top)}v{height}{cuts}"
    )
    return drawn + svg.element(
        "path", d=edges, fill="none", stroke=edge, stroke_width=EDGE, stroke_linejoin="round"
    )


def _slab(solid: Solid, left: float, thickness: float, top: float, shades: Shades) -> str:
    """The front and the top of a part of a box."""
    width, height = number(thickness), number(solid.height)
    run, rise = number(solid.run), number(solid.rise)
    corner = f"M{number(left)} {number(top)}"
    return svg.element(
        "path", d=f"{corner}h{width}v{height}h-{width}z", fill=shades.front
    ) + svg.element("path", d=f"{corner}l{run} -{rise}h{width}l-{run} {rise}z", fill=shades.top)


def _path(points: Sequence[Point], radius: float) -> str:
    """A way of straight lines, its corners rounded."""
    drawn = f"M{number(points[0].x)} {number(points[0].y)}"
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        room = min(radius, _distance(before, corner) / 2, _distance(corner, after) / 2)
        if room < 0.1:
            drawn += f"L{number(corner.x)} {number(corner.y)}"
            continue
        start, end = _towards(corner, before, room), _towards(corner, after, room)
        drawn += f"L{number(start.x)} {number(start.y)}"
        drawn += f"Q{number(corner.x)} {number(corner.y)} {number(end.x)} {number(end.y)}"
    return drawn + f"L{number(points[-1].x)} {number(points[-1].y)}"


def _shortened(line: Way) -> tuple[Point, ...]:
    """The corners of a line that ends within its arrow's head."""
    end = _towards(line.points[-1], line.points[-2], HEAD_LENGTH / 2)
    return (*line.points[:-1], end)


def _head(points: Sequence[Point], colour: str) -> str:
    """An arrow's head at the end of a line."""
    tip, before = points[-1], points[-2]
    length = _distance(before, tip) or 1
    ahead_x, ahead_y = (tip.x - before.x) / length, (tip.y - before.y) / length
    back = Point(tip.x - HEAD_LENGTH * ahead_x, tip.y - HEAD_LENGTH * ahead_y)
    half = HEAD_WIDTH / 2
    corners = (
        tip,
        back.moved(-half * ahead_y, half * ahead_x),
        back.moved(half * ahead_y, -half * ahead_x),
    )
    drawn = " ".join(f"{number(x)},{number(y)}" for x, y in corners)
    return svg.element("polygon", points=drawn, fill=colour)


def _distance(first: Point, second: Point) -> float:
    return hypot(second.x - first.x, second.y - first.y)


def _towards(start: Point, end: Point, distance: float) -> Point:
    """The point at a distance from `start` in the direction of `end`."""
    share = distance / (_distance(start, end) or 1)
    return Point(start.x + share * (end.x - start.x), start.y + share * (end.y - start.y))
