"""Reductions over dimensions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import TYPE_CHECKING

from ._dimensions import sample_dimensions
from ._python import Arguments, Python
from .base import ELEMENTWISE, Example, Layer, Step, function_module
from .fields import Boolean, Either, Integer, ListOf, Number, defaulted, required
from .shapes import Shape, Shapes

if TYPE_CHECKING:
    import torch
    from torch import nn


def _written(method: str, *names: str) -> Python:
    def call(module: str, inputs: Sequence[str], arguments: Arguments) -> str:
        given = [f"{name}={arguments[name]}" for name in (*names, "dim")]
        if (keepdim := arguments["keepdim"]) != "False":
            given.append(f"keepdim={keepdim}")
        return f"{inputs[0]}.{method}({', '.join(given)})"

    return Python(call=call)


class _Reduction(Layer):
    """One number of all elements along some dimensions.

    Args:
        dim: the dimension, or a list of several, the batch counted as 0; [2, 3] are the
            height and width of a map.
        keepdim: keep the dimensions with size 1.
    """

    kind = "pooling"
    dim = required(Either(Integer(), ListOf(Integer())))
    keepdim = defaulted(Boolean(), False)

    def output_shape(self, inputs: Shapes) -> Shape:
        (shape,) = inputs
        reduced = sample_dimensions(self, self.dim, shape)
        if self.keepdim:
            return tuple(1 if d in reduced else size for d, size in enumerate(shape, 1))
        return tuple(size for d, size in enumerate(shape, 1) if d not in reduced)

    def footprint(self, inputs: Shapes, output: Shape) -> tuple[Step, ...] | None:
        (shape,) = inputs
        reduced = sample_dimensions(self, self.dim, shape)
        spatial = range(2, len(shape) + 1)
        all_space_to_a_vector = reduced == set(spatial)
        if len(shape) < 2 or not (self.keepdim or all_space_to_a_vector):
            return None
        return tuple(
            Step(shape[d - 1] - 1, shape[d - 1]) if d in reduced else ELEMENTWISE for d in spatial
        )

    def formula(self, inputs: Shapes, output: Shape) -> str:
        (shape,) = inputs
        sizes = [shape[d - 1] for d in sorted(sample_dimensions(self, self.dim, shape))]
        total = f" = {prod(sizes)}" if len(sizes) > 1 else ""
        return f"{'·'.join(map(str, sizes))}{total} → 1"

    def module(self) -> nn.Module:
        reduce, dim, keepdim = self._function(), self.dim, self.keepdim
        return function_module(lambda x: reduce(x, dim, keepdim))

    def _function(self) -> Callable[..., torch.Tensor]:
        """The torch function of (input, dim, keepdim)."""
        raise NotImplementedError


class Mean(_Reduction):
    """The mean over one or more dimensions. Source: torch.mean."""

    python = _written("mean")
    examples = (
        Example({"dim": [2, 3]}, (512, 7, 7), (512,)),
        Example({"dim": [2, 3], "keepdim": True}, (64, 56, 56), (64, 1, 1)),
        Example({"dim": 1}, (50, 64), (64,)),
    )

    def _function(self) -> Callable[..., torch.Tensor]:
        import torch

        return torch.mean


class Sum(_Reduction):
    """The sum over one or more dimensions. Source: torch.sum."""

    python = _written("sum")
    examples = (
        Example({"dim": -1}, (16, 10, 8), (16, 10)),
        Example({"dim": 1, "keepdim": True}, (16, 10, 10), (1, 10, 10)),
    )

    def _function(self) -> Callable[..., torch.Tensor]:
        import torch

        return torch.sum


class Max(_Reduction):
    """The greatest element over one or more dimensions. Source: torch.amax."""

    python = _written("amax")
    examples = (
        Example({"dim": [-2, -1]}, (16, 10, 10), (16,)),
        Example({"dim": 2, "keepdim": True}, (8, 50), (8, 1)),
    )

    def _function(self) -> Callable[..., torch.Tensor]:
        import torch

        return torch.amax


class Min(_Reduction):
    """The least element over one or more dimensions. Source: torch.amin."""

    python = _written("amin")
    examples = (
        Example({"dim": [-2, -1]}, (16, 10, 10), (16,)),
        Example({"dim": 2, "keepdim": True}, (8, 50), (8, 1)),
    )

    def _function(self) -> Callable[..., torch.Tensor]:
        import torch

        return torch.amin


class _Spread(_Reduction):
    """How far elements are from their mean.

    Args:
        correction: what is taken from the number of elements before it divides: 1 for that of
            a sample (Bessel's), 0 for that of all there is.
    """

    correction = defaulted(Integer(min=0), 1)


class Var(_Spread):
    """The variance over one or more dimensions. Source: torch.var."""

    python = _written("var", "correction")
    examples = (
        Example({"dim": [2, 3], "keepdim": True}, (64, 7, 7), (64, 1, 1)),
        Example({"dim": -1, "correction": 0}, (8, 50), (8,)),
    )

    def _function(self) -> Callable[..., torch.Tensor]:
        correction = self.correction
        return lambda x, dim, keepdim: x.var(dim, correction=correction, keepdim=keepdim)


class Std(_Spread):
    """The standard deviation over one or more dimensions. Source: torch.std."""

    python = _written("std", "correction")
    examples = (
        Example({"dim": [2, 3]}, (64, 7, 7), (64,)),
        Example({"dim": 1, "correction": 0, "keepdim": True}, (8, 50), (1, 50)),
    )

    def _function(self) -> Callable[..., torch.Tensor]:
        correction = self.correction
        return lambda x, dim, keepdim: x.std(dim, correction=correction, keepdim=keepdim)


class Norm(_Reduction):
    """The length of the vector of all elements along some dimensions.

    Args:
        p: the order of the norm: 2 for the root of the sum of squares, 1 for the sum of
            absolute values.

    Source: torch.linalg.vector_norm.
    """

    python = _written("norm", "p")
    p = defaulted(Number(min=0), 2)
    examples = (
        Example({"dim": [2, 3], "keepdim": True}, (64, 7, 7), (64, 1, 1)),
        Example({"dim": -1, "p": 1}, (8, 50), (8,)),
    )

    def _function(self) -> Callable[..., torch.Tensor]:
        import torch

        p = self.p
        return lambda x, dim, keepdim: torch.linalg.vector_norm(x, p, dim, keepdim)
