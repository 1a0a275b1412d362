"""Plain arithmetic on each element: with fixed numbers, or by a function of torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ..fixes import setting
from ._python import Arguments, Python, method
from .base import Example, Layer, LayerError, function_module
from .fields import FINITE, Number, Optional, defaulted, required
from .shapes import Shape, Shapes

if TYPE_CHECKING:
    import torch
    from torch import nn


class _Elementwise(Layer):
    """A function of each element alone: the shape stays."""

    kind = "activation"

    def output_shape(self, inputs: Shapes) -> Shape:
        return inputs[0]

    def module(self) -> nn.Module:
        return function_module(self._function())

    def _function(self) -> Callable[[torch.Tensor], torch.Tensor]:
        """The torch function of the input."""
        raise NotImplementedError


def _rescaled(module: str, inputs: Sequence[str], arguments: Arguments) -> str:
    """'x * 2 + 3', without what changes nothing."""
    text, scale, offset = inputs[0], arguments["scale"], arguments["offset"]
    if scale not in ("1", "1.0"):
        text += f" * {scale}"
    if offset in ("0", "0.0"):
        return text
    return f"{text} - {offset[1:]}" if offset.startswith("-") else f"{text} + {offset}"


class Rescale(_Elementwise):
    """scale·x + offset, with numbers that are fixed.

    Args:
        scale: what each element is multiplied by.
        offset: what is added then.

    Source: Rescaling of Keras.
    """

    kind = "normalization"
    python = Python(call=_rescaled)
    scale = defaulted(FINITE, 1.0)
    offset = defaulted(FINITE, 0.0)
    examples = (
        Example({"scale": 0.2}, (64, 17, 17), (64, 17, 17)),
        Example({"scale": -1, "offset": 1}, (16, 1, 1), (16, 1, 1)),
        Example({"offset": -0.5}, (10,), (10,)),
    )

    def _function(self) -> Callable[[torch.Tensor], torch.Tensor]:
        scale, offset = self.scale, self.offset
        return lambda x: x * scale + offset


class Power(_Elementwise):
    """x to the power of `exponent`: 0.5 is the square root, −1 is 1/x. Source: torch.pow.

    Args:
        exponent: any number. Where it is not whole, negative elements give NaN.
    """

    python = method("pow", "exponent")
    exponent = required(FINITE)
    examples = (
        Example({"exponent": 2}, (64, 14, 14), (64, 14, 14)),
        Example({"exponent": -0.5}, (16, 1, 1), (16, 1, 1)),
    )

    def _function(self) -> Callable[[torch.Tensor], torch.Tensor]:
        exponent = self.exponent
        return lambda x: x**exponent


class Clamp(_Elementwise):
    """min where x is less, max where x is more, else x. Source: torch.clamp.

    Args:
        min: the least that comes out; null: no bound.
        max: the most that comes out; null: no bound.
    """

    python = method("clamp", "min", "max")
    min = defaulted(Optional(Number()), None)
    max = defaulted(Optional(Number()), None)
    examples = (
        Example({"min": 1e-6}, (64, 14, 14), (64, 14, 14)),
        Example({"min": 0, "max": 1}, (3, 32, 32), (3, 32, 32)),
        Example({"max": 20}, (10,), (10,)),
    )

    def check(self) -> None:
        if self.min is None and self.max is None:
            raise LayerError(
                "Clamp has no bound", fixes=[setting("write min, max, or both", min=0)]
            )

    def _function(self) -> Callable[[torch.Tensor], torch.Tensor]:
        least, most = self.min, self.max
        return lambda x: x.clamp(least, most)


class Abs(_Elementwise):
    """x without its sign. Source: torch.abs."""

    python = method("abs")
    examples = (
        Example({}, (64, 14, 14), (64, 14, 14)),
        Example({}, (10,), (10,)),
    )

    def _function(self) -> Callable[[torch.Tensor], torch.Tensor]:
        import torch

        return torch.abs


class Exp(_Elementwise):
    """e to the power of x. Source: torch.exp."""

    python = method("exp")
    examples = (
        Example({}, (4, 32, 32), (4, 32, 32)),
        Example({}, (10,), (10,)),
    )

    def _function(self) -> Callable[[torch.Tensor], torch.Tensor]:
        import torch

        return torch.exp


class Log(_Elementwise):
    """The natural logarithm of x; of a negative element, NaN. Source: torch.log."""

    python = method("log")
    examples = (
        Example({}, (1, 64, 100), (1, 64, 100)),
        Example({}, (10,), (10,)),
    )

    def _function(self) -> Callable[[torch.Tensor], torch.Tensor]:
        import torch

        return torch.log


class Sin(_Elementwise):
    """The sine of x, in radians. Source: torch.sin."""

    python = method("sin")
    examples = (
        Example({}, (64, 200), (64, 200)),
        Example({}, (10,), (10,)),
    )

    def _function(self) -> Callable[[torch.Tensor], torch.Tensor]:
        import torch

        return torch.sin


class Cos(_Elementwise):
    """The cosine of x, in radians. Source: torch.cos."""

    python = method("cos")
    examples = (
        Example({}, (64, 200), (64, 200)),
        Example({}, (10,), (10,)),
    )

    def _function(self) -> Callable[[torch.Tensor], torch.Tensor]:
        import torch

        return torch.cos


class Erf(_Elementwise):
    """The error function of x, of which GELU is made. Source: torch.erf."""

    python = method("erf")
    examples = (
        Example({}, (96, 14, 14), (96, 14, 14)),
        Example({}, (10,), (10,)),
    )

    def _function(self) -> Callable[[torch.Tensor], torch.Tensor]:
        import torch

        return torch.erf


class Sign(_Elementwise):
    """1 of a positive x, −1 of a negative one, 0 of 0. Source: torch.sign."""

    python = method("sign")
    examples = (
        Example({}, (64, 14, 14), (64, 14, 14)),
        Example({}, (10,), (10,)),
    )

    def _function(self) -> Callable[[torch.Tensor], torch.Tensor]:
        import torch

        return torch.sign
