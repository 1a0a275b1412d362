"""Functions of several values."""

from __future__ import annotations

from ..graph import NotSaid
from .call import SAME, Answer, Call, Layer, Rules, Value, follows, operands, what_it_is

rules = Rules()


@rules.of("maximum")
def _maximum(call: Call) -> Answer:
    return joined(call, "Maximum")


@rules.of("minimum")
def _minimum(call: Call) -> Answer:
    return joined(call, "Minimum")


def joined(call: Call, type_name: str) -> Layer:
    """The layer of two values; raises NotSaid where one is no layer's."""
    a, b = operands(call)
    for other in (a, b):
        if not follows(other):
            raise NotSaid(f"with {what_it_is(other)}")
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
