"""Windows drawn at their places: what is shaded is what is read."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cnnshape.layers._window import Window
from cnnshape.views.windows import LEFT_OUT, PADDING, PADDING_READ, POSITION, READ, legend, picture

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


@given(WINDOWS, st.integers(1, 40))
def test_what_is_shaded_is_what_the_window_reads(window: Window, size: int) -> None:
    lines = [line for line in picture(window, size, 1000) if "⋮" not in line]
    count = window.positions(size)
    if count < 1 or (window.extent == 1 and window.stride == 1):
        assert lines == []
        return
    places = sorted({1, min(2, count), count})
    assert [int(line.split()[1]) for line in lines] == places
    for place, line in zip(places, lines, strict=True):
        cells = line.split(maxsplit=2)[2]
        start = (place - 1) * window.stride
        read = {start + tap * window.dilation for tap in range(window.kernel)}
        for index, cell in enumerate(cells):
            inside = window.before <= index < window.before + size
            there, padded = (READ, PADDING_READ) if index in read else (POSITION, PADDING)
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
    assert legend(drawn) == "█ read, ▒ padding read, · not read, ░ padding, … not shown"
    assert legend(picture(Window(2, stride=2), 4, 60)) == "█ read, · not read"
