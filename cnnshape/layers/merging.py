"""Layers that join several values: residual sums, gates, concatenation, matrix products."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from itertools import groupby
from math import prod
from typing import TYPE_CHECKING, Any, ClassVar

from ..fixes import Fix, as_entry, as_yaml, putting_before
from ._dimensions import dimension_name, sample_dimension
from ._python import Python, function, joined
from .base import ELEMENTWISE, Example, Layer, LayerError, Step, function_module
from .fields import Integer, defaulted
from .shapes import Shape, Shapes, format_shape
from .working import Working, times

if TYPE_CHECKING:
    import torch
    from torch import nn


class _Merge(Layer):
    """A layer that reads two or more values."""

    kind = "merge"
    inputs: ClassVar[tuple[int, int | None]] = (2, None)

    def footprint(self, inputs: Shapes, output: Shape) -> tuple[Step, ...] | None:
        return (ELEMENTWISE,) * (len(output) - 1) if len(output) > 1 else None

    def _refusal(
        self,
        first: Shape,
        second: Shape,
        differences: str,
        help: str,
        fixes: Sequence[Fix] = (),
    ) -> LayerError:
        return LayerError(
            f"{self.type_name} cannot join {format_shape(first)} and {format_shape(second)}: "
            f"{differences}",
            fixes=fixes,
            help=help,
        )

    def _check_rank(self, first: Shape, second: Shape, index: int = 1) -> None:
        # PyTorch aligns dimensions from the end, so that with fewer dimensions one input's
        # batch would meet the other's channels or height. It works by accident at best.
        if len(first) != len(second):
            raise self._refusal(
                first,
                second,
                f"one has {len(first)} dimension{'s' * (len(first) != 1)}, the other {len(second)}",
                "both must have as many dimensions",
                _fixes_for_rank(first, second, index),
            )


class _Broadcast(_Merge):
    """An operation on elements in the same place; a dimension of size 1 is stretched."""

    gives_own_memory = True

    def output_shape(self, inputs: Shapes) -> Shape:
        output = inputs[0]
        for index, shape in enumerate(inputs[1:], 1):
            self._check_rank(output, shape, index)
            differing = _differing(output, shape, stretch=True)
            if differing:
                raise self._refusal(
                    output,
                    shape,
                    _differences(differing, output, shape),
                    "they must be equal in each dimension, or 1 there",
                    _projection(output, shape, index) or _resizing(output, shape, index),
                )
            output = _stretched(output, shape)
        return output

    def module(self) -> nn.Module:
        operation = self._operation()
        return function_module(lambda *inputs: reduce(operation, inputs))

    def _operation(self) -> Callable[[torch.Tensor, torch.Tensor], torch.Tensor]:
        """The torch function of two inputs."""
        raise NotImplementedError


class Add(_Broadcast):
    """The sum of its inputs, element by element, as in a residual block. Source: torch.add."""

    operation = "Addition"
    python = joined("+")
    examples = (
        Example({}, ((64, 56, 56), (64, 56, 56)), (64, 56, 56)),
        Example({}, ((16, 8, 8), (16, 1, 1), (16, 8, 8)), (16, 8, 8)),
    )

    def _operation(self) -> Callable[[torch.Tensor, torch.Tensor], torch.Tensor]:
        import torch

        return torch.add


class Subtract(_Broadcast):
    """The first input minus the second, element by element. Source: torch.sub."""

    python = joined("-")
    inputs = (2, 2)
    examples = (
        Example({}, ((3, 32, 32), (3, 32, 32)), (3, 32, 32)),
        Example({}, ((3, 32, 32), (3, 1, 1)), (3, 32, 32)),
    )

    def _operation(self) -> Callable[[torch.Tensor, torch.Tensor], torch.Tensor]:
        import torch

        return torch.sub


class Multiply(_Broadcast):
    """The product of its inputs, element by element, as in a gate. Source: torch.mul."""

    operation = "Multiplication"
    python = joined("*")
    examples = (
        Example({}, ((64, 56, 56), (64, 1, 1)), (64, 56, 56)),
        Example({}, ((10,), (10,)), (10,)),
    )

    def _operation(self) -> Callable[[torch.Tensor, torch.Tensor], torch.Tensor]:
        import torch

        return torch.mul


class Divide(_Broadcast):
    """The first input divided by the second, element by element. Source: torch.div."""

    operation = "Division"
    python = joined("/")
    inputs = (2, 2)
    examples = (
        Example({}, ((64, 56, 56), (64, 1, 1)), (64, 56, 56)),
        Example({}, ((10,), (10,)), (10,)),
    )

    def _operation(self) -> Callable[[torch.Tensor, torch.Tensor], torch.Tensor]:
        import torch

        return torch.div


class Maximum(_Broadcast):
    """The greatest of its inputs, element by element. Source: torch.maximum."""

    python = Python(
        call=lambda module, inputs, arguments: reduce("torch.maximum({}, {})".format, inputs)
    )
    examples = (
        Example({}, ((16, 8, 8), (16, 8, 8)), (16, 8, 8)),
        Example({}, ((16, 8), (1, 8), (16, 1)), (16, 8)),
    )

    def _operation(self) -> Callable[[torch.Tensor, torch.Tensor], torch.Tensor]:
        import torch

        return torch.maximum


class Minimum(_Broadcast):
    """The least of its inputs, element by element. Source: torch.minimum."""

    python = Python(
        call=lambda module, inputs, arguments: reduce("torch.minimum({}, {})".format, inputs)
    )
    examples = (
        Example({}, ((16, 8, 8), (16, 8, 8)), (16, 8, 8)),
        Example({}, ((16, 8), (1, 8), (16, 1)), (16, 8)),
    )

    def _operation(self) -> Callable[[torch.Tensor, torch.Tensor], torch.Tensor]:
        import torch

        return torch.minimum


class Concat(_Merge):
    """Its inputs one after the other along a dimension. Source: torch.cat.

    Args:
        dim: the dimension along which they are put together, the batch counted as 0;
            in all others they must be equal.
    """

    operation = "Concatenation"
    python = Python(
        call=lambda module, inputs, arguments: (
            f"torch.cat([{', '.join(inputs)}], dim={arguments['dim']})"
        )
    )
    gives_own_memory = True
    dim = defaulted(Integer(), 1)
    examples = (
        Example({}, ((64, 28, 28), (128, 28, 28), (32, 28, 28), (32, 28, 28)), (256, 28, 28)),
        Example({"dim": -1}, ((8, 50), (8, 1)), (8, 51)),
        Example({}, ((400,), (84,)), (484,)),
    )

    def output_shape(self, inputs: Shapes) -> Shape:
        first = inputs[0]
        dim = sample_dimension(self, self.dim, first)
        for index, shape in enumerate(inputs[1:], 1):
            self._check_rank(first, shape, index)
            differing = [d for d in _differing(first, shape) if d != dim]
            if differing:
                raise self._refusal(
                    first,
                    shape,
                    f"{_differences(differing, first, shape)}, and only the "
                    f"{dimension_name(dim, first)} may",
                    "bring them to one size: pad the smaller, crop the larger, or change a stride",
                    _resizing(first, shape, index),
                )
        joined = sum(shape[dim - 1] for shape in inputs)
        return (*first[: dim - 1], joined, *first[dim:])

    def formula(self, inputs: Shapes, output: Shape) -> str:
        index = sample_dimension(self, self.dim, output) - 1
        terms = []
        for size, run in groupby(shape[index] for shape in inputs):
            count = len(list(run))
            terms += [f"{count}·{size}"] if count > 2 else [str(size)] * count
        return f"{'+'.join(terms)} = {output[index]}"

    def module(self) -> nn.Module:
        import torch

        dim = self.dim
        return function_module(lambda *inputs: torch.cat(inputs, dim))


class MatMul(_Merge):
    """The matrix product over the last two dimensions: L×M and M×N give L×N.

    Dimensions before them (the heads of an attention) must be equal, or 1.

    Source: torch.matmul.
    """

    inputs = (2, 2)
    python = function("torch.matmul")
    examples = (
        Example({}, ((49, 64), (64, 49)), (49, 49)),
        Example({}, ((8, 49, 32), (8, 32, 49)), (8, 49, 49)),
        Example({}, ((8, 49, 32), (1, 32, 16)), (8, 49, 16)),
    )

    def output_shape(self, inputs: Shapes) -> Shape:
        first, second = inputs
        self._check_rank(first, second)
        if len(first) < 2:
            raise self._refusal(
                first,
                second,
                "both must be matrices, L×M and M×N",
                "put Unflatten with dim: 1 before each, to make a matrix of a vector",
            )
        if first[-1] != second[-2]:
            fits = " (they fit with the second transposed)" if first[-1] == second[-1] else ""
            raise self._refusal(
                first,
                second,
                f"the first has {first[-1]} columns, the second {second[-2]} rows",
                f"the second must have {first[-1]} rows{fits}",
            )
        differing = _differing(first[:-2], second[:-2], stretch=True)
        if differing:
            raise self._refusal(
                first,
                second,
                "before the matrices, "
                + ", ".join(f"{first[d - 1]} and {second[d - 1]} differ" for d in differing),
                "dimensions before the last two must be equal, or 1",
            )
        return (*_stretched(first[:-2], second[:-2]), first[-2], second[-1])

    def macs_working(self, inputs: Shapes, output: Shape) -> Working:
        return (times((output, "outputs"), (inputs[0][-1:], "products each")),)

    def footprint(self, inputs: Shapes, output: Shape) -> tuple[Step, ...] | None:
        return None

    def formula(self, inputs: Shapes, output: Shape) -> str:
        (rows, inner), columns = inputs[0][-2:], inputs[1][-1]
        return f"{rows}×{inner} · {inner}×{columns} = {rows}×{columns}"

    def module(self) -> nn.Module:
        import torch

        return function_module(torch.matmul)


def _differing(first: Shape, second: Shape, *, stretch: bool = False) -> list[int]:
    """The dimensions, from 1, whose sizes differ; with `stretch`, a size of 1 fits any."""
    return [
        d
        for d, (a, b) in enumerate(zip(first, second, strict=True), 1)
        if a != b and not (stretch and 1 in (a, b))
    ]


def _stretched(first: Shape, second: Shape) -> Shape:
    return tuple(b if a == 1 else a for a, b in zip(first, second, strict=True))


def _differences(dims: list[int], first: Shape, second: Shape) -> str:
    """'channels 64 and 128 differ, height 56 and 28 differ'."""
    return ", ".join(
        f"{dimension_name(d, first)} {first[d - 1]} and {second[d - 1]} differ" for d in dims
    )


def _fixes_for_rank(first: Shape, second: Shape, index: int) -> list[Fix]:
    """A vector as a map of one position; `index` is the second's place among the inputs."""
    (few, reads), (many, _) = sorted(((first, 0), (second, index)), key=lambda pair: len(pair[0]))
    if len(few) != 1:
        return []
    target = [few[0], *(1,) * (len(many) - 1)]
    unflatten = {"type": "Unflatten", "dim": 1, "unflattened_size": target}
    says = f"give {format_shape(few)} the dimensions that it lacks: {as_entry(unflatten)}"
    return [putting_before(unflatten, reads=reads, says=says)]


def _projection(first: Shape, second: Shape, index: int) -> list[Fix]:
    """The 1×1 convolution that gives one shape the other's channels and size, if one does.

    With kernel 1 and no padding the size is ⌊(W−1)/S⌋+1.
    """
    pairs = ((first, 0), (second, index))
    if first[1:] == second[1:]:  # the shortcut has fewer channels as a rule
        (big, reads), (small, _) = sorted(pairs)
    else:
        (small, _), (big, reads) = sorted(pairs, key=lambda pair: prod(pair[0][1:]))
    dims = len(big) - 1
    if not 1 <= dims <= 3:
        return []
    strides = [_stride_to(a, b) for a, b in zip(big[1:], small[1:], strict=True)]
    if None in strides:
        return []
    conv: dict[str, Any] = {"out_channels": small[0], "kernel_size": 1}
    if set(strides) != {1}:
        conv["stride"] = strides[0] if len(set(strides)) == 1 else strides
    written = f"out_channels: {small[0]}, kernel_size: 1"
    if "stride" in conv:
        written += f" and stride: {as_yaml(conv['stride'])}"
    says = f"give {format_shape(big)} (the shortcut?) a 1×1 convolution: Conv{dims}d with {written}"
    return [putting_before({"type": f"Conv{dims}d", **conv}, reads=reads, says=says)]


def _stride_to(size: int, wanted: int) -> int | None:
    """The stride with which a window of 1 turns `size` into `wanted`; None: there is none."""
    if wanted == 1:
        return size
    stride = -(-size // wanted)
    return stride if (size - 1) // stride + 1 == wanted else None


def _resizing(first: Shape, second: Shape, index: int) -> list[Fix]:
    """How two maps come to one size: by a whole factor, or by cutting the larger."""
    pairs = ((first, 0), (second, index))
    (small, small_at), (big, big_at) = sorted(pairs, key=lambda pair: prod(pair[0][1:]))
    if len(big) < 2:
        return []
    ratios = [max(a, b) / min(a, b) for a, b in zip(big[1:], small[1:], strict=True)]
    fixes = []
    if len(set(ratios)) == 1 and ratios[0] > 1 and ratios[0].is_integer():
        upsample = {"type": "Upsample", "scale_factor": int(ratios[0])}
        says = f"bring {format_shape(small)} to the other's size with {as_entry(upsample)}"
        fixes.append(putting_before(upsample, reads=small_at, says=says))
    elif all(a >= b for a, b in zip(big[1:], small[1:], strict=True)):
        crop = {"type": "CropLike", "from": [big_at, small_at]}
        says = (
            f"cut {format_shape(big)} to the size of {format_shape(small)}: "
            "{type: CropLike, from: [the larger, the smaller]}"
        )
        fixes.append(putting_before(crop, reads=big_at, says=says))
    return fixes
