"""Images and kernels as people give them."""

from __future__ import annotations

import io
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cnnshape.lesson.reading import (
    KERNELS,
    MOST_SIDE,
    UnreadableNumbers,
    files_in,
    kernels_for,
    made_up,
    parse,
    read_image,
)
from cnnshape.worked.exact import equals, factor, read_number, written

NO_STDIN = io.BytesIO()


def image(text: Any, channels: int | None = None, stdin: bytes = b"") -> Any:
    return read_image(str(text), channels, io.BytesIO(stdin)).maps


@pytest.mark.parametrize(
    ("text", "number", "shown"),
    [
        ("3", 3, "3"),
        ("-0.5", Fraction(-1, 2), "−0.5"),
        ("−2", -2, "−2"),
        ("1e-3", Fraction(1, 1000), "0.001"),
        ("1.000000000000000000e+00", 1, "1"),
        (".5", Fraction(1, 2), "0.5"),
        ("1e15", 10**15, "1e+15"),
    ],
)
def test_numbers_are_read_and_written_exactly(text: str, number: Any, shown: str) -> None:
    assert read_number(text) == number
    assert written(number) == shown


@pytest.mark.parametrize(
    "text", ["", "x", "nan", "inf", "1_0", "0x1", "1e999", "٣", "1" * 50, "1e", "--1"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_number(text)


def test_what_is_rounded_says_so() -> None:
    assert (equals(6), equals(Fraction(10, 3)), equals(0.1)) == ("= 6", "≈ 3.333", "≈ 0.1")
    assert (factor(-2), factor(2), written(float("-inf")), written(float("nan"))) == (
        "(−2)", "2", "−∞", "not a number",
    )  # fmt: skip


@pytest.mark.parametrize(
    "text", ["1 2/3 4", "1,2/3,4", " 1  2 / 3\t4 ", "1;2\n3;4\n", "1 2 # a\n\n\n# b\n3 4"]
)
def test_rows_are_parted_by_lines_or_slashes(text: str) -> None:
    assert parse(text)[0][0] == [1, 2]
    assert parse(text)[-1][-1] == [3, 4]


def test_an_empty_row_parts_channels() -> None:
    assert parse("1 2/3 4//5 6/7 8") == parse("1 2\n3 4\n\n5 6\n7 8\n")
    assert len(parse("1 2/3 4//5 6/7 8")) == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("1 2/3 x", "row 2, column 2: 'x' is no number"),
        ("1 2/3", "row 2 has 1 number, and row 1 has 2"),
        ("1 2//3/4 5", "channel 2 has 2 numbers, and row 1 has 1"),
        ("1 2//3 nan", "row 1 of channel 2, column 2: 'nan' is no number"),
        ("1 2//3 4/5 6", "channel 2 is 2×2, and channel 1 is 1×2"),
        ("/", "there are no numbers in it"),
        ("photo.txt", "there is no file 'photo.txt'; write rows"),
        ("0x5", "0×5 are 0 numbers"),
        ("2000x2000", "1×2000×2000 are 4,000,000 numbers: expected 1 to 1,000,000"),
    ],
)
def test_faults_are_named_by_row_and_column(text: str, told: str) -> None:
    with pytest.raises(UnreadableNumbers, match=re.escape(told)):
        image(text)


def test_files_and_stdin(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    np.savetxt(file, [[1, 2], [3, 4.5]])
    assert image(file) == [[[1, 2], [3, Fraction(9, 2)]]]
    assert files_in(str(file)) == [str(file)]
    assert files_in("1 2/3 4") == files_in("-") == files_in("none.txt") == files_in(None) == []
    assert image("-", stdin=b"\xef\xbb\xbf1 2\r\n3 4\r\n") == [[[1, 2], [3, 4]]]
    assert image("-", stdin="1 2\n3 4".encode("utf-16")) == [[[1, 2], [3, 4]]]
    file.write_text("1 2\n3 four\n")
    with pytest.raises(UnreadableNumbers, match=r"a.txt: row 2, column 2: 'four' is no number"):
        image(file)
    with pytest.raises(UnreadableNumbers, match="stdin holds no text"):
        image("-", stdin=b"\x89PNG\0")
    with pytest.raises(OSError, match="directory"):
        image(tmp_path)


def test_pictures(tmp_path: Path) -> None:
    pixels = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    assert image(tmp_path / "a.png", 3) == pixels.transpose(2, 0, 1).tolist()
    assert len(image(tmp_path / "a.png")) == 1
    Image.new("L", (300, 200)).save(tmp_path / "b.png")
    read = read_image(str(tmp_path / "b.png"), None, NO_STDIN)
    assert (len(read.maps[0]), len(read.maps[0][0])) == (43, MOST_SIDE)
    assert read.note.endswith("b.png is made smaller, to 43×64 pixels")
    (tmp_path / "c.png").write_bytes((tmp_path / "b.png").read_bytes()[:60])
    with pytest.raises(UnreadableNumbers, match=r"c\.png: "):
        image(tmp_path / "c.png")
    with pytest.raises(UnreadableNumbers, match="1 channel"):
        image(tmp_path / "a.png", 2)


def test_channels_must_agree() -> None:
    with pytest.raises(UnreadableNumbers, match="the image has 1 channel, not 3"):
        image("1 2/3 4", 3)
    assert len(image("4x5", 3)) == 3


def test_kernels_for_filters_and_channels() -> None:
    def kernels(text: str | None, channels: int, filters: int | None = None) -> Any:
        return kernels_for(text, channels, filters, NO_STDIN)

    assert kernels("1 2", 2) == [[[[1, 2]], [[1, 2]]]]
    assert kernels("1//2//3//4", 2) == [[[[1]], [[2]]], [[[3]], [[4]]]]
    assert kernels("1//2", 2) == [[[[1]], [[2]]]]
    assert kernels("1//2", 1) == [[[[1]]], [[[2]]]]
    assert kernels("1//2//3", 2, 3)[2] == [[[3]], [[3]]]
    assert kernels("sobel-x//sobel-y", 1) == [parse(KERNELS["sobel-x"]), parse(KERNELS["sobel-y"])]
    assert [len(each) for each in kernels("5x5", 3, 4)] == [3] * 4
    assert kernels(None, 3, 4) == kernels(None, 3, 4)
    with pytest.raises(UnreadableNumbers, match="there are 3 kernels: 2 channels want 2 a filter"):
        kernels("1//2//3", 2)
    with pytest.raises(UnreadableNumbers, match=r"did you mean sobel-x\?"):
        kernels("sobel_x", 1)
    with pytest.raises(UnreadableNumbers, match="row 1 of kernel 2, column 1: 'x'"):
        kernels("1//x 2//3", 1)


def test_named_kernels_do_what_they_are_called() -> None:
    sums = {name: sum(sum(row) for row in parse(text)[0]) for name, text in KERNELS.items()}
    assert sums == {
        "identity": 1, "sobel-x": 0, "sobel-y": 0, "sharpen": 1, "blur": 1, "edge": 0,
    }  # fmt: skip


def test_made_up_numbers_are_within_bounds_and_differ() -> None:
    made = [value for row in made_up((1, 30, 30), -1, 1)[0] for value in row]
    assert {made.count(value) > 200 for value in (-1, 0, 1)} == {True}
