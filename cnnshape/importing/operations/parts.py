"""Functions that take a part of a value."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any, NamedTuple

from ...layers.shapes import Shape
from ..graph import NotSaid
from ..samples import FIRST
from .call import (
    SAME,
    Answer,
    Call,
    Chain,
    Layer,
    Rules,
    constant_numbers,
    follows,
    is_fixed,
    what_it_is,
)
from .values import Origin, Value

rules = Rules()


@rules.of("chunk")
def _chunk(call: Call) -> Answer:
    chunks, dim = call.get(1, "chunks"), call.dim(2, "dim", 0)
    return [
        Layer("Chunk", {"chunks": chunks, "dim": dim, "index": index}, (call.x,))
        for index in range(len(call.outputs))
    ]


@rules.of("split", "tensorsplit", "splitwithsizes")
def _split(call: Call) -> Answer:
    sizes = call.get(1, "split_size_or_sections", call.kwargs.get("split_size"))
    dim = call.dim(2, "dim", 0)
    if call.name == "tensorsplit":
        sizes = [value.shape[dim] for value in call.outputs]
    sizes = list(sizes) if isinstance(sizes, (list, tuple)) else sizes
    return [
        Layer("Split", {"split_size": sizes, "dim": dim, "index": index}, (call.x,))
        for index in range(len(call.outputs))
    ]


@rules.of("unbind")
def _unbind(call: Call) -> Answer:
    dim = call.dim(1, "dim", 0)
    return [
        Layer("Select", {"dim": dim, "index": index}, (call.x,))
        for index in range(len(call.outputs))
    ]


@rules.of("select")
def _select(call: Call) -> Answer:
    return Layer("Select", {"dim": call.dim(1), "index": call.get(2, "index")}, (call.x,))


@rules.of("getitem")
def _getitem(call: Call) -> Answer:
    x = call.args[0]
    chain = Chain((x,))
    steps: dict[int, int] = {}
    single: dict[int, int] = {}
    new: list[int] = []
    looked_up: list[tuple[int, int, Places]] = []
    dim, kept = 0, 1  # of the tensor, and of what comes out as a network counts it
    for item in indices_of(call.args[1], x.rank):
        if item is None:
            new.append(kept)
        elif type(item) is int:
            single[number_of(x, dim)] = item % x.tensor[dim]
        elif isinstance(item, slice):
            start, stop, step = item.indices(x.tensor[dim])
            if step != 1:
                steps[number_of(x, dim)] = step
            if (start, stop) != (0, x.tensor[dim]):
                if stop <= start:
                    raise NotSaid("nothing is left")
                chain.then("Narrow", dim=number_of(x, dim), start=start, length=stop - start)
        else:
            looked_up.append((kept, number_of(x, dim), places_of(item, x.tensor[dim])))
        alone = item is not None and dim == x.samples.dim and x.samples.parts == 1
        kept += type(item) is not int and not alone
        dim += item is not None
    if steps:
        _stride(chain, steps, len(x.shape) - 2 if x.samples == FIRST else 0)
    if looked_up and (single or new or len(looked_up) > 2):
        raise NotSaid("with an index that is no range, and others")
    if looked_up:
        return _looked_up(chain, x, looked_up)
    for place in sorted(single, reverse=True):
        chain.then("Select", dim=place, index=single[place])
    for place in new:
        chain.then("Unsqueeze", dim=place)
    return chain if chain.layers else SAME


class Places(NamedTuple):
    """Positions along a dimension.

    Attributes:
        numbers: from 0; [] where they are too many to be looked at.
        shape: in which they stand.
        weights, values: of an IndexSelect that does not have the numbers.
    """

    numbers: list[int]
    shape: Shape
    weights: dict[str, str]
    values: dict[str, Origin]

    def arguments(self) -> dict[str, Any]:
        """Those of an IndexSelect."""
        if 0 < len(self.numbers) <= MOST_PLACES:
            return {"index": self.numbers}
        return {"count": prod(self.shape)}


MOST_PLACES = 64
"""Positions beyond which a spec is not to hold them."""


class Numbers(Origin):
    """Fixed numbers that a rule has computed."""

    def __init__(self, numbers: list[int]) -> None:
        self.numbers = numbers

    def is_fixed(self) -> bool:
        """They are."""
        return True

    def value(self, weights: Mapping[str, Any]) -> list[int]:
        """The numbers."""
        return self.numbers


def places_of(item: Any, size: int) -> Places:
    """The positions that an index names; raises NotSaid where it names none."""
    if isinstance(item, Value):
        numbers = constant_numbers(item)
        if not is_fixed(item) or item.origin is None:
            raise NotSaid("with an index that follows from the input, or is learned")
        if numbers:
            return listed([int(number) % size for number in numbers], item.shape)
        made = {"places": item.name or f"places {id(item.origin)}"}
        return Places([], item.shape, made, {} if item.name else {"places": item.origin})
    if not isinstance(item, (list, tuple, range)) or not all(type(k) is int for k in item):
        raise NotSaid("with an index that is no range, and no list of numbers")
    return listed([k % size for k in item], (len(item),))


def listed(numbers: list[int], shape: Shape) -> Places:
    """Positions that are known, in a shape."""
    if len(numbers) <= MOST_PLACES:
        return Places(numbers, shape, {}, {})
    origin = Numbers(numbers)
    return Places(numbers, shape, {"places": f"places {id(origin)}"}, {"places": origin})


def _looked_up(chain: Chain, x: Value, given: list[tuple[int, int, Places]]) -> Chain:
    """The positions along a dimension, or of pairs along two that are next to each other."""
    (_, dim, places), *others = given
    for _, other, more in others:
        if other != dim + 1 or places.shape != more.shape or not (places.numbers and more.numbers):
            raise NotSaid("with indices that are no pairs")
        size = x.shape[other]
        pairs = zip(places.numbers, more.numbers, strict=True)
        places = listed([one * size + two for one, two in pairs], places.shape)
        chain.then("Flatten", start_dim=dim, end_dim=other)
    select(chain, dim, places)
    if len(places.shape) > 1:
        chain.then("Unflatten", dim=dim, unflattened_size=list(places.shape))
    return chain


def select(chain: Chain, dim: int, places: Places) -> Chain:
    """Go on with the positions along a dimension, in a row."""
    arguments = {"dim": dim, **places.arguments()}
    weights, values = ({}, {}) if places.numbers == arguments.get("index") else places[2:]
    chain.layers.append(Layer("IndexSelect", arguments, (), weights, values=values))
    return chain


@rules.of("indexselect")
def _index_select(call: Call) -> Answer:
    dim = call.get(1, "dim")
    places = places_of(call.get(2, "index"), call.x.tensor[dim])
    return _looked_up(Chain((call.x,)), call.x, [(0, call.x.dim(dim), places)])


@rules.of("embedding")
def _embedding(call: Call) -> Answer:
    """Rows of a table, which a module has computed."""
    table = call.get(1, "weight")
    if not follows(table):
        raise NotSaid(f"with {what_it_is(table)}")
    places = places_of(call.get(0, "input"), table.tensor[0])
    return _looked_up(Chain((table,)), table, [(0, table.dim(0), places)])


def indices_of(given: Any, rank: int) -> list[Any]:
    """The indices one by one, with '...' written out."""
    several = isinstance(given, tuple) and not isinstance(given, Value)
    items = list(given) if several else [given]
    places = [place for place, item in enumerate(items) if item is ...]
    if places:
        missing = rank - sum(item is not None for item in items) + 1
        items[places[0] : places[0] + 1] = [slice(None)] * missing
    return items


def number_of(x: Value, dim: int) -> int:
    """A dimension as a network counts it; raises NotSaid for that of the batch."""
    number = x.dim(dim)
    if number == 0:
        raise NotSaid("of single samples of the batch")
    return number


def _stride(chain: Chain, steps: dict[int, int], rank: int) -> None:
    """Every n-th position: of a map, windows of one element, with a stride."""
    if 1 <= rank <= 3 and set(steps) <= set(range(2, rank + 2)):
        stride = [steps.get(dim, 1) for dim in range(2, rank + 2)]
        chain.then(f"MaxPool{rank}d", kernel_size=1, stride=stride)
        return
    for dim, step in steps.items():
        chain.then("Slice", dim=dim, step=step)


@rules.of("unfold")
def _unfold(call: Call) -> Answer:
    """Tensor.unfold; F.unfold, which has the same name, has other arguments."""
    names = ("kernel_size", "dilation", "padding", "stride")
    x = call.x
    if len(call.output) != len(x.shape) + 1:
        given = {
            name: value
            for place, name in enumerate(names, 1)
            if (value := call.get(place, name)) is not None
        }
        return Layer("Unfold", given, (x,))
    size, step = call.get(2, "size"), call.get(3, "step")
    return Layer(
        "SlidingWindows", {"dim": call.dim(1, "dimension"), "size": size, "step": step}, (x,)
    )
