"""An image file as pixels: upright, without transparency, in grey or colours."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from os import PathLike
from typing import TYPE_CHECKING, Any, NamedTuple
from warnings import catch_warnings, simplefilter

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

    from .dataset import Pixels

UNSAFE_FORMATS = ("EPS",)
"""Formats for which Pillow runs another program."""
MODES = {1: "L", 3: "RGB"}
"""Pillow's modes by the number of channels: grey and colours."""
MOST_PIXELS = 64_000_000
"""Pixels that are decoded of a file: 256 MB, as Pillow holds colours. A JPEG is decoded smaller."""
REDUCED_PIXELS = 16_000_000
"""From here on a picture is made smaller at once, before anything else is done to it."""
REDUCIBLE_MODES = ("L", "RGB", "LA", "RGBA", "CMYK", "YCbCr")
DEPTHS = (8, 10, 12, 14, 16)
"""Bits that cameras and scanners give a pixel; files hold 8 of them, or 16."""


class BrokenImage(Exception):
    """A file that is no readable image. The text says why, without the file's name."""


class Reading(NamedTuple):
    """An image file as a network is given it.

    Attributes:
        pixels: uint8, C×H×W.
        inverted: whether what is drawn on it was dark on light, and is light on dark now.
        doubts: why it may have been read wrongly, phrases without an end.
        notes: what was done to it that is not done to every image.
    """

    pixels: Pixels
    inverted: bool = False
    doubts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


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
            decoded at a half, a quarter or an eighth, and what has very many pixels is made
            smaller at once; the result is never smaller than it.
        ground: the colour on which a picture that is transparent in parts is laid: gets it in
            red, green, blue and alpha.

    Returns:
        The picture; where there is something to tell of it, that is `notes_of` it.

    Raises:
        BrokenImage: it cannot be read.
    """
    from PIL import Image, ImageOps

    if os.path.exists(path) and not (os.path.isfile(path) or os.path.isdir(path)):
        # a pipe might never begin
        raise BrokenImage("it is no ordinary file")
    with _faults_named(), Image.open(path, formats=formats()) as picture:
        # Twice the size leaves the resampling something to average.
        wanted = 2 * max(sides)
        picture.draft(MODES[channels], (wanted, wanted))
        if picture.width * picture.height > MOST_PIXELS:
            raise BrokenImage(
                f"it has {picture.width:,}×{picture.height:,} pixels: expected no more than "
                f"{MOST_PIXELS:,} in all; make it smaller"
            )
        picture.load()
        # In place: a copy of a large one is much.
        ImageOps.exif_transpose(picture, in_place=True)
        return _flattened(_reduced(picture, wanted), ground).convert(MODES[channels])


def _reduced(picture: Picture, wanted: int) -> Picture:
    """A very large picture a few times smaller, but its shorter side not below what is wanted."""
    times = min(picture.size) // wanted
    if picture.width * picture.height < REDUCED_PIXELS or picture.mode not in REDUCIBLE_MODES:
        return picture
    return picture.reduce(times) if times > 1 else picture


def notes_of(picture: Picture) -> tuple[str, ...]:
    """What was done to a picture of `read_picture` that is not done to every one."""
    note = picture.info.get(NOTE)
    return (note,) if note else ()


NOTE = "cnnshape"
"""The key of a note in a picture's info."""


def read_middle(path: str | PathLike[str], shape: tuple[int, int, int]) -> Reading:
    """The middle of a file's picture, of a shape C×H×W; raises BrokenImage."""
    channels, height, width = shape
    picture = read_picture(path, channels, (height, width))
    return Reading(pixels_of(middle(picture, (height, width))), notes=notes_of(picture))


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
    from PIL import Image, UnidentifiedImageError

    try:
        yield
    except BrokenImage:
        raise
    except Image.DecompressionBombError:
        raise BrokenImage("it says that it has more pixels than fit into memory") from None
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
        deepest, scale, note = 255.0, (1.0 if values.max() > 1 else 1 / 255), None
    else:
        deepest = 65535.0
        bits = next((bits for bits in DEPTHS if values.max() < 1 << bits), DEPTHS[-1])
        scale = ((1 << bits) - 1) / 255
        note = f"it has {bits} bits in 16, and is scaled by them" if bits < DEPTHS[-1] else None
    if not (values.min() >= 0 and values.max() <= deepest):
        raise BrokenImage(
            f"its values go from {values.min():g} to {values.max():g}: expected 0 to {deepest:g}"
        )
    made = Image.fromarray(np.rint(values / scale).astype(np.uint8))
    if note:
        made.info[NOTE] = note
    return made
