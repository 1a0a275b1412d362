"""The whole figure: title, drawing, legend and notes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from ...network import Network
from ..caption import Block, heading, paragraph, samples, stacked, totals
from ..look import Figure, Look
from ..themes import Theme
from . import words
from .cards import colours
from .columns import break_up
from .compose import Link, breaks, side_by_side
from .dot import Port, skeleton
from .facing import face_to_face, fold
from .paint import RADIUS, arrow, bars, drawing, rounded
from .placement import Placement, Point, Rect, Route, read
from .program import run
from .scene import Scene, scene
from .words import GROUP

BLOCK_GAP, TEXT_GAP = 14.0, 4.0
"""px between title, drawing and legend; and between legend and notes."""
HELP = "--depth 1 closes groups, so that there is less to place; or a larger --timeout"
LEAST_WIDTH = 420.0
"""px between the margins, so that title and notes have room beside a narrow drawing."""


def draw(network: Network, look: Look) -> Figure:
    """A network as boxes and arrows, placed by Graphviz.

    Args:
        network: the network.
        look: how it is to be drawn.

    Raises:
        DiagramError: it cannot be drawn; the text says why and which option helps.
    """
    made = scene(network, look)
    placed, links = _place(made, look.timeout)
    width = max(LEAST_WIDTH, placed.width)
    shown = Block(
        f"\n{drawing(made, placed, links)}\n", placed.height, left=(placed.width - width) / 2
    )
    blocks = [(heading(network, width, look.theme), BLOCK_GAP), (shown, BLOCK_GAP)]
    if look.legend:
        blocks.append((_legend(made, width), TEXT_GAP))
    blocks += [(paragraph(note, width, look.theme), TEXT_GAP) for note in made.notes]
    svg = stacked(blocks, width, network, _description(made), look.theme)
    return Figure(svg, made.notes, made.outline.notes)


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
    folded = fold(made) if made.look.direction is None else None
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


def _description(made: Scene) -> str:
    """What a screen reader says of the picture."""
    count = len(made.outline.boxes)
    boxes = "1 box" if count == 1 else f"{count} boxes with arrows between them"
    return f"{totals(made.network)}. {boxes}."


def _legend(made: Scene, width: float) -> Block:
    """A sample of each colour and each kind of arrow in use, with what it means."""
    theme = made.look.theme
    used = {edge.kind for edge in made.edges}
    if any(vertex.card.arc for vertex in made.vertices.values()):
        used.add("skip")
    entries = [(_swatch(kind, theme), title) for kind, title in words.kinds(made.outline)]
    entries += [
        (arrow(SAMPLE, kind, theme), title) for kind, title in words.ARROWS.items() if kind in used
    ]
    return samples(entries, width, theme)


SAMPLE = Route((Point(0, 7.5), Point(4, 7.5), Point(8, 7.5), Point(12, 7.5)), Point(19, 7.5))
"""An arrow as the legend shows it."""


def _swatch(kind: str, theme: Theme) -> str:
    fill, line = colours(kind, theme)
    rect = Rect(0.6, 2, 13, 11)
    ground = rounded(rect, RADIUS / 2, line, fill)
    return ground + bars(rect, line, inset=2.5) if kind == GROUP else ground
