"""Single positions along a dimension, those of a list, and every n-th."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..fixes import Fix, leaving_out, setting
from ._dimensions import sample_dimension
from ._python import Python, method
from .base import Example, Layer, LayerError, Step, function_module
from .fields import Integer, ListOf, Optional, defaulted, required
from .shapes import Shape, Shapes, minus

if TYPE_CHECKING:
    from torch import nn


class Select(Layer):
    """One index along a dimension, which is gone then.

    Args:
        dim: the dimension, the batch counted as 0.
        index: which, from 0; negative from the end.

    Source: torch.select.
    """

    kind = "shape"
    python = method("select", "dim", "index")
    dim = required(Integer())
    index = required(Integer())
    examples = (
        Example({"dim": 1, "index": 0}, (50, 64), (64,)),
        Example({"dim": 2, "index": -1}, (8, 3, 16), (8, 16)),
    )

    def output_shape(self, inputs: Shapes) -> Shape:
        (shape,) = inputs
        place = sample_dimension(self, self.dim, shape) - 1
        size = shape[place]
        if not -size <= self.index < size:
            raise LayerError(
                f"there is no index {minus(self.index)} along {size}",
                fixes=[setting(f"index from 0 to {size - 1}", index=size - 1)],
                field="index",
            )
        return (*shape[:place], *shape[place + 1 :])

    def footprint(self, inputs: Shapes, output: Shape) -> tuple[Step, ...] | None:
        return None

    def module(self) -> nn.Module:
        dim, index = self.dim, self.index
        return function_module(lambda x: x.select(dim, index))


class Slice(Layer):
    """Every n-th position of a range along a dimension.

    Args:
        dim: the dimension, the batch counted as 0.
        start: the first position.
        stop: the position at which the range ends, itself not taken; null: the end.
        step: positions from one that is taken to the next.

    Source: slices of Python, x[:, start:stop:step].
    """

    kind = "shape"
    python = Python(make="Slice", file="slicing")
    dim = defaulted(Integer(), 1)
    start = defaulted(Integer(min=0), 0)
    stop = defaulted(Optional(Integer(min=1)), None)
    step = defaulted(Integer(min=1), 1)
    examples = (
        Example({"step": 2}, (10, 8), (5, 8)),
        Example({"dim": -1, "start": 1, "stop": 9, "step": 3}, (4, 10), (4, 3)),
    )

    def output_shape(self, inputs: Shapes) -> Shape:
        (shape,) = inputs
        place = sample_dimension(self, self.dim, shape) - 1
        taken = len(range(shape[place])[self.start : self.stop : self.step])
        if not taken:
            end = shape[place] if self.stop is None else self.stop
            raise LayerError(
                f"nothing of {shape[place]} positions is left from {self.start} to {end}",
                fixes=[Fix("leave out start and stop", without=("start", "stop"))],
                field="start",
            )
        return (*shape[:place], taken, *shape[place + 1 :])

    def footprint(self, inputs: Shapes, output: Shape) -> tuple[Step, ...] | None:
        (shape,) = inputs
        dim = sample_dimension(self, self.dim, shape)
        steps = (Step(0, self.step if place == dim else 1) for place in range(2, len(shape) + 1))
        return tuple(steps) or None


class IndexSelect(Layer):
    """The positions of a list along a dimension, in the list's order, some several times maybe.

    Args:
        dim: the dimension, the batch counted as 0.
        index: the positions, from 0; null: they are loaded with a network's weights.
        count: how many they are, where index is null.

    Source: torch.index_select.
    """

    kind = "shape"
    python = Python(make="IndexSelect", file="slicing")
    dim = defaulted(Integer(), 1)
    index = defaulted(Optional(ListOf(Integer(min=0))), None)
    count = defaulted(Optional(Integer(min=1)), None)
    examples = (
        Example({"index": [0, 2, 2, 1]}, (3, 8, 8), (4, 8, 8)),
        Example({"dim": -1, "count": 2401}, (4, 169), (4, 2401)),
    )

    def check(self) -> None:
        if (self.index is None) == (self.count is None):
            raise LayerError(
                "IndexSelect needs either index or count",
                fixes=[] if self.index is None else [leaving_out("count"), leaving_out("index")],
                help="write index: the positions; or count: how many, which are loaded then",
                field="index",
            )

    def output_shape(self, inputs: Shapes) -> Shape:
        (shape,) = inputs
        place = sample_dimension(self, self.dim, shape) - 1
        if self.index is not None and max(self.index) >= shape[place]:
            raise LayerError(
                f"there is no index {max(self.index)} along {shape[place]}",
                help=f"index from 0 to {shape[place] - 1}",
                field="index",
            )
        return (*shape[:place], self._length(), *shape[place + 1 :])

    def buffers(self) -> dict[str, Shape]:
        return {} if self.index is not None else {"places": (self._length(),)}

    def footprint(self, inputs: Shapes, output: Shape) -> tuple[Step, ...] | None:
        return None

    def _length(self) -> int:
        if self.index is not None:
            return len(self.index)
        assert self.count is not None
        return self.count
