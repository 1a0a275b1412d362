"""Pools whose windows adapt, so that the output has the size that is asked for."""

from __future__ import annotations

from typing import Any, ClassVar

from ._spatial import SpatialLayer, folded
from .base import Example, Layer, Step
from .fields import Integer, Kind, Optional, PerDimension, required
from .pooling import NO_INDICES
from .shapes import Shape, Shapes, largest_adaptive_window, per_dimension


class _OutputSize(PerDimension["int | None"]):
    """One size, or a list of one for each dimension, in which null keeps the input's.

    PyTorch's 1-d adaptive pools take no null.
    """

    def __init__(self) -> None:
        super().__init__(Optional(Integer(min=1)))

    def read(self, value: object, layer: type[Layer]) -> tuple[int | None, ...]:
        sizes = super().read(value, layer)
        if value is None or (len(sizes) == 1 and None in sizes):
            raise self.refusal(value, layer)
        return sizes

    def expected(self, layer: type[Layer]) -> str:
        one = PerDimension(Integer(min=1)).expected(layer)
        return one if self._dims(layer) == 1 else f"{one}, in which null keeps a size"

    def schema(self, layer: type[Layer]) -> dict[str, Any]:
        one: Kind[Any] = Integer(min=1)
        if self._dims(layer) == 1:
            return PerDimension(one).schema(layer)
        _, many = super().schema(layer)["anyOf"]
        return {"anyOf": [one.schema(layer), many]}

    @staticmethod
    def _dims(layer: type[Layer]) -> int:
        assert issubclass(layer, SpatialLayer)
        return layer.spatial_dims


class _AdaptivePool(SpatialLayer, abstract=True):
    """A pool whose windows adapt, so that the output has the size that is asked for.

    Args:
        output_size: size of the output, one number or one for each dimension; in a list,
            null keeps a dimension's size (2-d and 3-d). 1 pools over everything.
    """

    kind = "pooling"
    gives_own_memory = True

    output_size = required(_OutputSize())

    def output_shape(self, inputs: Shapes) -> Shape:
        channels, size = self.channels_and_size(inputs)
        return (channels, *(out or n for out, n in zip(self.output_size, size, strict=True)))

    def footprint(self, inputs: Shapes, output: Shape) -> tuple[Step, ...] | None:
        return tuple(
            Step.rescaling(largest_adaptive_window(n, count) - 1, n, count)
            for n, count in zip(inputs[0][1:], output[1:], strict=True)
        )

    def formula(self, inputs: Shapes, output: Shape) -> str:
        if output == inputs[0]:
            return ""
        return per_dimension(map(_adaptive_text, inputs[0][1:], output[1:]))

    def summary(self) -> str:
        return f"to {folded(self.output_size)}"


class _AdaptiveMaxPool(_AdaptivePool, abstract=True):
    """The largest value of each window."""

    left_out = NO_INDICES


class AdaptiveAvgPool1d(_AdaptivePool):
    """Adaptive average pooling over C×L; with output_size 1, global average pooling.

    Source: torch.nn.AdaptiveAvgPool1d.
    """

    spatial_dims: ClassVar[int] = 1
    examples = (
        Example({"output_size": 1}, (64, 100), (64, 1)),
        Example({"output_size": 30}, (64, 100), (64, 30)),
    )


class AdaptiveAvgPool2d(_AdaptivePool):
    """Adaptive average pooling over C×H×W; with output_size 1, global average pooling.

    Source: torch.nn.AdaptiveAvgPool2d.
    """

    spatial_dims: ClassVar[int] = 2
    examples = (
        Example({"output_size": 1}, (512, 7, 7), (512, 1, 1)),
        Example({"output_size": 6}, (256, 13, 13), (256, 6, 6)),
        Example({"output_size": [None, 4]}, (8, 10, 10), (8, 10, 4)),
    )


class AdaptiveAvgPool3d(_AdaptivePool):
    """Adaptive average pooling over C×D×H×W; with output_size 1, global average pooling.

    Source: torch.nn.AdaptiveAvgPool3d.
    """

    spatial_dims: ClassVar[int] = 3
    examples = (
        Example({"output_size": 1}, (64, 4, 7, 7), (64, 1, 1, 1)),
        Example({"output_size": [None, 2, 3]}, (8, 4, 6, 7), (8, 4, 2, 3)),
    )


class AdaptiveMaxPool1d(_AdaptiveMaxPool):
    """Adaptive max pooling over C×L; with output_size 1, global max pooling.

    Source: torch.nn.AdaptiveMaxPool1d.
    """

    spatial_dims: ClassVar[int] = 1
    examples = (
        Example({"output_size": 1}, (64, 100), (64, 1)),
        Example({"output_size": 30}, (64, 100), (64, 30)),
    )


class AdaptiveMaxPool2d(_AdaptiveMaxPool):
    """Adaptive max pooling over C×H×W; with output_size 1, global max pooling.

    Source: torch.nn.AdaptiveMaxPool2d.
    """

    spatial_dims: ClassVar[int] = 2
    examples = (
        Example({"output_size": 1}, (512, 7, 7), (512, 1, 1)),
        Example({"output_size": 6}, (256, 13, 13), (256, 6, 6)),
        Example({"output_size": [None, 4]}, (8, 10, 10), (8, 10, 4)),
    )


class AdaptiveMaxPool3d(_AdaptiveMaxPool):
    """Adaptive max pooling over C×D×H×W; with output_size 1, global max pooling.

    Source: torch.nn.AdaptiveMaxPool3d.
    """

    spatial_dims: ClassVar[int] = 3
    examples = (
        Example({"output_size": 1}, (64, 4, 7, 7), (64, 1, 1, 1)),
        Example({"output_size": [None, 2, 3]}, (8, 4, 6, 7), (8, 4, 2, 3)),
    )


def _adaptive_text(size: int, count: int) -> str:
    narrow, wide = -(-size // count), largest_adaptive_window(size, count)
    width = str(wide) if wide == narrow else f"{narrow} to {wide}"
    windows = "1 window" if count == 1 else f"{count} windows"
    return f"{windows} of {width} over {size}"
