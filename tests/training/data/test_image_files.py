"""Reading image files of all kinds."""

from __future__ import annotations

import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnshape.training.data.image_files import (
    BrokenImage,
    endings,
    formats,
    middle,
    notes_of,
    pixels_of,
    read_picture,
    whole,
    without_warnings,
)

SIDES = (4, 4)
RAMP = np.arange(16, dtype=np.uint8).reshape(4, 4) * 17


def saved(tmp_path: Path, picture: Image.Image, name: str = "image.png", **how: object) -> Path:
    picture.save(tmp_path / name, **how)  # type: ignore[arg-type]
    return tmp_path / name


def values(path: Path, channels: int = 1) -> object:
    pixels = pixels_of(read_picture(path, channels, SIDES))
    return pixels[0].tolist() if channels == 1 else pixels.tolist()


@pytest.mark.parametrize("name", ["i.png", "i.bmp", "i.tiff", "i.webp", "i.gif", "i.pgm", "i.tga"])
def test_grey_files_of_many_formats(tmp_path: Path, name: str) -> None:
    how = {"lossless": True} if name.endswith("webp") else {}
    path = saved(tmp_path, Image.fromarray(RAMP), name, **how)
    assert values(path) == RAMP.tolist()
    assert values(path, 3) == [RAMP.tolist()] * 3


def test_colours_are_planes_of_red_green_and_blue(tmp_path: Path) -> None:
    path = saved(tmp_path, Image.new("RGB", (2, 1), (250, 100, 3)))
    assert values(path, 3) == [[[250, 250]], [[100, 100]], [[3, 3]]]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_camera_that_was_held_otherwise_is_respected(tmp_path: Path, orientation: int) -> None:
    """The letter F, stored as each orientation would have it, comes out upright."""
    upright = Image.fromarray(np.array([[255, 255], [255, 0], [255, 0]], np.uint8))
    stored = {
        1: upright,
        2: upright.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        3: upright.transpose(Image.Transpose.ROTATE_180),
        4: upright.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        5: upright.transpose(Image.Transpose.TRANSPOSE),
        6: upright.transpose(Image.Transpose.ROTATE_90),
        7: upright.transpose(Image.Transpose.TRANSVERSE),
        8: upright.transpose(Image.Transpose.ROTATE_270),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = saved(tmp_path, stored, exif=exif)
    assert values(path) == [[255, 255], [255, 0], [255, 0]]


def test_what_is_transparent_is_white(tmp_path: Path) -> None:
    colours = Image.new("RGBA", (3, 1))
    colours.putdata([(255, 0, 0, 255), (255, 0, 0, 0), (0, 0, 0, 128)])
    red, green, blue = values(saved(tmp_path, colours), 3)  # type: ignore[misc]
    assert (red, green, blue) == ([[255, 255, 127]], [[0, 255, 127]], [[0, 255, 127]])
    grey = Image.new("LA", (2, 1))
    grey.putdata([(7, 255), (7, 0)])
    assert values(saved(tmp_path, grey)) == [[7, 255]]
    keyed = Image.new("L", (2, 1))
    keyed.putdata([7, 9])
    assert values(saved(tmp_path, keyed, transparency=9)) == [[7, 255]]


def test_a_palette_is_looked_up(tmp_path: Path) -> None:
    picture = Image.new("P", (3, 1))
    picture.putpalette([250, 0, 0, 0, 200, 0, 10, 10, 10])
    picture.putdata([0, 1, 2])
    assert values(saved(tmp_path, picture), 3) == [[[250, 0, 10]], [[0, 200, 10]], [[0, 0, 10]]]
    transparent = saved(tmp_path, picture, "image.gif", transparency=1)
    assert values(transparent, 3) == [[[250, 255, 10]], [[0, 255, 10]], [[0, 255, 10]]]


def test_16_bits_are_scaled_and_not_cut_off(tmp_path: Path) -> None:
    deep = np.array([[0, 257, 128 * 257, 65535]], np.uint16)
    for name in ("image.png", "image.tiff"):
        assert values(saved(tmp_path, Image.fromarray(deep), name)) == [[0, 1, 128, 255]]


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
@pytest.mark.parametrize("name", ["image.png", "image.tiff"])
def test_deep_pictures_keep_the_levels_that_they_have(tmp_path: Path, name: str, bits: int) -> None:
    """A camera's 12 bits in a file of 16 would be 16 levels of 255."""
    deep = np.linspace(0, (1 << bits) - 1, 256).round().astype(np.uint16).reshape(16, 16)
    picture = read_picture(saved(tmp_path, Image.fromarray(deep), name), 1, SIDES)
    assert np.abs(np.asarray(picture, int).ravel() - np.arange(256)).max() <= 1
    told = (f"it has {bits} bits in 16, and is scaled by them",) if bits < 16 else ()
    assert notes_of(picture) == told


@pytest.mark.slow
def test_a_very_large_picture_is_made_smaller_at_once(tmp_path: Path) -> None:
    large = Image.new("RGB", (5000, 4000), (50, 60, 70))
    large.paste((250, 0, 0), (0, 0, 2500, 4000))
    picture = read_picture(saved(tmp_path, large, compress_level=1), 3, (32, 32))
    assert min(picture.size) < 200
    assert picture.getpixel((0, 0)) == (250, 0, 0)
    assert picture.getpixel((picture.width - 1, 0)) == (50, 60, 70)


def test_floats_are_of_1_or_of_255(tmp_path: Path) -> None:
    def stored(*numbers: float) -> Path:
        return saved(tmp_path, Image.fromarray(np.array([numbers], np.float32)), "image.tiff")

    assert values(stored(0, 0.6, 1)) == [[0, 153, 255]]
    assert values(stored(0, 20, 200)) == [[0, 20, 200]]
    for odd in (-1.0, 256.0, float("nan")):
        with pytest.raises(BrokenImage, match=r"its values go from .*: expected 0 to 255"):
            values(stored(0, odd))


def test_cmyk_and_black_and_white(tmp_path: Path) -> None:
    assert values(saved(tmp_path, Image.new("1", (2, 1), 1))) == [[255, 255]]
    cyan = saved(tmp_path, Image.new("CMYK", (8, 8), (255, 0, 0, 0)), "image.jpg", quality=100)
    red, green, blue = np.array(values(cyan, 3)).mean((1, 2))
    assert red < 10
    assert min(green, blue) > 200


def test_a_large_jpeg_is_decoded_smaller_but_never_too_small(tmp_path: Path) -> None:
    path = saved(tmp_path, Image.new("RGB", (1600, 800), (50, 60, 70)), "image.jpg")
    picture = read_picture(path, 3, (32, 32))
    assert picture.size == (200, 100)
    assert read_picture(path, 3, (700, 700)).size == (1600, 800)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "no image that Pillow knows"),
        (b"a text", "no image that Pillow knows"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "no image that Pillow knows"),
    ],
)
def test_what_is_no_image_is_told(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "image.png"
    path.write_bytes(content)
    with pytest.raises(BrokenImage) as fault:
        read_picture(path, 1, SIDES)
    assert told in str(fault.value)
    assert str(path) not in str(fault.value)


@pytest.mark.parametrize("name", ["image.png", "image.jpg", "image.gif", "image.tiff"])
def test_what_is_cut_off_is_told(tmp_path: Path, name: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64), np.uint8)
    path = saved(tmp_path, Image.fromarray(noise), name)
    content = path.read_bytes()
    for kept in (8, len(content) // 2):
        path.write_bytes(content[:kept])
        with pytest.raises(BrokenImage):
            read_picture(path, 1, SIDES)
    path.write_bytes(content)
    read_picture(path, 1, SIDES)


def test_a_jpeg_with_something_after_its_end_is_whole(tmp_path: Path) -> None:
    path = saved(tmp_path, Image.fromarray(RAMP), "image.jpg")
    path.write_bytes(path.read_bytes() + b"a note" * 1000)
    read_picture(path, 1, SIDES)


def test_a_changed_byte_in_a_png_is_told(tmp_path: Path) -> None:
    path = saved(tmp_path, Image.fromarray(RAMP))
    content = bytearray(path.read_bytes())
    content[50] ^= 1
    path.write_bytes(content)
    with pytest.raises(BrokenImage):
        read_picture(path, 1, SIDES)


@pytest.mark.parametrize("side", [60_000, 13_000])
def test_a_picture_that_would_fill_the_memory_is_refused(tmp_path: Path, side: int) -> None:
    stream = io.BytesIO()
    Image.new("1", (8, 8)).save(stream, "PNG")
    content = bytearray(stream.getvalue())
    content[16:24] = side.to_bytes(4, "big") * 2
    import zlib

    content[29:33] = zlib.crc32(content[12:29]).to_bytes(4, "big")
    path = tmp_path / "bomb.png"
    path.write_bytes(content)
    told = (
        "13,000×13,000 pixels: expected no more than 64,000,000" if side < 20_000 else "more pixels"
    )
    with without_warnings(), pytest.raises(BrokenImage, match=told):
        read_picture(path, 1, SIDES)


def test_a_file_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    with pytest.raises(BrokenImage, match="No such file"):
        read_picture(tmp_path / "nowhere.png", 1, SIDES)
    with pytest.raises(BrokenImage, match="Is a directory"):
        read_picture(tmp_path, 1, SIDES)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(BrokenImage, match="it is no ordinary file"):
        read_picture(tmp_path / "pipe.png", 1, (8, 8))


def test_no_format_runs_another_program() -> None:
    assert "EPS" not in formats()
    assert ".eps" not in endings()
    assert {".png", ".jpg", ".jpeg", ".webp", ".tif", ".bmp", ".gif"} <= endings()


def test_the_middle_is_taken() -> None:
    wide = Image.fromarray(np.tile(np.arange(8, dtype=np.uint8) * 30, (4, 1)))
    assert np.array(middle(wide, (4, 4)))[0].tolist() == [60, 90, 120, 150]
    tall = wide.transpose(Image.Transpose.ROTATE_270)
    assert np.array(middle(tall, (4, 4)))[:, 0].tolist() == [60, 90, 120, 150]
    assert np.array(middle(wide, (2, 4))).shape == (2, 4)
    assert np.array(middle(wide, (8, 8))).shape == (8, 8)


def test_the_whole_is_framed_in_black() -> None:
    wide = Image.new("L", (8, 4), 200)
    framed = np.array(whole(wide, (4, 4)))
    assert framed.tolist() == [[0] * 4, [200] * 4, [200] * 4, [0] * 4]
    assert np.array(whole(Image.new("L", (1000, 1), 9), (4, 4))).sum() == 9 * 4
