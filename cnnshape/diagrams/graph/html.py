"""HTML-like labels of DOT, each cell as wide and high as we measured it.

Text gets there one line at a time, escaped as HTML and as an escString, since sequences such as
\\G are replaced there, too; in tooltips Graphviz replaces them twice. Source: graphviz.org,
"Node Shapes: HTML-Like Labels" and "escString".
"""

from __future__ import annotations

from collections.abc import Sequence

import graphviz

from ...text.printable import printable_lines
from .. import svg
from ..caption import totals
from ..text import one_line, text_width
from ..themes import Theme
from . import words
from .cards import LINE, NAME_SIZE, PAD_X, TEXT_SIZE, Card, CardLine, Cell, Row, colours
from .scene import LABEL_SIZE, Scene, label_size

_PLAIN = 'BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"'


def tooltip_text(text: str) -> str:
    """Text as a tooltip: no backslash, entity or angle bracket of it means anything.

    It stays of the class that graphviz.escape gives: a plain text from < to > would be written
    without quotes, as HTML.
    """
    twice = printable_lines(text).replace("&", "&amp;").replace("\\", r"\\")
    quoted: str = graphviz.escape(twice)
    return quoted


def room(label: str) -> str:
    """The room that a label of an arrow takes, with nothing in it; '' for no label."""
    return empty(*label_size(label)) if label else ""


def empty(width: float, height: float) -> str:
    """A label of a size, with nothing in it."""
    size = f'FIXEDSIZE="TRUE" WIDTH="{width:.0f}" HEIGHT="{height:.0f}"'
    return f"<<TABLE {_PLAIN} {size}><TR><TD></TD></TR></TABLE>>"


def arrow_label(text: str, theme: Theme) -> str:
    """The shape beside an arrow."""
    width, _ = label_size(text)
    cell = f'<TD WIDTH="{width:.0f}">{_font(text, theme.muted, LABEL_SIZE)}</TD>'
    return f"<<TABLE {_PLAIN}><TR>{cell}</TR></TABLE>>"


def _font(text: str, colour: str, size: float, *, bold: bool = False) -> str:
    if not text:
        return ""
    shown = svg.escape(one_line(text)).replace("\\", r"\\")
    return (
        f'<FONT COLOR="{colour}" POINT-SIZE="{size:g}">{f"<B>{shown}</B>" if bold else shown}'
        "</FONT>"
    )


def table(card: Card, theme: Theme) -> str:
    """A card as a table."""
    colour = colours(card.kind, theme).line
    rows = "".join(_row(row, theme) for row in card.rows)
    style = ' STYLE="ROUNDED"' if card.pill else ""
    return (
        f'<<TABLE BORDER="1" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0" COLOR="{colour}"'
        f' BGCOLOR="{theme.background}"{style}>{rows}</TABLE>>'
    )


def _row(row: Row, theme: Theme) -> str:
    """A row of cells, as a table of its own: rows differ in how many cells they have."""
    cells = "".join(_cell(cell, row.height, theme) for cell in row.cells)
    return f"<TR><TD><TABLE {_PLAIN}><TR>{cells}</TR></TABLE></TD></TR>"


def _cell(cell: Cell, height: float, theme: Theme) -> str:
    fill = f' BGCOLOR="{colours(cell.kind, theme).fill}"' if cell.kind else ""
    lines = rows_of(cell.lines, cell.width - 2 * PAD_X, theme, pad=PAD_X)
    return f'<TD WIDTH="{cell.width:.0f}" HEIGHT="{height:.0f}"{fill}>{lines}</TD>'


def rows_of(lines: Sequence[CardLine], width: float, theme: Theme, *, pad: float = 0) -> str:
    """Lines as a table, `pad` px from both sides."""
    rows = "".join(_line(line, width, theme, pad) for line in lines)
    return f"<TABLE {_PLAIN}>{rows}</TABLE>"


def _line(line: CardLine, width: float, theme: Theme, pad: float) -> str:
    """A line as a table of one row, `pad` px from both sides."""
    colour = theme.muted if line.muted else theme.text
    side = f'<TD WIDTH="{pad:.0f}"></TD>' if pad else ""
    right = text_width(line.right, TEXT_SIZE)
    cells = (
        f'<TD ALIGN="LEFT" WIDTH="{width - right:.0f}" HEIGHT="{LINE:g}">'
        f"{_font(line.left, colour, line.size, bold=line.bold)}</TD>"
    )
    if line.right:
        cells += (
            f'<TD ALIGN="RIGHT" WIDTH="{right:.0f}">{_font(line.right, theme.text, TEXT_SIZE)}</TD>'
        )
    return f"<TR><TD><TABLE {_PLAIN}><TR>{side}{cells}{side}</TR></TABLE></TD></TR>"


def heading(scene: Scene) -> str:
    """The title, the totals, the legend and the notes, as the label of the whole graph."""
    theme = scene.look.theme
    lines = [
        _font(scene.network.name, theme.text, 16, bold=True),
        _font(totals(scene.network), theme.muted, NAME_SIZE),
    ]
    if scene.look.legend:
        lines.append(_legend(words.kinds(scene.outline), theme))
        used = {edge.kind for edge in scene.edges}
        arrows = [
            f"{words.STROKES[kind]}: {title[0].lower()}{title[1:]}"
            for kind, title in words.ARROWS.items()
            if kind in used
        ]
        lines += [_font(" · ".join(arrows), theme.text, TEXT_SIZE)] if arrows else []
    lines += [_font(note, theme.muted, TEXT_SIZE) for note in scene.notes]
    rows = "".join(f'<TR><TD ALIGN="LEFT" HEIGHT="20">{line}</TD></TR>' for line in lines)
    return f"<<TABLE {_PLAIN}>{rows}</TABLE>>"


def _legend(kinds: Sequence[tuple[str, str]], theme: Theme) -> str:
    cells = "".join(
        f'<TD WIDTH="14" HEIGHT="10" BORDER="1" COLOR="{colours(kind, theme).line}" '
        f'BGCOLOR="{colours(kind, theme).fill}"></TD>'
        f'<TD ALIGN="LEFT" WIDTH="{text_width(title, TEXT_SIZE) + 10:.0f}">'
        f"{_font(title, theme.text, TEXT_SIZE)}</TD>"
        for kind, title in kinds
    )
    return f'<TABLE BORDER="0" CELLSPACING="4" CELLPADDING="0"><TR>{cells}<TD></TD></TR></TABLE>'
