"""Made-up images of any shape, to measure speed: each class has a pattern, under much noise."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from .dataset import Data, DataError, Drawing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .dataset import Index, Labels, Pixels

TRAIN = 10_000
"""Training images where no number is given."""
TEST_PART = 5
"""There is one test image to so many training images."""
MOST = 100_000_000
GRAIN = 4
"""The side of a pattern's squares, in pixels."""


@dataclass(frozen=True, eq=False)
class SyntheticImages:
    """Images that are made when they are asked for; one is the same whenever it is made.

    Attributes:
        count: how many.
        classes: of how many classes; labels go round.
        shape: of an image: a network's input.
        seed: of the patterns and the noise.
        part: tells the noise of the test from that of training.
        drawing, in_memory: see `Images`.
    """

    count: int
    classes: int
    shape: tuple[int, ...]
    seed: int
    part: int
    drawing: Drawing | None = None
    in_memory: bool = False

    @cached_property
    def labels(self) -> Labels:
        import numpy as np

        return np.arange(self.count, dtype=np.int64) % self.classes

    def __len__(self) -> int:
        return self.count

    def pixels(self, index: Index) -> Pixels:
        import numpy as np

        numbers = np.arange(self.count)[index]
        pixels = np.empty((len(numbers), *self.shape), np.uint8)
        for place, number in enumerate(numbers):
            # Half a pattern, half noise: their sum stays below 256.
            noise = np.random.default_rng((self.seed, self.part, number))
            pixels[place] = noise.integers(0, 128, self.shape, np.uint8)
            pixels[place] += self._pattern(number % self.classes)
        return pixels

    def _pattern(self, label: int) -> Pixels:
        """The squares of a class: a value below 128 each, stretched over the shape."""
        squares: Pixels = self._squares[label]
        for axis, size in enumerate(self.shape):
            if axis or len(self.shape) == 1:
                squares = squares.repeat(GRAIN, axis).take(range(size), axis)
        return squares

    @cached_property
    def _squares(self) -> NDArray[np.uint8]:
        import numpy as np

        channels = self.shape[:1] if len(self.shape) > 1 else ()
        sides = [-(-size // GRAIN) for size in self.shape[len(channels) :]]
        random = np.random.default_rng(self.seed)
        return random.integers(0, 128, (self.classes, *channels, *sides), np.uint8)


def load_synthetic(size: str, shape: tuple[int, ...], classes: int, seed: int) -> Data:
    """Images of a network's own input.

    Args:
        size: the number of training images as it was written, or ''.
        shape: of the network's input.
        classes: how many there are.
        seed: of everything.

    Raises:
        DataError: the number is none.
    """
    if size and not (size.isascii() and size.isdecimal() and 0 < int(size) <= MOST):
        raise DataError(
            f"synthetic:{size}: expected a number of training images from 1 to {MOST:,}"
        )
    train = int(size or TRAIN)
    test = max(1, train // TEST_PART)
    return Data(
        f"synthetic:{train}",
        tuple(map(str, range(classes))),
        SyntheticImages(train, classes, shape, seed, part=0),
        SyntheticImages(test, classes, shape, seed, part=1),
        (
            f"synthetic: {train:,} training and {test:,} test images of patterns and noise; they "
            "measure speed, and how well they are told apart means nothing",
        ),
    )
