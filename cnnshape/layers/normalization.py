"""Normalisation by mean and variance, or by the mean square. The shape stays."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

from ._spatial import SpatialLayer
from .base import ELEMENTWISE, Example, Layer, LayerError, Step
from .fields import Boolean, Integer, ListOf, Number, Optional, defaulted, inferred, required
from .shapes import Shape, Shapes, divisors_near, format_shape

if TYPE_CHECKING:
    from torch import nn


class _Norm(Layer):
    """A layer that shifts and scales its input by statistics, and then by learned numbers.

    Args:
        eps: added under the root, so that nothing is divided by zero.
        bias: whether a learned number is added, where one is multiplied.
    """

    kind = "normalization"

    def output_shape(self, inputs: Shapes) -> Shape:
        return inputs[0]

    def macs(self, inputs: Shapes, output: Shape) -> int:
        return 0

    def connections(self, inputs: Shapes, output: Shape) -> int:
        return len(self.parameters()) * prod(output)

    def module(self) -> nn.Module:
        from torch import nn

        arguments = self.arguments
        if arguments.get("bias"):
            del arguments["bias"]  # the default; PyTorch before 2.13 has the argument only in part
        module: nn.Module = getattr(nn, self.type_name)(**arguments)
        return module


def _over_all_positions(shape: Shape) -> tuple[Step, ...] | None:
    """The footprint of statistics over every position, where each position stays its own."""
    return tuple(Step(size - 1, 1) for size in shape[1:]) or None


class _ChannelNorm(_Norm, SpatialLayer, abstract=True):
    """Normalises each channel by itself.

    Args:
        num_features: channels of the input; inferred.
        momentum: the weight of the newest batch in the running statistics; null: all batches
            weigh the same.
        affine: whether each channel is multiplied by one learned number.
        bias: whether one learned number is added to each channel; only where `affine` is.
        track_running_stats: whether the statistics met in training are kept for evaluation.
    """

    num_features = inferred(Integer(min=1))
    eps = defaulted(Number(), 1e-5)
    momentum = defaulted(Optional(Number()), 0.1)
    affine = defaulted(Boolean(), True)
    track_running_stats = defaulted(Boolean(), True)
    bias = defaulted(Boolean(), True)

    def infer(self, inputs: Shapes) -> dict[str, Any]:
        channels, _ = self.channels_and_size(inputs)
        return {"num_features": channels}

    def parameters(self) -> dict[str, Shape]:
        if not self.affine:
            return {}
        names = ("weight", "bias") if self.bias else ("weight",)
        return dict.fromkeys(names, (self.num_features,))

    def buffers(self) -> dict[str, Shape]:
        if not self.track_running_stats:
            return {}
        features = (self.num_features,)
        return {"running_mean": features, "running_var": features, "num_batches_tracked": ()}


class _BatchNorm(_ChannelNorm, abstract=True):
    """Normalises each channel by its statistics over a batch, in evaluation by the running ones.

    Args:
        eps: added under the root, so that nothing is divided by zero; not negative.
    """

    eps = defaulted(Number(min=0), 1e-5)

    def check(self) -> None:
        if self.eps == 0 and not self.track_running_stats:
            raise LayerError(
                "eps must be above 0, not 0, where track_running_stats is false: "
                "a channel whose values are all alike would be divided by 0",
                help="eps: 0.00001, or track_running_stats: true",
                field="eps",
            )

    def _help_for_rank(self, shape: Shape) -> str:
        return "BatchNorm1d reads C" if len(shape) == 1 else super()._help_for_rank(shape)

    def notes(self, inputs: Shapes, output: Shape) -> list[str]:
        if self.track_running_stats or prod(output[1:]) > 1:
            return []
        return ["a batch of one leaves one value a channel: PyTorch asks for a batch of two"]


class BatchNorm1d(_BatchNorm):
    """Normalises each channel of C or C×L over a batch. Source: torch.nn.BatchNorm1d."""

    spatial_dims = 1
    examples = (
        Example({}, (120,), (120,)),
        Example({"momentum": None}, (16, 100), (16, 100)),
        Example({"num_features": 16, "bias": False}, (16, 100), (16, 100)),
    )

    def channels_and_size(self, inputs: Shapes) -> tuple[int, Shape]:
        (shape,) = inputs
        return (shape[0], ()) if len(shape) == 1 else super().channels_and_size(inputs)


class BatchNorm2d(_BatchNorm):
    """Normalises each channel of C×H×W over a batch. Source: torch.nn.BatchNorm2d."""

    spatial_dims = 2
    examples = (
        Example({}, (64, 56, 56), (64, 56, 56)),
        Example({"affine": False, "eps": 0.001}, (3, 8, 8), (3, 8, 8)),
        Example({"track_running_stats": False}, (3, 8, 8), (3, 8, 8)),
    )


class BatchNorm3d(_BatchNorm):
    """Normalises each channel of C×D×H×W over a batch. Source: torch.nn.BatchNorm3d."""

    spatial_dims = 3
    examples = (
        Example({}, (16, 4, 14, 14), (16, 4, 14, 14)),
        Example({"affine": False, "track_running_stats": False}, (4, 2, 3, 3), (4, 2, 3, 3)),
    )


class _InstanceNorm(_ChannelNorm, abstract=True):
    """Normalises each channel of each sample by its own statistics.

    Without running statistics every position depends on all others of its channel, and so
    the receptive field is the whole map.
    """

    affine = defaulted(Boolean(), False)
    track_running_stats = defaulted(Boolean(), False)

    def infer(self, inputs: Shapes) -> dict[str, Any]:
        inferred = super().infer(inputs)
        if self.num_features is None or self.affine or self.track_running_stats:
            return inferred
        return {}  # nothing is as long as num_features, and PyTorch takes any

    def output_shape(self, inputs: Shapes) -> Shape:
        _, size = self.channels_and_size(inputs)
        if prod(size) == 1 and not self.track_running_stats:
            raise LayerError(
                f"{self.type_name} reads more than one position, not {format_shape(inputs[0])}: "
                "a channel with one value less its mean is always 0",
                help="leave it out here, or normalise over channels with GroupNorm",
            )
        return inputs[0]

    def footprint(self, inputs: Shapes, output: Shape) -> tuple[Step, ...] | None:
        if self.track_running_stats:
            return super().footprint(inputs, output)
        return _over_all_positions(inputs[0])

    def notes(self, inputs: Shapes, output: Shape) -> list[str]:
        if self.num_features == output[0]:
            return []
        return [f"num_features {self.num_features} is not used: the input has {output[0]} channels"]


class InstanceNorm1d(_InstanceNorm):
    """Normalises each channel of C×L in each sample. Source: torch.nn.InstanceNorm1d."""

    spatial_dims = 1
    examples = (
        Example({}, (16, 100), (16, 100)),
        Example({"affine": True}, (16, 100), (16, 100)),
    )


class InstanceNorm2d(_InstanceNorm):
    """Normalises each channel of C×H×W in each sample. Source: torch.nn.InstanceNorm2d."""

    spatial_dims = 2
    examples = (
        Example({}, (64, 56, 56), (64, 56, 56)),
        Example({"affine": True, "bias": False}, (3, 8, 8), (3, 8, 8)),
        Example({"track_running_stats": True}, (3, 1, 1), (3, 1, 1)),
    )


class InstanceNorm3d(_InstanceNorm):
    """Normalises each channel of C×D×H×W in each sample. Source: torch.nn.InstanceNorm3d."""

    spatial_dims = 3
    examples = (
        Example({}, (16, 4, 14, 14), (16, 4, 14, 14)),
        Example({"affine": True, "track_running_stats": True}, (4, 2, 3, 3), (4, 2, 3, 3)),
    )


class GroupNorm(_Norm):
    """Normalises groups of channels in each sample. Source: torch.nn.GroupNorm.

    Every position depends on all others, and so the receptive field is the whole map.

    Args:
        num_groups: parts that the channels are cut into, each normalised by itself; must
            divide the channels. 1: all channels together.
        num_channels: channels of the input; inferred.
        affine: whether each channel is multiplied by one learned number.
        bias: whether one learned number is added to each channel; only where `affine` is.
    """

    num_groups = required(Integer(min=1))
    num_channels = inferred(Integer(min=1))
    eps = defaulted(Number(), 1e-5)
    affine = defaulted(Boolean(), True)
    bias = defaulted(Boolean(), True)
    examples = (
        Example({"num_groups": 8}, (64, 28, 28), (64, 28, 28)),
        Example({"num_groups": 1, "affine": False}, (6, 100), (6, 100)),
        Example({"num_groups": 4, "bias": False}, (16,), (16,)),
    )

    def check(self) -> None:
        if self.num_channels is not None:
            self._check_divides(self.num_channels)

    def infer(self, inputs: Shapes) -> dict[str, Any]:
        (shape,) = inputs
        if not shape:
            raise LayerError("GroupNorm reads C or more dimensions, not a single number")
        self._check_divides(shape[0])
        return {"num_channels": shape[0]}

    def _check_divides(self, channels: int) -> None:
        whole, rest = divmod(channels, self.num_groups)
        if rest:
            fits = " or ".join(map(str, divisors_near(channels, self.num_groups)))
            raise LayerError(
                f"num_groups {self.num_groups} does not divide {channels} channels: "
                f"{channels} = {whole}·{self.num_groups}+{rest}",
                help=f"num_groups: {fits}",
                field="num_groups",
            )

    def parameters(self) -> dict[str, Shape]:
        if not self.affine:
            return {}
        names = ("weight", "bias") if self.bias else ("weight",)
        return dict.fromkeys(names, (self.num_channels,))

    def footprint(self, inputs: Shapes, output: Shape) -> tuple[Step, ...] | None:
        return _over_all_positions(inputs[0])

    def notes(self, inputs: Shapes, output: Shape) -> list[str]:
        if prod(output) > self.num_groups:
            return []
        return ["every group is one value, which is normalised to 0"]

    def summary(self) -> str:
        rest = ("affine false" if not self.affine else "") or ("" if self.bias else "no bias")
        groups = f"{self.num_groups} group" + ("s" if self.num_groups != 1 else "")
        return ", ".join(filter(None, (groups, rest)))


class _Sizes(ListOf[int]):
    """A list of sizes, or one size, which is read as a list of one."""

    def __init__(self) -> None:
        super().__init__(Integer(min=1))

    def read(self, value: object, layer: type[Layer]) -> tuple[int, ...]:
        return super().read([value] if type(value) is int else value, layer)

    def expected(self, layer: type[Layer]) -> str:
        return f"{self.inner.expected(layer)}, or {super().expected(layer)}"

    def schema(self, layer: type[Layer]) -> dict[str, Any]:
        return {"anyOf": [self.inner.schema(layer), super().schema(layer)]}

    def placeholder(self, layer: type[Layer]) -> str:
        return "N"


class _LastDimensionsNorm(_Norm):
    """Normalises the last dimensions of each sample together.

    Each position depends on all others that are normalised with it.

    Args:
        normalized_shape: the sizes of the last dimensions, those that are normalised together,
            or the size of the last one; inferred, as the last one, for C and L×E.
        elementwise_affine: whether each element is multiplied by a learned number of its own.
    """

    normalized_shape = inferred(_Sizes())
    elementwise_affine = defaulted(Boolean(), True)

    def infer(self, inputs: Shapes) -> dict[str, Any]:
        (shape,) = inputs
        written = self.normalized_shape
        if not written:
            return {"normalized_shape": self._last_dimension(shape)}
        fits = shape[-len(written) :]
        if written != fits:
            raise LayerError(
                f"normalized_shape {format_shape(written)} must be the last "
                f"{'size' if len(written) == 1 else f'{len(written)} sizes'} of "
                f"{format_shape(shape) or 'a single number'}",
                help=f"normalized_shape: {list(fits)}" if fits else None,
                field="normalized_shape",
            )
        return {}

    def _last_dimension(self, shape: Shape) -> Shape:
        if not shape:
            raise LayerError(f"{self.type_name} reads one or more dimensions, not a single number")
        if len(shape) <= 2:
            return shape[-1:]
        raise LayerError(
            f"{self.type_name} cannot tell which dimensions of {format_shape(shape)} to normalise",
            help=f"normalized_shape: {list(shape)} for the whole of it, or {shape[-1]} for the "
            f"last dimension; for the {shape[0]} channels at each position, put "
            f"{{type: Permute, dims: {_channels_last(shape)}}} before it",
        )

    def parameters(self) -> dict[str, Shape]:
        return {"weight": self.normalized_shape} if self.elementwise_affine else {}

    def footprint(self, inputs: Shapes, output: Shape) -> tuple[Step, ...] | None:
        (shape,) = inputs
        apart = len(shape) - len(self.normalized_shape)
        return (
            tuple(
                Step(size - 1, 1) if place >= apart else ELEMENTWISE
                for place, size in enumerate(shape)
                if place
            )
            or None
        )

    def summary(self) -> str:
        if not self.normalized_shape:
            return super().summary()
        over = f"over {format_shape(self.normalized_shape)}"
        return ", ".join(filter(None, (over, super().summary())))


def _channels_last(shape: Shape) -> list[int]:
    """The order, with the batch as 0, that puts the channels behind the positions."""
    return [0, *range(2, len(shape) + 1), 1]


class LayerNorm(_LastDimensionsNorm):
    """Normalises the last dimensions by their mean and variance. Source: torch.nn.LayerNorm."""

    eps = defaulted(Number(), 1e-5)
    bias = defaulted(Boolean(), True)
    examples = (
        Example({}, (50, 64), (50, 64)),
        Example({"normalized_shape": [96, 7, 7], "eps": 1e-6}, (96, 7, 7), (96, 7, 7)),
        Example({"normalized_shape": 96, "bias": False}, (7, 7, 96), (7, 7, 96)),
        Example({"elementwise_affine": False}, (84,), (84,)),
    )

    def parameters(self) -> dict[str, Shape]:
        parameters = super().parameters()
        if parameters and self.bias:
            parameters["bias"] = self.normalized_shape
        return parameters


class RMSNorm(_LastDimensionsNorm):
    """Divides the last dimensions by the root of their mean square. Source: torch.nn.RMSNorm.

    Args:
        eps: added under the root; null: the smallest step of the number type.
    """

    eps = defaulted(Optional(Number()), None)
    examples = (
        Example({}, (50, 64), (50, 64)),
        Example({"normalized_shape": [96, 7, 7], "eps": 1e-6}, (96, 7, 7), (96, 7, 7)),
        Example({"elementwise_affine": False}, (84,), (84,)),
    )


class LocalResponseNorm(Layer):
    """Divides each element by a sum over neighbouring channels: b = a/(k + alpha·mean(a²))^beta.

    Source: torch.nn.LocalResponseNorm; Krizhevsky, Sutskever and Hinton, 2012, section 3.3.

    Args:
        size: the neighbouring channels in the mean, the channel itself among them.
        alpha: the factor of the mean.
        beta: the exponent.
        k: what is added to the mean.
    """

    kind = "normalization"
    size = required(Integer(min=1))
    alpha = defaulted(Number(), 1e-4)
    beta = defaulted(Number(), 0.75)
    k = defaulted(Number(), 1.0)
    examples = (
        Example({"size": 5}, (96, 27, 27), (96, 27, 27)),
        Example({"size": 2, "alpha": 0.001, "beta": 0.5, "k": 2}, (4, 10), (4, 10)),
    )

    def output_shape(self, inputs: Shapes) -> Shape:
        (shape,) = inputs
        if len(shape) < 2:
            raise LayerError(
                "LocalResponseNorm reads channels and one or more dimensions after them, "
                f"not {format_shape(shape) or 'a single number'}",
                help="put Unsqueeze with dim: 2 before it",
            )
        return shape
