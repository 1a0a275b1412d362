"""Activations of single numbers; exact where the number stays a fraction."""

from __future__ import annotations

from collections.abc import Callable
from math import erf, exp, expm1, log1p, sqrt, tanh
from typing import Any

from .exact import Number, ratio


def _sigmoid(x: Number) -> float:
    return (1 + tanh(x / 2)) / 2


ACTIVATIONS: dict[str, Callable[[Any], Number]] = {
    "ReLU": lambda x: max(0, x),
    "ReLU6": lambda x: min(max(0, x), 6),
    "LeakyReLU": lambda x: x if x > 0 else ratio(x, 100),
    "ELU": lambda x: x if x > 0 else expm1(x),
    "GELU": lambda x: x * (1 + erf(x / sqrt(2))) / 2,
    "SiLU": lambda x: x * _sigmoid(x),
    "Softplus": lambda x: max(0.0, float(x)) + log1p(exp(-abs(x))),
    "Sigmoid": _sigmoid,
    "Tanh": tanh,
}
"""What can follow a convolution: the types of the library, with their default arguments."""
