"""What fits on a screen, and how it is drawn."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnshape.lesson.frames import frame
from cnnshape.lesson.text import fitted, text_lines
from cnnshape.views.grids import paint
from tests.worked.worked import lesson

LESSONS = [
    {},
    {"padding": 2, "bias": [1], "activation": "ReLU"},
    {"image": (3, 28, 28), "filters": 4, "padding": 1},
    {"kind": "ConvTranspose2d", "stride": 2, "padding": 1, "activation": "Sigmoid"},
    {"kind": "MaxPool2d", "image": (2, 30, 50), "ceil_mode": True, "kernel_size": 4},
    {"kind": "LPPool2d", "norm_type": 2},
    {"image": (1, 12, 12), "dilation": 4},
]
WORKED = [lesson(**arguments) for arguments in LESSONS]


def plain(lines: Any) -> list[str]:
    return [paint(line, False) for line in lines]


@pytest.mark.slow
@given(st.sampled_from(WORKED), st.data(), st.integers(20, 120), st.integers(5, 50))
def test_a_frame_fits_and_tells_its_sum(worked: Any, data: Any, width: int, height: int) -> None:
    number = data.draw(st.integers(0, len(worked.moves) - 1))
    lines = plain(frame(worked, number, width, height, "keys"))
    assert len(lines) <= height
    assert max(map(len, lines)) <= width
    assert any(line.startswith(f"step {number + 1} of"[: width - 1]) for line in lines)
    assert lines[-1] == "keys"


@pytest.mark.parametrize("worked", WORKED)
def test_the_whole_window_is_on_80_columns_and_24_lines(worked: Any) -> None:
    (height, width), _ = worked.window
    for number in (0, len(worked.moves) // 2, len(worked.moves) - 1):
        move = worked.moves[number]
        marked = "\n".join(plain(frame(worked, number, 79, 24, "keys"))).count("[")
        if move.ends or worked.transposed:
            continue
        channels = len(worked.boards) if worked.kernels else 1
        # The window's places, cells that hang over the end with them, and the one of the map.
        assert marked >= channels * height * width * 0.4 + 1


def test_what_is_not_shown_is_said() -> None:
    lines = plain(frame(WORKED[2], 0, 79, 24, "keys"))
    assert lines[1].startswith("(28−3+2·1)/1+1 = 28   shown: ")
    assert "of the image's 30×30" in lines[1]
    assert "shown" not in plain(frame(WORKED[0], 0, 79, 24, "keys"))[1]


@pytest.mark.slow
def test_still_text_is_cut_only_in_its_grids_and_says_so() -> None:
    lines = plain(text_lines(WORKED[2], 80))
    assert max(map(len, lines)) <= 80
    assert any("columns 1–26 of 30" in line for line in lines)
    whole = plain(text_lines(WORKED[2], 10_000))
    assert not any("columns" in line for line in whole if "step" not in line)


def test_an_indented_line_is_indented_once() -> None:
    assert fitted("  (1×1)+(2×0)+(3×1)+(2×1)", 22) == ["  (1×1)+(2×0)+(3×1)", "      +(2×1)"]
