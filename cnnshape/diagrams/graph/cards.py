"""What stands in a box of the graph: rows of coloured cells with lines of measured text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ...layers.shapes import format_shape
from ...network import Node
from ...text.counts import count_of
from ..boxes import Area, Box, Outline
from ..look import Look
from ..text import (
    WIDER,
    broken,
    name_lines,
    name_pieces,
    one_line,
    phrases,
    shorten,
    text_width,
    wrap,
)
from ..themes import Theme
from . import words
from .words import GROUP

NAME_SIZE = 11.5
TEXT_SIZE = 10.0
LINE = 13.0
"""px from one baseline to the next."""
PAD_X, PAD_Y = 8.0, 4.0
"""px between the text of a cell and its sides."""
BETWEEN = 4.0
"""px at least between a line's left and right text."""
LEAST_TEXT, MOST_TEXT = 96.0, 172.0
"""px of a card's text, from side to side."""
NAME_LINES, ARGUMENT_LINES = 2, 3
PILE = 4.0
"""px by which a card that stands for several looks out from behind itself."""


class CardLine(NamedTuple):
    """One line of text: from the left, and what stands flush right."""

    left: str
    right: str = ""
    bold: bool = False
    muted: bool = False

    @property
    def size(self) -> float:
        """Of the left text's font; the right one's is TEXT_SIZE."""
        return NAME_SIZE if self.bold else TEXT_SIZE


class Cell(NamedTuple):
    """A surface with text.

    Attributes:
        kind: of the layer that colours it; '' for the page's own colour.
        lines: of its text.
        width: px.
        tooltip: what a viewer says of it; '' where the card says all.
    """

    kind: str
    lines: tuple[CardLine, ...]
    width: float
    tooltip: str = ""


class Row(NamedTuple):
    """Cells beside each other, as high as the highest."""

    cells: tuple[Cell, ...]

    @property
    def height(self) -> float:
        """px."""
        return max(len(cell.lines) for cell in self.cells) * LINE + 2 * PAD_Y


class Card(NamedTuple):
    """What stands in a box.

    Attributes:
        rows: from top to bottom.
        kind: of its outline's colour; '' for that of an arrow.
        tooltip: all that is known of the box.
        pile: whether it stands for several.
        arc: whether an arc beside it shows that it has skip connections inside.
        pill: whether it is an end of the network and no layer.
        cut: whether a text is shortened.
    """

    rows: tuple[Row, ...]
    kind: str
    tooltip: str
    pile: bool = False
    arc: bool = False
    pill: bool = False
    cut: bool = False

    @property
    def width(self) -> float:
        """px, with what looks out from behind."""
        return sum(cell.width for cell in self.rows[0].cells) + (PILE if self.pile else 0)

    @property
    def height(self) -> float:
        """px, with what looks out from behind."""
        return sum(row.height for row in self.rows) + (PILE if self.pile else 0)


class Colours(NamedTuple):
    """Of a surface, and of the outline of a card that begins with it."""

    fill: str
    line: str


def colours(kind: str, theme: Theme) -> Colours:
    """The colours of a layer's kind; of a closed group; of what has no kind, ''."""
    if not kind:
        return Colours(theme.background, theme.line)
    if kind == GROUP:
        return Colours(theme.group, theme.line)
    ink = theme.ink(kind)
    return Colours(ink.fill, ink.line)


def cards(outline: Outline, look: Look) -> dict[Box, Card]:
    """The card of every box, all of the same width."""
    folded = set(_folded(outline.root, False))
    facts = {
        box: [CardLine(*pair) for pair in words.facts_of(box, look.facts)] for box in outline.boxes
    }
    room = min(MOST_TEXT, max([LEAST_TEXT, *(_wish(box, facts[box]) for box in outline.boxes)]))
    made = {}
    for box in outline.boxes:
        details = words.details_of(box, outline, look.facts, box in folded)
        made[box] = _card(box, outline, look, _foot(box, look, facts[box], details, room), room)
    return made


def pill(name: str, shape: Sequence[int], tooltip: str) -> Card:
    """The card of an end of the network: its input, or an output."""
    line = CardLine(name, format_shape(shape), bold=True)
    cell = Cell("", (line,), _natural(line) + 2 * PAD_X + 4)
    return Card((Row((cell,)),), "", tooltip, pill=True)


def _folded(area: Area, inside: bool) -> Iterable[Box]:
    for child in area.children:
        if isinstance(child, Area):
            yield from _folded(child, inside or child.times > 1)
        elif inside or child.times > 1:
            yield child


def _wish(box: Box, facts: list[CardLine]) -> float:
    """The width of text that a box wants: its heading in one line, and each pair of facts."""
    return max(map(_natural, [CardLine(_name(box), _type(box), bold=True), *facts]))


def _natural(line: CardLine) -> float:
    left = text_width(line.left, line.size, bold=line.bold)
    right = text_width(line.right, TEXT_SIZE)
    return WIDER * (left + right) + BETWEEN if line.left and line.right else left + right


def _name(box: Box) -> str:
    return one_line(box.name) + (f" ×{box.times}" if box.times > 1 else "")


def _type(box: Box) -> str:
    return one_line(box.type)


def _card(box: Box, outline: Outline, look: Look, foot: list[CardLine], room: float) -> Card:
    heading = _heading(box, look, room)
    rows = [Row((Cell(box.kind, tuple(heading), room + 2 * PAD_X, _told(box, outline)),))]
    if not box.closed:
        rows += _bands(box.layers[1:], outline, look, room)
    if foot:
        rows.append(Row((Cell("", tuple(foot), room + 2 * PAD_X),)))
    lines = [line for row in rows for cell in row.cells for line in cell.lines]
    cut = any("…" in text for line in lines for text in (line.left, line.right))
    tooltip = words.box_tooltip(box, outline.network)
    return Card(tuple(rows), box.kind, tooltip, box.times > 1, box.skips > 0, cut=cut)


def _foot(
    box: Box, look: Look, facts: list[CardLine], details: list[str], room: float
) -> list[CardLine]:
    """What comes out and what it costs, then the rest."""
    lines = [line for pair in facts for line in _fitting(pair, room)]
    if box.times > 1:
        macs = None if box.macs is None else box.times * box.macs
        total = words.costs(box.times * box.params, macs, look.facts)
        titles = [f"all {box.times}:", *[""] * (len(total) - 1)]
        lines += [CardLine(*pair, muted=True) for pair in zip(titles, total, strict=False)]
    return lines + [
        CardLine(text, muted=True) for detail in details for text in wrap(detail, room, TEXT_SIZE)
    ]


def _told(box: Box, outline: Outline) -> str:
    return "" if box.closed else words.layer_tooltip(box.layers[0], outline.network, box.times)


def _heading(box: Box, look: Look, room: float) -> list[CardLine]:
    """Name, type and arguments; the type beside the name where it fits, else before them."""
    name, type = _name(box), _type(box)
    summary = one_line(box.layers[0].layer.summary()) if "arguments" in look.facts else ""
    if box.closed:
        summary = count_of(len(box.layers), "layer") + (" each" if box.times > 1 else "")
        summary += f", {count_of(box.skips, 'skip')}" if box.skips else ""
    if box.training_only:
        summary = ", ".join(filter(None, ("training only", summary)))
    together = CardLine(name, type, bold=True)
    if _natural(together) <= room:
        lines = [together]
    else:
        names = name_lines(name_pieces(name), room, NAME_SIZE, NAME_LINES, bold=True)
        lines = [CardLine(text, bold=True) for text in names]
        summary = f"{type}: {summary}" if type and summary else type or summary
    said = broken(phrases(summary), room, TEXT_SIZE)
    rest = _at_most(said, ARGUMENT_LINES, room, TEXT_SIZE)
    return lines + [CardLine(text) for text in rest]


def _at_most(lines: list[str], most: int, room: float, size: float) -> list[str]:
    """The first lines; the last of them ends in … where there are more."""
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], shorten(" ".join(lines[most - 1 :]), room, size)]


def _fitting(pair: CardLine, room: float) -> list[CardLine]:
    """Two texts in one line where they fit, else in lines of their own."""
    if _natural(pair) <= room:
        return [pair]
    lines = [CardLine(text) for text in wrap(pair.left, room, TEXT_SIZE)] if pair.left else []
    return [*lines, CardLine("", shorten(pair.right, room, TEXT_SIZE))] if pair.right else lines


def _bands(nodes: list[Node], outline: Outline, look: Look, room: float) -> list[Row]:
    """A band for each layer that follows in the box, side by side where they fit."""
    rows: list[list[tuple[Node, str]]] = []
    left = 0.0
    for node in nodes:
        summary = one_line(node.layer.summary()) if "arguments" in look.facts else ""
        text = shorten(f"{node.type} {summary}".strip(), room, TEXT_SIZE)
        wide = text_width(text, TEXT_SIZE) + 2 * PAD_X
        if rows and wide <= left:
            rows[-1].append((node, text))
            left -= wide
        else:
            rows.append([(node, text)])
            left = room + 2 * PAD_X - wide
    return [_band_row(row, outline, room) for row in rows]


def _band_row(row: list[tuple[Node, str]], outline: Outline, room: float) -> Row:
    """The bands of one row; what is left over is shared out equally."""
    natural = [text_width(text, TEXT_SIZE) + 2 * PAD_X for _, text in row]
    more = (room + 2 * PAD_X - sum(natural)) / len(row)
    return Row(
        tuple(
            Cell(
                node.layer.kind,
                (CardLine(text),),
                wide + more,
                words.layer_tooltip(node, outline.network),
            )
            for (node, text), wide in zip(row, natural, strict=True)
        )
    )
