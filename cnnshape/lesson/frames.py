"""One step of a lesson as a screen: as much of the grids as there is room for."""

from __future__ import annotations

from .exact import Number
from .grids import (
    BOLD,
    DIM,
    GAP,
    Line,
    View,
    cell_width,
    clipped,
    focused,
    side_by_side,
)
from .text import fitted, frame_of, image_blocks, kernel_blocks, map_block
from .values import Worked, marks
from .wording import move_lines, move_title, title


def frame(worked: Worked, number: int, width: int, height: int, status: str = "") -> list[Line]:
    """A step, in at most `height` lines of at most `width` characters.

    Where the grids are larger, the part around the window is shown, and its title says which.
    Long sums lose their middle.
    """
    head: list[Line] = [[(BOLD, title(worked))], [(DIM, worked.formula)]]
    sums = [part for line in move_lines(worked, number) for part in fitted(line, width)]
    most = max(2, height // 3)
    if len(sums) > most:
        sums = [*sums[: most - 1], f"… {sums[-1].strip()}"]
    foot: list[Line] = [[(BOLD, move_title(worked, number))], *([("", line)] for line in sums)]
    if status:
        foot.append([(DIM, status)])
    room = height - len(head) - len(foot) - 2
    body = _grids(worked, number, width, max(2, room))
    lines = [*head, [], *body, [], *foot]
    if len(lines) > height:  # a screen of a few lines: what is said comes first
        lines = [*head, *foot][-height:]
    return [clipped(line, width) for line in lines]


def _grids(worked: Worked, number: int, width: int, height: int) -> list[Line]:
    """The image's channels under each other with their kernels, and the map beside them."""
    move = worked.moves[number]
    read, written_to = marks(worked, move)
    kernels = kernel_blocks(worked, move.map)
    count = len(worked.boards) if worked.kernels else 1
    edges = 2 if frame_of(worked) else 0
    least = (worked.window[0][0] if worked.kernels else 1) + 1
    shown = max(1, min(count, height // max(least, 1 + edges + 1)))
    channels = range(shown) if worked.kernels else range(move.map, move.map + 1)
    beside = max((block.width for block in kernels), default=-GAP) + GAP
    grid = worked.maps[move.map]
    cells = [cell_width(board) + 2 for board in worked.boards]
    needs = (max(cells) * len(worked.boards[0][0]) + edges, (cell_width(grid) + 2) * len(grid[0]))
    own, rest = _shared(needs, width - beside - GAP)
    view = _view(worked.boards[0], read, height // shown - 1 - edges, (own - edges) // max(cells))
    images = image_blocks(worked, number, view, channels)
    left: list[Line] = []
    for channel, image in zip(channels, images, strict=True):
        blocks = [image, *(kernels[channel : channel + 1] if worked.kernels else [])]
        left += side_by_side([block.all_lines()[: height // shown] for block in blocks])
    if shown < count and left:
        left[0] = [(DIM, f"channels 1–{shown} of {count}, "), *left[0]]
    columns = max(1, rest // (cell_width(grid) + 2))
    over = _view(grid, written_to, height - 1, columns)
    return side_by_side([left, map_block(worked, number, over).all_lines()])[:height]


def _shared(needs: tuple[int, int], room: int) -> tuple[int, int]:
    """The room of two that stand side by side: what they need, if there is so much."""
    one, other = needs
    if one + other <= room:
        return needs
    if one <= room // 2:
        return one, room - one
    return (room - other, other) if other <= room // 2 else (room // 2, room - room // 2)


def _view(grid: object, marked: set[tuple[int, int]], rows: int, columns: int) -> View:
    """The part of a grid around what is marked in it."""
    cells: list[list[Number | None]] = grid  # type: ignore[assignment]
    height, width = len(cells), len(cells[0])
    inside = [at for at in marked if at[0] < height and at[1] < width] or [(0, 0)]
    across = [column for _, column in inside]
    down = [row for row, _ in inside]
    return View(
        focused(height, max(1, rows), min(down), max(down)),
        focused(width, max(1, columns), min(across), max(across)),
    )
