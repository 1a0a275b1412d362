"""A lesson as a figure that moves: what is drawn where, and in which steps."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, prod
from typing import Any, NamedTuple

from ..diagrams.text import text_width
from ..diagrams.text import wrap as wrap_words
from ..views.grids import inside
from ..worked.convolutions import stamped
from ..worked.exact import Grid, Number, written
from ..worked.moves import growth
from ..worked.values import TooLarge, Worked
from .text import fitted
from .wording import map_name, move_lines, move_title, named, remarks, title, unit

MARGIN = 24.0
GAP = 36.0
LINE = 20.0
SIZE = 14.0
ROOMY, TIGHT = 36.0, 22.0
"""Of a cell with a number in it, in px: with room for a weight in its corner, and without."""
ROOMY_WIDTH, MOST_WIDTH = 1400.0, 2200.0
"""Of the grids. Wider ones have tight cells, and then cells of grey steps without numbers."""
MOST_STAMPED = 20_000
"""Of a transposed convolution: a figure holds each value that a cell has on its way."""
LEAST_WIDTH = 730.0
"""Of the figure: in it the lesson's own sums are a line each."""
SHADED = 9.0
"""Of a cell without a number."""
_CHARACTER = 8.6
"""Of a sum, in px, in the widest font that may be found."""


class Mark(NamedTuple):
    """A rectangle with a text in it, which is there in some of the steps.

    Attributes:
        x, y, width, height: in px.
        fill, line, ink: a role of the colours, or '#RRGGBB'; '' is none. ink is the text's.
        text: what it says. size: of the font. anchor: 'middle', 'start' or 'end'.
        dashed: whether its line is.
        first, last: the steps from and before which it is there; None: to the end.
    """

    x: float
    y: float
    width: float = 0
    height: float = 0
    fill: str = ""
    line: str = ""
    ink: str = "text"
    text: str = ""
    size: float = SIZE
    anchor: str = "middle"
    bold: bool = False
    dashed: bool = False
    first: int = 0
    last: int | None = None


Places = tuple[tuple[float, float] | None, ...]


class Mover(NamedTuple):
    """A mark that is in another place in each step; None: it is not there."""

    mark: Mark
    places: Places


class Scene(NamedTuple):
    """A figure that moves.

    Attributes:
        width, height: in px.
        name: what it is.
        marks: what stands. movers: what moves, over it.
        steps: how many there are.
    """

    width: float
    height: float
    name: str
    marks: tuple[Mark, ...]
    movers: tuple[Mover, ...]
    steps: int


def draw(worked: Worked, *, words: bool = True) -> Scene:
    """The scene of a lesson; without `words`, the steps are not told under it.

    Raises:
        TooLarge: more than MOST_STAMPED numbers change on their way.
    """
    stamped_numbers = len(worked.moves) * prod(worked.window[0])
    if worked.transposed and stamped_numbers > MOST_STAMPED:
        raise TooLarge(
            f"{stamped_numbers:,} numbers are stamped: a figure has room for {MOST_STAMPED:,}; "
            "take a smaller image, or fewer filters"
        )
    drawing = _Drawing(worked)
    drawing.grids()
    name = 1.15 * text_width(title(worked), 16, bold=True)
    width = max(LEAST_WIDTH, drawing.right + MARGIN, name + 2 * MARGIN)
    bottom = drawing.bottom
    told: list[Mark] = []
    if words:
        bottom = _words(worked, told, bottom, width)
    for line in remarks(worked):
        for part in wrap_words(line, (width - 2 * MARGIN) / 1.15, 12):
            told.append(_text(part, MARGIN, bottom + 16, ink="muted", size=12))
            bottom += 17
    return Scene(
        round(width),
        round(bottom + MARGIN),
        title(worked),
        (*drawing.marks, *told),
        tuple(drawing.movers),
        len(worked.moves),
    )


def _text(text: str, x: float, y: float, **style: Any) -> Mark:
    return Mark(x, y, text=text, anchor="start")._replace(**style)


def _words(worked: Worked, told: list[Mark], top: float, width: float) -> float:
    """What is said of each step, one over the other in one place; gives its end."""
    most = 0
    characters = int((width - 2 * MARGIN) / _CHARACTER)
    for number in range(len(worked.moves)):
        when: dict[str, Any] = {
            "first": number,
            "last": number + 1 if number + 1 < len(worked.moves) else None,
        }
        lines = [x for line in move_lines(worked, number) for x in fitted(line, characters)]
        most = max(most, len(lines))
        told.append(_text(move_title(worked, number), MARGIN, top + LINE, bold=True, **when))
        for place, line in enumerate(lines, 2):
            told.append(_text(line.strip(), MARGIN, top + place * LINE, **when))
    return top + (most + 1) * LINE + 8


class _Drawing:
    """The grids of a lesson, one after the other."""

    def __init__(self, worked: Worked) -> None:
        self.worked = worked
        self.marks: list[Mark] = []
        self.movers: list[Mover] = []
        self.right = self.bottom = 0.0
        self.extremes: dict[int, tuple[Number, Number]] = {}
        columns = len(worked.boards[0][0]) + worked.output_shape[2]
        columns += worked.window[0][1] if worked.kernels else 0
        widest = max(text_width(text, SIZE) for text in self._texts())
        self.cell = max(ROOMY, widest + 20)
        self.roomy = columns * self.cell <= ROOMY_WIDTH
        if not self.roomy:
            self.cell = max(TIGHT, widest + 6)
        self.shaded = columns * self.cell > MOST_WIDTH
        if self.shaded:
            self.cell = SHADED

    def _texts(self) -> set[str]:
        worked = self.worked
        kernels = [grid for maps in worked.kernels for grid in maps]
        grids = [*worked.boards, *kernels, *worked.maps]
        return {written(v) for grid in grids for row in grid for v in row if v is not None}

    def grids(self) -> None:
        """Everything: the image's channels with the kernels beside them, then the maps."""
        worked = self.worked
        self.marks.append(_text(title(worked), MARGIN, MARGIN + 8, size=16, bold=True))
        self.marks.append(_text(worked.formula, MARGIN, MARGIN + 30, ink="muted"))
        top = MARGIN + 62
        boards = []
        left = MARGIN
        for channel, board in enumerate(worked.boards):
            name = named("image", "channel", channel, len(worked.boards))
            boards.append(self.grid(name, board, left, top, worked.frame))
            kernel_left = left + len(board[0]) * self.cell + GAP
            for map, maps in enumerate(worked.kernels):
                self.kernel(map, channel, maps[channel], kernel_left, top)
            tallest = max(len(board), worked.window[0][0] + 1.5 if worked.kernels else 0)
            top += tallest * self.cell + GAP
        self.bottom = top
        left = self.right + GAP
        top = MARGIN + 62
        for map in range(worked.output_shape[0]):
            self.map(map, boards, left, top)
            top += worked.output_shape[1] * self.cell + GAP
        self.bottom = max(self.bottom, top) - GAP / 2

    def grid(
        self,
        name: str,
        grid: Sequence[Sequence[Number | None]],
        left: float,
        top: float,
        frame: tuple[int, int, int, int] | None = None,
        *,
        first: int = 0,
        last: int | None = None,
    ) -> tuple[float, float]:
        """Cells with numbers, under their name; gives the place of the first."""
        when: dict[str, Any] = {"first": first, "last": last}
        self.marks.append(_text(name, left, top - 8, ink="muted", size=12, **when))
        for row, values in enumerate(grid):
            for column, value in enumerate(values):
                cell = self._cell(value, grid, left, top, row, column)
                if frame and not inside((row, column), frame):
                    cell = cell._replace(ink="muted", line="padding-line", dashed=True,
                                         fill=cell.fill if self.shaded else "padding")  # fmt: skip
                self.marks.append(cell._replace(**when))
        self.right = max(self.right, left + len(grid[0]) * self.cell,
                         left + text_width(name, 12))  # fmt: skip
        return left, top

    def _cell(
        self, value: Number | None, grid: Sequence[Sequence[Number | None]], left: float,
        top: float, row: int, column: int,
    ) -> Mark:  # fmt: skip
        x, y = left + column * self.cell, top + row * self.cell
        text = "" if value is None or self.shaded else written(value)
        mark = Mark(x, y, self.cell, self.cell, "cell", "" if self.shaded else "line", text=text)
        if not self.shaded or value is None:
            return mark
        if id(grid) not in self.extremes:
            self.extremes[id(grid)] = _extremes(grid)
        return mark._replace(fill=_grey(value, self.extremes[id(grid)]))

    def kernel(self, map: int, channel: int, kernel: Grid, left: float, top: float) -> None:
        """The kernel of one filter for one channel, while that filter is worked out."""
        worked = self.worked
        name = named("kernel", "filter", map, len(worked.kernels))
        each = len(worked.moves) // len(worked.kernels)
        first, last = map * each, (map + 1) * each if map + 1 < len(worked.kernels) else None
        self.grid(name, kernel, left, top, first=first, last=last)
        if worked.bias and channel == 0:
            below = top + len(kernel) * self.cell + 16
            text = f"bias {written(worked.bias[map])}"
            self.marks.append(_text(text, left, below, size=12, first=first, last=last))

    def map(self, map: int, boards: list[tuple[float, float]], left: float, top: float) -> None:
        """An output map, its cells filling up, and the window on its way."""
        worked, moves = self.worked, self.worked.moves
        maps, height, width = worked.output_shape
        name = named(map_name(worked), unit(worked), map, maps)
        self.grid(name, [[None] * width for _ in range(height)], left, top)
        shown: dict[tuple[int, int], tuple[int, Number]] = {}

        def held(at: tuple[int, int], last: int | None) -> None:
            first, value = shown[at]
            cell = self._cell(value, worked.maps[map], left, top, *at)
            fill = cell.fill if self.shaded else "map"
            self.marks.append(cell._replace(fill=fill, first=first, last=last))

        for number, (move, changes) in enumerate(zip(moves, growth(worked), strict=True)):
            if move.map == map:
                for at, value in changes.items():
                    if at in shown:
                        held(at, number)
                    shown[at] = (number, value)
        for at in shown:
            held(at, None)
        self._window(map, boards, (left, top))

    def _window(self, map: int, boards: list[tuple[float, float]], at: tuple[float, float]) -> None:
        worked, moves = self.worked, self.worked.moves
        (height, width), (gap, gap_right) = worked.window
        _, rows, columns = worked.output_shape
        cell = self.cell
        down, right = worked.stride

        def places(over: tuple[float, float], scale: tuple[int, int] = (1, 1)) -> Places:
            return tuple(
                (over[0] + move.column * scale[1] * cell, over[1] + move.row * scale[0] * cell)
                if move.map == map and not move.ends
                else None
                for move in moves
            )

        written_mark = Mark(0, 0, cell, cell, "filled", "filled-line")
        read_mark = Mark(0, 0, cell, cell, "mark", "mark-line")
        for channel, over in enumerate(boards):
            if not worked.kernels and channel != map:
                continue
            if worked.transposed:
                self.movers.append(Mover(read_mark, places(over)))
                continue
            way = places(over, worked.stride)
            for row in range(height):
                for column in range(width):
                    weight = worked.kernels[map][channel][row][column] if worked.kernels else None
                    tap = read_mark._replace(x=column * gap_right * cell, y=row * gap * cell)
                    self._move(tap, weight, way)
        if not worked.transposed:
            self.movers.append(Mover(written_mark, places(at)))
            return
        for (row, column), weight in stamped(worked.layer, 0, 0, worked.kernels[map][0]):
            way = tuple(
                place
                if place
                and 0 <= row + move.row * down < rows
                and 0 <= column + move.column * right < columns
                else None
                for place, move in zip(places(at, worked.stride), moves, strict=True)
            )
            tap = written_mark._replace(x=column * cell, y=row * cell)
            self._move(tap, weight if len(worked.image) == 1 else None, way)

    def _move(self, tap: Mark, weight: Number | None, way: Places) -> None:
        """A cell on its way, with the weight in its corner that it is multiplied with."""
        self.movers.append(Mover(tap, way))
        if weight is not None and self.roomy:
            corner = Mark(tap.x + self.cell - 2, tap.y + self.cell - 3, ink="weight",
                          text=f"×{written(weight)}", size=9, anchor="end")  # fmt: skip
            self.movers.append(Mover(corner, way))


def _extremes(grid: Sequence[Sequence[Any]]) -> tuple[Number, Number]:
    """The least and the largest number of a grid that is finite."""
    known = [each for row in grid for each in row if each is not None and isfinite(each)]
    return (min(known), max(known)) if known else (0, 0)


def _grey(value: Number, extremes: tuple[Number, Number]) -> str:
    """A number as a grey between the least, black, and the largest of its grid, white."""
    least, most = extremes
    inside = min(max(value, least), most) - least
    share = 0.5 if least == most else float(inside / (most - least))
    level = round(255 * share)
    return f"#{level:02X}{level:02X}{level:02X}"
