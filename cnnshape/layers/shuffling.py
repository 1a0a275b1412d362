"""Channels traded for resolution, and channels mixed between groups."""

from __future__ import annotations

from math import gcd

from ..fixes import one_of, putting_before
from .base import Example, Layer, LayerError, Step
from .fields import Integer, required
from .shapes import Shape, Shapes, divisors_near, format_shape


class _PixelLayer(Layer):
    """A layer that trades channels for resolution; it acts on the last three dimensions."""

    kind = "resampling"

    def _split(self, inputs: Shapes) -> tuple[Shape, int, int, int]:
        (shape,) = inputs
        if len(shape) < 3:
            raise LayerError(
                f"{self.type_name} reads C×H×W, not {format_shape(shape)}",
                help="put a Reshape or Unflatten before it that gives C×H×W",
            )
        channels, height, width = shape[-3:]
        return shape[:-3], channels, height, width


class PixelShuffle(_PixelLayer):
    """Channels become resolution: r²·C maps of H×W become C maps of r·H × r·W.

    Args:
        upscale_factor: r, how many times larger height and width become.

    Source: torch.nn.PixelShuffle.
    """

    examples = (
        Example({"upscale_factor": 3}, (9, 4, 5), (1, 12, 15)),
        Example({"upscale_factor": 2}, (12, 8, 8), (3, 16, 16)),
    )

    upscale_factor = required(Integer(min=1))

    def output_shape(self, inputs: Shapes) -> Shape:
        outer, channels, height, width = self._split(inputs)
        factor = self.upscale_factor
        if channels % factor**2:
            below = channels // factor**2 * factor**2
            fits = [count for count in (below, below + factor**2) if count]
            raise LayerError(
                f"{channels} channels do not divide into {factor}·{factor} = {factor**2}",
                fixes=[
                    putting_before(
                        {"type": f"Conv{len(outer) + 2}d", "out_channels": count, "kernel_size": 1},
                        says=f"give it {count} channels",
                    )
                    for count in fits
                ],
                field="upscale_factor",
            )
        return (*outer, channels // factor**2, factor * height, factor * width)

    def footprint(self, inputs: Shapes, output: Shape) -> tuple[Step, ...] | None:
        if len(output) != 3:
            return None
        return (Step.rescaling(0, 1, self.upscale_factor),) * 2

    def formula(self, inputs: Shapes, output: Shape) -> str:
        channels, height, width = inputs[0][-3:]
        r = self.upscale_factor
        return (
            f"C: {channels}/{r}² = {output[-3]}, H: {r}·{height} = {output[-2]}, "
            f"W: {r}·{width} = {output[-1]}"
        )

    def summary(self) -> str:
        return f"×{self.upscale_factor}"


class PixelUnshuffle(_PixelLayer):
    """Resolution becomes channels: C maps of r·H × r·W become r²·C maps of H×W.

    Args:
        downscale_factor: r, how many times smaller height and width become.

    Source: torch.nn.PixelUnshuffle.
    """

    examples = (
        Example({"downscale_factor": 2}, (3, 16, 12), (12, 8, 6)),
        Example({"downscale_factor": 3}, (1, 9, 9), (9, 3, 3)),
    )

    downscale_factor = required(Integer(min=1))

    def output_shape(self, inputs: Shapes) -> Shape:
        outer, channels, height, width = self._split(inputs)
        factor = self.downscale_factor
        for name, size in (("height", height), ("width", width)):
            if size % factor:
                near = divisors_near(gcd(height, width), factor)
                raise LayerError(
                    f"the {name} {size} is no multiple of downscale_factor {factor}",
                    fixes=one_of("downscale_factor", near),
                    field="downscale_factor",
                )
        return (*outer, channels * factor**2, height // factor, width // factor)

    def footprint(self, inputs: Shapes, output: Shape) -> tuple[Step, ...] | None:
        if len(output) != 3:
            return None
        return (Step(self.downscale_factor - 1, self.downscale_factor),) * 2

    def formula(self, inputs: Shapes, output: Shape) -> str:
        channels, height, width = inputs[0][-3:]
        r = self.downscale_factor
        return (
            f"C: {channels}·{r}² = {output[-3]}, H: {height}/{r} = {output[-2]}, "
            f"W: {width}/{r} = {output[-1]}"
        )

    def summary(self) -> str:
        return f"÷{self.downscale_factor}"


class ChannelShuffle(Layer):
    """Channels of several groups dealt out in turn, so that the groups mix.

    Args:
        groups: the number of groups; it must divide the channels.

    Source: torch.nn.ChannelShuffle.
    """

    kind = "shape"
    examples = (
        Example({"groups": 2}, (116, 28, 28), (116, 28, 28)),
        Example({"groups": 3}, (6, 10), (6, 10)),
    )

    groups = required(Integer(min=1))

    def output_shape(self, inputs: Shapes) -> Shape:
        (shape,) = inputs
        if len(shape) < 2:
            raise LayerError(
                f"ChannelShuffle reads channels and positions, not {format_shape(shape)}",
                help="it reads a map: put it before what flattens one",
            )
        if shape[0] % self.groups:
            raise LayerError(
                f"groups {self.groups} does not divide the {shape[0]} channels",
                fixes=one_of("groups", divisors_near(shape[0], self.groups)),
                field="groups",
            )
        return shape

    def summary(self) -> str:
        return "1 group" if self.groups == 1 else f"{self.groups} groups"
