"""What every expression can name, beside the names of its spec: constants and functions."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

CONSTANTS = {"true": True, "false": False, "null": None}


def make_divisible(value: float, divisor: int, smallest: int | None = None) -> int:
    """`value` rounded to a multiple of `divisor`, never below 0.9 of it.

    How the MobileNet and EfficientNet families round their widths. Source: the function
    _make_divisible of the MobileNet reference code, as in torchvision.models._utils.
    """
    rounded = max(smallest or divisor, int(value + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * value else rounded


def _round(value: float, digits: int = 0) -> float:
    """Python's round, with a bound on `digits`, for which it would compute a power of ten."""
    if abs(digits) > 18:
        raise ValueError
    return round(value, digits) if digits else round(value)


def _int(value: Any) -> int:
    """Python's int of a number, and of no text."""
    if not isinstance(value, (int, float)):
        raise TypeError
    return int(value)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "ceil": math.ceil,
    "floor": math.floor,
    "int": _int,
    "len": len,
    "make_divisible": make_divisible,
    "max": max,
    "min": min,
    "round": _round,
    "sqrt": math.sqrt,
    "sum": sum,
}
"""The functions that an expression may call."""

RESERVED_NAMES = frozenset(
    ("i", "in_channels", "in_size", "in_shape", *CONSTANTS, *FUNCTIONS, "True", "False", "None")
)
"""Names that a parameter may not have, since expressions give them a meaning."""
