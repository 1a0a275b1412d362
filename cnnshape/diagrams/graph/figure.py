"""The whole figure: title, drawing, legend and notes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from ...network import Network
from .. import svg
from ..look import Figure, Look
from ..text import text_width, wrap
from ..themes import KIND_TITLES, PALETTE, Theme
from . import words
from .cards import GROUP, colours
from .columns import break_up
from .compose import Link, breaks, side_by_side
from .dot import Port, skeleton
from .facing import face_to_face, fold
from .paint import RADIUS, arrow, bars, drawing, rounded
from .placement import Placement, Point, Rect, Route, read
from .program import run
from .scene import EdgeKind, Scene, scene

MARGIN = 20.0
TITLE_SIZE, SUBTITLE_SIZE, LEGEND_SIZE = 17.0, 11.5, 10.5
LEGEND_LINE = 18.0
HELP = "--depth 1 closes groups, so that there is less to place; or a larger --timeout"
LEAST_WIDTH = 420.0
"""px between the margins, so that title and notes have room beside a narrow drawing."""


def draw(network: Network, look: Look, *, timeout: float) -> Figure:
    """A network as boxes and arrows, placed by Graphviz.

    Args:
        network: the network.
        look: how it is to be drawn.
        timeout: seconds that Graphviz may take.

    Raises:
        DiagramError: it cannot be drawn; the text says why and which option helps.
    """
    made = scene(network, look)
    placed, links = _place(made, timeout)
    top = _heading(network, max(LEAST_WIDTH, placed.width), look.theme)
    width = max(LEAST_WIDTH, placed.width, top.width)
    legend = _legend(made, width) if look.legend else _Part("", 0, 0)
    notes = _notes(made.notes, width, look.theme)
    y = MARGIN
    body = [_at(top.markup, MARGIN, y)]
    y += top.height + 14
    left = MARGIN + (width - placed.width) / 2
    body.append(_at("\n" + drawing(made, placed, links) + "\n", left, y))
    y += placed.height + 14
    for part in (legend, notes):
        if part.markup:
            body.append(_at(part.markup, MARGIN, y))
            y += part.height + 4
    return Figure(
        svg.document(
            *body,
            width=width + 2 * MARGIN,
            height=y - 4 + MARGIN,
            title=network.name,
            description=_description(made),
            theme=look.theme,
        ),
        made.notes,
    )


_Parts = Iterable[Collection[str]]
_Ports = Iterable[Sequence[Port]]


def _place(made: Scene, timeout: float) -> tuple[Placement, list[Link]]:
    """Where everything is, in as many columns (or rows) as a page needs."""
    turned = made.look.direction == "right"
    rankdir = "LR" if turned else "TB"

    def placed(drawn: Scene, rankdir: str, parts: _Parts, ports: _Ports) -> list[Placement]:
        graphs = [skeleton(drawn, *part, rankdir) for part in zip(parts, ports, strict=True)]
        return list(read(run("\n".join(graphs), timeout=timeout, help=HELP)))

    (whole,) = placed(made, rankdir, [made.vertices], [()])
    upright = whole.turned() if turned else whole
    columns = break_up(made, upright, turned=turned)
    if len(columns) == 1:
        return whole, []
    folded = fold(made)
    if folded is not None:
        broken = breaks(made, folded.rows, folded.skips)
        rows = placed(made.unlabelled(), "LR", folded.rows, broken.ports)
        facing = face_to_face(folded, broken, rows)
        if facing is not None:
            return facing
    broken = breaks(made, columns)
    parts = placed(made, rankdir, columns, broken.ports)
    if not turned:
        return side_by_side(broken, parts)
    whole, links = side_by_side(broken, [part.turned() for part in parts])
    return whole.turned(), [Link(link.route.turned(), link.kind) for link in links]


class _Part(NamedTuple):
    """Some markup from (0, 0) on, with its size in px."""

    markup: str
    width: float
    height: float


def _at(markup: str, x: float, y: float) -> str:
    return svg.group(markup, transform=f"translate({svg.number(x)} {svg.number(y)})")


def _description(made: Scene) -> str:
    """What a screen reader says of the picture."""
    count = len(made.outline.boxes)
    return f"{words.totals(made.network)}. {count} boxes with arrows between them."


def _heading(network: Network, width: float, theme: Theme) -> _Part:
    names = wrap(network.name, width, TITLE_SIZE, bold=True)
    facts = wrap(words.totals(network), width, SUBTITLE_SIZE)
    parts, y = [], 0.0
    for line in names:
        y += TITLE_SIZE + 4
        parts.append(svg.text(line, 0, y - 6, size=TITLE_SIZE, fill=theme.text, bold=True))
    for line in facts:
        y += SUBTITLE_SIZE + 4
        parts.append(svg.text(line, 0, y - 3, size=SUBTITLE_SIZE, fill=theme.muted))
    return _Part("".join(parts), width, y)


def _notes(notes: tuple[str, ...], width: float, theme: Theme) -> _Part:
    lines = [line for note in notes for line in wrap(note, width, LEGEND_SIZE)]
    drawn = "".join(
        svg.text(line, 0, 15 * index + 11, size=LEGEND_SIZE, fill=theme.muted)
        for index, line in enumerate(lines)
    )
    return _Part(drawn, width, 15 * len(lines))


def _legend(made: Scene, width: float) -> _Part:
    """A sample of each colour and each kind of arrow in use, with what it means."""
    theme = made.look.theme
    drawn, x, y = "", 0.0, 0.0
    for sample, room, title in [*_kinds(made, theme), *_arrows(made, theme)]:
        wide = room + 6 + text_width(title, LEGEND_SIZE)
        if x and x + wide > width:
            x, y = 0.0, y + LEGEND_LINE
        text = svg.text(title, room + 6, 11, size=LEGEND_SIZE, fill=theme.text)
        drawn += _at(sample + text, x, y)
        x += wide + 18
    return _Part(drawn, width, y + LEGEND_LINE)


def _kinds(made: Scene, theme: Theme) -> list[tuple[str, float, str]]:
    kinds = made.outline.kinds()
    titles = [(kind, title) for kind, title in KIND_TITLES.items() if kind in kinds]
    entries = [(kind, title) for kind, title in titles if kind in PALETTE]
    grey = [title for kind, title in titles if kind not in PALETTE]
    if grey:
        entries.append(("other", ", ".join(grey)))
    if any(box.closed for box in made.outline.boxes):
        entries.append((GROUP, "Group, drawn closed"))
    return [(_swatch(kind, theme), 14.0, title) for kind, title in entries]


def _swatch(kind: str, theme: Theme) -> str:
    fill, line = colours(kind, theme)
    rect = Rect(0.6, 2, 13, 11)
    ground = rounded(rect, RADIUS / 2, line, fill)
    return ground + bars(rect, line, inset=2.5) if kind == GROUP else ground


def _arrows(made: Scene, theme: Theme) -> list[tuple[str, float, str]]:
    titles: dict[EdgeKind, str] = {"skip": "Skip connection", "size": "Only its size is read"}
    points = (Point(0, 7.5), Point(7, 7.5), Point(14, 7.5), Point(20, 7.5))
    used = {edge.kind for edge in made.edges}
    return [
        (arrow(Route(points, Point(27, 7.5)), kind, theme), 27.0, title)
        for kind, title in titles.items()
        if kind in used
    ]
