"""An image file as pixels: upright, without transparency, in grey or colours."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from os import PathLike
from typing import TYPE_CHECKING, Any
from warnings import catch_warnings, simplefilter

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

    from .dataset import Pixels

UNSAFE_FORMATS = ("EPS",)
"""Formats for which Pillow runs another program."""
MODES = {1: "L", 3: "RGB"}
"""Pillow's modes by the number of channels: grey and colours."""
END_OF_JPEG = b"\xff\xd9"
TAIL_BYTES = 4096
"""How far from its end a JPEG's end is looked for."""
DEEP_GREY = 65535 / 255
"""How many values of a 16-bit grey make one of 8 bits."""


class BrokenImage(Exception):
    """A file that is no readable image. The text says why, without the file's name."""


@cache
def formats() -> tuple[str, ...]:
    """The formats that are read: all of Pillow's but those that are not safe."""
    from PIL import Image

    Image.init()
    return tuple(name for name in Image.OPEN if name not in UNSAFE_FORMATS)


@cache
def endings() -> frozenset[str]:
    """The endings of such files' names, in small letters, with their dot."""
    from PIL import Image

    known = set(formats())
    return frozenset(
        ending for ending, name in Image.registered_extensions().items() if name in known
    )


@contextmanager
def without_warnings() -> Iterator[None]:
    """Pillow warns of damaged notes in files, and of large ones; neither matters here.

    It is for a whole process: not to be used in one thread of several.
    """
    with catch_warnings():
        simplefilter("ignore")
        yield


def on_white(picture: Picture) -> str:
    """What is transparent is laid on white, whatever is on it."""
    return "white"


def read_picture(
    path: str | PathLike[str],
    channels: int,
    sides: tuple[int, int],
    ground: Callable[[Picture], str] = on_white,
) -> Picture:
    """A file's picture in grey (1) or red, green and blue (3).

    Args:
        path: the file.
        channels: 1 or 3.
        sides: the height and width that are wanted of it. A JPEG far larger than that is
            decoded at a half, a quarter or an eighth; the result is never smaller than it.
        ground: the colour on which a picture that is transparent in parts is laid: gets it in
            red, green, blue and alpha.

    Raises:
        BrokenImage: it cannot be read.
    """
    from PIL import Image, ImageOps

    with _faults_named(), Image.open(path, formats=formats()) as picture:
        # Twice the size leaves the resampling something to average.
        picture.draft(MODES[channels], (2 * max(sides), 2 * max(sides)))
        return _flattened(ImageOps.exif_transpose(picture), ground).convert(MODES[channels])


def read_middle(path: str | PathLike[str], shape: tuple[int, int, int]) -> Pixels:
    """The middle of a file's picture as uint8 of a shape C×H×W; raises BrokenImage."""
    channels, height, width = shape
    return pixels_of(middle(read_picture(path, channels, (height, width)), (height, width)))


def check_picture(path: str | PathLike[str]) -> None:
    """Raise BrokenImage where a file is no whole image, at less cost than to decode it.

    A PNG's checksums and a JPEG's end are looked at; what has neither is decoded.
    """
    from PIL import Image

    with _faults_named(), Image.open(path, formats=formats()) as picture:
        if picture.format == "PNG":
            picture.verify()
        elif picture.format not in ("JPEG", "MPO") or not _has_end(path):
            picture.load()


def _has_end(path: str | PathLike[str]) -> bool:
    """Whether a JPEG's end is among the last bytes; some cameras write more after it."""
    with open(path, "rb") as file:
        file.seek(max(0, os.fstat(file.fileno()).st_size - TAIL_BYTES))
        return END_OF_JPEG in file.read()


def middle(picture: Picture, sides: tuple[int, int]) -> Picture:
    """The largest middle part of the wanted proportions, at the wanted height and width."""
    from PIL import Image

    height, width = sides
    across = min(picture.width, picture.height * width / height)
    down = min(picture.height, picture.width * height / width)
    left, top = (picture.width - across) / 2, (picture.height - down) / 2
    return picture.resize(
        (width, height), Image.Resampling.BILINEAR, box=(left, top, left + across, top + down)
    )


def whole(picture: Picture, sides: tuple[int, int]) -> Picture:
    """The whole picture, as large as it fits into a height and width; black around it."""
    from PIL import Image

    height, width = sides
    scale = min(height / picture.height, width / picture.width)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    framed = Image.new(picture.mode, (width, height))
    place = ((width - size[0]) // 2, (height - size[1]) // 2)
    framed.paste(picture.resize(size, Image.Resampling.BILINEAR), place)
    return framed


def pixels_of(picture: Picture) -> Pixels:
    """The picture as uint8, C×H×W."""
    import numpy as np

    array = np.array(picture)
    return array[None] if array.ndim == 2 else np.ascontiguousarray(array.transpose(2, 0, 1))


@contextmanager
def _faults_named() -> Iterator[None]:
    """Turn whatever a damaged file makes Pillow raise into BrokenImage."""
    from PIL import UnidentifiedImageError

    try:
        yield
    except BrokenImage:
        raise
    except UnidentifiedImageError:
        raise BrokenImage("it is no image that Pillow knows") from None
    except OSError as fault:
        raise BrokenImage(fault.strerror or str(fault)) from None
    except Exception as fault:  # what Pillow's readers raise for damage is not foreseeable
        raise BrokenImage(f"{type(fault).__name__}: {fault}") from None


def _flattened(picture: Picture, ground: Callable[[Picture], str]) -> Picture:
    """The picture in 8 bits, laid on a ground where it is transparent."""
    from PIL import Image

    if picture.mode.startswith(("I", "F")):
        return _in_8_bits(picture)
    if picture.has_transparency_data:
        upper = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", upper.size, ground(upper)), upper)
    return picture


def _in_8_bits(picture: Picture) -> Picture:
    """A deep grey picture in 8 bits; Pillow's own conversion would cut off what is above 255."""
    import numpy as np
    from PIL import Image

    values: Any = np.asarray(picture)
    if picture.mode == "F":
        deepest, scale = 255.0, (1.0 if values.max() > 1 else 1 / 255)
    else:
        deepest, scale = 65535.0, DEEP_GREY
    if not (values.min() >= 0 and values.max() <= deepest):
        raise BrokenImage(
            f"its values go from {values.min():g} to {values.max():g}: expected 0 to {deepest:g}"
        )
    return Image.fromarray(np.rint(values / scale).astype(np.uint8))
