"""Functions of several values."""

from __future__ import annotations

from collections.abc import Sequence

from ..graph import NotSaid
from .call import SAME, Answer, Call, Chain, Layer, Rules, Value, follows, operands, what_it_is

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
    given = call.get(0, "tensors")
    tokens = [value for value in given if not follows(value)]
    if tokens and len(tokens) < len(given) and all(map(follows, given[len(tokens) :])):
        return _after_tokens(call, tokens, given[len(tokens) :])
    values = _listed(call)
    dim = values[0].dim(call.get(1, "dim", 0))
    dim = dim + len(call.output) if dim < 0 else dim
    if len(values) == 1:
        return SAME
    return Layer("Concat", {"dim": dim}, values)


def _after_tokens(call: Call, tokens: Sequence[Value], values: Sequence[Value]) -> Answer:
    """Learned positions before those of a sequence."""
    if len(values) > 1 or call.get(1, "dim", 0) not in (1, -2):
        raise NotSaid("of more than one sequence with learned values")
    chain = Chain((values[0],))
    for token in tokens[::-1]:
        name = None if token.origin is None else token.origin.of_each_sample()
        if name is None:
            raise NotSaid(f"with {what_it_is(token)}")
        given = {"num_tokens": token.shape[1]}
        chain.layers.append(Layer("ClassToken", given, (), {"weight": name}))
    return chain


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
