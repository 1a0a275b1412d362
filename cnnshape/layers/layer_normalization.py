"""Normalisation of the last dimensions, and of each element by its neighbouring channels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..fixes import Fix, as_entry, putting_before, setting
from ._norm import NormLayer
from ._python import Python
from .base import ELEMENTWISE, Example, Layer, LayerError, Step
from .fields import Boolean, Integer, ListOf, Number, Optional, defaulted, inferred, required
from .shapes import Shape, Shapes, format_shape

if TYPE_CHECKING:
    from torch import Tensor, nn


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


class _LastDimensionsNorm(NormLayer):
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
                f"{format_shape(shape)}",
                fixes=[setting(normalized_shape=fits)] if fits else [],
                field="normalized_shape",
            )
        return {}

    def _last_dimension(self, shape: Shape) -> Shape:
        if not shape:
            raise LayerError(f"{self.type_name} reads one or more dimensions, not a single number")
        if len(shape) <= 2:
            return shape[-1:]
        last = {"type": "Permute", "dims": _channels_last(shape)}
        raise LayerError(
            f"{self.type_name} cannot tell which dimensions of {format_shape(shape)} to normalise",
            fixes=[
                setting(
                    f"normalized_shape: {list(shape)} for the whole of it", normalized_shape=shape
                ),
                setting(f"{shape[-1]} for the last dimension", normalized_shape=shape[-1]),
                Fix(
                    f"for the {shape[0]} channels at each position, put {as_entry(last)} before it "
                    f"and normalized_shape: {shape[0]}",
                    {"normalized_shape": shape[0]},
                    before=(last,),
                ),
            ],
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

    def mixes(self, inputs: Shapes, output: Shape) -> frozenset[int]:
        rank = len(output)
        return frozenset(range(rank - len(self.normalized_shape), rank))

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
    python = Python(
        make="nn",
        call=lambda module, inputs, arguments: f"{module}({inputs[0]}.contiguous())",
    )
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
                f"not {format_shape(shape)}",
                fixes=[putting_before({"type": "Unsqueeze", "dim": 2})] if shape else [],
            )
        return shape

    def module(self) -> nn.Module:
        from torch import nn

        class LocalResponseNorm(nn.LocalResponseNorm):
            def forward(self, input: Tensor) -> Tensor:
                # PyTorch's own refuses a C×D×H×W that Transpose left in another order of memory.
                return super().forward(input.contiguous())

        return LocalResponseNorm(**self.arguments)
