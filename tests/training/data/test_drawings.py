"""Files brought to light strokes on black, framed as the training images are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from cnnshape.training.data.dataset import Drawing
from cnnshape.training.data.drawings import read_drawing
from cnnshape.training.data.image_files import BrokenImage

SIDES = (28, 28)
MNIST = Drawing(20)


@pytest.fixture
def bar() -> NDArray[np.uint8]:
    """A bar of light on black, 28×28."""
    levels = np.zeros(SIDES, np.uint8)
    levels[4:24, 12:16] = 255
    return levels


def read(
    path: Path, picture: Image.Image, drawing: Drawing = MNIST
) -> tuple[NDArray[np.uint8], bool]:
    picture.save(path)
    pixels, inverted, doubts, _ = read_drawing(path, SIDES, drawing)
    assert doubts == ()
    assert pixels.shape == (1, *SIDES)
    assert pixels.dtype == np.uint8
    return pixels[0], inverted


def test_a_drawing_of_the_right_size_is_left_as_it_is(
    tmp_path: Path, bar: NDArray[np.uint8]
) -> None:
    faint_and_off = np.roll(bar, 5, 1) // 3
    for picture in (Image.fromarray(faint_and_off), Image.fromarray(faint_and_off).convert("RGB")):
        levels, inverted = read(tmp_path / "bar.png", picture)
        assert np.array_equal(levels, faint_and_off)
        assert not inverted


def test_dark_on_light_is_inverted_and_that_is_said(tmp_path: Path, bar: NDArray[np.uint8]) -> None:
    paper = np.where(bar == 0, 210, 60).astype(np.uint8)
    for picture in (255 - bar, paper):
        levels, inverted = read(tmp_path / "bar.png", Image.fromarray(picture))
        assert np.array_equal(levels, bar)
        assert inverted


def strokes(shade: tuple[int, int, int], alpha: NDArray[np.uint8]) -> Image.Image:
    """Strokes of one colour on a transparent ground, which has it too."""
    return Image.fromarray(np.dstack([np.full((*alpha.shape, 3), shade, np.uint8), alpha]))


@pytest.mark.parametrize(
    ("shade", "inverted"),
    [((255, 255, 255), False), ((250, 240, 200), False), ((0, 0, 0), True), ((200, 0, 0), True),
     ((150, 150, 150), True)],
)  # fmt: skip
@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA"])
def test_strokes_on_a_transparent_ground_are_seen_whatever_their_colour(
    tmp_path: Path, bar: NDArray[np.uint8], mode: str, shade: tuple[int, int, int], inverted: bool
) -> None:
    bar[4:24, 11] = 100  # a soft edge
    picture = strokes(shade, bar)
    if mode == "PA":
        picture = picture.quantize(16)
    elif mode == "LA":
        picture = picture.convert("LA")
    levels, was_inverted = read(tmp_path / "bar.png", picture, Drawing())
    assert was_inverted == inverted
    found = levels / levels.max() - bar / 255
    assert np.abs(found).max() < 0.02


def test_a_sheet_on_a_transparent_ground_is_read_as_paper(
    tmp_path: Path, bar: NDArray[np.uint8]
) -> None:
    sheet = np.dstack([*[255 - bar] * 3, np.full(SIDES, 255, np.uint8)])
    sheet[:2, :, 3] = sheet[:, :2, 3] = 0
    levels, inverted = read(tmp_path / "sheet.png", Image.fromarray(sheet))
    assert np.array_equal(levels, bar)
    assert inverted


@pytest.mark.parametrize("shade", [(0, 0, 0), (255, 255, 255)])
def test_a_picture_that_is_transparent_all_over_is_empty(
    tmp_path: Path, shade: tuple[int, int, int]
) -> None:
    with pytest.raises(BrokenImage, match="nothing drawn on it"):
        read(tmp_path / "empty.png", strokes(shade, np.zeros((40, 40), np.uint8)))


def test_a_dark_ground_is_made_black(tmp_path: Path, bar: NDArray[np.uint8]) -> None:
    board = np.where(bar == 0, 40, 200).astype(np.uint8)
    levels, inverted = read(tmp_path / "bar.png", Image.fromarray(board))
    assert np.array_equal(levels, bar)
    assert not inverted


@pytest.mark.parametrize("ground", [0, 255])
def test_faint_strokes_are_strokes(tmp_path: Path, bar: NDArray[np.uint8], ground: int) -> None:
    faint = np.abs(ground - bar.repeat(3, 0).repeat(3, 1) / 10).astype(np.uint8)
    levels, _ = read(tmp_path / "faint.png", Image.fromarray(faint))
    assert np.array_equal(levels, bar)


@pytest.mark.slow
@pytest.mark.parametrize("size", [(60, 60), (300, 200), (2000, 3000)])
@pytest.mark.parametrize("corner", [(0.1, 0.1), (0.5, 0.6)])
@pytest.mark.parametrize("ending", ["png", "jpg"])
def test_strokes_fill_their_box_wherever_and_however_large_they_are(
    tmp_path: Path, size: tuple[int, int], corner: tuple[float, float], ending: str
) -> None:
    picture = Image.new("L", size, 255)
    left, top, side = corner[0] * size[0], corner[1] * size[1], min(size) * 0.3
    ImageDraw.Draw(picture).rectangle([left, top, left + side / 2, top + side], fill=0)
    levels, _ = read(tmp_path / f"bar.{ending}", picture)
    rows, columns = np.nonzero(levels > 127)
    assert abs(rows.min() - 4) <= 1
    assert abs(rows.max() - 23) <= 1
    assert abs(columns.min() - 9) <= 1
    assert abs(columns.max() - 18) <= 1


def test_the_centre_of_mass_comes_to_the_middle(tmp_path: Path) -> None:
    """As in MNIST; but nothing is pushed out of the frame."""
    picture = Image.new("L", (100, 100), 0)
    draw = ImageDraw.Draw(picture)
    draw.rectangle([10, 10, 89, 12], fill=255)
    draw.rectangle([10, 10, 59, 89], fill=255)
    levels, _ = read(tmp_path / "hook.png", picture)
    weights = levels / levels.sum()
    assert abs((weights.sum(1) * (np.arange(28) + 0.5)).sum() - 14) < 0.6
    assert abs((weights.sum(0) * (np.arange(28) + 0.5)).sum() - 14) < 0.6
    levels, _ = read(tmp_path / "hook.png", picture, Drawing(28))
    assert levels[0].any()
    assert levels[-1].any()


def test_thin_strokes_stay_bright(tmp_path: Path) -> None:
    picture = Image.new("L", (400, 400), 255)
    ImageDraw.Draw(picture).line([100, 50, 300, 350], fill=0, width=3)
    levels, _ = read(tmp_path / "line.png", picture)
    assert levels.max() == 255


def test_without_a_box_the_whole_is_taken(tmp_path: Path, bar: NDArray[np.uint8]) -> None:
    larger = Image.fromarray(bar.repeat(4, 0).repeat(4, 1))
    levels, _ = read(tmp_path / "bar.png", larger, Drawing())
    assert np.abs(levels.astype(int) - bar).mean() < 4
    wide, _ = read(tmp_path / "bar.png", larger.resize((224, 112)), Drawing())
    assert not wide[:7].any()
    assert wide[9:19].any()


@pytest.mark.parametrize("level", [0, 100, 255])
def test_an_empty_sheet_is_no_drawing(tmp_path: Path, level: int) -> None:
    with pytest.raises(BrokenImage, match="of one colour, with nothing drawn on it"):
        read(tmp_path / "empty.png", Image.new("L", (50, 20), level))
