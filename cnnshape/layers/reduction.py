"""Reductions over dimensions, and a learned factor along one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import TYPE_CHECKING, Any

from ._dimensions import dimension_name, sample_dimension, with_batch
from ._python import Arguments, Python
from .base import ELEMENTWISE, Example, Layer, LayerError, Step, function_module
from .fields import Boolean, Either, Integer, ListOf, Number, defaulted, inferred, required
from .shapes import Shape, Shapes, minus

if TYPE_CHECKING:
    import torch
    from torch import nn


def _written(method: str) -> Python:
    def call(module: str, inputs: Sequence[str], arguments: Arguments) -> str:
        keepdim = arguments["keepdim"]
        more = "" if keepdim == "False" else f", keepdim={keepdim}"
        return f"{inputs[0]}.{method}(dim={arguments['dim']}{more})"

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
        reduced = self._dims(shape)
        if self.keepdim:
            return tuple(1 if d in reduced else size for d, size in enumerate(shape, 1))
        return tuple(size for d, size in enumerate(shape, 1) if d not in reduced)

    def footprint(self, inputs: Shapes, output: Shape) -> tuple[Step, ...] | None:
        (shape,) = inputs
        reduced = self._dims(shape)
        spatial = range(2, len(shape) + 1)
        all_space_to_a_vector = reduced == set(spatial)
        if len(shape) < 2 or not (self.keepdim or all_space_to_a_vector):
            return None
        return tuple(
            Step(shape[d - 1] - 1, shape[d - 1]) if d in reduced else ELEMENTWISE for d in spatial
        )

    def formula(self, inputs: Shapes, output: Shape) -> str:
        (shape,) = inputs
        sizes = [shape[d - 1] for d in sorted(self._dims(shape))]
        total = f" = {prod(sizes)}" if len(sizes) > 1 else ""
        return f"{'·'.join(map(str, sizes))}{total} → 1"

    def module(self) -> nn.Module:
        reduce, dim, keepdim = self._function(), self.dim, self.keepdim
        return function_module(lambda x: reduce(x, dim, keepdim))

    def _dims(self, shape: Shape) -> set[int]:
        """The reduced dimensions, the batch counted as 0; raises LayerError."""
        written = self.dim if isinstance(self.dim, tuple) else (self.dim,)
        found: set[int] = set()
        for dim in written:
            place = sample_dimension(self, dim, shape)
            if place in found:
                raise LayerError(
                    f"dim names {place} of {with_batch(shape)} twice "
                    f"({', '.join(map(minus, written))}): the {dimension_name(place, shape)}",
                    help=f"leave out {minus(dim)}",
                    field="dim",
                )
            found.add(place)
        return found

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


_SCALE = '''\
class Scale(nn.Module):
    """Multiplies each channel by a learned factor."""

    def __init__(self, weight_shape, init_value=1.0, bias=False):
        super().__init__()
        self.weight = nn.Parameter(torch.full(weight_shape, float(init_value)))
        self.bias = nn.Parameter(torch.zeros(weight_shape)) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        scaled = x * self.weight
        return scaled if self.bias is None else scaled + self.bias
'''


class Scale(Layer):
    """Multiplies each channel by a learned factor: ConvNeXt's layer scale.

    Args:
        dim: the dimension that has a factor for each index, the batch counted as 0.
        init_value: what the factors begin with.
        bias: whether a learned number is added too.
        weight_shape: the factors' shape: the size of `dim`, then a 1 for each dimension
            after it.

    Source: Liu et al., 2022, arXiv:2201.03545.
    """

    kind = "normalization"
    python = Python(make="Scale", source=_SCALE, without=("dim",))
    dim = defaulted(Integer(), 1)
    init_value = defaulted(Number(), 1.0)
    bias = defaulted(Boolean(), False)
    weight_shape = inferred(ListOf(Integer(min=1)))
    examples = (
        Example({"init_value": 1e-6}, (96, 56, 56), (96, 56, 56)),
        Example({"bias": True}, (84,), (84,)),
        Example({"dim": -1}, (50, 64), (50, 64)),
    )

    def infer(self, inputs: Shapes) -> dict[str, Any]:
        (shape,) = inputs
        dim = sample_dimension(self, self.dim, shape)
        return {"weight_shape": (shape[dim - 1], *(1,) * (len(shape) - dim))}

    def output_shape(self, inputs: Shapes) -> Shape:
        return inputs[0]

    def parameters(self) -> dict[str, Shape]:
        assert self.weight_shape is not None
        weight = {"weight": self.weight_shape}
        return {**weight, "bias": self.weight_shape} if self.bias else weight

    def macs(self, inputs: Shapes, output: Shape) -> int:
        return 0

    def connections(self, inputs: Shapes, output: Shape) -> int:
        return prod(output) * (1 + self.bias)

    def module(self) -> nn.Module:
        import torch
        from torch import nn

        shape, init_value, with_bias = self.weight_shape, self.init_value, self.bias
        assert shape is not None

        class Scale(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.weight = nn.Parameter(torch.full(shape, float(init_value)))
                self.bias = nn.Parameter(torch.zeros(shape)) if with_bias else None

            def forward(self, x: torch.Tensor) -> torch.Tensor:
                scaled = x * self.weight
                return scaled if self.bias is None else scaled + self.bias

        return Scale()
