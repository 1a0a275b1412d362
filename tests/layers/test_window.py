"""The window along one dimension: what it never reads, and how that is said."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cnnshape.layers._window import Window, unread_note

WINDOWS = st.builds(
    Window,
    kernel=st.integers(1, 6),
    stride=st.integers(1, 8),
    before=st.integers(0, 5),
    after=st.integers(0, 5),
    dilation=st.integers(1, 6),
)


@pytest.mark.slow
@given(window=WINDOWS, size=st.integers(1, 20))
def test_unread_is_what_a_walk_over_all_windows_finds(window: Window, size: int) -> None:
    count = window.positions(size)
    assume(count > 0)
    read = {
        place * window.stride + tap * window.dilation - window.before
        for place in range(count)
        for tap in range(window.kernel)
    }
    assert window.unread(size) == size - len(read & set(range(size)))


@pytest.mark.parametrize(
    ("window", "size", "formula"),
    [
        (Window(5), 32, "(32−5+2·0)/1+1 = 28"),
        (Window(7, 2, 3, 3), 224, "⌊(224−7+2·3)/2⌋+1 = 112"),
        (Window(5, dilation=2), 32, "(32+2·0−2·(5−1)−1)/1+1 = 24"),
        (Window(4, 1, 1, 2), 10, "(10−4+1+2)/1+1 = 10"),
        (Window(3, 2, ceil_mode=True), 6, "⌈(6−3+2·0)/2⌉+1 = 3"),
        (Window(5), 3, "(3−5+2·0)/1+1 = −1"),
    ],
)
def test_the_formula_shows_the_numbers(window: Window, size: int, formula: str) -> None:
    assert window.formula(size) == formula


@pytest.mark.parametrize(
    ("unread", "size", "at_end", "note"),
    [
        ((1, 1), (28, 28), True, "the last row and column of 28×28 are never read"),
        ((2, 2), (9, 9), True, "the last 2 rows and columns of 9×9 are never read"),
        ((0, 1), (8, 7), True, "the last column of 8×7 is never read"),
        ((1, 2), (8, 9), True, "the last row and the last 2 columns of 8×9 are never read"),
        ((2, 0), (7, 8), False, "2 of 7 rows are never read"),
        ((2, 3), (7, 8), False, "2 of 7 rows and 3 of 8 columns are never read"),
        ((3,), (9,), True, "the last 3 positions of 9 are never read"),
        ((1, 1, 1), (3, 3, 3), True, "the last plane, row and column of 3×3×3 are never read"),
    ],
)
def test_what_is_never_read_is_said_in_words(
    unread: tuple[int, ...], size: tuple[int, ...], at_end: bool, note: str
) -> None:
    assert unread_note(unread, size, at_end=at_end) == note
