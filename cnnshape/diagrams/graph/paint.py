"""The placed graph as SVG."""

from __future__ import annotations

from math import hypot
from typing import NamedTuple

from .. import svg
from ..text import ASCENT, DESCENT, text_width
from ..themes import Theme
from .cards import LINE, PAD_X, PAD_Y, PILE, TEXT_SIZE, Card, CardLine, Cell, colours
from .compose import Link
from .dot import exit_id
from .placement import Frame, Placement, Point, Rect, Route
from .scene import LABEL_SIZE, Edge, Scene, continued, label_size, title_size, title_width
from .words import GROUP, EdgeKind

RADIUS = 4.0
"""px of a card's corners."""
AREA_RADIUS = 6.0
STROKE = 1.2
"""px of arrows and outlines."""
HEAD_WIDTH = 6.0
"""px of an arrow's head, from side to side."""
ARC = 13.0
"""px of what the arc of a closed group's skip connections bends out from its side."""
DASHES: dict[EdgeKind, str | None] = {"main": None, "skip": "5 3", "size": "1.5 3"}


def drawing(scene: Scene, placed: Placement, links: list[Link]) -> str:
    """Everything between the title and the legend."""
    theme = scene.look.theme
    clusters = {cluster.id: cluster for cluster in scene.clusters()}
    parts = [_ground(frame, theme) for frame in placed.frames]
    parts += [arrow(link.route, link.kind, theme) for link in links]
    for edge in scene.edges:
        if exit_id(edge) in placed.routes:
            parts.append(arrow(placed.routes[exit_id(edge)], edge.kind, theme))
        if edge.id in placed.routes:
            parts.append(arrow(placed.routes[edge.id], edge.kind, theme))
            parts.append(_label(edge, placed.routes[edge.id], theme))
    seen: set[str] = set()
    for frame in placed.frames:
        title = clusters[frame.id].title
        parts.append(_title(continued(title) if frame.id in seen else title, frame, theme))
        seen.add(frame.id)
    for id, vertex in scene.vertices.items():
        below = scene.look.direction == "right"
        parts.append(card(vertex.card, placed.nodes[id], theme, below=below))
    return "\n".join(filter(None, parts))


def _ground(frame: Frame, theme: Theme) -> str:
    """An area's surface and outline."""
    return rounded(frame.rect, AREA_RADIUS, theme.group_line, theme.group, width=1)


def _title(title: tuple[CardLine, ...], frame: Frame, theme: Theme) -> str:
    """An area's title; arrows that come in pass under it."""
    width, height = title_size(title)
    left, top = frame.title.x - width / 2, frame.title.y - height / 2
    grounds = [
        svg.element(
            "rect",
            x=left - 3,
            y=top + index * LINE,
            width=title_width(line) + 6,
            height=LINE,
            fill=theme.group,
        )
        for index, line in enumerate(title)
    ]
    return "".join([*grounds, *_lines(title, left, top, None, theme)])


def _lines(
    lines: tuple[CardLine, ...], left: float, top: float, right: float | None, theme: Theme
) -> list[str]:
    """Lines of text; what stands right is flush with `right`, or, if None, follows the left."""
    drawn = []
    for index, line in enumerate(lines):
        y = _baseline(top + (index + 0.5) * LINE, line.size)
        fill = theme.muted if line.muted else theme.text
        if line.left:
            drawn.append(svg.text(line.left, left, y, size=line.size, fill=fill, bold=line.bold))
        if line.right and right is None:
            x = left + title_width(line) - text_width(line.right, TEXT_SIZE)
            drawn.append(svg.text(line.right, x, y, size=TEXT_SIZE, fill=theme.muted))
        elif line.right and right is not None:
            drawn.append(svg.text(line.right, right, y, size=TEXT_SIZE, fill=fill, anchor="end"))
    return drawn


def _baseline(middle: float, size: float) -> float:
    """The baseline of a line whose middle is at this height."""
    return middle + size * (ASCENT - DESCENT) / 2


def arrow(route: Route, kind: EdgeKind, theme: Theme) -> str:
    """The way of a value, with a head where it ends."""
    colour = theme.skip if kind == "skip" else theme.line
    points = list(route.points)
    way = f"M{_pair(points[0])}C" + " ".join(map(_pair, points[1:]))
    line = svg.element(
        "path",
        d=way,
        fill="none",
        stroke=colour,
        stroke_width=STROKE,
        stroke_dasharray=DASHES[kind],
        stroke_linecap={"main": "square", "size": "round"}.get(kind),
    )
    return line if route.tip is None else line + _head(points[-1], route.tip, colour)


def _head(base: Point, tip: Point, colour: str) -> str:
    length = hypot(tip.x - base.x, tip.y - base.y) or 1.0
    across = Point(
        (tip.y - base.y) / length * HEAD_WIDTH / 2, (base.x - tip.x) / length * HEAD_WIDTH / 2
    )
    corners = [tip, base.moved(*across), base.moved(-across.x, -across.y)]
    return svg.element("polygon", points=" ".join(map(_pair, corners)), fill=colour)


def _pair(point: Point) -> str:
    return f"{svg.number(point.x)},{svg.number(point.y)}"


def _label(edge: Edge, route: Route, theme: Theme) -> str:
    if route.label is None or not edge.label:
        return ""
    width, _ = label_size(edge.label)
    return svg.text(
        edge.label,
        route.label.x - width / 2 + 5,
        _baseline(route.label.y, LABEL_SIZE),
        size=LABEL_SIZE,
        fill=theme.muted,
    )


class _Corners(NamedTuple):
    """The radii of a surface's upper and lower left and right corners."""

    upper_left: float
    upper_right: float
    lower_right: float
    lower_left: float


def card(card: Card, rect: Rect, theme: Theme, *, below: bool = False) -> str:
    """A box with its surfaces, text and tooltips; `below`: its arc is there, not to the right."""
    line = colours(card.kind, theme).line
    pile = PILE if card.pile else 0
    width, height = rect.width - pile, rect.height - pile
    radius = height / 2 if card.pill else RADIUS
    front = Rect(rect.x, rect.y, width, height)
    behind = []
    if card.pile:
        behind.append(rounded(front.moved(pile, pile), radius, line, theme.background))
    cells = []
    y = rect.y
    for number, row in enumerate(card.rows):
        first, last = number == 0, number == len(card.rows) - 1
        x = rect.x
        for place, cell in enumerate(row.cells):
            left, right = place == 0, place == len(row.cells) - 1
            corners = _Corners(
                radius * (first and left),
                radius * (first and right),
                radius * (last and right),
                radius * (last and left),
            )
            cells.append(_cell(cell, Rect(x, y, cell.width, row.height), corners, theme))
            x += cell.width
        y += row.height
    ground = rounded(front, radius, None, theme.background)
    frame = rounded(front, radius, line, "none")
    if card.kind == GROUP:
        frame += bars(front, line)
    if card.arc:
        behind.append(_arc(front.moved(pile, pile), theme, below=below))
    return svg.group(*behind, ground, *cells, frame, tooltip=card.tooltip)


def _arc(rect: Rect, theme: Theme, *, below: bool) -> str:
    """The way of the skip connections in a closed group, drawn past its side."""
    side, start, length = (
        (rect.bottom, rect.x, rect.width) if below else (rect.right, rect.y, rect.height)
    )
    # Out from the side, along it and back, each as (from the side, along the side).
    ways = [(0, 0.25), (ARC, 0.25), (ARC, 0.75), (HEAD_WIDTH, 0.75), (0, 0.75)]
    places = [(side + out, start + share * length) for out, share in ways]
    *points, tip = [Point(*(place[::-1] if below else place)) for place in places]
    return arrow(Route(tuple(points), tip), "skip", theme)


def bars(rect: Rect, colour: str, inset: float = PAD_X / 2) -> str:
    """A bar along each side, as flowcharts mark what is drawn elsewhere (ISO 5807)."""
    number = svg.number
    way = "".join(
        f"M{number(x)} {number(rect.y)}V{number(rect.bottom)}"
        for x in (rect.x + inset, rect.right - inset)
    )
    return svg.element("path", d=way, fill="none", stroke=colour, stroke_width=1)


def rounded(
    rect: Rect, radius: float, stroke: str | None, fill: str, *, width: float = STROKE
) -> str:
    """A rectangle with round corners."""
    return svg.element(
        "rect",
        x=rect.x,
        y=rect.y,
        width=rect.width,
        height=rect.height,
        rx=radius,
        fill=fill,
        stroke=stroke,
        stroke_width=width if stroke else None,
    )


def _cell(cell: Cell, rect: Rect, corners: _Corners, theme: Theme) -> str:
    left, right = rect.x + PAD_X, rect.right - PAD_X
    parts = _lines(cell.lines, left, rect.y + PAD_Y, right, theme)
    if cell.kind:
        parts.insert(0, _surface(rect, corners, colours(cell.kind, theme).fill))
    return svg.group(*parts, tooltip=cell.tooltip) if cell.tooltip else "".join(parts)


def _surface(rect: Rect, corners: _Corners, fill: str) -> str:
    """A filled rectangle of which some corners are round."""
    number = svg.number

    def corner(radius: float, x: int, y: int) -> str:
        turn = f"a{number(radius)} {number(radius)} 0 0 1 {number(x * radius)} {number(y * radius)}"
        return turn if radius else ""

    a, b, c, d = corners
    way = (
        f"M{number(rect.x + a)} {number(rect.y)}H{number(rect.right - b)}{corner(b, 1, 1)}"
        f"V{number(rect.bottom - c)}{corner(c, -1, 1)}H{number(rect.x + d)}{corner(d, -1, -1)}"
        f"V{number(rect.y + a)}{corner(a, 1, -1)}Z"
    )
    return svg.element("path", d=way, fill=fill)
