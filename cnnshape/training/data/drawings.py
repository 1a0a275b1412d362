"""Files of light strokes on a dark ground, as the digits of MNIST are, or the reverse."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING

from .dataset import Drawing
from .image_files import BrokenImage, Reading, notes_of, read_picture, whole
from .strokes import find_strokes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image as Picture

    from .dataset import Pixels

LEAST_SIDE = 256
"""A JPEG is not decoded smaller than this: what is drawn may be a small part of it."""
MIDDLE_GREY = 127
CORNER = 8
"""A corner is this part of each side."""
LEAST_CONTRAST = 16
"""Of 255 levels, what strokes differ from their ground by at least."""
STROKE = 64
"""From this level on a pixel is a part of a stroke, where the brightest is 255."""
OPAQUE_SHARE = 0.9
"""Of the highest alpha, what is no mere edge of a stroke."""


WORKING_SIDE = 400
"""The longer side, in pixels, of a picture in which strokes are looked for."""


def read_drawing(
    path: str | PathLike[str],
    sides: tuple[int, int],
    drawing: Drawing,
) -> Reading:
    """A file as one of the drawings that a network was trained on.

    Dark on light is inverted, and the ground made black. A file of another
    size than `sides` is framed as the training images were.

    Raises:
        BrokenImage: it cannot be read, or there is nothing on it.
    """
    import numpy as np
    from PIL import Image

    wanted = (max(LEAST_SIDE, sides[0]), max(LEAST_SIDE, sides[1]))
    picture = read_picture(path, 1, wanted, _ground)
    if drawing.box is None or picture.size == sides[::-1]:
        levels, inverted = _on_black(picture)
        if levels.shape != sides:
            levels = np.array(whole(Image.fromarray(levels), sides))
        return Reading(levels[None], inverted, notes=notes_of(picture))
    strokes = find_strokes(np.asarray(_at_work(picture)))
    levels = _framed(np.rint(255 * strokes.levels).astype(np.uint8), sides, drawing.box)
    return Reading(levels[None], not strokes.light, strokes.doubts, notes_of(picture))


def _at_work(picture: Picture) -> Picture:
    """The picture, not larger than strokes are looked for in."""
    from PIL import Image

    scale = WORKING_SIDE / max(picture.size)
    if scale >= 1:
        return picture
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture.resize(size, Image.Resampling.BOX)


def _ground(picture: Picture) -> str:
    """The colour on which a transparent picture is seen: black where all on it is nearly white."""
    import numpy as np

    alpha, grey = np.asarray(picture.getchannel("A")), np.asarray(picture.convert("L"))
    strokes = grey[alpha >= OPAQUE_SHARE * alpha.max()]
    return "black" if strokes.min() > 255 - STROKE else "white"


def _on_black(picture: Picture) -> tuple[Pixels, bool]:
    """The levels of a grey picture as light on black, and whether it was the other way round.

    What it is drawn on shows in its corners. Paper is not quite white, and ink not quite black.
    """
    import numpy as np

    grey = np.asarray(picture).astype(np.float32)
    down, across = (-(-side // CORNER) for side in grey.shape)
    ends = np.concatenate([grey[:down], grey[-down:]])
    ground = float(np.median(np.concatenate([ends[:, :across], ends[:, -across:]], 1)))
    inverted = ground > MIDDLE_GREY
    if inverted:
        grey, ground = 255 - grey, 255 - ground
    contrast = float(grey.max()) - ground
    if contrast < LEAST_CONTRAST:
        raise BrokenImage("it is of one colour, with nothing drawn on it")
    scale = 255 / contrast if ground else 1.0
    return np.rint((grey - ground).clip(0) * scale).astype(np.uint8), inverted


def _framed(levels: Pixels, sides: tuple[int, int], box: int) -> Pixels:
    """A drawing at another size: its strokes as large as a box, balanced.

    Source: LeCun et al., 1998, section III.A: MNIST's digits fill 20×20 pixels, and their
    centre of mass is in the middle of 28×28.
    """
    import numpy as np
    from PIL import Image

    strokes = levels >= STROKE / 255 * levels.max()
    rows, columns = np.flatnonzero(strokes.any(1)), np.flatnonzero(strokes.any(0))
    cut = Image.fromarray(levels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    scale = box / max(cut.size)
    size = (max(1, round(cut.width * scale)), max(1, round(cut.height * scale)))
    small = np.asarray(cut.resize(size, Image.Resampling.BILINEAR)).astype(np.float32)
    framed = np.zeros(sides, np.uint8)
    top, left = (_place(small.sum(1 - axis), sides[axis]) for axis in (0, 1))
    # Thin strokes have become faint.
    bright = np.rint(small * (255 / small.max())).astype(np.uint8)
    framed[top : top + size[1], left : left + size[0]] = bright
    return framed


def _place(weights: NDArray[np.float32], side: int) -> int:
    """Where to begin so that the centre of mass comes to the middle, as far as there is room."""
    import numpy as np

    centre = float((weights * (np.arange(len(weights)) + 0.5)).sum() / weights.sum())
    return min(max(0, round(side / 2 - centre)), side - len(weights))
