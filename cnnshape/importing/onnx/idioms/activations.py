"""Activations that are written with several operators."""

from __future__ import annotations

from math import isclose

from ..matching import Match, is_number
from .idiom import Operator, idiom


@idiom(
    "x * (Erf(x / 1.41421356) + 1) * 0.5",
    "x * ((Erf(x / 1.41421356) + 1) * 0.5)",
    "(x * 0.5) * (Erf(x / 1.41421356) + 1)",
    "x * (Erf(x * 0.70710678) + 1) * 0.5",
    "x * ((Erf(x * 0.70710678) + 1) * 0.5)",
    "(x * 0.5) * (Erf(x * 0.70710678) + 1)",
)
def _gelu(match: Match) -> Operator:
    return Operator("Gelu", "x")


@idiom(
    "(x * 0.5) * (Tanh((x + x ** 3 * 0.044715) * 0.79788456) + 1)",
    "x * (Tanh((x + x ** 3 * 0.044715) * 0.79788456) + 1) * 0.5",
    "(x * 0.5) * (Tanh((x + x * x * x * 0.044715) * 0.79788456) + 1)",
    "x * (Tanh((x + x * x * x * 0.044715) * 0.79788456) + 1) * 0.5",
)
def _gelu_by_tanh(match: Match) -> Operator:
    return Operator("Gelu", "x", {"approximate": "tanh"})


@idiom("x * Sigmoid(x)")
def _swish(match: Match) -> Operator:
    return Operator("Swish", "x")


@idiom("x * Tanh(Softplus(x))")
def _mish(match: Match) -> Operator:
    return Operator("Mish", "x")


@idiom("x * HardSigmoid(x)")
def _hard_swish(match: Match) -> Operator | None:
    sixth = match.node("HardSigmoid").attributes.get("alpha", 0.2)
    return Operator("HardSwish", "x") if isclose(sixth, 1 / 6, rel_tol=1e-5) else None


@idiom("Log(Sigmoid(x))")
def _log_sigmoid(match: Match) -> Operator:
    return Operator("LogSigmoid", "x")


@idiom("x / (Abs(x) + 1)")
def _softsign(match: Match) -> Operator:
    return Operator("Softsign", "x")


@idiom(
    "Where(LessOrEqual(Abs(x), l), 0, x)",
    "Where(Or(Greater(x, l), Less(x, m)), x, 0)",
    "Where(Or(Cast(Greater(x, l)), Cast(Less(x, m))), x, 0)",
)
def _hardshrink(match: Match) -> Operator | None:
    width = _width(match)
    return None if width is None else Operator("Shrink", "x", {"lambd": width})


@idiom(
    "Where(Greater(Abs(x), l), x - Sign(x) * k, z)",
    "Where(Greater(x, l), x - k, 0) + Where(Less(x, m), x + n, 0)",
)
def _softshrink(match: Match) -> Operator | None:
    width = _width(match)
    same = all(match.number(letter) == width for letter in "kn" if letter in match.values)
    if width is None or not same or ("z" in match.values and not _is_zero(match)):
        return None
    return Operator("Shrink", "x", {"lambd": width, "bias": width})


def _width(match: Match) -> float | None:
    """The number on both sides of 0 within which a value is shrunk to nothing."""
    width = match.number("l")
    if width is None or ("m" in match.values and match.number("m") != -width):
        return None
    return width


def _is_zero(match: Match) -> bool:
    """Whether z is 0, or x times 0."""
    product = match.makers.get(match.values["z"])
    zeros = (
        product.inputs if product is not None and product.type == "Mul" else ["", match.values["z"]]
    )
    constants = [match.graph.constants.get(name) for name in zeros]
    return any(constant is not None and is_number(constant, 0) for constant in constants)


@idiom("Where(LessOrEqual(x, t), v, x)", "Where(Greater(x, t), x, v)")
def _threshold(match: Match) -> Operator | None:
    numbers = {"threshold": match.number("t"), "value": match.number("v")}
    return None if None in numbers.values() else Operator("Threshold", "x", numbers)


@idiom("Softplus(x * b) / c", "Where(Greater(x * b, t), x, Softplus(x, b))")
def _softplus(match: Match) -> Operator | None:
    """log(1 + exp(b · x)) / b, and beyond a threshold x itself."""
    beta = match.number("b")
    if "t" not in match.values:
        return Operator("Softplus", "xb", {"beta": beta}) if match.number("c") == beta else None
    return Operator("Softplus", "x", {"beta": beta, "threshold": match.number("t")})
