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
    from rich.table import Table

StyledText: TypeAlias = tuple[str, str]
"""A text and its style in rich's words, '' for none."""
Cell: TypeAlias = list[StyledText]
"""The lines of a cell; no line holds a line break."""

GAP = 2
"""Spaces between two columns."""


class Head(NamedTuple):
    """A column: what stands above and below it, and on which side its cells stand.

    The total may have several lines.
    """

    heading: str
    total: str
    right: bool


class Grid:
    """A rich renderable: a heading, a rule, the rows, and an empty line and the totals, if any."""

    def __init__(self, heads: Sequence[Head], rows: Sequence[Sequence[Cell]]) -> None:
        self.heads = heads
        self.rows = rows
        self.widths = [
            max(map(text_cells, (head.heading, *head.total.split("\n")))) for head in heads
        ]
        for row in rows:
            for column, cell in enumerate(row):
                for text, _ in cell:
                    self.widths[column] = max(self.widths[column], text_cells(text))

    @property
    def width(self) -> int:
        """The columns of a terminal that it needs."""
        return sum(self.widths) + GAP * (len(self.widths) - 1)

    @property
    def has_totals(self) -> bool:
        """Whether anything stands below a column."""
        return any(head.total for head in self.heads)

    def fitted(self, width: int) -> Grid | Table:
        """What shows it in so many columns of a terminal: itself, or with its cells wrapped."""
        return self if self.width <= width else self.wrapped()

    def wrapped(self) -> Table:
        """The same table, its columns narrowed and their cells wrapped by rich."""
        from rich import box
        from rich.table import Table
        from rich.text import Text

        table = Table(
            box=box.SIMPLE_HEAD,
            pad_edge=False,
            padding=(0, GAP - 1, 0, 0),  # the box adds one
            show_footer=self.has_totals,
            show_edge=False,
        )
        for head, width in zip(self.heads, self.widths, strict=True):
            table.add_column(
                Text(head.heading),
                Text(head.total, "bold"),
                justify="right" if head.right else "left",
                overflow="fold",
                min_width=width if head.right else None,
                no_wrap=False,
            )
        for row in self.rows:
            table.add_row(
                *(Text("\n").join(Text(text, style) for text, style in cell) for cell in row)
            )
        return table

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        from rich.segment import Segment

        newline = Segment.line()
        rule = "-" if options.ascii_only else "─"
        yield from self._row(console, [[(head.heading, "bold")] for head in self.heads])
        yield Segment(rule * self.width)
        yield newline
        for row in self.rows:
            yield from self._row(console, row)
        if self.has_totals:
            yield Segment(" " * self.width)
            yield newline
            totals = [[(line, "bold") for line in head.total.split("\n")] for head in self.heads]
            yield from self._row(console, totals)

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
