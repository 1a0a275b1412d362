"""Values that do not follow from the input: learned ones, and fixed ones."""

from __future__ import annotations

from math import prod
from typing import ClassVar

from ..text.counts import count_of
from ._python import Python
from .base import Example, Layer, LayerError
from .fields import FINITE, Integer, ListOf, defaulted, required
from .shapes import Shape, Shapes, format_shape
from .working import Working, of_each_output


class _Source(Layer):
    """A value that is the same for every sample; of what it reads only the batch matters."""

    kind = "merge"
    reads_size_of = frozenset({0})
    shape = required(ListOf(Integer(min=1)))

    def output_shape(self, inputs: Shapes) -> Shape:
        shape: Shape = self.shape
        return shape

    def macs(self, inputs: Shapes, output: Shape) -> int:
        return 0

    def footprint(self, inputs: Shapes, output: Shape) -> None:
        return None


class LearnedConstant(_Source):
    """A learned tensor, the same for every sample: StyleGAN's first map, weights of a fusion.

    Args:
        shape: of the tensor, without the batch.
        init_value: what its numbers begin with.

    Source: Karras, Laine and Aila, 2018, arXiv:1812.04948 (StyleGAN).
    """

    python = Python(make="LearnedConstant", file="sources")
    init_value = defaulted(FINITE, 1.0)
    examples: ClassVar = (
        Example({"shape": [64, 4, 4]}, (512,), (64, 4, 4)),
        Example({"shape": [2], "init_value": 0.5}, (8, 16, 16), (2,)),
    )

    def parameters(self) -> dict[str, Shape]:
        return {"weight": self.shape}

    def connections_working(self, inputs: Shapes, output: Shape) -> Working:
        return (of_each_output(output, 1, "number"),)


class Constant(_Source):
    """A tensor of fixed numbers.

    Args:
        shape: of the tensor, without the batch.
        values: its numbers in a row, the last dimension running fastest.
    """

    python = Python(make="Constant", file="sources")
    values = required(ListOf(FINITE))
    examples: ClassVar = (
        Example({"shape": [3, 3], "values": [1, 0, 0, 0, 1, 0, 0, 0, 1]}, (9,), (3, 3)),
        Example({"shape": [2, 1, 1], "values": [0.5, 2]}, (2, 8, 8), (2, 1, 1)),
    )

    def check(self) -> None:
        if len(self.values) != prod(self.shape):
            raise LayerError(
                f"{format_shape(self.shape)} are {count_of(prod(self.shape), 'number')}, "
                f"values has {len(self.values)}",
                field="values",
            )


class Buffer(_Source):
    """A tensor of fixed numbers that a spec does not hold: they are loaded with the weights.

    So stand anchors, masks, tables of positions and means of many channels: saved, and not
    learned.

    Args:
        shape: of the tensor, without the batch.
        init_value: what its numbers are before any are loaded.

    Source: torch.nn.Buffer.
    """

    python = Python(make="Buffer", file="sources")
    init_value = defaulted(FINITE, 1.0)
    examples: ClassVar = (
        Example({"shape": [65, 1, 1]}, (65, 8, 8), (65, 1, 1)),
        Example({"shape": [2, 8400], "init_value": 0}, (84, 8400), (2, 8400)),
    )

    def buffers(self) -> dict[str, Shape]:
        return {"value": self.shape}


class Linspace(_Source):
    """Numbers in equal steps along one dimension: the coordinates of a map's positions.

    Args:
        shape: of the value, without the batch.
        dim: the dimension along which they change, the batch counted as 0.
        start: the first number.
        end: the last number.

    Source: torch.linspace; Liu et al., 2018, arXiv:1807.03247 (CoordConv).
    """

    python = Python(make="Linspace", file="sources")
    dim = required(Integer(min=1))
    start = required(FINITE)
    end = required(FINITE)
    examples: ClassVar = (
        Example({"shape": [1, 6, 8], "dim": 3, "start": -1, "end": 1}, (3, 6, 8), (1, 6, 8)),
        Example({"shape": [5, 4], "dim": 1, "start": 0, "end": 4}, (5, 4), (5, 4)),
    )

    def check(self) -> None:
        if self.dim > len(self.shape):
            raise LayerError(
                f"dim is {self.dim}, but {format_shape(self.shape)} has {len(self.shape)} "
                f"dimension{'s' * (len(self.shape) != 1)} beside the batch",
                field="dim",
            )
