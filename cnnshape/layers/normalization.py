"""Normalisation of channels: over a batch, over a sample, over groups. The shape stays."""

from __future__ import annotations

from math import prod
from typing import Any

from ..fixes import Fix, setting
from ._groups import check_divides
from ._norm import NormLayer, over_all_positions
from ._spatial import SpatialLayer
from .base import Example, LayerError, Step
from .fields import Boolean, Integer, Number, Optional, defaulted, inferred, required
from .shapes import Shape, Shapes, format_shape


class _ChannelNorm(NormLayer, SpatialLayer, abstract=True):
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
        unused = not self.affine and not self.track_running_stats
        return {} if self.num_features and unused else {"num_features": channels}

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

    def notes(self, inputs: Shapes, output: Shape) -> list[str]:
        return _unused("num_features", self.num_features, output[0])


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
                fixes=[setting(eps=0.00001), setting(track_running_stats=True)],
                field="eps",
            )

    def _fixes_for_rank(self, shape: Shape) -> list[Fix]:
        sibling = Fix("BatchNorm1d reads C", type="BatchNorm1d")
        return [sibling] if len(shape) == 1 else super()._fixes_for_rank(shape)

    def notes(self, inputs: Shapes, output: Shape) -> list[str]:
        notes = super().notes(inputs, output)
        if prod(output[1:]) == 1 and not self.track_running_stats:
            notes.append("each channel is one value: PyTorch asks for a batch of two or more")
        return notes


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

    def output_shape(self, inputs: Shapes) -> Shape:
        _, size = self.channels_and_size(inputs)
        if prod(size) == 1 and not self.track_running_stats:
            raise LayerError(
                f"{self.type_name} reads more than one position, not {format_shape(inputs[0])}: "
                "a channel with one value less its mean is always 0",
                fixes=[
                    Fix(
                        "normalise over all channels with {type: GroupNorm, num_groups: 1}",
                        {"num_groups": 1},
                        without=tuple({*self.fields} - {"eps", "affine"}),
                        type="GroupNorm",
                    )
                ],
            )
        return inputs[0]

    def footprint(self, inputs: Shapes, output: Shape) -> tuple[Step, ...] | None:
        if self.track_running_stats:
            return super().footprint(inputs, output)
        return over_all_positions(inputs[0])


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


class GroupNorm(NormLayer):
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
        return {} if self.num_channels and not self.affine else {"num_channels": shape[0]}

    def _check_divides(self, channels: int) -> None:
        check_divides("num_groups", self.num_groups, channels, f"{channels} channels")

    def parameters(self) -> dict[str, Shape]:
        if not self.affine:
            return {}
        names = ("weight", "bias") if self.bias else ("weight",)
        return dict.fromkeys(names, (self.num_channels,))

    def footprint(self, inputs: Shapes, output: Shape) -> tuple[Step, ...] | None:
        return over_all_positions(inputs[0])

    def notes(self, inputs: Shapes, output: Shape) -> list[str]:
        notes = _unused("num_channels", self.num_channels, output[0])
        if prod(output) == self.num_groups:
            notes.append("each group is one value: PyTorch asks for a batch of two or more")
        return notes

    def summary(self) -> str:
        rest = ("affine false" if not self.affine else "") or ("" if self.bias else "no bias")
        groups = f"{self.num_groups} group" + ("s" if self.num_groups != 1 else "")
        return ", ".join(filter(None, (groups, rest)))


def _unused(name: str, written: int, channels: int) -> list[str]:
    """A note, where PyTorch takes a wrong number of channels because no tensor is as long."""
    if written == channels:
        return []
    return [f"{name} {written} is not used: the input has {channels} channels"]
