"""Convolutions over one to three spatial dimensions."""

from __future__ import annotations

from math import gcd, prod
from typing import Any, ClassVar

from ..fixes import Fix, at_most, one_of, setting
from ..text.counts import size_of
from ._spatial import SpatialLayer, folded
from ._window import Window, WindowLayer
from .base import Example, LayerError
from .fields import Boolean, Choice, Either, Integer, PerDimension, defaulted, inferred, required
from .shapes import Shape, Shapes, divisors_near, format_shape, spatial_letters
from .working import Product, Working, product, times, with_bias


class ConvNd(SpatialLayer, abstract=True):
    """What all convolutions share: channels, groups, weights.

    Args:
        in_channels: channels of the input; inferred.
        out_channels: channels of the output, one for each map.
        kernel_size: size of the window, one number or one for each dimension.
        stride: positions from one window to the next.
        dilation: positions from one tap of the window to the next.
        groups: parts that the channels are cut into, each convolved by itself; both
            in_channels and out_channels must be divisible by it.
        bias: whether one learnable number is added to each map.
    """

    kind = "convolution"
    gives_own_memory = True

    in_channels = inferred(Integer(min=1))
    out_channels = required(Integer(min=1))
    kernel_size = required(PerDimension(Integer(min=1)))
    stride = defaulted(PerDimension(Integer(min=1)), 1)
    padding = defaulted(PerDimension(Integer(min=0)), 0)
    dilation = defaulted(PerDimension(Integer(min=1)), 1)
    groups = defaulted(Integer(min=1), 1)
    bias = defaulted(Boolean(), True)

    def infer(self, inputs: Shapes) -> dict[str, Any]:
        channels, _ = self.channels_and_size(inputs)
        self._check_groups(channels)
        return {"in_channels": channels}

    def _check_groups(self, in_channels: int) -> None:
        """Raise LayerError where the groups do not divide both channels.

        What a fix proposes must divide both too, so that neither can be checked before the
        incoming channels are known.
        """
        channels = {"out_channels": self.out_channels, "in_channels": in_channels}
        for name, count in channels.items():
            whole, rest = divmod(count, self.groups)
            if rest:
                fixes = one_of("groups", divisors_near(gcd(*channels.values()), self.groups))
                raise LayerError(
                    f"groups {self.groups} does not divide {name} {count}: "
                    f"{count} = {whole}·{self.groups}+{rest}",
                    fixes=[*fixes, self._multiple_of_groups()],
                    field="groups",
                )

    def _multiple_of_groups(self) -> Fix:
        times = -(-self.out_channels // self.groups)
        multiple = times * self.groups
        says = f"out_channels: {multiple}, which is {times}·{self.groups}"
        return setting(says, out_channels=multiple)

    def weight_shape(self) -> Shape:
        """The shape of the kernels, as the torch module holds them."""
        raise NotImplementedError

    def parameters(self) -> dict[str, Shape]:
        parameters = {"weight": self.weight_shape()}
        if self.bias:
            parameters["bias"] = (self.out_channels,)
        return parameters

    def uses(self, inputs: Shapes, output: Shape) -> Product:
        """Every use of a weight for one sample."""
        raise NotImplementedError

    def macs_working(self, inputs: Shapes, output: Shape) -> Working:
        return (self.uses(inputs, output),)

    def connections_working(self, inputs: Shapes, output: Shape) -> Working:
        return with_bias((self.uses(inputs, output),), output, bias=self.bias)

    def summary(self) -> str:
        maps = size_of(self.out_channels, "map")
        parts = [f"{maps} {format_shape(self.kernel_size)}"]
        parts += self.changed(
            "stride", "padding", "output_padding", "dilation", "groups", "padding_mode"
        )
        if not self.bias:
            parts.append("no bias")
        return ", ".join(parts)


class Convolution(ConvNd, WindowLayer, abstract=True):
    """A convolution.

    Args:
        padding: zeros added at both ends of each dimension, as a number or one for each
            dimension; 'valid' is none, 'same' as many as keep the size (stride 1 only).
        padding_mode: what the padding holds: zeros, the input mirrored (reflect), its edge
            repeated (replicate), or its other end (circular).
    """

    parameter_meanings: ClassVar[dict[str, str]] = {
        "weight": "out_channels · in_channels/groups · window",
        "bias": "one for each output map",
    }
    padding = defaulted(Either(Choice("same", "valid"), PerDimension(Integer(min=0))), 0)
    padding_mode = defaulted(Choice("zeros", "reflect", "replicate", "circular"), "zeros")

    def check(self) -> None:
        if self.padding == "same" and any(stride != 1 for stride in self.stride):
            halves = [dilation * (kernel - 1) // 2 for dilation, kernel in self._taps()]
            near = halves[0] if len(set(halves)) == 1 else halves
            raise LayerError(
                f"padding 'same' keeps the size, which stride {folded(self.stride)} cannot",
                fixes=[setting(stride=1), setting(padding=near)],
                field="padding",
            )

    def _taps(self) -> list[tuple[int, int]]:
        return list(zip(self.dilation, self.kernel_size, strict=True))

    def _paddings(self) -> list[tuple[int, int]]:
        """The padding before and after, for each dimension."""
        if self.padding == "valid":
            return [(0, 0)] * self.spatial_dims
        if self.padding == "same":
            # An odd total puts the larger half after, as PyTorch does.
            totals = [dilation * (kernel - 1) for dilation, kernel in self._taps()]
            return [(total // 2, total - total // 2) for total in totals]
        return [(padding, padding) for padding in self.padding]

    def windows(self) -> tuple[Window, ...]:
        return tuple(
            Window(kernel, stride, before, after, dilation)
            for kernel, stride, (before, after), dilation in zip(
                self.kernel_size, self.stride, self._paddings(), self.dilation, strict=True
            )
        )

    def _largest_padding(self, size: int, otherwise: int) -> int:
        """The most padding that padding_mode can fill from `size` positions."""
        return {"reflect": size - 1, "circular": size}.get(self.padding_mode, otherwise)

    def output_shape(self, inputs: Shapes) -> Shape:
        _, size = self.channels_and_size(inputs)
        for letter, n, padding in zip(
            spatial_letters(self.spatial_dims), size, map(max, self._paddings()), strict=True
        ):
            largest = self._largest_padding(n, padding)
            if padding > largest:
                raise LayerError(
                    f"padding_mode {self.padding_mode!r} cannot fill {padding} positions "
                    f"from an input with {letter} = {n}: {largest} at most",
                    fixes=[at_most("padding", largest), setting(padding_mode="zeros")],
                    field="padding",
                )
        return (self.out_channels, *self.places(size))

    def weight_shape(self) -> Shape:
        assert self.in_channels is not None
        return (self.out_channels, self.in_channels // self.groups, *self.kernel_size)

    def uses(self, inputs: Shapes, output: Shape) -> Product:
        return times((output, "outputs"), (self.weight_shape()[1:], "weights each"))

    def remarks(self, inputs: Shapes, output: Shape) -> list[str]:
        (shape,) = inputs
        own, full = prod(self.weight_shape()), prod(shape) * prod(output)
        remarks = []
        if prod(output[1:]) == 1 and self.kernel_size == shape[1:]:
            remarks.append(
                "The window is as large as the map and has one place, so this layer does what a "
                f"Linear layer does on the {product(shape)} = {prod(shape):,} numbers of the map."
            )
        elif self.groups == 1 and full > own:
            remarks.append(
                f"Each window is local and its weights are the same at every place. A Linear layer "
                f"from {format_shape(shape)} to {format_shape(output)} would have "
                f"{product(shape)} · {product(output)} = {full:,} weights, {_ratio(full, own)} "
                f"times as many as these {own:,}."
            )
        if prod(self.kernel_size) == 1 and prod(shape[1:]) > 1 and self.groups == 1:
            remarks.append(
                "A window of one position mixes the maps at each place and looks at no neighbour."
            )
        if self.groups > 1:
            apart = (
                "Each map is convolved by itself"
                if self.groups == shape[0]
                else f"The maps are convolved in {self.groups} groups"
            )
            remarks.append(
                f"{apart}: 1/{self.groups} of the weights and MACs of a convolution that mixes all."
            )
        if output[1:] == shape[1:] and any(tap > 1 for tap in self.kernel_size):
            remarks.append("The padding makes up for what the window would cut: the size stays.")
        return remarks


def _ratio(many: int, few: int) -> str:
    """How many times as many, to two digits at least: '6.5', '32,113'."""
    return f"{many / few:,.0f}" if many >= 10 * few else f"{many / few:.1f}"


class Conv1d(Convolution):
    """Convolution over one dimension: C×L to out_channels×L.

    Source: torch.nn.Conv1d.
    """

    spatial_dims: ClassVar[int] = 1
    examples = (
        Example({"out_channels": 8, "kernel_size": 3}, (4, 100), (8, 98)),
        Example({"out_channels": 8, "kernel_size": 4, "padding": "same"}, (4, 100), (8, 100)),
        Example(
            {"out_channels": 16, "kernel_size": 10, "stride": 5, "bias": False},
            (1, 16000),
            (16, 3199),
        ),
    )


class Conv2d(Convolution):
    """Convolution over an image: C×H×W to out_channels×H×W.

    Source: torch.nn.Conv2d.
    """

    spatial_dims: ClassVar[int] = 2
    examples = (
        Example({"out_channels": 6, "kernel_size": 5}, (1, 32, 32), (6, 28, 28)),
        Example(
            {"out_channels": 64, "kernel_size": 7, "stride": 2, "padding": 3, "bias": False},
            (3, 224, 224),
            (64, 112, 112),
        ),
        Example(
            {"out_channels": 32, "kernel_size": 3, "padding": "same", "groups": 32},
            (32, 56, 56),
            (32, 56, 56),
        ),
        Example(
            {"out_channels": 8, "kernel_size": [3, 5], "dilation": [2, 1], "padding": [2, 2]},
            (3, 20, 30),
            (8, 20, 30),
        ),
        Example(
            {"out_channels": 4, "kernel_size": 3, "padding": 2, "padding_mode": "reflect"},
            (1, 8, 8),
            (4, 10, 10),
        ),
    )


class Conv3d(Convolution):
    """Convolution over a volume or a video: C×D×H×W to out_channels×D×H×W.

    Source: torch.nn.Conv3d.
    """

    spatial_dims: ClassVar[int] = 3
    examples = (
        Example({"out_channels": 4, "kernel_size": 3}, (1, 8, 16, 16), (4, 6, 14, 14)),
        Example(
            {"out_channels": 4, "kernel_size": [1, 3, 3], "padding": [0, 1, 1], "stride": 2},
            (2, 8, 16, 16),
            (4, 4, 8, 8),
        ),
    )
