"""A lesson as text that stands still and is complete: the grids, every step, the map."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from .exact import written
from .grids import BOLD, FILLED, Block, Line, View, beside, cell_width, grid_block
from .moves import map_after, marks
from .values import Worked
from .wording import move_lines, move_title, place, remarks, sum_lines, title, unit

FOLLOWED = 9
"""Moves of a transposed convolution after which the map is drawn each time."""


def text_lines(worked: Worked, width: int) -> Iterator[Line]:
    """All of a lesson, line by line."""
    yield [(BOLD, title(worked))]
    yield [("", worked.formula)] if worked.formula else []
    yield []
    yield from beside(image_blocks(worked, 0, room=width), width)
    yield []
    for number in range(worked.output_shape[0]):
        if worked.output_shape[0] > 1:
            yield [(BOLD, f"{unit(worked)} {number + 1}")]
        blocks = [*kernel_blocks(worked, number), result_block(worked, number, width)]
        yield from beside(blocks, width)
        yield []
    for remark in remarks(worked):
        yield from ([("", line)] for line in wrap(remark, width))
    yield from [[]] if remarks(worked) else []
    for number in range(len(worked.moves)):
        yield from _move(worked, number, width)
    if worked.transposed:
        yield []
        yield [(BOLD, "the sums")]
        for step in worked.steps:
            head = place(worked, *step[:3])
            yield from ([("", line)] for line in _wrapped(_headed(head, sum_lines(worked, step)),
                                                          width))  # fmt: skip


def _move(worked: Worked, number: int, width: int) -> Iterator[Line]:
    lines = _headed(move_title(worked, number), move_lines(worked, number))
    yield from ([("", line)] for line in _wrapped(lines, width))
    if worked.transposed and len(worked.moves) <= FOLLOWED:
        yield from map_block(worked, number).lines
        yield []


def _headed(head: str, lines: list[str]) -> list[str]:
    """One line with its head before it, or several under it."""
    return [f"{head}: {lines[0]}"] if len(lines) == 1 else [head, *(f"  {x}" for x in lines)]


def _wrapped(lines: list[str], width: int) -> Iterator[str]:
    for line in lines:
        yield from fitted(line, width) if len(line) > width else [line]


def fitted(line: str, width: int) -> list[str]:
    """A line of sums broken at its plus signs, else between words."""
    indent = " " * (len(line) - len(line.lstrip(" ")))
    spaced = line.replace(")+", ")\0+")
    parts = wrap(spaced.replace("\0", " "), width, initial_indent=indent,
                 subsequent_indent=f"{indent}    ", break_on_hyphens=False)  # fmt: skip
    return [part.replace(") +", ")+") for part in parts]


# The grids ----------------------------------------------------------------------------


def frame_of(worked: Worked) -> tuple[int, int, int, int] | None:
    """Where the image lies inside its padding; None: there is none."""
    _, height, width = worked.input_shape
    board = worked.boards[0]
    if (len(board), len(board[0])) == (height, width):
        return None
    return (*worked.before, height, width)


def image_blocks(
    worked: Worked,
    number: int,
    view: View | None = None,
    channels: range | None = None,
    room: int = 0,
    roof: bool = True,
) -> list[Block]:
    """The image with what a move reads of it, a block a channel."""
    move = worked.moves[number]
    read, _ = marks(worked, move)
    count = len(worked.boards)
    shown = channels if channels is not None else range(count)
    blocks = []
    for channel in shown:
        name = "image" if count == 1 else f"image, channel {channel + 1}"
        own = read if worked.kernels or channel == move.map else set()
        blocks.append(
            grid_block(
                name,
                worked.boards[channel],
                own,
                frame=frame_of(worked),
                view=view,
                room=room,
                roof=roof,
            )
        )
    return blocks


def kernel_blocks(worked: Worked, map: int) -> list[Block]:
    """The kernels of a filter, a block a channel, and its bias; none of a pool."""
    if not worked.kernels:
        return []
    kernels = worked.kernels[map]
    blocks = [
        grid_block("kernel" if len(kernels) == 1 else f"kernel, channel {number}", kernel)
        for number, kernel in enumerate(kernels, 1)
    ]
    if worked.bias:
        blocks.append(Block("bias", [[("", f"{written(worked.bias[map])}")]]))
    return blocks


def map_block(worked: Worked, number: int, view: View | None = None) -> Block:
    """The output map of a move, as far as it is known after it."""
    move = worked.moves[number]
    name = "feature map" if worked.kernels else "pooled map"
    if worked.output_shape[0] > 1:
        name += f" {move.map + 1}"
    _, written_to = marks(worked, move)
    grid = worked.maps[move.map]
    return grid_block(name, map_after(worked, number), written_to, style=FILLED, view=view,
                      width=cell_width(grid))  # fmt: skip


def result_block(worked: Worked, map: int, room: int = 0) -> Block:
    """A whole map of the output."""
    name = "feature map" if worked.kernels else "pooled map"
    if worked.activation:
        name += f" after {worked.activation}"
    return grid_block(name, worked.maps[map], room=room)


def summary(worked: Worked, width: int) -> Iterator[Line]:
    """What is left on the screen when the lesson has been played: the maps alone."""
    yield [(BOLD, title(worked))]
    yield [("", worked.formula)] if worked.formula else []
    yield []
    count = worked.output_shape[0]
    blocks = [result_block(worked, map, width) for map in range(count)]
    names = [block.title if count == 1 else f"{block.title}, {unit(worked)} {number}"
             for number, block in enumerate(blocks, 1)]  # fmt: skip
    yield from beside([Block(n, b.lines) for n, b in zip(names, blocks, strict=True)], width)
