"""Functions of several values."""

from __future__ import annotations

from typing import Any

from ..graph import NotSaid
from .call import SAME, Answer, Arithmetic, Call, Layer, Rules, Value, follows

rules = Rules()


def _operands(call: Call) -> tuple[Any, Any]:
    return call.get(0, "input"), call.get(1, "other")


@rules.of("add", "iadd", "radd")
def _add(call: Call) -> Answer:
    if call.get(2, "alpha", 1) != 1:
        raise NotSaid("with an alpha")
    if _is_number(call, 0):  # sum(list) begins with 0
        return SAME
    return joined(call, "Add")


@rules.of("mul", "multiply", "imul", "rmul")
def _mul(call: Call) -> Answer:
    a, b = _operands(call)
    if _is_number(call, 1):
        return SAME
    for value, factor in ((a, b), (b, a)):
        if follows(value) and isinstance(factor, Value) and factor.name and not factor.key:
            return _scale(value, factor)
    return joined(call, "Multiply")


def _is_number(call: Call, number: int) -> bool:
    other = _operands(call)[1]
    return not isinstance(other, Value) and other == number and call.output == call.x.shape


def _scale(value: Value, factor: Value) -> Layer:
    """A learned factor along one dimension."""
    rank, sizes = len(value.shape), (1,) * (len(value.shape) - len(factor.shape)) + factor.shape
    dims = [dim for dim, size in enumerate(sizes) if size != 1]
    if len(factor.shape) > rank or len(dims) != 1 or dims[0] == 0:
        raise NotSaid("a learned factor that is not along one dimension")
    dim = dims[0]
    if sizes[dim] != value.shape[dim]:
        raise NotSaid("a learned factor of another size")
    return Layer("Scale", {"dim": dim}, (value,), {"weight": factor.name})


@rules.of("div", "truediv", "divide", "itruediv")
def _div(call: Call) -> Answer:
    other = _operands(call)[1]
    if _is_number(call, 1):
        return SAME
    if type(other) in (int, float) and other:
        raise Arithmetic("mul", 1 / other, f"by the number {other}")
    raise NotSaid("no layer type divides")


@rules.of("sub", "subtract", "isub")
def _sub(call: Call) -> Answer:
    if _is_number(call, 0):
        return SAME
    return joined(call, "Subtract")


@rules.of("maximum")
def _maximum(call: Call) -> Answer:
    return joined(call, "Maximum")


def joined(call: Call, type_name: str) -> Layer:
    """The layer of two values; raises NotSaid where one is no layer's."""
    a, b = _operands(call)
    if not (follows(a) and follows(b)):
        if a is None or b is None:
            raise NotSaid("with other arguments")
        other = b if follows(a) else a
        if isinstance(other, Value):
            what = f"the weight {other.name}" if other.name else "a value that is no layer's"
        else:
            what = f"the number {other}"
            if type(other) in (int, float) and type_name in ("Add", "Multiply"):
                operation = "add" if type_name == "Add" else "mul"
                raise Arithmetic(operation, other, f"with {what}")
        raise NotSaid(f"with {what}")
    return Layer(type_name, {}, (a, b))


@rules.of("cat", "concat", "concatenate")
def _cat(call: Call) -> Answer:
    values = _listed(call)
    dim = values[0].dim(call.get(1, "dim", 0))
    dim = dim + len(call.output) if dim < 0 else dim
    if len(values) == 1:
        return SAME
    return Layer("Concat", {"dim": dim}, values)


@rules.of("stack")
def _stack(call: Call) -> Answer:
    values = _listed(call)
    return Layer("Stack", {"dim": values[0].new_dim(call.get(1, "dim", 0))}, values)


def _listed(call: Call) -> tuple[Value, ...]:
    """The tensors of a list; raises NotSaid where one is no layer's."""
    values = tuple(call.get(0, "tensors"))
    if not all(map(follows, values)):
        raise NotSaid("with a value that is no layer's")
    return values
