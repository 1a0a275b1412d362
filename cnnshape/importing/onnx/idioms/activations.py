"""Activations that are written with several operators."""

from __future__ import annotations

from math import isclose

from ..matching import Match
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
