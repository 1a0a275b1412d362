"""How one number that a trained layer gives comes about: what it reads, its weights, the sum."""

from __future__ import annotations

from math import fsum, inf, isclose
from typing import Any, NamedTuple, TypeAlias

from ..worked.exact import plain

Rows: TypeAlias = tuple[tuple[float, ...], ...]
WindowRows: TypeAlias = tuple[tuple["float | None", ...], ...]
"""Rows of a window. None: padding that does not count, as in a max pool."""

WORKED_OUT = frozenset(
    {"Conv1d", "Conv2d", "Linear", "MaxPool1d", "MaxPool2d", "AvgPool1d", "AvgPool2d"}
)
"""The types whose outputs are worked out; each is a window, or a whole vector, of numbers."""


class Part(NamedTuple):
    """What is read of one map, or the vector that a Linear layer reads.

    Attributes:
        map: its number, from 0.
        window: what is read, in rows.
        weights: what each is multiplied by, in the same rows; () of a pool.
    """

    map: int
    window: WindowRows
    weights: Rows = ()

    @property
    def products(self) -> Rows:
        """Each number times its weight; of a pool the numbers that count."""
        if not self.weights:
            return tuple(tuple(v for v in row if v is not None) for row in self.window)
        return tuple(
            tuple((value or 0.0) * weight for value, weight in zip(row, weights, strict=True))
            for row, weights in zip(self.window, self.weights, strict=True)
        )

    @property
    def sum(self) -> float:
        """Of its products."""
        return fsum(value for row in self.products for value in row)


class OneOutput(NamedTuple):
    """One number of a layer's output.

    Attributes:
        place: its index in the output, each from 0.
        strongest: whether it was chosen as the largest.
        positions: for each spatial dimension, what the window reads, from 0; what is below 0 or
            not below the size is padding. () where all is read.
        parts: what is read, a map each.
        bias: what is added; None: nothing is.
        pool: 'max' or 'mean'; '' of a weighted sum.
        divisor: what a mean's sum is divided by.
        given: what the layer gave.
    """

    place: tuple[int, ...]
    strongest: bool
    positions: tuple[tuple[int, ...], ...]
    parts: tuple[Part, ...]
    bias: float | None
    pool: str
    divisor: int
    given: float

    @property
    def value(self) -> float:
        """The number as it is worked out here."""
        if self.pool == "max":
            return max((v for row in self.parts[0].products for v in row), default=-inf)
        return fsum((*(part.sum for part in self.parts), self.bias or 0.0)) / self.divisor

    @property
    def agrees(self) -> bool:
        """Whether that is what the layer gave, as far as float32 goes."""
        scale = fsum(abs(v) for part in self.parts for row in part.products for v in row)
        return isclose(self.value, self.given, rel_tol=1e-5, abs_tol=1e-5 * max(scale, 1e-30))

    def to_dict(self) -> dict[str, Any]:
        """As plain data, for JSON; every index from 0, an infinity as None."""
        return {
            "place": list(self.place),
            "strongest": self.strongest,
            "positions": [list(each) for each in self.positions],
            "parts": [
                {
                    "map": part.map,
                    "window": [
                        [None if value is None else plain(value) for value in row]
                        for row in part.window
                    ],
                    "weights": [list(row) for row in part.weights],
                    "sum": plain(part.sum),
                }
                for part in self.parts
            ],
            "bias": self.bias,
            "divisor": self.divisor,
            "value": plain(self.value),
            "given": plain(self.given),
        }
