"""Pooling by a fixed blur, which lets no frequency through that the stride cannot hold."""

from __future__ import annotations

from math import comb
from typing import ClassVar

from ._python import Python
from ._window import Window, WindowLayer, windows_of
from .base import Example
from .fields import Integer, PerDimension, defaulted
from .shapes import Shape, Shapes, format_shape
from .working import Working, times


class BlurPool2d(WindowLayer):
    """A binomial blur of each channel, of which every n-th position is kept.

    Its taps are fixed: the products of a row of Pascal's triangle, which sum to 1. Put
    ReflectionPad2d before it, so that the size is the input's over the stride. It is computed
    by a depthwise convolution, and so it has MACs.

    Args:
        kernel_size: size of the blur, one number or one for each dimension; 3 is 1 2 1.
        stride: positions from one window to the next.

    Source: Zhang, 2019, arXiv:1904.11486.
    """

    kind = "pooling"
    python = Python(make="BlurPool2d", file="blur_pooling")
    spatial_dims: ClassVar[int] = 2
    kernel_size = defaulted(PerDimension(Integer(min=1, max=32)), 3)
    stride = defaulted(PerDimension(Integer(min=1)), 2)
    examples = (
        Example({}, (64, 58, 58), (64, 28, 28)),
        Example({"kernel_size": [4, 1], "stride": [2, 1]}, (8, 9, 9), (8, 3, 9)),
    )

    def windows(self) -> tuple[Window, ...]:
        return windows_of(self.kernel_size, stride=self.stride)

    def macs_working(self, inputs: Shapes, output: Shape) -> Working:
        return (times((output, "outputs"), (self.kernel_size, "taps each")),)

    def connections_working(self, inputs: Shapes, output: Shape) -> Working:
        """Each tap meets each output, though it is fixed."""
        return self.macs_working(inputs, output)

    def summary(self) -> str:
        return ", ".join([format_shape(self.kernel_size), *self.changed("stride")])

    def taps(self) -> tuple[tuple[float, ...], ...]:
        """The filter, row by row."""
        rows, columns = map(binomial, self.kernel_size)
        return tuple(tuple(a * b for b in columns) for a in rows)


def binomial(size: int) -> tuple[float, ...]:
    """The row of Pascal's triangle that has `size` numbers, divided by their sum."""
    return tuple(comb(size - 1, k) / 2 ** (size - 1) for k in range(size))
