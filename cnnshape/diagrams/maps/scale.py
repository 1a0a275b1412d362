"""How large a stack is drawn, in px: maps to one scale, vectors to another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log2

from ...layers.shapes import Shape
from .path import Stack

LARGEST = 104.0
"""px of the longest edge of a map, and of the longest vector."""
LEGIBLE = 8.0
"""px that the shortest edge should have: else all are drawn by their roots."""
LEAST = 4.0
"""px of any edge: less is not seen."""
LEAST_WINDOW, LEAST_SAMPLE = 5.0, 2.5
"""px of a window on a map, and of the position that is traced."""
STRIP = 9.0
"""px of the height of a map that is a row of positions."""
BAR = 8.0
"""px of the width of a vector."""
OFFSET = 4.0
"""px from one map of a stack to the next, to the right and down."""
ALL_MAPS = 6
"""A stack of up to as many maps is drawn whole; of more, one for each doubling more."""
RECEDE = 0.42
"""px to the right and up for each px of depth, of maps that have one."""

ROOTS = {1: "", 2: "square root of the ", 3: "cube root of the ", 4: "fourth root of the "}


@dataclass(frozen=True)
class Scale:
    """From a size to px: `factor` times its `root`-th root, and LEAST where that is less."""

    root: int
    factor: float

    def __call__(self, size: int) -> float:
        return max(LEAST, self._exact(size))

    def shows(self, size: int) -> bool:
        """Whether a size is drawn as long as the scale says."""
        return self._exact(size) >= LEAST

    def _exact(self, size: int) -> float:
        length: float = self.factor * size ** (1 / self.root)
        return length

    @classmethod
    def fitting(cls, sizes: Iterable[int]) -> Scale:
        """The scale nearest to a linear one on which the least size can still be seen."""
        known = sorted(size for size in sizes if size > 1)
        if not known:
            return cls(1, LEGIBLE)
        spread = known[-1] / known[0]
        root = next((root for root in ROOTS if LARGEST / spread ** (1 / root) >= LEGIBLE), 4)
        return cls(root, LARGEST / known[-1] ** (1 / root))


@dataclass(frozen=True)
class Scales:
    """Those of a figure: of the edges of maps, and of the lengths of vectors."""

    map: Scale
    vector: Scale

    @classmethod
    def of(cls, stacks: Sequence[Stack]) -> Scales:
        """The scales on which all stacks of a figure can be compared."""
        edges = [n for stack in stacks for n in stack.spatial[-3:]]
        lengths = [stack.shape[0] for stack in stacks if stack.shape and not stack.spatial]
        return cls(Scale.fitting(edges), Scale.fitting(lengths))


@dataclass(frozen=True)
class Form:
    """A stack as it is drawn, in px.

    Attributes:
        width, height: of the front map, or of the bar.
        depth: how far right and up the far edges of a map are; 0 of a flat one.
        maps: how many are drawn.
    """

    width: float
    height: float
    depth: float = 0
    maps: int = 1

    @property
    def shift(self) -> float:
        """How far right and down the front map is of the hindmost."""
        return OFFSET * (self.maps - 1)

    @property
    def full_width(self) -> float:
        """Of all maps together."""
        return self.width + self.shift + self.depth

    @property
    def full_height(self) -> float:
        """Of all maps together."""
        return self.height + self.shift + self.depth


def form(stack: Stack, scales: Scales) -> Form:
    """How a stack is drawn."""
    if not stack.spatial:
        return Form(BAR, scales.vector(stack.shape[0] if stack.shape else 1))
    depth, height, width = edges(stack.spatial)
    return Form(
        scales.map(width),
        STRIP if height is None else scales.map(height),
        0 if depth is None else RECEDE * scales.map(depth),
        drawn_maps(stack.shape[0]),
    )


def edges(spatial: Shape) -> tuple[int | None, int | None, int]:
    """Depth, height and width of a map; None where it has none."""
    depth, height, width = (None, None, None, *spatial)[-3:]
    assert width is not None
    return depth, height, width


def drawn_maps(maps: int) -> int:
    """How many maps of a stack are drawn: all up to ALL_MAPS, then one for each doubling."""
    return maps if maps <= ALL_MAPS else ALL_MAPS + int(log2(maps / ALL_MAPS))
