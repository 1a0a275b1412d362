"""Images and kernels from the command line: numbers, files, pictures, names and sizes."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from math import prod
from typing import BinaryIO, NamedTuple

from ..errors import did_you_mean
from ..layers.shapes import format_shape
from ..text.counts import count_of
from ..worked.exact import Grid, Maps, Number, read_number
from ..worked.values import MOST_PRODUCTS, shape_of

STDIN = "-"
MOST_BYTES = 4_000_000
"""Of a file of numbers."""
MOST_SIDE = 64
"""Pixels of a picture's longer side; a larger picture is made smaller."""

IMAGE = "1 2 3 4 5/2 1 0 1 2/3 0 1 1 0/1 4 1 1 2/2 1 1 0 0"
KERNEL = "1 0 1/1 0 1/0 1 0"
POOLED = "1 1 2 4/5 6 7 8/3 2 1 0/1 2 3 4"

KERNELS: Mapping[str, str] = {
    "identity": "0 0 0/0 1 0/0 0 0",
    "sobel-x": "-1 0 1/-2 0 2/-1 0 1",
    "sobel-y": "-1 -2 -1/0 0 0/1 2 1",
    "sharpen": "0 -1 0/-1 5 -1/0 -1 0",
    "blur": "0.0625 0.125 0.0625/0.125 0.25 0.125/0.0625 0.125 0.0625",
    "edge": "-1 -1 -1/-1 8 -1/-1 -1 -1",
}
"""Kernels that have a name. blur is 1 2 1/2 4 2/1 2 1, divided by 16."""

_SIZES = re.compile(r"([0-9]{1,9})[xX×]([0-9]{1,9})(?:[xX×]([0-9]{1,9}))?")
_NUMBERS = re.compile(r"[-+−0-9.eE\s,;/]+")
_PICTURES = (b"P1", b"P2", b"P3")
"""How pictures begin that are text."""


class UnreadableNumbers(ValueError):
    """What was given as an image or a kernel is none. The text says where and why."""


class Read(NamedTuple):
    """What was read.

    Attributes:
        maps: a grid a channel (of kernels: a grid a kernel).
        note: what a reader is told of it, or ''.
    """

    maps: Maps
    note: str = ""


def files_in(text: str | None) -> list[str]:
    """The file that an image or a kernel is read from, if it is one."""
    return [text] if text and not _is_written(text) and os.path.exists(text) else []


def _is_written(text: str) -> bool:
    """Whether it says itself what it is, and names no file."""
    return bool(
        text == STDIN or text in KERNELS or _SIZES.fullmatch(text) or _NUMBERS.fullmatch(text)
    )


def read_image(text: str, channels: int | None, stdin: BinaryIO) -> Read:
    """An image: numbers, a file of numbers, a picture, sizes (numbers are made up), or '-'.

    Args:
        text: what the command line says.
        channels: how many are wanted; None: those that there are, of a picture its grey.
        stdin: where '-' is read.

    Raises:
        UnreadableNumbers: it is none of these, or has another number of channels.
        OSError: a file cannot be read.
    """
    sizes = _SIZES.fullmatch(text)
    if sizes:
        shape = [int(size) for size in sizes.groups() if size]
        shape = [channels or 1, *shape] if len(shape) == 2 else shape
        read = Read(made_up((shape[0], shape[1], shape[2]), 0, 9))
    else:
        read = _read(text, channels, stdin)
    count = len(read.maps)
    if channels not in (None, count):
        raise UnreadableNumbers(
            f"the image has {count_of(count, 'channel')}, not {channels}: channels are parted by "
            "an empty row, as in '1 2/3 4//5 6/7 8'"
        )
    return read


def read_kernels(text: str, stdin: BinaryIO) -> Read:
    """Kernels, one after the other: numbers, a file of them, names such as sobel-x, or '-'.

    Raises:
        UnreadableNumbers, OSError: as of an image.
    """
    parts = text.split("//")
    if any(part in KERNELS for part in parts):
        parts = [KERNELS.get(part, part) for part in parts]
        return Read(parse("//".join(parts), "kernel"))
    return _read(text, 1, stdin, "kernel")


def kernel_sizes(text: str) -> tuple[int, int] | None:
    """'5x5' as the size of kernels that are to be made up; None: it is no size."""
    sizes = _SIZES.fullmatch(text)
    return (int(sizes[1]), int(sizes[2])) if sizes and not sizes[3] else None


def _read(text: str, channels: int | None, stdin: BinaryIO, part: str = "channel") -> Read:
    if text == STDIN:
        return _contents(stdin.read(MOST_BYTES + 1), "stdin", channels, part)
    if _NUMBERS.fullmatch(text):
        return Read(parse(text, part))
    if os.path.exists(text):
        with open(text, "rb") as file:
            return _contents(file.read(MOST_BYTES + 1), text, channels, part)
    if re.search(r"[\s/]", text) and re.match(r"(?i)\s*[-+−.]?(\d|(nan|inf)\b)", text):
        return Read(parse(text, part))  # which says what is wrong with it
    # Of names that begin so there may be several: all are told.
    begun = any(name.startswith(text.casefold()) for name in KERNELS)
    near = did_you_mean(text, list(KERNELS)) if part == "kernel" and not begun else None
    known = f"did you mean {near}?" if near else (
        "write rows with / between them, such as '1 0 1/1 0 1/0 1 0', or a size such as 5x5"
    )  # fmt: skip
    if part == "kernel" and not near:
        known += f", or a name: {', '.join(KERNELS)}"
    raise UnreadableNumbers(f"there is no file {text!r}; {known}")


def _contents(data: bytes, name: str, channels: int | None, part: str) -> Read:
    """What a file holds: text with numbers, or a picture."""
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")  # as PowerShell writes text
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        return _picture(name, channels)
    if "\0" in text or data.startswith(_PICTURES):
        return _picture(name, channels)
    if len(data) > MOST_BYTES:
        raise UnreadableNumbers(f"{name} has more than {MOST_BYTES:,} bytes of text")
    try:
        return Read(parse(text, part))
    except UnreadableNumbers as fault:
        raise UnreadableNumbers(f"{name}: {fault}") from None


def parse(text: str, part: str = "channel") -> list[list[list[Number]]]:
    """Rows of numbers, a line or a '/' each; an empty row parts channels or kernels.

    Args:
        text: the numbers, with spaces, commas or semicolons between them; '#' begins a comment.
        part: what an empty row parts, as messages name it.

    Raises:
        UnreadableNumbers: a number is none, rows differ in length, or there is nothing.
    """
    lines = [line.partition("#")[0] for line in text.splitlines()]
    rows = [re.split(r"[\s,;]+", row.strip(" \t,;")) for row in "\n".join(lines).replace(
        "/", "\n").split("\n")]  # fmt: skip
    grids: list[list[list[Number]]] = [[]]
    for row in rows:
        if row != [""]:
            grids[-1].append(_row(row, grids, part))
        elif grids[-1]:
            grids.append([])
    found = [grid for grid in grids if grid]
    if not found:
        raise UnreadableNumbers("there are no numbers in it")
    first = (len(found[0]), len(found[0][0]))
    for number, grid in enumerate(found, 1):
        size = (len(grid), len(grid[0]))
        if size != first:
            raise UnreadableNumbers(
                f"{part} {number} is {format_shape(size)}, and {part} 1 is {format_shape(first)}"
            )
    return found


def _row(words: list[str], grids: list[list[list[Number]]], part: str) -> list[Number]:
    grid = grids[-1]
    place = f"row {len(grid) + 1}" + (f" of {part} {len(grids)}" if len(grids) > 1 else "")
    row = []
    for column, word in enumerate(words, 1):
        try:
            row.append(read_number(word))
        except ValueError:
            raise UnreadableNumbers(f"{place}, column {column}: {word!r} is no number") from None
    if grid and len(row) != len(grid[0]):
        raise UnreadableNumbers(
            f"{place} has {count_of(len(row), 'number')}, and row 1 has {len(grid[0])}"
        )
    return row


def _picture(name: str, channels: int | None) -> Read:
    """A picture's pixels from 0 to 255: its grey, or red, green and blue."""
    from ..training.data.image_files import MODES, BrokenImage, read_picture

    wanted = channels or 1
    if name == "stdin":
        raise UnreadableNumbers("stdin holds no text: a picture is read from a file")
    if wanted not in MODES:
        raise UnreadableNumbers(f"{name}: a picture has 1 channel (grey) or 3, not {wanted}")
    try:
        picture = read_picture(name, wanted, (MOST_SIDE, MOST_SIDE))
    except BrokenImage as fault:
        raise UnreadableNumbers(f"{name}: {fault}") from None
    size = picture.size
    picture.thumbnail((MOST_SIDE, MOST_SIDE))
    note = ""
    if picture.size != size:
        note = f"{name} is made smaller, to {picture.height}×{picture.width} pixels"
    values = [channel.tobytes() for channel in picture.split()]
    width = picture.width
    return Read([[list(flat[start : start + width]) for start in range(0, len(flat), width)]
                 for flat in values], note)  # fmt: skip


def made_up(shape: tuple[int, int, int], least: int, most: int, seed: int = 1) -> Maps:
    """Whole numbers from `least` to `most`, the same each time.

    Source: Lehmer's generator with the numbers of Park and Miller, 1988.
    """
    if not 0 < prod(shape) <= MOST_PRODUCTS:
        raise UnreadableNumbers(
            f"{format_shape(shape)} are {prod(shape):,} numbers: expected 1 to {MOST_PRODUCTS:,}"
        )
    state = 16807 * seed

    def number() -> int:
        nonlocal state
        state = state * 16807 % 2147483647
        return least + state // 7919 % (most - least + 1)

    channels, height, width = shape
    return [[[number() for _ in range(width)] for _ in range(height)] for _ in range(channels)]


def default_image(text: str, channels: int | None) -> Maps:
    """The lesson's own image; further channels are made up, of small numbers as it has."""
    first: list[Grid] = [*parse(text)]
    _, height, width = shape_of(first)
    more = (channels or 1) - 1
    return [*first, *(made_up((more, height, width), 0, 4) if more else ())]


def kernels_for(
    text: str | None, channels: int, filters: int | None, stdin: BinaryIO
) -> list[Maps]:
    """For each filter a kernel for each channel.

    One kernel serves all channels, and as many as there are channels are one filter's. What is
    not given is made up, after the lesson's own.

    Raises:
        UnreadableNumbers: the number of kernels fits neither channels nor filters.
    """
    sizes = (3, 3) if text is None else kernel_sizes(text)
    if sizes:
        count = (filters or 1) * channels
        given: Maps = made_up((count, *sizes), -1, 1, seed=5)
        if text is None:
            given = [*parse(KERNEL), *given[1:]]
    else:
        assert text is not None
        given = read_kernels(text, stdin).maps
    count = len(given)
    if filters is None:
        filters = count // channels if count % channels == 0 else count if count == 1 else None
    if filters and count == filters * channels:
        return [given[start : start + channels] for start in range(0, count, channels)]
    if filters and count == filters:
        return [[kernel] * channels for kernel in given]
    if filters and count == channels:
        return [given] * filters
    wanted = f"{channels} a filter" if filters is None else f"{filters * channels}"
    raise UnreadableNumbers(
        f"there are {count_of(count, 'kernel')}: {count_of(channels, 'channel')} want {wanted}; "
        "kernels are parted by an empty row, as in '1 0/0 1//0 1/1 0'"
    )
