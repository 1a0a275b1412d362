"""Learned factors and summands, and standardisation by fixed numbers."""

from __future__ import annotations

from typing import Any

from ..fixes import setting
from ..text.counts import count_of
from ._dimensions import sample_dimensions
from ._python import Python
from .base import Example, Layer, LayerError
from .fields import (
    FINITE,
    Boolean,
    Either,
    Integer,
    ListOf,
    Number,
    defaulted,
    inferred,
    required,
)
from .shapes import Shape, Shapes, format_shape
from .working import Working, of_each_output


def _along(layer: Layer, dims: int | tuple[int, ...], shape: Shape) -> Shape:
    """The shape of numbers along some dimensions, as it is stretched over `shape`.

    It begins with the first of them, and has a 1 for each other; without any, it is (1,).
    """
    named = sample_dimensions(layer, dims, shape)
    if not named:
        return (1,)
    first = min(named)
    return tuple(n if d in named else 1 for d, n in enumerate(shape[first - 1 :], first))


class _Learned(Layer):
    """A layer with learned numbers along some dimensions of its input.

    Args:
        dim: the dimension that has a number for each index, the batch counted as 0; or a list
            of several, in which [] is one number for all.
        init_value: what the numbers begin with.
    """

    kind = "normalization"
    dim = defaulted(Either(Integer(), ListOf(Integer(), min_length=0)), 1)
    init_value = defaulted(Number(), 1.0)

    def output_shape(self, inputs: Shapes) -> Shape:
        return inputs[0]

    def macs(self, inputs: Shapes, output: Shape) -> int:
        return 0

    def connections_working(self, inputs: Shapes, output: Shape) -> Working:
        count = len(self.parameters())
        return (of_each_output(output, count, "learned numbers"),)


class Scale(_Learned):
    """Multiplies each channel by a learned factor: ConvNeXt's layer scale.

    Args:
        bias: whether learned numbers are added too.
        weight_shape: the factors' shape: from the first of `dim` on, with a 1 for each
            dimension that is not named.

    Source: Liu et al., 2022, arXiv:2201.03545.
    """

    python = Python(make="Scale", file="scaling", without=("dim",))
    bias = defaulted(Boolean(), False)
    weight_shape = inferred(ListOf(Integer(min=1)))
    examples = (
        Example({"init_value": 1e-6}, (96, 56, 56), (96, 56, 56)),
        Example({"bias": True}, (84,), (84,)),
        Example({"dim": -1}, (50, 64), (50, 64)),
        Example({"dim": [], "bias": True}, (32, 56, 56), (32, 56, 56)),
    )

    def infer(self, inputs: Shapes) -> dict[str, Any]:
        return {"weight_shape": _along(self, self.dim, inputs[0])}

    def parameters(self) -> dict[str, Shape]:
        assert self.weight_shape is not None
        weight = {"weight": self.weight_shape}
        return {**weight, "bias": self.weight_shape} if self.bias else weight


class Bias(_Learned):
    """Adds a learned number to each channel; with all dimensions, a position embedding.

    Args:
        bias_shape: the numbers' shape: from the first of `dim` on, with a 1 for each dimension
            that is not named.

    Source: the Bias layer of Caffe; position embeddings of Vaswani et al., 2017,
    arXiv:1706.03762.
    """

    python = Python(make="Bias", file="scaling", without=("dim",))
    init_value = defaulted(Number(), 0.0)
    bias_shape = inferred(ListOf(Integer(min=1)))
    examples = (
        Example({}, (64, 14, 14), (64, 14, 14)),
        Example({"dim": [1, 2]}, (196, 192), (196, 192)),
        Example({"dim": [], "init_value": 0.5}, (32, 56, 56), (32, 56, 56)),
    )

    def infer(self, inputs: Shapes) -> dict[str, Any]:
        return {"bias_shape": _along(self, self.dim, inputs[0])}

    def parameters(self) -> dict[str, Shape]:
        assert self.bias_shape is not None
        return {"bias": self.bias_shape}


class Standardize(Layer):
    """(x − mean)/std, with fixed numbers for each channel.

    Args:
        mean: what is subtracted, one number for each channel.
        std: what is divided by then, one number for each channel, none of them 0.

    Source: Normalize of torchvision.transforms.
    """

    kind = "normalization"
    python = Python(make="Standardize", file="scaling")
    mean = required(ListOf(FINITE))
    std = required(ListOf(FINITE))
    examples = (
        Example(
            {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]},
            (3, 224, 224),
            (3, 224, 224),
        ),
        Example({"mean": [0.5], "std": [0.25]}, (1, 28, 28), (1, 28, 28)),
    )

    def check(self) -> None:
        if len(self.mean) != len(self.std):
            raise LayerError(
                f"mean has {count_of(len(self.mean), 'number')}, std {len(self.std)}: "
                "both have one for each channel",
                field="std",
            )
        if 0 in self.std:
            raise LayerError("std must not be 0: it is divided by", field="std")

    def output_shape(self, inputs: Shapes) -> Shape:
        (shape,) = inputs
        if not shape or shape[0] != len(self.mean):
            raise LayerError(
                f"mean has {count_of(len(self.mean), 'number')}, but Standardize reads "
                f"{format_shape(shape)}: "
                f"{count_of(shape[0], 'channel') if shape else 'no channels'}",
                fixes=[
                    setting(
                        f"write {count_of(shape[0], 'number')} for each, one a channel",
                        mean=self.mean[:1] * shape[0],
                        std=self.std[:1] * shape[0],
                    )
                ]
                if shape
                else [],
                help="write one number for each channel",
                field="mean",
            )
        return shape
