"""Dropout and its kin: the shape stays, and in evaluation so do the values."""

from __future__ import annotations

from typing import ClassVar

from ..fixes import Fix
from ._dimensions import with_batch
from ._python import Python
from ._spatial import axes
from .base import Example, Layer, LayerError
from .fields import Boolean, Choice, Number, defaulted, required
from .shapes import Shape, Shapes, format_shape


class _Dropout(Layer):
    """A layer that drops parts of its input in training, and passes it on in evaluation.

    Args:
        p: the probability that a part is dropped.
        inplace: overwrite the input, to save memory, where nothing else needs it; the values
            are the same.
    """

    kind = "dropout"
    p = defaulted(Number(min=0, max=1), 0.5)
    inplace = defaulted(Boolean(), False)

    def output_shape(self, inputs: Shapes) -> Shape:
        return inputs[0]

    def summary(self) -> str:
        return f"p {self.p:g}" + (", inplace" if self.inplace else "")


class Dropout(_Dropout):
    """Sets elements to 0 by chance, and scales the others by 1/(1−p). Source: torch.nn.Dropout."""

    examples = (
        Example({}, (4096,), (4096,)),
        Example({"p": 0.2, "inplace": True}, (16, 5, 5), (16, 5, 5)),
    )


class AlphaDropout(_Dropout):
    """Dropout that keeps the mean and variance SELU gives. Source: torch.nn.AlphaDropout."""

    examples = (
        Example({}, (84,), (84,)),
        Example({"p": 0.05}, (16, 5, 5), (16, 5, 5)),
    )


class FeatureAlphaDropout(_Dropout):
    """AlphaDropout of whole channels. Source: torch.nn.FeatureAlphaDropout."""

    examples = (
        Example({}, (16, 5, 5), (16, 5, 5)),
        Example({"p": 0.1}, (8, 4, 16, 16), (8, 4, 16, 16)),
    )


class _ChannelDropout(_Dropout):
    """Sets whole channels to 0 by chance, and scales the others by 1/(1−p)."""

    spatial_dims: ClassVar[int]

    def notes(self, inputs: Shapes, output: Shape) -> list[str]:
        (shape,) = inputs
        if len(shape) == self.spatial_dims + 1:
            return []
        better = f"Dropout{len(shape) - 1}d" if 2 <= len(shape) <= 4 else "Dropout"
        return [
            f"{self.type_name} is meant for {axes(self.spatial_dims)}, and PyTorch may take "
            f"{with_batch(shape)} otherwise than you think: write {better}"
        ]


class Dropout1d(_ChannelDropout):
    """Sets whole channels of a C×L input to 0 by chance. Source: torch.nn.Dropout1d."""

    spatial_dims = 1
    examples = (
        Example({}, (8, 50), (8, 50)),
        Example({"p": 0.1, "inplace": True}, (32, 100), (32, 100)),
    )

    def output_shape(self, inputs: Shapes) -> Shape:
        (shape,) = inputs
        if len(shape) not in (1, 2):
            sibling = f"Dropout{len(shape) - 1}d" if len(shape) in (3, 4) else "Dropout"
            raise LayerError(
                f"Dropout1d reads C×L, not {format_shape(shape)}",
                fixes=[Fix(f"write {sibling}", type=sibling)],
            )
        return shape


class Dropout2d(_ChannelDropout):
    """Sets whole channels of a C×H×W input to 0 by chance. Source: torch.nn.Dropout2d."""

    spatial_dims = 2
    examples = (
        Example({}, (16, 10, 10), (16, 10, 10)),
        Example({"p": 0.25}, (64, 12, 12), (64, 12, 12)),
    )


class Dropout3d(_ChannelDropout):
    """Sets whole channels of a C×D×H×W input to 0 by chance. Source: torch.nn.Dropout3d."""

    spatial_dims = 3
    examples = (
        Example({}, (8, 4, 16, 16), (8, 4, 16, 16)),
        Example({"p": 0.25}, (16, 2, 8, 8), (16, 2, 8, 8)),
    )


class StochasticDepth(Layer):
    """Drops a whole residual branch by chance in training; scales it by 1/(1−p) otherwise.

    Args:
        p: the probability that it is dropped.
        mode: 'row' decides for each sample, 'batch' for all samples together.

    Source: Huang et al., 2016, arXiv:1603.09382; as torchvision.ops.StochasticDepth.
    """

    kind = "dropout"
    python = Python(make="StochasticDepth", file="dropout")
    p = required(Number(min=0, max=1))
    mode = defaulted(Choice("row", "batch"), "row")
    examples = (
        Example({"p": 0.1}, (96, 56, 56), (96, 56, 56)),
        Example({"p": 0.5, "mode": "batch"}, (84,), (84,)),
    )

    def output_shape(self, inputs: Shapes) -> Shape:
        return inputs[0]

    def summary(self) -> str:
        return f"p {self.p:g}" + (", mode batch" if self.mode == "batch" else "")
