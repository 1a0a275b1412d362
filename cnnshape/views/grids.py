"""Grids of numbers as lines of a terminal, in two dimensions: marked cells, padding, a view."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from ..text.styled import StyledLine
from ..worked.exact import Number, written

MARK, FILLED, DIM, BOLD = "mark", "filled", "dim", "bold"
_CODES = {MARK: "30;46", FILLED: "30;42", DIM: "2", BOLD: "1"}
"""The styles as a terminal's colours. Source: ECMA-48, SGR."""

GAP = 3
"""Columns between blocks that stand side by side."""
NOTHING = "·"


class View(NamedTuple):
    """The rows and columns of a grid that are shown."""

    rows: range
    columns: range


class Block(NamedTuple):
    """Lines under a title."""

    title: str
    lines: list[StyledLine]

    @property
    def width(self) -> int:
        """Of its longest line."""
        return max(map(length, self.all_lines()))

    def all_lines(self) -> list[StyledLine]:
        """The title and the lines."""
        return [[(DIM, self.title)], *self.lines]


def length(line: StyledLine) -> int:
    """The characters of a line."""
    return sum(len(text) for _, text in line)


def grid_block(
    title: str,
    grid: Sequence[Sequence[Number | None]],
    marked: Collection[tuple[int, int]] = (),
    *,
    style: str = MARK,
    frame: tuple[int, int, int, int] | None = None,
    view: View | None = None,
    width: int = 0,
    room: int = 0,
    roof: bool = True,
) -> Block:
    """A grid as a block.

    Args:
        title: what it is.
        grid: the numbers; None: nothing is there.
        marked: the places that are marked.
        style: how they are.
        frame: the first row, the first column, the rows and the columns of what a frame is drawn
            around: the image inside its padding.
        view: what is shown of it; None: all.
        width: of a cell, at least.
        room: characters of a line where no view says what is shown; 0: as many as need be.
        roof: whether the frame has a top and a bottom.
    """
    rows, columns = view or View(range(len(grid)), range(len(grid[0])))
    wide = max(width, cell_width(grid))
    if room:
        columns = columns[: max(1, (room - 2) // (wide + 2))]
    lines = []
    for row in rows:
        cells: StyledLine = []
        for column in columns:
            value = grid[row][column]
            text = f" {NOTHING if value is None else written(value):>{wide}} "
            chosen = style if (row, column) in marked else "" if value is not None else DIM
            if frame and not inside((row, column), frame):
                chosen = chosen or DIM
            edge = _edge(row, column, frame)
            cells += [*([("", edge[0])] if edge[0] else []), (chosen, text),
                      *([("", edge[1])] if edge[1] else [])]  # fmt: skip
        lines.append(cells)
    if frame and roof:
        lines = _framed(lines, rows, columns, frame, wide + 2)
    shown = f"{title}{_shown(rows, len(grid), 'row')}{_shown(columns, len(grid[0]), 'column')}"
    return Block(shown, lines)


def cell_width(grid: Iterable[Sequence[Number | None]]) -> int:
    """Characters of a grid's longest number."""
    return max(len(NOTHING if value is None else written(value)) for row in grid for value in row)


def _shown(part: range, size: int, name: str) -> str:
    return "" if len(part) == size else f", {name}s {part.start + 1}–{part.stop} of {size}"


def inside(at: tuple[int, int], frame: tuple[int, int, int, int]) -> bool:
    """Whether a row and a column lie in a frame, as `grid_block` has it."""
    top, left, height, width = frame
    return top <= at[0] < top + height and left <= at[1] < left + width


def _edge(row: int, column: int, frame: tuple[int, int, int, int] | None) -> tuple[str, str]:
    """What is drawn left and right of a cell; blank where the frame is above or below it."""
    if frame is None:
        return "", ""
    top, left, height, width = frame
    line = "│" if top <= row < top + height else " "
    return line if column == left else "", line if column == left + width - 1 else ""


def _framed(
    lines: list[StyledLine],
    rows: range,
    columns: range,
    frame: tuple[int, int, int, int],
    cell: int,
) -> list[StyledLine]:
    top, left, height, width = frame
    inner = [column for column in columns if left <= column < left + width]
    before = len([column for column in columns if column < left]) * cell
    starts, ends = columns.start <= left, columns.stop >= left + width

    def edge(corners: str) -> StyledLine:
        bar = "─" * len(inner) * cell
        return [("", " " * before + (corners[0] if starts else "") + bar
                 + (corners[1] if ends else ""))]  # fmt: skip

    found = []
    for row, line in zip(rows, lines, strict=True):
        found += [edge("┌┐")] if row == top else []
        found.append(line)
        found += [edge("└┘")] if row == top + height - 1 else []
    return found


def beside(blocks: Sequence[Block], width: int) -> list[StyledLine]:
    """Blocks side by side, as many as fit into the width, the others under them."""
    rows: list[list[Block]] = [[]]
    for block in blocks:
        if rows[-1] and sum(each.width + GAP for each in rows[-1]) + block.width > width:
            rows.append([])
        rows[-1].append(block)
    lines: list[StyledLine] = []
    for row in rows:
        lines += [*([[]] if lines else []), *side_by_side([each.all_lines() for each in row])]
    return lines


def side_by_side(parts: Sequence[Sequence[StyledLine]]) -> list[StyledLine]:
    """Groups of lines as columns."""
    widths = [max(map(length, part), default=0) for part in parts]
    lines: list[StyledLine] = []
    for number in range(max(map(len, parts))):
        line: StyledLine = []
        for place, (width, own) in enumerate(zip(widths, parts, strict=True)):
            cells = own[number] if number < len(own) else []
            gap = GAP if place + 1 < len(parts) else 0
            line += [*cells, ("", " " * (width - length(cells) + gap))]
        lines.append(line)
    return lines


def clipped(line: StyledLine, width: int) -> StyledLine:
    """As much of a line as fits, with '…' where more than blanks are left out."""
    goes_on = bool("".join(text for _, text in line)[width:].strip())
    room = width - goes_on
    kept: StyledLine = []
    for style, text in line:
        kept.append((style, text[:room]))
        room -= min(room, len(text))
    return [*kept, ("", "…")] if goes_on else kept


def paint(line: StyledLine, colour: bool) -> str:
    """A line with colours, or with marked cells in brackets."""
    if colour:
        parts = [f"\x1b[{_CODES[style]}m{text}\x1b[0m" if style else text for style, text in line]
        return "".join(parts).rstrip()
    return "".join(
        f"[{text[1:-1]}]"  # if the line's end has not cut the cell
        if style in (MARK, FILLED) and len(text) > 2 and text[0] == text[-1] == " "
        else text
        for style, text in line
    ).rstrip()


def focused(size: int, room: int, first: int, last: int) -> range:
    """So many of `size` rows or columns that `first` to `last` are in the middle of them."""
    if size <= room:
        return range(size)
    start = (first + last + 1 - room) // 2
    start = max(0, min(start, size - room))
    return range(start, start + room)
