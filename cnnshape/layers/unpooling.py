"""Max unpooling: values put back to where a max pool found its maxima."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ._python import Python
from ._spatial import SpatialLayer, axes
from .base import ELEMENTWISE, Example, LayerError, Step, function_module
from .fields import Integer, Optional, PerDimension, defaulted, required
from .pooling import MaxPool1d, MaxPool2d, MaxPool3d
from .shapes import Shape, Shapes, format_shape, per_dimension

if TYPE_CHECKING:
    from torch import nn


class _MaxUnpool(SpatialLayer, abstract=True):
    """The first value's elements where the maxima of the second were; all else is 0.

    The pool may have rounded its size up or down (ceil_mode): the first value's size tells.

    Args:
        kernel_size: size of the pool's window, one number or one for each dimension.
        stride: positions from one window of the pool to the next; null: as the window is wide.
        padding: positions that the pool added at both ends.
    """

    kind = "resampling"
    python = Python(
        file="unpooling",
        needs=("max_unpool",),
        call=lambda module, inputs, arguments: (
            "max_unpool({0}, {1}, {kernel_size}, {stride}, {padding})".format(*inputs, **arguments)
        ),
    )
    is_continuous = False  # another neighbour is the greatest, and the value goes there
    inputs: ClassVar[tuple[int, int | None]] = (2, 2)
    pool: ClassVar[type[MaxPool1d | MaxPool2d | MaxPool3d]]

    kernel_size = required(PerDimension(Integer(min=1)))
    stride = defaulted(Optional(PerDimension(Integer(min=1))), None)
    padding = defaulted(PerDimension(Integer(min=0)), 0)

    def _pool(self, *, ceil_mode: bool = False) -> MaxPool1d | MaxPool2d | MaxPool3d:
        return self.pool(**self.arguments, ceil_mode=ceil_mode)

    def check(self) -> None:
        self._pool()

    def output_shape(self, inputs: Shapes) -> Shape:
        values, pooled = inputs
        if {len(values), len(pooled)} != {self.spatial_dims + 1}:
            raise LayerError(
                f"{self.type_name} reads {axes(self.spatial_dims)} twice, not "
                f"{format_shape(values)} and {format_shape(pooled)}",
                help="from: [values, the map that was pooled]",
            )
        floored, rounded_up = [
            self._pool(ceil_mode=ceil_mode).output_shape((pooled,)) for ceil_mode in (False, True)
        ]
        if values not in (floored, rounded_up):
            raise LayerError(
                f"{self.type_name} cannot put {format_shape(values)} back into "
                f"{format_shape(pooled)}: pooled, it is {format_shape(floored)}",
                help="read the values first and then what the pool read, with the pool's arguments",
            )
        return pooled

    def footprint(self, inputs: Shapes, output: Shape) -> tuple[Step, ...] | None:
        # On the grid of the map that was pooled. The window around a position, in which its
        # maximum was sought, is within what the values see: they come from that pool.
        return (ELEMENTWISE,) * self.spatial_dims

    def formula(self, inputs: Shapes, output: Shape) -> str:
        return per_dimension(
            f"{have} → {want}" for have, want in zip(inputs[0][1:], output[1:], strict=True)
        )

    def summary(self) -> str:
        return self._pool().summary()

    def module(self) -> nn.Module:
        from .modules.unpooling import max_unpool

        window = (self.kernel_size, self.stride, self.padding)
        return function_module(lambda values, pooled: max_unpool(values, pooled, *window))


class MaxUnpool1d(_MaxUnpool):
    """A sequence back to the length that it had before a max pool.

    It reads two values: what is put back, and the sequence that was pooled, to find its maxima
    again (torch.nn's class reads the indices that its pool gives as a second output). Where
    they were, the values come; all else is 0.

    Source: torch.nn.MaxUnpool1d.
    """

    spatial_dims: ClassVar[int] = 1
    pool = MaxPool1d
    examples = (
        Example({"kernel_size": 2}, ((4, 50), (4, 100)), (4, 100)),
        Example({"kernel_size": 3, "stride": 2}, ((4, 5), (4, 11)), (4, 11)),
    )


class MaxUnpool2d(_MaxUnpool):
    """A map back to the size that it had before a max pool, as in the decoder of SegNet.

    It reads two values: what is put back, and the map that was pooled, to find its maxima
    again (torch.nn's class reads the indices that its pool gives as a second output). Where
    they were, the values come; all else is 0.

    Source: torch.nn.MaxUnpool2d.
    """

    spatial_dims: ClassVar[int] = 2
    pool = MaxPool2d
    examples = (
        Example({"kernel_size": 2}, ((64, 112, 112), (64, 224, 224)), (64, 224, 224)),
        Example({"kernel_size": 2}, ((512, 23, 30), (512, 45, 60)), (512, 45, 60)),
        Example({"kernel_size": 3, "stride": 2, "padding": 1}, ((8, 4, 5), (8, 7, 9)), (8, 7, 9)),
    )


class MaxUnpool3d(_MaxUnpool):
    """A volume back to the size that it had before a max pool.

    It reads two values: what is put back, and the volume that was pooled, to find its maxima
    again (torch.nn's class reads the indices that its pool gives as a second output). Where
    they were, the values come; all else is 0.

    Source: torch.nn.MaxUnpool3d.
    """

    spatial_dims: ClassVar[int] = 3
    pool = MaxPool3d
    examples = (
        Example({"kernel_size": 2}, ((4, 4, 8, 8), (4, 8, 16, 16)), (4, 8, 16, 16)),
        Example({"kernel_size": [1, 2, 2]}, ((4, 8, 4, 4), (4, 8, 9, 8)), (4, 8, 9, 8)),
    )
