"""A window at its first and last places: along one dimension a row of characters each, over a
map a drawing each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..layers._window import Window
from .grids import GAP, Block, beside

READ, PADDING_READ, POSITION, PADDING, LEFT_OUT = "█", "▒", "·", "░", "…"
NEVER = "×"

_MEANINGS = {
    READ: "read",
    PADDING_READ: "padding read",
    POSITION: "not read here",
    NEVER: "never read",
    PADDING: "padding",
    LEFT_OUT: "not shown",
}


def picture(window: Window, size: int, width: int) -> list[str]:
    """The places of a window over `size` positions; [] where there is nothing to see.

    Args:
        window: what slides.
        size: positions of the input.
        width: characters that a line may take; positions in the middle are left out of longer
            ones.
    """
    count = window.positions(size)
    if count < 1 or (window.extent == 1 and window.stride == 1):
        return []
    places = sorted({1, min(2, count), count})
    digits = len(str(count))
    heads = [f"place {place:>{digits}}  " for place in places]
    positions = list(_shown(window, size, width - len(heads[0])))
    if not positions:
        return []
    lines = []
    for head, place in zip(heads, places, strict=True):
        if place == count and count > 3:
            lines.append(" " * (len(head) - 3) + "⋮")
        start = (place - 1) * window.stride - window.before
        lines.append(head + "".join(_character(window, size, start, each) for each in positions))
    return lines


_WHOLE, _SHORT, _MOST_ROWS = 16, 12, 20
"""Rows up to which a map is drawn whole; those of what is left of others, and at most."""


def plane(windows: Sequence[tuple[Window, int]], width: int) -> list[str]:
    """The first, the second and the last place of a window over a map with its padding.

    Args:
        windows: down and across, each with the size that it slides over.
        width: characters of a line.

    Returns:
        lines; [] where there is nothing to see, or no room for whole windows.
    """
    if len(windows) != 2 or all(window.extent == window.stride == 1 for window, _ in windows):
        return []
    (down, height), (across, length) = windows
    rows, columns = (window.positions(size) for window, size in windows)
    if min(rows, columns) < 1:
        return []
    second = (0, 1) if columns > 1 else (min(1, rows - 1), 0)
    places = list(dict.fromkeys([(0, 0), second, (rows - 1, columns - 1)]))
    room = (width - GAP * (len(places) - 1)) // len(places)
    shown = [list(_shown(down, height, _WHOLE)), []]
    if not shown[0] or None in shown[0]:
        shown[0] = list(_shown(down, height, max(_SHORT, 2 * (down.extent + down.stride) + 1)))
    shown[1], cell = _columns(across, length, room)
    titles = [f"row {row + 1}, column {column + 1}" for row, column in places]
    if max(map(len, titles)) > room:
        titles = [f"{row + 1}, {column + 1}" for row, column in places]
    if not all(shown) or len(shown[0]) > _MOST_ROWS or max(map(len, titles)) > room:
        return []
    blocks = []
    for title, place in zip(titles, places, strict=True):
        downwards, sideways = (
            [_character(window, size, at * window.stride - window.before, each) for each in own]
            for (window, size), own, at in zip(windows, shown, place, strict=True)
        )
        lines = ["".join(_both(own, other, cell) for other in sideways) for own in downwards]
        blocks.append(Block(title, [[("", line)] for line in lines]))
    return ["".join(text for _, text in line).rstrip() for line in beside(blocks, width)]


def _columns(across: Window, size: int, room: int) -> tuple[list[int | None], int]:
    """The positions that are drawn, and the characters of each.

    Two are about as wide as a line is high, and so pixels are square; one, where only then all of
    the map or whole windows have room.
    """
    wide, narrow = (list(_shown(across, size, room // cell)) for cell in (2, 1))
    return (wide, 2) if wide and (None not in wide or None in narrow) else (narrow, 1)


def _both(down: str, across: str, cell: int) -> str:
    """What is drawn where the row is one thing along its dimension, and the column another."""
    if LEFT_OUT in (down, across):
        return f"{LEFT_OUT:<{cell}}"
    inside = not {PADDING, PADDING_READ} & {down, across}
    if {down, across} <= {READ, PADDING_READ}:
        return (READ if inside else PADDING_READ) * cell
    if not inside:
        return PADDING * cell
    return f"{NEVER if NEVER in (down, across) else POSITION:<{cell}}"


def legend(drawing: Iterable[str]) -> str:
    """What the characters of pictures mean, those that are in them."""
    used = set("".join(drawing))
    return ", ".join(f"{each} {meaning}" for each, meaning in _MEANINGS.items() if each in used)


def _shown(window: Window, size: int, room: int) -> Iterator[int | None]:
    """The positions that are drawn, from the padding before on; None for those left out."""
    first = -window.before
    # With ceil_mode the last window may hang over the end.
    end = (window.positions(size) - 1) * window.stride + first + window.extent
    last = max(size + window.after, end)
    if last - first <= room:
        yield from range(first, last)
        return
    half = (room - 1) // 2
    # The first two windows and the last one must be whole.
    if half < max(window.stride + window.extent, last - end + window.extent):
        return
    yield from range(first, first + half)
    yield None
    yield from range(last - half, last)


def _character(window: Window, size: int, start: int, position: int | None) -> str:
    if position is None:
        return LEFT_OUT
    tap, beside = divmod(position - start, window.dilation)
    inside = 0 <= position < size
    if not beside and 0 <= tap < window.kernel:
        return READ if inside else PADDING_READ
    if not inside:
        return PADDING
    return POSITION if _is_read(window, size, position) else NEVER


def _is_read(window: Window, size: int, position: int) -> bool:
    """Whether any place of the window reads a position."""
    places = window.positions(size)
    starts = (position + window.before - tap * window.dilation for tap in range(window.kernel))
    return any(not start % window.stride and 0 <= start // window.stride < places
               for start in starts)  # fmt: skip
