"""How large a value is drawn: the scales, and a box in oblique projection.

The data runs to the right. A box's thickness, along it, is the number of channels; height
and depth are those of the map. Depth recedes to the upper right, as in a cabinet drawing,
so that the front, the top and the face where the value comes out are seen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

from ...layers.shapes import Shape

RECEDE_X, RECEDE_Y = 0.3, 0.24
"""How far right and up a px of depth goes on the page."""

TALLEST, TALLEST_IN_U = 150.0, 100.0
"""px of the largest map's height or width, and of the longest bar; where levels stand one
under the other, less."""
THICKEST = 42.0
"""px of the most channels."""
BAR = 9.0
"""px of a bar's thickness and depth: of a flat vector, and of a map without a width."""
LEAST = 2.5
"""px of any edge: less is not seen."""
LINEAR_RANGE = 6
"""Sizes that are further apart than this are drawn by their square roots."""


@dataclass(frozen=True)
class Scale:
    """From a size to px: `factor` · size, or `factor` · √size, and LEAST where that is less."""

    factor: float
    root: bool

    def __call__(self, size: int) -> float:
        return max(LEAST, self.exactly(size))

    def exactly(self, size: int) -> float:
        """The length in proportion, be it too short to be seen."""
        return self.factor * (sqrt(size) if self.root else size)

    @classmethod
    def fitting(cls, sizes: Iterable[int], largest: float) -> Scale:
        """The scale on which the largest of some sizes is `largest` px."""
        known = [size for size in sizes if size > 0] or [1]
        root = max(known) > LINEAR_RANGE * min(known)
        return cls(largest / (sqrt(max(known)) if root else max(known)), root)

    def of(self, size: str) -> str:
        """What a length is in proportion to, in words: 'H', or '√H'."""
        return f"√{size}" if self.root else size


@dataclass(frozen=True)
class Solid:
    """A box in space: its edges in px, before they are projected."""

    thickness: float
    height: float
    depth: float

    @property
    def run(self) -> float:
        """How far right the far edges are of the near ones."""
        return RECEDE_X * self.depth

    @property
    def rise(self) -> float:
        """How far up the far edges are of the near ones."""
        return RECEDE_Y * self.depth

    # From the middle of the front face to the right, and from the axis down: the axis runs
    # through the middle of the box in space.

    @property
    def left(self) -> float:
        """Of the front face's left edge."""
        return -self.thickness / 2

    @property
    def right(self) -> float:
        """Of the point where the axis leaves the box."""
        return self.thickness / 2 + self.run / 2

    @property
    def far_right(self) -> float:
        """Of the rightmost point."""
        return self.thickness / 2 + self.run

    @property
    def top(self) -> float:
        """Of the highest point."""
        return -(self.height + self.rise) / 2

    @property
    def bottom(self) -> float:
        """Of the lowest point."""
        return (self.height + self.rise) / 2

    @property
    def entry(self) -> float:
        """Of the point where the axis meets the outline from the left."""
        above = (self.rise - self.height) / 2
        return self.left + (self.run * above / self.rise if above > 0 else 0)


@dataclass(frozen=True)
class Ball:
    """A merge: a small ball on the axis. Its edges are named as those of a solid."""

    radius: float = 8.0
    run: float = 0
    rise: float = 0

    @property
    def left(self) -> float:
        """Of the leftmost point, and where the axis enters."""
        return -self.radius

    @property
    def right(self) -> float:
        """Of the rightmost point, and where the axis leaves."""
        return self.radius

    entry = top = left
    far_right = bottom = right


@dataclass(frozen=True)
class Scales:
    """The scales of one figure.

    Attributes:
        map: of heights and widths. channels: of thicknesses. vector: of bars.
    """

    map: Scale
    channels: Scale
    vector: Scale

    @classmethod
    def of(cls, shapes: Iterable[Shape], tallest: float = TALLEST) -> Scales:
        """The scales on which all these values can be drawn side by side."""
        shapes = list(shapes)
        maps = [shape for shape in shapes if len(shape) > 1]
        return cls(
            Scale.fitting((size for shape in maps for size in shape[1:][-2:]), tallest),
            Scale.fitting((shape[0] for shape in maps), THICKEST),
            Scale.fitting((shape[0] for shape in shapes if len(shape) == 1), tallest),
        )

    def solid(self, shape: Shape) -> Solid:
        """The box of a value: of a map by its channels and size, of a vector a bar."""
        match shape:
            case ():
                return Solid(BAR, BAR, BAR)
            case (features,):
                return Solid(BAR, self.vector(features), BAR)
            case (channels, length):
                return Solid(self.channels(channels), self.map(length), BAR)
            case (channels, *_, height, width):
                return Solid(self.channels(channels), self.map(height), self.map(width))
        raise AssertionError("every shape is one of these")
