"""Convolutions with weights that are not learned: Sobel's, Gaussian windows, wavelets, Gabor's."""

from __future__ import annotations

from math import prod
from typing import ClassVar

from ..text.counts import count_of
from ._python import Python
from .base import Example, Layer, LayerError
from .convolution import Convolution
from .fields import FINITE, ListOf, Optional, defaulted
from .shapes import Shape, Shapes, format_shape
from .transposed_convolution import ConvTranspose2d


def _written(name: str) -> Python:
    return Python(make=name, file="fixed_convolution", needs=("fix_weights",))


class _Fixed(Layer, abstract=True):
    """A convolution whose weight and bias are buffers.

    Args:
        taps: the numbers of the weight in a row, its last dimension running fastest, or those
            of its end where they repeat; null: they are loaded with a network's weights, as
            learned ones are.
    """

    taps = defaulted(Optional(ListOf(FINITE)), None)

    def output_shape(self, inputs: Shapes) -> Shape:
        shape = self.buffers()["weight"]
        if self.taps is not None and prod(shape) % len(self.taps):
            raise LayerError(
                f"taps has {count_of(len(self.taps), 'number')}, which do not divide the "
                f"{prod(shape)} of {format_shape(shape)}",
                help=f"write the {prod(shape[2:])} numbers of one kernel, or all",
                field="taps",
            )
        return super().output_shape(inputs)

    def parameters(self) -> dict[str, Shape]:
        return {}

    def buffers(self) -> dict[str, Shape]:
        return super().parameters()


class FixedConv1d(_Fixed, Convolution):
    """Conv1d with a weight that is not learned: a filter bank of sound.

    Source: torch.nn.functional.conv1d with a buffer.
    """

    python = _written("FixedConv1d")
    spatial_dims: ClassVar[int] = 1
    examples = (
        Example(
            {"out_channels": 2, "kernel_size": 3, "bias": False, "taps": [0.25, 0.5, 0.25]},
            (2, 20),
            (2, 18),
        ),
        Example({"out_channels": 40, "kernel_size": 251}, (1, 4000), (40, 3750)),
    )


class FixedConv2d(_Fixed, Convolution):
    """Conv2d with a weight that is not learned: Sobel's kernels, a Gaussian window.

    Source: torch.nn.functional.conv2d with a buffer.
    """

    python = _written("FixedConv2d")
    spatial_dims: ClassVar[int] = 2
    examples = (
        Example(
            {
                "out_channels": 3,
                "kernel_size": 3,
                "padding": 1,
                "groups": 3,
                "bias": False,
                "taps": [1, 0, -1, 2, 0, -2, 1, 0, -1],
            },
            (3, 32, 32),
            (3, 32, 32),
        ),
        Example({"out_channels": 30, "kernel_size": 5}, (3, 32, 32), (30, 28, 28)),
    )


class FixedConv3d(_Fixed, Convolution):
    """Conv3d with a weight that is not learned: a Gaussian window over a volume.

    Source: torch.nn.functional.conv3d with a buffer.
    """

    python = _written("FixedConv3d")
    spatial_dims: ClassVar[int] = 3
    examples = (
        Example(
            {"out_channels": 2, "kernel_size": 5, "groups": 2, "bias": False},
            (2, 8, 9, 9),
            (2, 4, 5, 5),
        ),
        Example({"out_channels": 3, "kernel_size": [1, 3, 3]}, (1, 4, 9, 9), (3, 4, 7, 7)),
    )


class FixedConvTranspose2d(_Fixed, ConvTranspose2d):
    """ConvTranspose2d with a weight that is not learned: interpolation by a kernel.

    Source: torch.nn.functional.conv_transpose2d with a buffer.
    """

    python = _written("FixedConvTranspose2d")
    spatial_dims: ClassVar[int] = 2
    examples = (
        Example(
            {
                "out_channels": 4,
                "kernel_size": 2,
                "stride": 2,
                "groups": 4,
                "bias": False,
                "taps": [1, 1, 1, 1],
            },
            (4, 8, 8),
            (4, 16, 16),
        ),
        Example({"out_channels": 3, "kernel_size": 4, "stride": 2}, (4, 5, 5), (3, 12, 12)),
        Example({"out_channels": 3, "kernel_size": 3, "bias": False}, (2, 5, 5), (3, 7, 7)),
    )
