"""Functions that give the same elements in another shape or order, or several times."""

from __future__ import annotations

from collections.abc import Sequence

from ..graph import NotSaid
from ..samples import FIRST
from .call import SAME, Answer, Call, Chain, Layer, Rules
from .values import Value

rules = Rules()


@rules.of("view", "reshape", "viewas", "reshapeas", "flatten")
def _view(call: Call) -> Answer:
    x, before, after = call.x, call.x.shape, call.output
    if before[0] != after[0] or x.outer != call.outputs[0].outer:
        raise NotSaid("mixes the batch with other dimensions")
    if before == after:
        return SAME
    if len(after) == 1:
        return _without_ones(x, range(len(before)))
    if len(after) == 2 and len(before) > 2:
        return Layer("Flatten", {}, (x,))
    if len(after) < len(before):
        for start in range(1, len(after)):
            tail = len(after) - start - 1
            end = len(before) - tail
            if before[:start] == after[:start] and before[end:] == after[start + 1 :]:
                last = {"end_dim": end - 1} if tail else {}
                return Layer("Flatten", {"start_dim": start} | last, (x,))
    return Layer("Reshape", {"shape": list(after[1:])}, (x,))


@rules.of("unflatten")
def _unflatten(call: Call) -> Answer:
    if call.x.samples != FIRST or call.outputs[0].samples != FIRST:
        return _view(call)
    sizes = list(call.rest(2, "sizes"))
    return Layer("Unflatten", {"dim": call.dim(1), "unflattened_size": sizes}, (call.x,))


@rules.of("permute")
def _permute(call: Call) -> Answer:
    given = call.rest(1, "dims")
    if call.x.samples == FIRST and given[0] == 0 and given != sorted(given):
        return Layer("Permute", {"dims": given}, (call.x,))
    return _in_order(call.x, given)


@rules.of("movedim", "moveaxis")
def _movedim(call: Call) -> Answer:
    x = call.x
    source, target = (
        [dim % x.rank for dim in (given if isinstance(given, (list, tuple)) else [given])]
        for given in (call.get(1, "source"), call.get(2, "destination"))
    )
    order = [dim for dim in range(x.rank) if dim not in source]
    for place, dim in sorted(zip(target, source, strict=True)):
        order.insert(place, dim)
    return _in_order(x, order)


@rules.of("transpose", "swapaxes", "swapdims")
def _transpose(call: Call) -> Answer:
    x, one = call.x, call.get(1, "dim0", call.kwargs.get("axis0"))
    other = call.get(2, "dim1", call.kwargs.get("axis1"))
    order = list(range(x.rank))
    order[one], order[other] = order[other], order[one]
    if x.samples == FIRST and order[0] == 0:
        return SAME if one == other else Layer("Transpose", {"dim0": one, "dim1": other}, (x,))
    return _in_order(x, order)


@rules.of("t", "mt", "adjoint")
def _matrix_transpose(call: Call) -> Answer:
    order = list(range(call.x.rank))
    return _in_order(call.x, [*order[:-2], *order[:-3:-1]])


def _in_order(x: Value, dims: Sequence[int]) -> Answer:
    """The layer that puts the dimensions of a tensor into another order."""
    order = x.order(dims)
    moved = [place for place, dim in enumerate(order) if dim != place]
    if not moved:
        return SAME
    if len(moved) == 2:
        return Layer("Transpose", {"dim0": moved[0], "dim1": moved[1]}, (x,))
    return Layer("Permute", {"dims": order}, (x,))


@rules.of("unsqueeze")
def _unsqueeze(call: Call) -> Answer:
    return Layer("Unsqueeze", {"dim": call.x.new_dim(call.get(1, "dim"))}, (call.x,))


@rules.of("squeeze")
def _squeeze(call: Call) -> Answer:
    x, dim = call.x, call.get(1, "dim")
    if isinstance(dim, int):
        return SAME if call.output == x.shape else Layer("Squeeze", {"dim": call.dim(1)}, (x,))
    rank = len(x.shape)
    return _without_ones(x, range(rank) if dim is None else [x.dim(each) % rank for each in dim])


def _without_ones(x: Value, places: Sequence[int]) -> Answer:
    """The layers that take out those of some dimensions that have one position."""
    chain = Chain((x,))
    for place in sorted(places, reverse=True):
        if x.shape[place] == 1:
            chain.then("Squeeze", dim=place)
    return chain if chain.layers else SAME


@rules.of("expand", "expandas", "broadcastto", "repeat", "tile")
def _expand(call: Call) -> Answer:
    x, found = call.x, call.outputs[0]
    added = found.rank - x.rank
    if found.samples != x.samples._replace(dim=x.samples.dim + added):
        raise NotSaid("along the batch")
    chain = Chain((x,))
    for _ in range(added):  # new dimensions stand before the others
        chain.then("Unsqueeze", dim=1)
    before, after = (*(1,) * added, *x.shape[1:]), found.shape[1:]
    pairs = list(zip(before, after, strict=True))
    if all(n in (1, m) for n, m in pairs):
        if before != after:
            chain.then("Expand", shape=[-1 if n == m else m for n, m in pairs])
    else:
        chain.then("Tile", repeats=[m // n for n, m in pairs])
    return chain if chain.layers else SAME


@rules.of("repeatinterleave")
def _repeat_interleave(call: Call) -> Answer:
    x, repeats, given = call.x, call.get(1, "repeats"), call.get(2, "dim")
    if type(repeats) is not int or given is None:
        raise NotSaid("with a number of its own for each position, or over the batch too")
    if call.output == x.shape:
        return SAME
    dim, parts = x.samples
    whole = given % x.rank == dim and parts == 1  # each sample becomes several parts
    place = dim if whole else x.order([given])[1]
    stretched = [-1] * len(x.shape)
    stretched[place] = repeats
    chain = Chain((x,))
    chain.then("Unsqueeze", dim=place + 1)
    chain.then("Expand", shape=stretched)
    if not whole:
        chain.then("Flatten", start_dim=place, end_dim=place + 1)
    return chain


@rules.of("roll")
def _roll(call: Call) -> Answer:
    shifts, dims = call.get(1, "shifts"), call.dims(2, "dims")
    return Layer("Roll", {"shifts": shifts, "dims": dims}, (call.x,))


@rules.of("flip")
def _flip(call: Call) -> Answer:
    dims = [call.x.dim(dim) for dim in call.rest(1, "dims")]
    return Layer("Flip", {"dims": dims}, (call.x,))
