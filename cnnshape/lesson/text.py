"""A lesson as text that stands still and is complete: the grids, every step, the map."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Any

from ..text.styled import StyledLine
from ..views.grids import BOLD, FILLED, Block, View, beside, cell_width, grid_block
from ..worked.exact import written
from ..worked.moves import map_after, marks
from ..worked.values import Worked
from .wording import (
    map_name,
    move_lines,
    move_title,
    named,
    place,
    remarks,
    sum_lines,
    title,
    unit,
)  # fmt: skip

FOLLOWED = 9
"""Moves of a transposed convolution after which the map is drawn each time."""


def text_lines(worked: Worked, width: int) -> Iterator[StyledLine]:
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
        yield from _told(move_title(worked, number), move_lines(worked, number), width)
        if worked.transposed and len(worked.moves) <= FOLLOWED:
            yield from map_block(worked, number).lines
            yield []
    if worked.transposed:
        yield []
        yield [(BOLD, "the sums")]
        for step in worked.steps:
            yield from _told(place(worked, *step[:3]), sum_lines(worked, step), width)


def _told(head: str, lines: list[str], width: int) -> Iterator[StyledLine]:
    """One line with its head before it, or several under it."""
    told = [f"{head}: {lines[0]}"] if len(lines) == 1 else [head, *(f"  {x}" for x in lines)]
    for line in told:
        parts = fitted(line, width) if len(line) > width else [line]
        yield from ([("", part)] for part in parts)


def fitted(line: str, width: int) -> list[str]:
    """A line of sums broken at its plus signs, else between words."""
    indent = " " * (len(line) - len(line.lstrip(" ")))
    spaced = line.lstrip(" ").replace(")+", ")\0+")
    parts = wrap(spaced.replace("\0", " "), width, initial_indent=indent,
                 subsequent_indent=f"{indent}    ", break_on_hyphens=False)  # fmt: skip
    return [part.replace(") +", ")+") for part in parts]


# The grids ----------------------------------------------------------------------------


def image_blocks(
    worked: Worked, number: int, channels: Sequence[int] | None = None, **shown: Any
) -> list[Block]:
    """The image with what a move reads of it, a block a channel.

    Args:
        worked: the lesson.
        number: of the move.
        channels: those that are shown; None: all.
        shown: what of each, as `grid_block` takes it.
    """
    move, count = worked.moves[number], len(worked.boards)
    read, _ = marks(worked, move)
    return [
        grid_block(
            named("image", "channel", channel, count),
            worked.boards[channel],
            read if worked.kernels or channel == move.map else (),
            frame=worked.frame,
            **shown,
        )
        for channel in (range(count) if channels is None else channels)
    ]


def kernel_blocks(worked: Worked, map: int) -> list[Block]:
    """The kernels of a filter, a block a channel, and its bias; none of a pool."""
    if not worked.kernels:
        return []
    kernels = worked.kernels[map]
    blocks = [
        grid_block(named("kernel", "channel", channel, len(kernels)), kernel)
        for channel, kernel in enumerate(kernels)
    ]
    if worked.bias:
        blocks.append(Block("bias", [[("", written(worked.bias[map]))]]))
    return blocks


def map_block(worked: Worked, number: int, view: View | None = None) -> Block:
    """The output map of a move, as far as it is known after it."""
    move = worked.moves[number]
    name = map_name(worked) + (f" {move.map + 1}" if worked.output_shape[0] > 1 else "")
    _, written_to = marks(worked, move)
    return grid_block(name, map_after(worked, number), written_to, style=FILLED, view=view,
                      width=cell_width(worked.maps[move.map]))  # fmt: skip


def result_block(worked: Worked, map: int, room: int = 0) -> Block:
    """A whole map of the output."""
    after = f" after {worked.activation}" if worked.activation else ""
    return grid_block(map_name(worked) + after, worked.maps[map], room=room)


def summary(worked: Worked, width: int) -> Iterator[StyledLine]:
    """What is left on the screen when the lesson has been played: the maps alone."""
    yield [(BOLD, title(worked))]
    yield [("", worked.formula)] if worked.formula else []
    yield []
    count = worked.output_shape[0]
    blocks = [result_block(worked, map, width) for map in range(count)]
    blocks = [block._replace(title=named(block.title, unit(worked), map, count))
              for map, block in enumerate(blocks)]  # fmt: skip
    yield from beside(blocks, width)
