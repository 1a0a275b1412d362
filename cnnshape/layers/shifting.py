"""The same elements along a dimension, shifted or in reverse order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..fixes import setting
from ._dimensions import sample_dimensions
from ._python import method
from .base import Example, Layer, LayerError, Step, function_module
from .fields import Either, Integer, ListOf, required
from .shapes import Shape, Shapes

if TYPE_CHECKING:
    from torch import nn


class _Shift(Layer):
    """A layer that moves elements along dimensions.

    Args:
        dims: the dimension, or a list of several, the batch counted as 0.
    """

    kind = "shape"
    dims = required(Either(Integer(), ListOf(Integer())))

    def output_shape(self, inputs: Shapes) -> Shape:
        sample_dimensions(self, self.dims, inputs[0], "dims")
        return inputs[0]

    def footprint(self, inputs: Shapes, output: Shape) -> tuple[Step, ...] | None:
        return None


class Roll(_Shift):
    """Elements shifted along dimensions; those that leave at the end come in at the start.

    Args:
        shifts: by how many positions, one number or one for each of `dims`.

    Source: torch.roll.
    """

    python = method("roll", "shifts", "dims")
    shifts = required(Either(Integer(), ListOf(Integer())))
    examples = (
        Example({"shifts": 1, "dims": -1}, (8, 50), (8, 50)),
        Example({"shifts": [-3, -3], "dims": [1, 2]}, (56, 56, 96), (56, 56, 96)),
    )

    def check(self) -> None:
        counts = [len(v) if isinstance(v, tuple) else 1 for v in (self.shifts, self.dims)]
        if counts[0] != counts[1]:
            raise LayerError(
                f"shifts has {counts[0]} number{'s' * (counts[0] != 1)}, dims {counts[1]}",
                fixes=[
                    setting(
                        "write one shift for each dimension",
                        shifts=_as_many(self.shifts, counts[1]),
                    )
                ]
                if counts[1] > 1
                else [],
                help="write one shift for each dimension",
                field="shifts",
            )

    def module(self) -> nn.Module:
        shifts, dims = self.shifts, self.dims
        return function_module(lambda x: x.roll(shifts, dims))


class Flip(_Shift):
    """Elements in reverse order along dimensions. Source: torch.flip."""

    python = method("flip", "dims")
    examples = (
        Example({"dims": -1}, (3, 32, 32), (3, 32, 32)),
        Example({"dims": [1, 2]}, (8, 50), (8, 50)),
    )

    def module(self) -> nn.Module:
        dims = self.dims
        return function_module(lambda x: x.flip(dims))


def _as_many(shifts: int | tuple[int, ...], count: int) -> list[int]:
    written = shifts if isinstance(shifts, tuple) else (shifts,)
    return [*written, *(written[-1:] * count)][:count]
