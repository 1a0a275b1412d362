"""A window at its first and last places, drawn as a row of characters each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..layers._window import Window

READ, PADDING_READ, POSITION, PADDING, LEFT_OUT = "█", "▒", "·", "░", "…"

_MEANINGS = {
    READ: "read",
    PADDING_READ: "padding read",
    POSITION: "not read",
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
    return POSITION if inside else PADDING
