"""Functions of several values."""

from __future__ import annotations

from collections.abc import Sequence
from math import isinf
from typing import Any

from ..graph import NotSaid
from .call import (
    SAME,
    Answer,
    Call,
    Chain,
    Layer,
    Rules,
    constant_numbers,
    follows,
    is_number,
    operands,
    what_it_is,
)
from .values import Value

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


@rules.of("where")
def _where(call: Call) -> Answer:
    condition, one, other = call.args[:3] if len(call.args) == 3 else (None, None, None)
    return _chosen(condition, one, other)


@rules.of("maskedfill")
def _masked_fill(call: Call) -> Answer:
    return _chosen(call.get(1, "mask"), call.get(2, "value"), call.x)


def _chosen(mask: Any, one: Any, other: Any) -> Chain:
    """One where a mask of fixed ones and zeros is 1, the other where it is 0."""
    if not follows(mask):
        raise NotSaid("with a mask that follows from the input, or is not known")
    parts: list[Value | Chain] = []
    for value, apart, is_here in ((one, other, True), (other, one, False)):
        if follows(value):
            # To all that is hidden by infinity, it may be added as it is.
            hidden = is_number(apart) and isinf(apart)
            part = value if hidden else Chain((value, _as_mask(mask, is_here))).then("Multiply")
            parts.insert(0, part)
        elif not is_number(value):
            raise NotSaid(f"with {what_it_is(value)}")
        elif isinf(value):  # the logarithms of 0 and 1
            hiding = Chain((_as_mask(mask, not is_here),)).then("Log")
            parts.append(hiding if value < 0 else hiding.then("Rescale", scale=-1))
        elif value:
            parts.append(Chain((_as_mask(mask, is_here),)).then("Rescale", scale=value))
    if len(parts) == 1 and isinstance(parts[0], Chain):
        return parts[0]
    return Chain(tuple(parts)).then("Add")


def _as_mask(mask: Value, is_here: bool) -> Value | Chain:
    """A mask, or what is 1 where it is 0."""
    return mask if is_here else Chain((mask,)).then("Rescale", scale=-1, offset=1)


@rules.of("cat", "concat", "concatenate")
def _cat(call: Call) -> Answer:
    given = [value for value in call.get(0, "tensors") if 0 not in value.shape]
    if (padded := _padded(call, given)) is not None:
        return padded
    tokens = [value for value in given if not follows(value)]
    if tokens and len(tokens) < len(given) and all(map(follows, given[len(tokens) :])):
        return _after_tokens(call, tokens, given[len(tokens) :])
    values = _listed(given)
    dim = values[0].dim(call.get(1, "dim", 0))
    dim = dim + len(call.output) if dim < 0 else dim
    if len(values) == 1:
        return SAME
    return Layer("Concat", {"dim": dim}, values)


def _padded(call: Call, given: Sequence[Value]) -> Layer | None:
    """One value between constants that are one number: a padding, or None."""
    values = [value for value in given if follows(value)]
    fills = [constant_numbers(value) for value in given if not follows(value)]
    numbers = {number for fill in fills for number in fill}
    if len(values) != 1 or not all(fills) or len(numbers) != 1:
        return None
    (x,), (fill,) = values, numbers
    dim = call.get(1, "dim", 0) % x.rank
    sizes = [value.shape[dim] for value in given if value is not x]
    place = [value is x for value in given].index(True)
    rank = len(x.shape) - x.dim(dim)
    if rank > 3:
        raise NotSaid("with a constant beside so many dimensions")
    padding = [0] * (2 * rank - 2) + [sum(sizes[:place]), sum(sizes[place:])]
    if fill == 0:
        return Layer(f"ZeroPad{rank}d", {"padding": padding}, (x,))
    return Layer(f"ConstantPad{rank}d", {"padding": padding, "value": fill}, (x,))


def _after_tokens(call: Call, tokens: Sequence[Value], values: Sequence[Value]) -> Answer:
    """Learned positions before those of a sequence."""
    if len(values) > 1 or call.get(1, "dim", 0) not in (1, -2):
        raise NotSaid("of more than one sequence with learned values")
    chain = Chain((values[0],))
    for token in tokens[::-1]:
        found = None if token.origin is None else token.origin.stretched()
        if found is None or found[1] != (1, *token.shape[1:]):
            raise NotSaid(f"with {what_it_is(token)}")
        given = {"num_tokens": token.shape[1]}
        chain.layers.append(Layer("ClassToken", given, (), {"weight": found[0]}))
    return chain


@rules.of("cosinesimilarity")
def _cosine_similarity(call: Call) -> Answer:
    dim = call.dim(2, default=1)
    return Layer("CosineSimilarity", {"dim": dim, "eps": call.get(3, "eps", 1e-8)}, _pair(call))


@rules.of("pairwisedistance")
def _pairwise_distance(call: Call) -> Answer:
    names = ((2, "p"), (3, "eps"), (4, "keepdim"))
    given = {name: value for n, name in names if (value := call.get(n, name)) is not None}
    return Layer("PairwiseDistance", given, _pair(call))


def _pair(call: Call) -> tuple[Value, Value]:
    """The two tensors of a call; raises NotSaid where one is no layer's."""
    first, second = call.get(0, "x1"), call.get(1, "x2")
    if not (follows(first) and follows(second)):
        raise NotSaid("with a value that is no layer's")
    return first, second


@rules.of("stack")
def _stack(call: Call) -> Answer:
    values = _listed(call.get(0, "tensors"))
    dim = values[0].new_dim(call.get(1, "dim", 0))
    return Layer("Stack" if len(values) > 1 else "Unsqueeze", {"dim": dim}, values)


def _listed(given: Sequence[Value]) -> tuple[Value, ...]:
    """The tensors of a list; raises NotSaid where one is no layer's."""
    values = tuple(given)
    if not all(map(follows, values)):
        raise NotSaid("with a value that is no layer's")
    return values
