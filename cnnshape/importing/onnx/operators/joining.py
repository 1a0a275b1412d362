"""Arithmetic: of several values, with learned tensors, with numbers."""

from __future__ import annotations

from dataclasses import replace

from ...graph import NotSaid
from ...operations import Answer, Layer, Value
from ..graph import Constant, written
from .operator import Input, Operator, Rules

rules = Rules()

NAMES = {
    "Add": "add", "Sum": "add", "Mul": "mul", "Sub": "sub", "Div": "div", "Max": "maximum",
    "Min": "minimum", "Pow": "pow",
}  # fmt: skip
OF_MANY = {"Sum": "Add", "Max": "Maximum", "Min": "Minimum"}
COMMUTES = ("Add", "Mul", *OF_MANY)


@rules.of(*NAMES)
def _join(op: Operator) -> Answer:
    values = [value for value in op.inputs if isinstance(value, Value)]
    if len(op.inputs) == 1:
        return op.as_torch("identity", op.x)
    if len(op.inputs) > 2:
        if len(values) < len(op.inputs):
            raise NotSaid("of several values, and constants among them")
        return Layer(OF_MANY[op.type], {}, tuple(values))
    first, second = op.inputs
    if op.type in ("Max", "Min") and (bound := _number(first, second)) is not None:
        low, high = (bound, None) if op.type == "Max" else (None, bound)
        return op.as_torch("clamp", values[0], low, high)
    if op.type in ("Sub", "Div") and isinstance(second, Constant):
        second = replace(
            second, learned=False
        )  # numbers to standardise by: what is learned is added
    if isinstance(first, Value) or op.type not in COMMUTES:
        return op.as_torch(NAMES[op.type], first, second)
    return op.as_torch(NAMES[op.type], second, first)


def _number(*inputs: Input) -> float | None:
    """The one number among the inputs, or None."""
    for given in inputs:
        if isinstance(given, Constant) and not given.learned and given.array.size == 1:
            return float(written(given.array.item()))
    return None


@rules.of("Concat")
def _concat(op: Operator) -> Answer:
    return op.as_torch("cat", list(op.inputs), op.attribute("axis"))
