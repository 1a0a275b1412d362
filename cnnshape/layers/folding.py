"""Sliding windows written out as columns, and columns added back into a map."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, ClassVar

from ..fixes import at_most
from ._dimensions import sample_dimension
from ._python import method
from ._window import Window, WindowLayer, windows_of
from .base import Example, Layer, LayerError, Step, function_module
from .fields import Integer, PerDimension, defaulted, required
from .shapes import Shape, Shapes, format_shape
from .working import SizeRule

if TYPE_CHECKING:
    from torch import nn


class _Folding(WindowLayer, abstract=True):
    """What Unfold and Fold share: the window that slides over the map.

    Args:
        kernel_size: size of the window, one number or one for each dimension.
        dilation: positions from one tap of the window to the next.
        padding: zeros added at both ends of each dimension.
        stride: positions from one window to the next.
    """

    kind = "shape"
    spatial_dims: ClassVar[int] = 2
    kernel_size = required(PerDimension(Integer(min=1)))
    dilation = defaulted(PerDimension(Integer(min=1)), 1)
    padding = defaulted(PerDimension(Integer(min=0)), 0)
    stride = defaulted(PerDimension(Integer(min=1)), 1)

    def windows(self) -> tuple[Window, ...]:
        return windows_of(
            self.kernel_size, stride=self.stride, padding=self.padding, dilation=self.dilation
        )

    def footprint(self, inputs: Shapes, output: Shape) -> tuple[Step, ...] | None:
        return None

    def size_rules(self, inputs: Shapes) -> tuple[SizeRule, ...]:
        return ()

    def summary(self) -> str:
        changed = self.changed("stride", "padding", "dilation")
        return ", ".join([format_shape(self.kernel_size), *changed])


class Unfold(_Folding):
    """Each window of the map as a column: C·F·F numbers for each of the windows.

    Source: torch.nn.Unfold.
    """

    examples = (
        Example({"kernel_size": 3}, (2, 5, 6), (18, 12)),
        Example({"kernel_size": [2, 3], "stride": 2, "padding": 1}, (3, 8, 8), (18, 20)),
    )

    def output_shape(self, inputs: Shapes) -> Shape:
        channels, size = self.channels_and_size(inputs)
        return (channels * prod(self.kernel_size), prod(self.places(size)))

    def formula(self, inputs: Shapes, output: Shape) -> str:
        channels, size = self.channels_and_size(inputs)
        taps = "·".join(map(str, self.kernel_size))
        places = "·".join(map(str, self.places(size)))
        return f"{channels}·{taps} = {output[0]}, {places} = {output[1]} windows"


class Fold(_Folding):
    """Columns added back into a map where their windows lie; what Unfold's gradient does.

    Args:
        output_size: height and width of the map, one number or one for each.

    Source: torch.nn.Fold.
    """

    examples = (
        Example({"output_size": [5, 6], "kernel_size": 3}, (18, 12), (2, 5, 6)),
        Example({"output_size": 4, "kernel_size": 2, "stride": 2}, (12, 4), (3, 4, 4)),
    )

    output_size = required(PerDimension(Integer(min=1)))

    def output_shape(self, inputs: Shapes) -> Shape:
        (shape,) = inputs
        if len(shape) != 2:
            raise LayerError(
                f"Fold reads columns × windows, not {format_shape(shape)}",
                help="Unfold gives such columns",
            )
        taps = prod(self.kernel_size)
        if shape[0] % taps:
            product = "·".join(map(str, self.kernel_size))
            raise LayerError(
                f"columns of {shape[0]} do not divide into windows of {product} = {taps}",
                help=f"give it a multiple of {taps} rows",
                field="kernel_size",
            )
        places = self.places(self.output_size)
        if shape[1] != prod(places):
            product = "·".join(map(str, places))
            raise LayerError(
                f"a map of {format_shape(self.output_size)} has {product} = {prod(places)} "
                f"windows, but Fold reads {shape[1]}",
                field="output_size",
            )
        return (shape[0] // taps, *self.output_size)

    def formula(self, inputs: Shapes, output: Shape) -> str:
        taps = "·".join(map(str, self.kernel_size))
        places = "·".join(map(str, self.places(self.output_size)))
        return f"{inputs[0][0]}/({taps}) = {output[0]}, {places} = {inputs[0][1]} windows"

    def unread(self, inputs: Shapes, output: Shape) -> tuple[int, ...]:
        return ()

    def notes(self, inputs: Shapes, output: Shape) -> list[str]:
        return []

    def summary(self) -> str:
        return f"to {format_shape(self.output_size)}, {super().summary()}"


class SlidingWindows(Layer):
    """Windows along one dimension; what is in each stands in a new last dimension.

    Unlike Unfold, it leaves the other dimensions as they are; two of them, one for the height
    and one for the width, give all windows of a map.

    Args:
        dim: the dimension, the batch counted as 0.
        size: positions of a window.
        step: positions from one window to the next.

    Source: torch.Tensor.unfold.
    """

    kind = "shape"
    python = method("unfold", "dim", "size", "step")
    dim = required(Integer())
    size = required(Integer(min=1))
    step = required(Integer(min=1))
    examples = (
        Example({"dim": 2, "size": 3, "step": 1}, (8, 10), (8, 8, 3)),
        Example({"dim": 2, "size": 14, "step": 8}, (64, 22, 22), (64, 2, 22, 14)),
    )

    def output_shape(self, inputs: Shapes) -> Shape:
        (shape,) = inputs
        place = sample_dimension(self, self.dim, shape) - 1
        if self.size > shape[place]:
            raise LayerError(
                f"windows of {self.size} do not fit in {shape[place]} positions",
                fixes=[at_most("size", shape[place])],
                field="size",
            )
        count = (shape[place] - self.size) // self.step + 1
        return (*shape[:place], count, *shape[place + 1 :], self.size)

    def footprint(self, inputs: Shapes, output: Shape) -> tuple[Step, ...] | None:
        return None

    def formula(self, inputs: Shapes, output: Shape) -> str:
        place = sample_dimension(self, self.dim, inputs[0]) - 1
        size, step = self.size, self.step
        quotient = f"({inputs[0][place]}−{size})/{step}"
        if (inputs[0][place] - size) % step:
            quotient = f"⌊{quotient}⌋"
        return f"{quotient}+1 = {output[place]}"

    def module(self) -> nn.Module:
        dim, size, step = self.dim, self.size, self.step
        return function_module(lambda x: x.unfold(dim, size, step))
