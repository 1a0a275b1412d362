"""Small tables of plain text: for a terminal without colours, and for Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from textwrap import wrap

from ..errors import cells

GAP = "  "
LEAST = 20
"""Characters that the last column has, however narrow the terminal is."""
_HELD = "\u00a0"
"""A blank beside which no line is broken."""


def text_table(rows: Sequence[Sequence[str]], width: int, right: Sequence[int] = ()) -> str:
    """Rows of cells, the first a heading; the last column may have lines, and is wrapped.

    Args:
        rows: the cells, of each row as many.
        width: columns of the terminal.
        right: the columns, counted from 0, whose cells stand flush right.
    """
    widths = [max(map(cells, column)) for column in zip(*rows, strict=True)]
    before = sum(widths[:-1]) + len(GAP) * (len(widths) - 1)
    lines = []
    for row in rows:
        padded = [
            f"{' ' * (wide - cells(cell))}{cell}"
            if place in right
            else f"{cell}{' ' * (wide - cells(cell))}"
            for place, (cell, wide) in enumerate(zip(row, widths, strict=True))
        ]
        cell = padded.pop()
        last = cell if len(row) - 1 in right else row[-1]
        room = max(LEAST, width - before)
        parts = [
            part
            for line in last.split("\n")
            for part in (wrap(line, room, break_on_hyphens=False) if cells(line) > room else [line])
        ]
        head = GAP.join([*padded, ""])
        lines += [f"{head}{parts[0]}".rstrip(), *(f"{' ' * before}{part}" for part in parts[1:])]
    return "".join(f"{line}\n" for line in lines)


def markdown_table(rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> str:
    """The same rows as a table of GitHub's Markdown."""
    from .text import escape_markdown

    head, *body = ["| " + " | ".join(map(escape_markdown, row)) + " |" for row in rows]
    rule = "|".join("---:" if place in right else "---" for place in range(len(rows[0])))
    return "\n".join([head, f"|{rule}|", *body, ""])


def wrapped(lines: Sequence[str], width: int, indent: str = "") -> str:
    """Lines, each broken between words where it is too wide; 'S = 2' stays together."""
    broken = [
        wrap(re.sub("(?<=[A-Z′]) = ", f"{_HELD}={_HELD}", line), width, initial_indent=indent,
             subsequent_indent=f"{indent}  ", break_on_hyphens=False) or [""]
        for line in lines
    ]  # fmt: skip
    return "".join(f"{part}\n" for parts in broken for part in parts).replace(_HELD, " ")
