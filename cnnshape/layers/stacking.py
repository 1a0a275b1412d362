"""Values put beside each other along a new dimension, and one value several times."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ..fixes import Fix, as_yaml, setting
from ..text.counts import count_of
from ._dimensions import sample_dimension
from ._python import Python, unpacked
from .base import Example, Layer, LayerError, Step, function_module
from .fields import Integer, ListOf, defaulted, required
from .shapes import Shape, Shapes, format_shape

if TYPE_CHECKING:
    from torch import nn


class Stack(Layer):
    """Its inputs, which have one shape, beside each other along a new dimension.

    Args:
        dim: where the new dimension stands in the result, the batch counted as 0.

    Source: torch.stack.
    """

    kind = "merge"
    inputs = (2, None)
    python = Python(
        call=lambda module, inputs, arguments: (
            f"torch.stack([{', '.join(inputs)}], dim={arguments['dim']})"
        )
    )
    dim = defaulted(Integer(), 1)
    examples = (
        Example({}, ((64, 28, 28), (64, 28, 28)), (2, 64, 28, 28)),
        Example({"dim": -1}, ((8, 50), (8, 50), (8, 50)), (8, 50, 3)),
    )

    def output_shape(self, inputs: Shapes) -> Shape:
        first = inputs[0]
        for shape in inputs[1:]:
            if shape != first:
                raise LayerError(
                    f"Stack cannot join {format_shape(first)} and {format_shape(shape)}: "
                    "they must be equal",
                    fixes=[
                        Fix(
                            "Concat joins values that differ along one dimension",
                            {"dim": dim},
                            type="Concat",
                        )
                        for dim in range(1, len(first) + 1)
                    ],
                )
        place = sample_dimension(self, self.dim, (*first, 1)) - 1
        return (*first[:place], len(inputs), *first[place:])

    def footprint(self, inputs: Shapes, output: Shape) -> tuple[Step, ...] | None:
        return None

    def module(self) -> nn.Module:
        import torch

        dim = self.dim
        return function_module(lambda *inputs: torch.stack(inputs, dim))


class _Copies(Layer):
    """A layer that gives what it reads several times along some dimensions."""

    kind = "shape"
    unchanged: ClassVar[int]
    """The number that leaves a dimension as it is."""

    def _check_rank(self, sizes: tuple[int, ...], shape: Shape, field: str) -> None:
        if len(sizes) != len(shape):
            raise LayerError(
                f"{field} {list(sizes)} has {count_of(len(sizes), 'number')}, "
                f"but {format_shape(shape)} has {count_of(len(shape), 'dimension')}",
                fixes=[
                    setting(
                        f"write one for each dimension, without the batch, as {field}: "
                        f"{as_yaml([self.unchanged] * len(shape))}",
                        **{field: [self.unchanged] * len(shape)},
                    )
                ],
                field=field,
            )

    def footprint(self, inputs: Shapes, output: Shape) -> tuple[Step, ...] | None:
        return None


class Expand(_Copies):
    """Dimensions of size 1 stretched: their one element stands at every position.

    Args:
        shape: the new sizes, without the batch; -1 for one that stays.

    Source: torch.Tensor.expand.
    """

    python = Python(
        call=lambda module, inputs, arguments: (
            f"{inputs[0]}.expand(-1, {unpacked(arguments['shape'])})"
        )
    )
    unchanged = -1
    shape = required(ListOf(Integer(min=-1)))
    examples = (
        Example({"shape": [-1, 7, 7]}, (64, 1, 1), (64, 7, 7)),
        Example({"shape": [4, 49]}, (1, 49), (4, 49)),
    )

    def output_shape(self, inputs: Shapes) -> Shape:
        (shape,) = inputs
        self._check_rank(self.shape, shape, "shape")
        sizes = []
        for dim, (size, wanted) in enumerate(zip(shape, self.shape, strict=True), 1):
            if wanted == 0 or (wanted not in (-1, size) and size != 1):
                raise LayerError(
                    f"dimension {dim} of {format_shape(shape)} is {size}: "
                    f"it cannot be stretched to {wanted}",
                    fixes=[
                        setting(
                            "write -1 for a size that stays; only a size of 1 is stretched",
                            shape=[
                                -1 if size > 1 or wanted == 0 else wanted
                                for size, wanted in zip(shape, self.shape, strict=True)
                            ],
                        )
                    ],
                    field="shape",
                )
            sizes.append(size if wanted == -1 else wanted)
        return tuple(sizes)

    def module(self) -> nn.Module:
        shape = self.shape
        return function_module(lambda x: x.expand(-1, *shape))


class Tile(_Copies):
    """The whole value several times along each dimension.

    Args:
        repeats: how many times, for each dimension without the batch.

    Source: torch.tile.
    """

    python = Python(
        call=lambda module, inputs, arguments: (
            f"{inputs[0]}.repeat(1, {unpacked(arguments['repeats'])})"
        )
    )
    unchanged = 1
    repeats = required(ListOf(Integer(min=1)))
    examples = (
        Example({"repeats": [4, 1, 1]}, (3, 8, 8), (12, 8, 8)),
        Example({"repeats": [2, 3]}, (8, 5), (16, 15)),
    )

    def output_shape(self, inputs: Shapes) -> Shape:
        (shape,) = inputs
        self._check_rank(self.repeats, shape, "repeats")
        return tuple(size * times for size, times in zip(shape, self.repeats, strict=True))

    def module(self) -> nn.Module:
        repeats = self.repeats
        return function_module(lambda x: x.repeat(1, *repeats))
