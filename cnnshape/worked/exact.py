"""Exact numbers: read as they are written, added without rounding, written as short as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import isfinite, lcm
from typing import TYPE_CHECKING, TypeAlias, Union

if TYPE_CHECKING:
    from fractions import Fraction

Number: TypeAlias = Union[int, float, "Fraction"]
"""An int where it is whole, a Fraction where it is not, a float where it cannot be exact."""
Grid: TypeAlias = Sequence[Sequence[Number]]
"""Rows of numbers."""
Maps: TypeAlias = Sequence[Grid]
"""A grid for each channel."""

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?")
_LONGEST = 40
"""Characters of a number: more than any that a program writes."""
_MOST_DIGITS, _MOST_DECIMALS = 15, 6
"""Of a number that is written in full; what has more is rounded."""


def read_number(text: str) -> Number:
    """'3', '−0.5' or '1e-3', exactly; raises ValueError."""
    text = text.replace("−", "-")
    if len(text) > _LONGEST or not _NUMBER.fullmatch(text):
        raise ValueError(text)
    if text.lstrip("+-").isdecimal():
        return int(text)
    from fractions import Fraction

    return whole(Fraction(text))


def whole(value: Fraction) -> Number:
    """A fraction, or the whole number that it is."""
    return value.numerator if value.denominator == 1 else value


def ratio(numerator: Number, denominator: Number) -> Number:
    """An exact quotient of exact numbers."""
    if denominator == 1:
        return numerator
    from fractions import Fraction

    return whole(Fraction(numerator) / denominator)  # type: ignore[arg-type]


def plain(value: Number) -> int | float | None:
    """A number for JSON, which knows neither fractions nor infinities."""
    if isinstance(value, int):
        return value
    return float(value) if isfinite(value) else None


def common_denominator(grids: Iterable[Grid]) -> int:
    """What all numbers of some grids can be multiplied by to be whole."""
    found = {value.denominator for grid in grids for row in grid for value in row}  # type: ignore[union-attr]
    return lcm(*found)


@lru_cache(maxsize=4096)
def written(value: Number) -> str:
    """A number as short as it is exact, else rounded: '6', '−0.5', '3.333', '−∞'."""
    return _text(value)[0]


@lru_cache(maxsize=4096)
def is_exact(value: Number) -> bool:
    """Whether `written` says all of a number."""
    return _text(value)[1]


def equals(value: Number) -> str:
    """'= 6', or '≈ 3.333' where it is rounded."""
    return f"{'=' if is_exact(value) else '≈'} {written(value)}"


@lru_cache(maxsize=4096)
def factor(value: Number) -> str:
    """A number as a factor or a summand: a negative one in parentheses."""
    text = written(value)
    return f"({text})" if text.startswith("−") else text


@lru_cache(maxsize=4096)
def product(value: Number, weight: Number) -> str:
    """'(3×1)', '(2×(−1))'."""
    return f"({factor(value)}×{factor(weight)})"


def _text(value: Number) -> tuple[str, bool]:
    if not isfinite(value):
        text = "∞" if abs(value) == float("inf") else "not a number"
        return ("−" if value < 0 else "") + text, True
    if isinstance(value, int) and abs(value) < 10**_MOST_DIGITS:
        return str(value).replace("-", "−"), True
    if not isinstance(value, float):
        scaled = value * 10**_MOST_DECIMALS
        if scaled.denominator == 1 and abs(scaled) < 10**_MOST_DIGITS:
            text = f"{float(value):.{_MOST_DECIMALS}f}".rstrip("0").rstrip(".")
            return text.replace("-", "−"), True
    text = f"{float(value):.4g}"
    text = "0" if float(text) == 0 else text
    return text.replace("-", "−"), False
