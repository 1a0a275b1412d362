"""Arithmetic: of several values, with learned tensors, with numbers."""

from __future__ import annotations

from ...graph import NotSaid
from ...operations import Answer, Chain, Layer, Value
from ..graph import Constant, written
from .operator import Input, Operator, Rules

rules = Rules()

NAMES = {
    "Add": "add", "Sum": "add", "Mul": "mul", "Sub": "sub", "Div": "div", "Max": "maximum",
    "Min": "minimum", "Pow": "pow",
}  # fmt: skip
OF_MANY = {"Sum": "Add", "Max": "Maximum", "Min": "Minimum"}
COMMUTES = ("Add", "Mul", *OF_MANY)


@rules.of("Mean")
def _mean(op: Operator) -> Answer:
    values = [value for value in op.inputs if isinstance(value, Value)]
    if len(values) < len(op.inputs):
        raise NotSaid("of several values, and constants among them")
    if len(values) == 1:
        return op.as_torch("identity", op.x)
    sum = Chain(tuple(values)).then("Add")
    return sum.then("Rescale", scale=written(1 / len(values)))


@rules.of(*NAMES)
def _join(op: Operator) -> Answer:
    values = [value for value in op.inputs if isinstance(value, Value)]
    if len(op.inputs) == 1:
        return op.as_torch("identity", op.x)
    if len(op.inputs) > 2:
        if len(values) < len(op.inputs):
            raise NotSaid("of several values, and constants among them")
        return Layer(OF_MANY[op.type], {}, tuple(values))
    operands = [_fixed_scalar(each) if op.type == "Pow" else each for each in op.inputs]
    first, second = (_simple(each, op.outputs[0]) for each in operands)
    bounds = [each for each in (first, second) if isinstance(each, float)]
    if op.type in ("Max", "Min") and bounds:
        bound = bounds[0]
        low, high = (bound, None) if op.type == "Max" else (None, bound)
        return op.as_torch("clamp", values[0], low, high)
    if op.type in ("Sub", "Div") and isinstance(second, Constant):
        second = second.fixed()  # numbers to standardise by: what is learned is added
    if isinstance(first, Value) or op.type not in COMMUTES:
        return op.as_torch(NAMES[op.type], first, second)
    return op.as_torch(NAMES[op.type], second, first)


def _simple(given: Input, output: Value) -> Input | float:
    """An operand as a number where it is that all over, and is not learned."""
    if not isinstance(given, Constant) or given.learned or not given.is_uniform:
        return given
    return float(written(given.array.flat[0].item())) if len(given.shape) <= output.rank else given


def _fixed_scalar(given: Input) -> Input:
    """A base or exponent; one without dimensions is not learned."""
    return given.fixed() if isinstance(given, Constant) and not given.shape else given


@rules.of("Where")
def _where(op: Operator) -> Answer:
    condition, *values = op.inputs
    chosen = [_simple(_fixed(value), op.outputs[0]) for value in values]
    return op.as_torch("where", condition, *chosen)


def _fixed(given: Input) -> Input:
    """What is chosen; one number all over is not learned."""
    return given.fixed() if isinstance(given, Constant) and given.is_uniform else given


@rules.of("Concat")
def _concat(op: Operator) -> Answer:
    return op.as_torch("cat", list(op.inputs), op.attribute("axis"))
