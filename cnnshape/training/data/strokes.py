"""The strokes of a photograph: told from their ground, however it is lit, lined or cut off.

What is darker than all within a window around it is a stroke on light paper, what is lighter one on
a dark board: the grey-scale closing and opening of mathematical morphology, which follow light that
falls off, shadows and the table, and leave out only what is narrower than the window.

Source: Soille, 2003, "Morphological Image Analysis", 4.4 (top-hats), 4.6 (illumination).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from .image_files import BrokenImage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Levels: TypeAlias = NDArray[np.float32]
    Mask: TypeAlias = NDArray[np.bool_]

WINDOWS = (0.6, 0.25)
"""Of the shorter side: windows within which a ground is looked for, the first for broad strokes."""
BROAD = 0.1
"""Of the shorter side: most strokes are not broader."""
SMOOTHING = 0.7
"""Pixels: the deviation of a Gaussian that takes noise away."""
NARROW = 3
"""A window is at least so many times as wide as the strokes in it."""
THICKNESSES = (5, 3, 1)
"""Pixels: lines that are thinner are no strokes, where there are strokes twice as broad."""
MOST_MARKS = 20
"""The largest are looked at."""
HALF = 0.5
"""Of the contrast of strokes: from here on a pixel is one of them ..."""
FAINT = 0.25
"""... and up to here it is their ground."""
NOISE_TIMES = 6
"""Strokes differ from their ground by so many deviations of its noise."""
LEAST_CONTRAST = 10
"""Of 255 levels."""
STEEP = 0.3
"""Of the contrast, a pixel: edges of strokes are so steep in sharp pictures."""
BLURRED = 0.1
"""What is less steep may be no stroke."""
LEAST_SHARE = 0.02
"""Of the longer side: what is smaller is a speck."""
BESIDE = 0.25
"""Of the largest mark's size, how far from it its other parts may lie."""
AS_LARGE = 0.4
"""Of the largest mark's size: another one, apart from it, that is as high, may be what is meant."""


@dataclass(frozen=True)
class Strokes:
    """What is drawn on a picture.

    Attributes:
        levels: float32, H×W: 0 where there is no stroke, about 1 where there is one.
        light: whether they are lighter than their ground.
        width: of a stroke, in pixels.
        doubts: why the reading may be wrong, for a user: phrases without an end.
    """

    levels: Levels
    light: bool
    width: float
    doubts: tuple[str, ...]


class _Mark(NamedTuple):
    """Strokes that hang together: rows and columns that they lie in, their mass, and whether they
    reach the edge of the picture."""

    label: int
    top: int
    left: int
    bottom: int
    right: int
    mass: float
    cut: bool

    @property
    def size(self) -> int:
        """The longer side."""
        return max(self.bottom - self.top, self.right - self.left)

    def gap(self, other: _Mark) -> int:
        """How far two are apart: 0 where the rectangles around them meet."""
        down = max(self.top, other.top) - min(self.bottom, other.bottom)
        across = max(self.left, other.left) - min(self.right, other.right)
        return max(down, across, 0)


class _Found(NamedTuple):
    """A reading by one polarity.

    Attributes:
        main: the largest mark.
        marks: those that count, with it.
        levels: how far each pixel is from its ground.
        labels: the picture of the marks.
        contrast: of the main mark with its ground.
        width: of its strokes, in pixels.
        length: of its strokes, in widths.
        prominence: of 255 levels, how much darker it is than most of what is around it. The hole
            of a 0, and paper between a digit and the table, have none: most around them is paper.
        steepness: of its edge: the share of the prominence that a pixel changes by.
    """

    main: _Mark
    marks: list[_Mark]
    levels: Levels
    labels: NDArray[np.int32]
    contrast: float
    width: float
    length: float
    prominence: float
    steepness: float

    @property
    def likelihood(self) -> float:
        """What tells drawings from parts of their ground: they stand out, long and narrow.

        A sheet on a table stands out as well, and is broad.
        """
        broad = float(self.width / (BROAD * min(self.labels.shape)))
        return self.prominence * math.sqrt(self.length) / max(1, broad)


def find_strokes(grey: NDArray[np.uint8]) -> Strokes:
    """The strokes of a grey picture, uint8, H×W.

    Raises:
        BrokenImage: there are none.
    """
    import numpy as np
    from scipy import ndimage

    plain = grey.astype(np.float32)
    smooth = ndimage.gaussian_filter(plain, SMOOTHING)
    dark = _found(smooth, plain)
    light = _found(255 - smooth, 255 - plain)
    if dark is None and light is None:
        raise BrokenImage("it is of one colour, with nothing drawn on it")
    if dark is None or (light is not None and light.likelihood > dark.likelihood):
        assert light is not None
        return _chosen(light, True)
    return _chosen(dark, False)


def _found(picture: Levels, sharp: Levels) -> _Found | None:
    """The marks that are darker than what is around them, or None.

    They are looked for in a smooth picture, and their levels are a sharp one's.
    """
    found = None
    for share in WINDOWS:
        window = max(3, round(share * min(picture.shape)))
        if found is not None and window < NARROW * found.width:
            break
        found = _within(picture, sharp, window) or found
    return found


def _within(picture: Levels, sharp: Levels, window: int) -> _Found | None:
    """The marks that are darker than what is around them within a window, or None."""
    import numpy as np
    from scipy import ndimage

    ground = ndimage.grey_closing(picture, (window, window), mode="nearest")
    depth = ground - picture
    least = max(LEAST_CONTRAST, NOISE_TIMES * float(np.median(depth)) / 2)
    deep = depth[depth > max(least, HALF * float(depth.max()))]
    if not len(deep):
        return None
    least = max(least, HALF * float(np.median(deep)))
    found = None
    for thickness in THICKNESSES:
        marks, labels = _marks(depth, _thick(depth, least, thickness))
        whole = [mark for mark in marks if not mark.cut]
        if whole or thickness == 1:
            found = _read(picture, depth, whole or marks, labels) or found
        if found and found.width >= 2 * thickness:
            break
    return found and found._replace(levels=ground - sharp)


def _read(
    picture: Levels, depth: Levels, marks: list[_Mark], labels: NDArray[np.int32]
) -> _Found | None:
    """What the marks say, or None where none of them differs from its ground."""
    import numpy as np
    from scipy import ndimage

    marks = sorted(marks, key=lambda mark: mark.mass)[-MOST_MARKS:]
    prominences = [_prominence(picture, mark, labels) for mark in marks]
    if not marks or max(prominences) < LEAST_CONTRAST:
        return None
    steepnesses = [
        _steepness(picture, mark, labels) / max(1, prominence)
        for mark, prominence in zip(marks, prominences, strict=True)
    ]
    # A shadow stands out as well, and has no edge.
    main, prominence, steepness = max(
        zip(marks, prominences, steepnesses, strict=True),
        key=lambda each: each[0].mass * each[1] * min(STEEP, each[2]),
    )
    inside = labels == main.label
    contrast = float(np.quantile(depth[inside], 0.75))
    width = 4 * float(ndimage.distance_transform_edt(inside)[inside].mean())
    length = float(inside.sum()) / width**2
    return _Found(main, marks, depth, labels, contrast, width, length, prominence, steepness)


def _thick(depth: Levels, least: float, thickness: int) -> Mask:
    """Where strokes of a thickness are; they are continued where they become thinner."""
    from scipy import ndimage

    dark: Mask = depth > least
    if thickness == 1:
        return dark
    kept = ndimage.grey_opening(depth, (thickness, thickness)) > least
    grown: Mask = ndimage.binary_dilation(kept, iterations=2 * thickness, mask=dark)
    return grown


def _prominence(picture: Levels, mark: _Mark, labels: NDArray[np.int32]) -> float:
    """How much darker a mark is than what is most in a rectangle twice as large around it."""
    import numpy as np

    down, across = (mark.bottom - mark.top) // 2 + 1, (mark.right - mark.left) // 2 + 1
    rows = slice(max(0, mark.top - down), mark.bottom + down)
    columns = slice(max(0, mark.left - across), mark.right + across)
    around, own = picture[rows, columns], labels[rows, columns] == mark.label
    return float(np.median(around) - np.median(around[own]))


def _steepness(picture: Levels, mark: _Mark, labels: NDArray[np.int32]) -> float:
    """By how many levels a pixel a mark's picture changes where it changes most."""
    import numpy as np
    from scipy import ndimage

    place = (
        slice(max(0, mark.top - 1), mark.bottom + 1),
        slice(max(0, mark.left - 1), mark.right + 1),
    )
    across_two = ndimage.morphological_gradient(picture[place], 3)
    return float(np.quantile(across_two[labels[place] == mark.label], 0.9)) / 2


def _marks(depth: Levels, mask: Mask) -> tuple[list[_Mark], NDArray[np.int32]]:
    """The marks of a mask, and the picture of their labels."""
    import numpy as np
    from scipy import ndimage

    labels, count = ndimage.label(mask, np.ones((3, 3)))
    masses: Any = ndimage.sum_labels(depth, labels, range(1, count + 1))
    height, width = mask.shape
    least = LEAST_SHARE * max(mask.shape)
    marks = []
    for label, (rows, columns) in enumerate(ndimage.find_objects(labels), 1):
        cut = not (rows.start and columns.start and rows.stop < height and columns.stop < width)
        mark = _Mark(
            label, rows.start, columns.start, rows.stop, columns.stop, masses[label - 1], cut
        )
        if mark.size >= least:
            marks.append(mark)
    return marks, labels


def _chosen(found: _Found, light: bool) -> Strokes:
    """The main mark with what belongs to it, and what is doubtful of that."""
    import numpy as np
    from scipy import ndimage

    main, doubts = found.main, []
    own = [mark for mark in found.marks if mark.gap(main) <= BESIDE * main.size]
    apart = [
        mark
        for mark in found.marks
        if mark not in own and mark.size >= AS_LARGE * main.size and mark.mass >= 0.2 * main.mass
    ]
    if apart:
        doubts.append(f"there are {len(apart) + 1} marks on it, and the largest is read")
    if found.steepness < BLURRED:
        doubts.append("what is read has no sharp edge")
    if main.cut:
        doubts.append("what is drawn reaches the edge of the picture")
    near = np.isin(found.labels, [mark.label for mark in own])
    near = ndimage.binary_dilation(near, iterations=max(2, round(found.width / 2)))
    share = (found.levels / found.contrast - FAINT) / (1 - FAINT)
    levels = np.where(near, share.clip(0, 1), 0).astype(np.float32)
    return Strokes(levels, light, found.width, tuple(doubts))
