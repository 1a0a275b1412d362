"""Windows drawn at their places: what is shaded is what is read."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cnnshape.layers._window import Window
from cnnshape.views.window_places import (
    LEFT_OUT,
    NEVER,
    PADDING,
    PADDING_READ,
    POSITION,
    READ,
    legend,
    picture,
    plane,
)

WINDOWS = st.builds(
    Window,
    kernel=st.integers(1, 7),
    stride=st.integers(1, 5),
    before=st.integers(0, 3),
    after=st.integers(0, 3),
    dilation=st.integers(1, 3),
    ceil_mode=st.booleans(),
)


def test_the_first_two_places_and_the_last() -> None:
    assert picture(Window(3, stride=2, before=1, after=1), 7, 80) == [
        "place 1  ▒██·····░",
        "place 2  ░·███···░",
        "      ⋮",
        "place 4  ░·····██▒",
    ]


def _ever_read(window: Window, size: int) -> set[int]:
    """Positions, counted from the padding before, that the window reads at one of its places."""
    return {
        place * window.stride + tap * window.dilation
        for place in range(window.positions(size))
        for tap in range(window.kernel)
    }


@given(WINDOWS, st.integers(1, 40))
def test_what_is_shaded_is_what_the_window_reads(window: Window, size: int) -> None:
    lines = [line for line in picture(window, size, 1000) if "⋮" not in line]
    count = window.positions(size)
    if count < 1 or (window.extent == 1 and window.stride == 1):
        assert lines == []
        return
    places = sorted({1, min(2, count), count})
    ever = _ever_read(window, size)
    assert [int(line.split()[1]) for line in lines] == places
    for place, line in zip(places, lines, strict=True):
        cells = line.split(maxsplit=2)[2]
        start = (place - 1) * window.stride
        read = {start + tap * window.dilation for tap in range(window.kernel)}
        for index, cell in enumerate(cells):
            inside = window.before <= index < window.before + size
            unread = POSITION if index in ever else NEVER
            there, padded = (READ, PADDING_READ) if index in read else (unread, PADDING)
            assert cell == (there if inside else padded)
        assert max(read) < len(cells)


@given(WINDOWS, st.integers(1, 10**9), st.integers(20, 120))
def test_no_line_is_wider_than_asked_and_each_window_is_whole(
    window: Window, size: int, width: int
) -> None:
    lines = [line for line in picture(window, size, width) if "⋮" not in line]
    assert all(len(line) <= width for line in lines)
    assert len({len(line) for line in lines}) <= 1
    assert all(line.count(READ) + line.count(PADDING_READ) == window.kernel for line in lines)


def test_a_window_of_one_position_has_no_picture() -> None:
    assert picture(Window(1), 9, 80) == []


def test_the_legend_tells_of_what_is_there() -> None:
    drawn = picture(Window(3, before=1, after=1), 500, 60)
    assert LEFT_OUT in drawn[0]
    assert legend(drawn) == "█ read, ▒ padding read, · not read here, ░ padding, … not shown"
    assert legend(picture(Window(2, stride=2), 4, 60)) == "█ read, · not read here"


def test_over_a_map_the_places_are_drawn_in_two_dimensions() -> None:
    windows = ((Window(2, dilation=2, before=1, after=1), 3), (Window(2, stride=3), 5))
    assert plane(windows, 80) == [
        "row 1, column 1   row 1, column 2   row 3, column 2",
        "▒▒▒▒░░░░░░        ░░░░░░▒▒▒▒        ░░░░░░░░░░",
        "· · × · ·         · · × · ·         · · × · ·",
        "████× · ·         · · × ████        · · × ████",
        "· · × · ·         · · × · ·         · · × · ·",
        "░░░░░░░░░░        ░░░░░░░░░░        ░░░░░░▒▒▒▒",
    ]


@given(WINDOWS, st.integers(1, 10), WINDOWS, st.integers(1, 10))
def test_a_map_shows_what_is_read_and_what_never_is(
    down: Window, height: int, across: Window, width: int
) -> None:
    windows = ((down, height), (across, width))
    counts = [window.positions(size) for window, size in windows]
    drawn = plane(windows, 1000)
    if min(counts) < 1 or down.extent == down.stride == across.extent == across.stride == 1:
        assert drawn == []
        return
    if not drawn or LEFT_OUT in "".join(drawn):
        return
    (rows, columns), title = counts, "row 1, column 1"
    assert drawn[0].startswith(title)
    assert drawn[0].endswith(f"row {rows}, column {columns}")
    ever = [_ever_read(window, size) for window, size in windows]
    for row, line in enumerate(drawn[1:]):
        reads_row = row in range(0, down.extent, down.dilation)
        cells = line[: max(len(title), 2 * _drawn(across, width))]
        for column in range(_drawn(across, width)):
            cell = cells[2 * column : 2 * column + 2].strip() or POSITION
            read = reads_row and column in range(0, across.extent, across.dilation)
            inside = (
                down.before <= row < down.before + height
                and across.before <= column < across.before + width
            )
            unread = POSITION if row in ever[0] and column in ever[1] else NEVER
            there, padded = (READ, PADDING_READ) if read else (unread, PADDING)
            assert cell[0] == (there if inside else padded)


def _drawn(window: Window, size: int) -> int:
    """The positions from the padding before to that after, or to the last window's end."""
    return max(size + window.before + window.after, max(_ever_read(window, size)) + 1)


@given(WINDOWS, st.integers(1, 10**6), WINDOWS, st.integers(1, 10**6), st.integers(40, 120))
def test_a_large_map_is_shortened_to_whole_windows(
    down: Window, height: int, across: Window, width: int, room: int
) -> None:
    drawn = plane(((down, height), (across, width)), room)
    assert all(len(line) <= room for line in drawn)
    assert len(drawn) <= 1 + 20
    for line in drawn[1:]:
        read = line.count(READ) + line.count(PADDING_READ)
        assert read % across.kernel == 0


def test_what_has_no_room_in_two_dimensions_is_not_drawn_so() -> None:
    assert plane(((Window(30), 224), (Window(3), 224)), 80) == []
    assert plane(((Window(3), 8),), 80) == []
    assert plane(((Window(1), 8), (Window(1), 8)), 80) == []
