"""A table whose every cell fits: the picture of rich.table.Table, drawn ten times as fast.

rich measures, wraps and pads each cell by itself, which takes most of the time that a table
of some hundred rows costs. Where nothing has to be wrapped, padding is all there is to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions
    from rich.segment import Segment

Line: TypeAlias = tuple[str, str]
"""A text and its style in rich's words, '' for none."""
Cell: TypeAlias = list[Line]
"""The lines of a cell; no line holds a line break."""

GAP = 2
"""Spaces between two columns."""


class Head(NamedTuple):
    """A column: what stands above and below it, and on which side its cells stand."""

    heading: str
    total: str
    right: bool


class Grid:
    """A rich renderable: a heading, a rule, the rows, an empty line and the totals."""

    def __init__(
        self, heads: Sequence[Head], rows: Sequence[Sequence[Cell]], widths: Sequence[int]
    ) -> None:
        self.heads = heads
        self.rows = rows
        self.widths = widths

    @property
    def width(self) -> int:
        """The columns of a terminal that it needs."""
        return sum(self.widths) + GAP * (len(self.widths) - 1)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        from rich.segment import Segment

        newline = Segment.line()
        rule = "-" if options.ascii_only else "─"
        yield from self._row(console, [[(head.heading, "bold")] for head in self.heads])
        yield Segment(rule * self.width)
        yield newline
        for row in self.rows:
            yield from self._row(console, row)
        yield Segment(" " * self.width)
        yield newline
        yield from self._row(console, [[(head.total, "bold")] for head in self.heads])

    def _row(self, console: Console, cells: Sequence[Cell]) -> Iterator[Segment]:
        from rich.segment import Segment

        last = len(cells) - 1
        for index in range(max(map(len, cells))):
            for column, cell in enumerate(cells):
                text, style = cell[index] if index < len(cell) else ("", "")
                missing = self.widths[column] - text_cells(text)
                padded = " " * missing + text if self.heads[column].right else text + " " * missing
                gap = "" if column == last else " " * GAP
                if style:
                    yield Segment(padded, console.get_style(style))
                    yield Segment(gap)
                else:
                    yield Segment(padded + gap)
            yield Segment.line()


def text_cells(text: str) -> int:
    """How many columns of a terminal a line of text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)
