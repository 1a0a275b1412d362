"""Pools with windows at random places."""

from __future__ import annotations

from typing import ClassVar

from ..fixes import Fix, at_most, leaving_out
from ._spatial import SpatialLayer
from .base import Example, LayerError, Step
from .fields import Integer, Number, Optional, PerDimension, defaulted, required
from .pooling import NO_INDICES
from .shapes import Shape, Shapes, format_shape, per_dimension, spatial_letters


class _FractionalMaxPool(SpatialLayer, abstract=True):
    """The largest value of windows at random places, evenly spread.

    Args:
        kernel_size: size of the window, one number or one for each dimension.
        output_size: size of the output; either this or output_ratio.
        output_ratio: size of the output as a fraction of the input, between 0 and 1.
    """

    kind = "pooling"
    left_out = NO_INDICES
    spare_positions: ClassVar[int]
    """Positions of the input that windows side by side may not use."""

    kernel_size = required(PerDimension(Integer(min=1)))
    output_size = defaulted(Optional(PerDimension(Integer(min=1))), None)
    output_ratio = defaulted(Optional(PerDimension(Number(above=0, below=1))), None)

    def check(self) -> None:
        if (self.output_size is None) == (self.output_ratio is None):
            which = "neither" if self.output_size is None else "both"
            raise LayerError(
                f"{self.type_name} takes output_size or output_ratio, not {which}",
                fixes=[
                    Fix(
                        "output_ratio: 0.5 halves the size",
                        {"output_ratio": 0.5},
                        without=("output_size",),
                    ),
                    leaving_out("output_ratio"),
                ],
                field=None if self.output_size is None else "output_ratio",
            )

    def output_shape(self, inputs: Shapes) -> Shape:
        channels, size = self.channels_and_size(inputs)
        output = self._output_size(size)
        for letter, n, kernel, count in zip(
            spatial_letters(self.spatial_dims), size, self.kernel_size, output, strict=True
        ):
            most = n - kernel + 1 - self.spare_positions
            if most < 1:
                raise LayerError(
                    f"{self.type_name}'s window of {format_shape(self.kernel_size)} is too large: "
                    f"in {letter} = {n} only windows of {n - self.spare_positions} have places",
                    fixes=[at_most("kernel_size", n - self.spare_positions)]
                    if n > self.spare_positions
                    else [],
                    help=f"an input of at least {kernel + self.spare_positions}",
                    field="kernel_size",
                )
            if not 1 <= count <= most:
                spare = f"−{self.spare_positions}" if self.spare_positions else ""
                raise LayerError(
                    f"{self.type_name} makes 1 to {n}−{kernel}+1{spare} = {most} windows of "
                    f"{kernel} from {letter} = {n}, not {count}",
                    fixes=[
                        Fix(
                            f"output_size of at most {most}",
                            {"output_size": most},
                            without=("output_ratio",),
                        )
                    ],
                    field="output_size" if self.output_size else "output_ratio",
                )
        return (channels, *output)

    def _output_size(self, size: Shape) -> Shape:
        if self.output_ratio is None:
            assert self.output_size is not None
            return self.output_size
        return tuple(int(n * ratio) for n, ratio in zip(size, self.output_ratio, strict=True))

    def footprint(self, inputs: Shapes, output: Shape) -> tuple[Step, ...] | None:
        """Not known: the places are drawn at random in each run."""
        return None

    def formula(self, inputs: Shapes, output: Shape) -> str:
        if self.output_ratio is None:
            return per_dimension(f"output_size = {count}" for count in output[1:])
        return per_dimension(
            f"⌊{n}·{ratio:g}⌋ = {count}"
            for n, ratio, count in zip(inputs[0][1:], self.output_ratio, output[1:], strict=True)
        )

    def summary(self) -> str:
        size = self.output_size or self.output_ratio
        assert size is not None
        target = f"{size[0]:g}" if len(set(size)) == 1 else "×".join(f"{n:g}" for n in size)
        return f"{format_shape(self.kernel_size)}, {'to' if self.output_size else 'ratio'} {target}"


class FractionalMaxPool2d(_FractionalMaxPool):
    """Fractional max pooling over C×H×W (Graham, 2014, arXiv:1412.6071).

    Source: torch.nn.FractionalMaxPool2d.
    """

    spatial_dims: ClassVar[int] = 2
    spare_positions: ClassVar[int] = 0
    examples = (
        Example({"kernel_size": 2, "output_ratio": 0.7}, (4, 32, 32), (4, 22, 22)),
        Example({"kernel_size": 3, "output_size": [13, 12]}, (4, 50, 32), (4, 13, 12)),
    )


class FractionalMaxPool3d(_FractionalMaxPool):
    """Fractional max pooling over C×D×H×W (Graham, 2014, arXiv:1412.6071).

    Source: torch.nn.FractionalMaxPool3d, which wants one position more than the windows
    need.
    """

    spatial_dims: ClassVar[int] = 3
    spare_positions: ClassVar[int] = 1
    examples = (
        Example({"kernel_size": 2, "output_ratio": 0.5}, (4, 8, 16, 16), (4, 4, 8, 8)),
        Example({"kernel_size": 3, "output_size": [3, 5, 5]}, (4, 8, 16, 16), (4, 3, 5, 5)),
    )
