"""Functions that put a value into the place of a part of another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..graph import NotSaid
from .call import Answer, Call, Chain, Rules, follows
from .parts import indices_of, listed, number_of, places_of, select
from .values import Value

rules = Rules()


@rules.of("setitem")
def _setitem(call: Call) -> Answer:
    """x[:, a:b] = y: what is before, y, and what is behind."""
    value: Value
    x, value = call.args[0], call.args[2]
    found: list[_Places] = []
    single = []
    several = False
    for dim, item in enumerate(indices_of(call.args[1], x.rank)):
        size = x.tensor[dim]
        places: Sequence[int]
        if type(item) is int:
            single.append(x.dim(dim))
            places = [item % size]
        elif isinstance(item, slice):
            places = range(*item.indices(size))
        else:
            given = places_of(item, size)
            if several:
                raise NotSaid("into places that several lists of numbers name")
            several = True
            if len(given.shape) != 1 or len(set(given.numbers)) != given.shape[0]:
                raise NotSaid("into places that are named twice, or by a table")
            places = given.numbers
        if list(places) != list(range(size)):
            found.append(_Places(number_of(x, dim), list(places), size))
    if not follows(value) or (found and not follows(x)):
        raise NotSaid("with a value that is no layer's")
    inner = list(x.shape[1:])
    for own in found:
        inner[own.dim - 1] = len(own.numbers)
    put = Chain((value,))
    if list(value.shape[1:]) != inner:
        for dim in single:
            put.then("Unsqueeze", dim=dim)
    whole = put if put.layers else value
    return _with_part(Chain((x,)), found, whole) if found else whole


class _Places(NamedTuple):
    """Positions along a dimension of this size, which a network counts so."""

    dim: int
    numbers: list[int]
    size: int

    def of(self, x: Chain, start: int, stop: int) -> Chain:
        """A range of a value along this dimension."""
        return _copy(x).then("Narrow", dim=self.dim, start=start, length=stop - start)


def _with_part(x: Chain, places: Sequence[_Places], value: Value | Chain) -> Chain:
    """A value with another one in the place where the positions meet."""
    own, *rest = places
    start, stop = own.numbers[0], own.numbers[-1] + 1
    if own.numbers != list(range(start, stop)):
        return _dealt_out(x, own, rest, value)
    inner = _with_part(own.of(x, start, stop), rest, value) if rest else value
    parts = [inner]
    if start:
        parts.insert(0, own.of(x, 0, start))
    if stop < own.size:
        parts.append(own.of(x, stop, own.size))
    return Chain(tuple(parts)).then("Concat", dim=own.dim)


def _dealt_out(x: Chain, own: _Places, rest: Sequence[_Places], value: Value | Chain) -> Chain:
    """The same of positions that are no range: behind the value, and all put in order then."""
    if rest:
        there = select(_copy(x), own.dim, listed(own.numbers, (len(own.numbers),)))
        value = _with_part(there, rest, value)
    order = list(range(own.size))
    for place, number in enumerate(own.numbers):
        order[number] = own.size + place
    whole = x if x.layers else x.reads[0]
    both = Chain((whole, value)).then("Concat", dim=own.dim)
    return select(both, own.dim, listed(order, (own.size,)))


def _copy(x: Chain) -> Chain:
    copy = Chain(x.reads)
    copy.layers += x.layers
    return copy
