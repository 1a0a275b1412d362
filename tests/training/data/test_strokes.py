"""Photographs of drawings are read as the drawings are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from cnnshape.training.data import load_data
from cnnshape.training.data.dataset import Drawing
from cnnshape.training.data.drawings import read_drawing

from . import photographs

SIDES = (28, 28)
MNIST = Drawing(20)
DOUBTFUL = {"close", "finger", "two digits"}


@pytest.fixture(scope="module")
def digits() -> list[NDArray[np.uint8]]:
    """Some handwritten digits, 28×28, light on black."""
    test = load_data("digits", input_shape=(1, 10, 10)).test
    pixels = test.pixels(np.arange(0, 40, 5))[:, 0]
    large = (Image.fromarray(each).resize(SIDES, Image.Resampling.BICUBIC) for each in pixels)
    return [np.asarray(each) for each in large]


def alike(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """The correlation of two readings."""
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


@pytest.mark.slow
@pytest.mark.parametrize("name", photographs.CONDITIONS)
def test_the_light_the_lines_and_the_table_are_no_part_of_a_digit(
    tmp_path: Path, digits: list[NDArray[np.uint8]], name: str
) -> None:
    path = tmp_path / "photo.png"
    found = []
    for seed, digit in enumerate(digits):
        Image.fromarray(digit).resize((280, 280)).save(path)
        expected = read_drawing(path, SIDES, MNIST)
        photographs.CONDITIONS[name](digit, np.random.default_rng(seed)).save(path)
        read = read_drawing(path, SIDES, MNIST)
        found.append(alike(read.pixels, expected.pixels) * read.inverted)
    # 120 of 150 are asked for; these are eight.
    assert sorted(found)[1] > 0.8, found


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(photographs.OTHERS) - DOUBTFUL))
def test_other_pens_papers_and_cameras(
    tmp_path: Path, digits: list[NDArray[np.uint8]], name: str
) -> None:
    path = tmp_path / "photo.png"
    Image.fromarray(digits[1]).resize((280, 280)).save(path)
    expected = read_drawing(path, SIDES, MNIST).pixels
    photographs.OTHERS[name](digits[1], np.random.default_rng(3)).save(path)
    read = read_drawing(path, SIDES, MNIST)
    assert read.inverted == (name != "chalk")
    # A pen of another width makes other pixels.
    assert alike(read.pixels, expected) > 0.5


@pytest.mark.slow
def test_of_two_digits_a_reading_is_doubtful(
    tmp_path: Path, digits: list[NDArray[np.uint8]]
) -> None:
    path = tmp_path / "photo.png"
    for seed in range(3):
        photographs.two_digits(digits[0], np.random.default_rng(seed)).save(path)
        assert read_drawing(path, SIDES, MNIST).doubts == (
            "there are 2 marks on it, and the largest is read",
        )


def test_what_reaches_the_edge_is_doubtful(tmp_path: Path) -> None:
    picture = np.full((200, 300), 220, np.uint8)
    picture[:150, 100:120] = 30
    Image.fromarray(picture).save(tmp_path / "cut.png")
    assert read_drawing(tmp_path / "cut.png", SIDES, MNIST).doubts == (
        "what is drawn reaches the edge of the picture",
    )


def shadowed() -> NDArray[np.float64]:
    """Paper on which a round, soft shadow falls, 300×400."""
    down, across = np.mgrid[:300, :400]
    away = (down - 150) ** 2 + (across - 120) ** 2
    return np.asarray(220 - 90 * np.exp(-away / 1250))


@pytest.mark.slow
def test_a_shadow_that_is_larger_than_what_is_drawn_is_not_read(tmp_path: Path) -> None:
    picture = shadowed()
    picture[120:180, 300:306] = 100
    Image.fromarray(picture.astype(np.uint8)).save(tmp_path / "shadow.png")
    read = read_drawing(tmp_path / "shadow.png", SIDES, MNIST)
    rows, columns = np.nonzero(read.pixels[0] > 127)
    assert np.ptp(columns) < 4
    assert np.ptp(rows) > 15
    assert "what is read has no sharp edge" not in read.doubts


def test_what_has_no_sharp_edge_is_doubtful(tmp_path: Path) -> None:
    Image.fromarray(shadowed().astype(np.uint8)).save(tmp_path / "shadow.png")
    assert read_drawing(tmp_path / "shadow.png", SIDES, MNIST).doubts == (
        "what is read has no sharp edge",
    )
