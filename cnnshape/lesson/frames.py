"""One step of a lesson as a screen: as much of the grids as there is room for."""

from __future__ import annotations

from collections.abc import Sequence

from ..text.styled import StyledLine
from ..views.grids import BOLD, DIM, GAP, View, cell_width, clipped, focused, side_by_side
from ..worked.exact import Number
from ..worked.moves import marks
from ..worked.values import Worked
from .text import fitted, image_blocks, kernel_blocks, map_block
from .wording import move_lines, move_title, title


def frame(
    worked: Worked, number: int, width: int, height: int, status: str = ""
) -> list[StyledLine]:
    """A step, in at most `height` lines of at most `width` characters.

    Where the grids are larger, the part around the window is shown, and the second line says so.
    Long sums lose their middle.
    """
    sums = [part for line in move_lines(worked, number) for part in fitted(line, width)]
    most = max(2, height // 3)
    if len(sums) > most:
        sums = [*sums[: most - 1], f"… {sums[-1].strip()}"]
    foot: list[StyledLine] = [
        [(BOLD, move_title(worked, number))],
        *([("", line)] for line in sums),
    ]
    if status:
        foot.append([(DIM, status)])
    body, shown = _grids(worked, number, width, max(2, height - len(foot) - 4))
    head: list[StyledLine] = [[(BOLD, title(worked))], [(DIM, f"{worked.formula}{shown}")]]
    lines = [*head, [], *body, [], *foot]
    if len(lines) > height:  # a screen of a few lines: what is said comes first
        lines = [*head, *foot][-height:]
    return [clipped(line, width) for line in lines]


def _grids(worked: Worked, number: int, width: int, height: int) -> tuple[list[StyledLine], str]:
    """The image's channels under each other with their kernels, the map beside them; and what of
    them is shown, where that is not all."""
    move = worked.moves[number]
    read, written_to = marks(worked, move)
    board, grid = worked.boards[0], worked.maps[move.map]
    kernels = kernel_blocks(worked, move.map)
    count = len(worked.boards) if worked.kernels else 1
    edges = 2 if worked.frame else 0
    # The frame's top and bottom are left out where lines are few; its sides say what is padding.
    roof = edges if height >= count * (len(board) + 1 + edges) else 0
    least = 1 + (worked.window[0][0] if worked.kernels else 1)
    channels = range(max(1, min(count, height // least)))
    if not worked.kernels:
        channels = range(move.map, move.map + 1)
    lines = height // len(channels)

    beside = max((block.width for block in kernels), default=-GAP) + GAP
    cells = [max(map(cell_width, worked.boards)) + 2, cell_width(grid) + 2]
    needs = (cells[0] * len(board[0]) + edges, cells[1] * len(grid[0]))
    own, rest = _shared(needs, width - beside - GAP)
    view = _view(board, read, lines - 1 - roof, (own - edges) // cells[0])
    over = _view(grid, written_to, height - 1, rest // cells[1])

    left: list[StyledLine] = []
    images = image_blocks(worked, number, channels, view=view, roof=bool(roof))
    for channel, image in zip(channels, images, strict=True):
        name = f" {channel + 1}" if len(worked.boards) > 1 else ""
        blocks = [image._replace(title=f"image{name}")]
        if kernels:
            blocks.append(kernels[channel]._replace(title=f"kernel{name}"))
        left += side_by_side([block.all_lines()[:lines] for block in blocks])
    name = "map" if len(worked.maps) == 1 else f"map {move.map + 1}"
    right = map_block(worked, number, over)._replace(title=name)
    parts = _part(view, board, "image") + _part(over, grid, "map")
    if len(channels) < count and worked.kernels:
        parts.append(f"{len(channels)} of {count} channels")
    shown = f"   shown: {', '.join(parts)}" if parts else ""
    return side_by_side([left, right.all_lines()])[:height], shown


def _part(view: View, grid: Sequence[Sequence[Number | None]], name: str) -> list[str]:
    rows, columns = len(view.rows), len(view.columns)
    if (rows, columns) == (len(grid), len(grid[0])):
        return []
    return [f"{rows}×{columns} of the {name}'s {len(grid)}×{len(grid[0])}"]


def _shared(needs: tuple[int, int], room: int) -> tuple[int, int]:
    """The room of two that stand side by side: what they need, if there is so much."""
    one, other = needs
    if one + other <= room:
        return needs
    if one <= room // 2:
        return one, room - one
    return (room - other, other) if other <= room // 2 else (room // 2, room - room // 2)


def _view(
    grid: Sequence[Sequence[Number | None]], marked: set[tuple[int, int]], rows: int, columns: int
) -> View:
    """The part of a grid around what is marked in it."""
    height, width = len(grid), len(grid[0])
    down = [row for row, _ in marked if row < height] or [0]
    across = [column for _, column in marked if column < width] or [0]
    return View(
        focused(height, max(1, rows), min(down), max(down)),
        focused(width, max(1, columns), min(across), max(across)),
    )
