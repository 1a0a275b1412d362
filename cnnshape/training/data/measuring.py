"""The mean and deviation of the pixels of a training set, a channel, from exact counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import prod, sqrt
from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .dataset import Images, Pixels

CHUNK_ELEMENTS = 1 << 20
"""Elements that are measured at once."""
MEASURED_ELEMENTS = 1 << 28
"""Where images hold more together, some are measured, evenly spaced ..."""
MEASURED_FILES = 1024
"""... and of images that must be decoded or made for it, no more than this."""
LEAST_DEVIATION = 1 / 255
"""The least deviation that is told: a channel that is always alike has none to divide by."""


def how_many(images: Images, elements: int) -> int:
    """How many images are measured, where each has so many elements."""
    most = len(images) if images.in_memory else MEASURED_FILES
    return min(len(images), most, max(1, MEASURED_ELEMENTS // elements))


def mean_and_deviation(
    images: Images, shape: tuple[int, ...], geometry: Callable[[Tensor], Tensor]
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Of each channel, as shares of 255, after a geometry that makes images of a shape.

    A shape of one dimension has one channel.
    """
    import numpy as np

    channels = shape[0] if len(shape) > 1 else 1
    counts = np.zeros((channels, 256), np.int64)
    for pixels in _chunks(images, prod(shape)):
        by_channel = geometry(pixels).reshape(len(pixels), channels, -1).numpy()
        for channel in range(channels):
            counts[channel] += _count(by_channel[:, channel])
    return _moments(counts.tolist())


def _count(pixels: Pixels) -> NDArray[np.int64]:
    """How often each of the 256 values occurs; two pixels are counted at a time."""
    import numpy as np

    values = np.ascontiguousarray(pixels).reshape(-1)
    even = len(values) // 2 * 2
    pairs = np.bincount(values[:even].view(np.uint16), minlength=1 << 16).reshape(256, 256)
    counts: NDArray[np.int64] = pairs.sum(0) + pairs.sum(1)
    return counts + np.bincount(values[even:], minlength=256)


def _chunks(images: Images, elements: int) -> Iterator[Tensor]:
    """The images that are measured, evenly spaced, some at a time."""
    import numpy as np

    measured = how_many(images, elements)
    size = max(1, CHUNK_ELEMENTS // elements)
    for start in range(0, measured, size):
        end = min(start + size, measured)
        if measured == len(images):
            yield torch.from_numpy(images.pixels(slice(start, end)))
        else:
            numbers = np.arange(start, end, dtype=np.int64) * len(images) // measured
            yield torch.from_numpy(images.pixels(numbers))


def _moments(counts: list[list[int]]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    means, deviations = [], []
    for row in counts:
        total = sum(row)
        mean = sum(value * count for value, count in enumerate(row)) / total
        square = sum(value * value * count for value, count in enumerate(row)) / total
        means.append(mean / 255)
        deviations.append(max(sqrt(max(0.0, square - mean * mean)) / 255, LEAST_DEVIATION))
    return tuple(means), tuple(deviations)
