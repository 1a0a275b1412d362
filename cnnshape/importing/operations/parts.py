"""Functions that take a part of a value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ..graph import NotSaid
from ..samples import FIRST
from .call import SAME, Answer, Call, Chain, Layer, Rules, follows
from .values import Value

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
    dim, kept = 0, 1  # of the tensor, and of what comes out as a network counts it
    for item in _indices(call.args[1], x.rank):
        if item is None:
            new.append(kept)
        elif type(item) is int:
            single[_number(x, dim)] = item % x.tensor[dim]
        elif isinstance(item, slice):
            start, stop, step = item.indices(x.tensor[dim])
            if step != 1:
                steps[_number(x, dim)] = step
            if (start, stop) != (0, x.tensor[dim]):
                if stop <= start:
                    raise NotSaid("nothing is left")
                chain.then("Narrow", dim=_number(x, dim), start=start, length=stop - start)
        else:
            raise NotSaid("with an index that is no range")
        alone = item is not None and dim == x.samples.dim and x.samples.parts == 1
        kept += type(item) is not int and not alone
        dim += item is not None
    if steps:
        _stride(chain, steps, len(x.shape) - 2 if x.samples == FIRST else 0)
    for place in sorted(single, reverse=True):
        chain.then("Select", dim=place, index=single[place])
    for place in new:
        chain.then("Unsqueeze", dim=place)
    return chain if chain.layers else SAME


@rules.of("setitem")
def _setitem(call: Call) -> Answer:
    """x[:, a:b] = y: what is before, y, and what is behind."""
    x, value = call.args[0], call.args[2]
    ranges: list[_Range] = []
    single = []
    for dim, item in enumerate(_indices(call.args[1], x.rank)):
        size = x.tensor[dim]
        if type(item) is int:
            single.append(x.dim(dim))
            start, stop, step = item % size, item % size + 1, 1
        elif isinstance(item, slice):
            start, stop, step = item.indices(size)
        else:
            raise NotSaid("into places that are no range")
        if step != 1:
            raise NotSaid("into every so manieth place")
        if (start, stop) != (0, size):
            ranges.append(_Range(_number(x, dim), start, stop, size))
    if not follows(x) or not follows(value) or not ranges:
        raise NotSaid("with a value that is no layer's")
    inner = list(x.shape[1:])
    for own in ranges:
        inner[own.dim - 1] = own.stop - own.start
    given = [size for dim, size in enumerate(inner, 1) if dim not in single]
    if list(value.shape[1:]) != given:
        raise NotSaid("with a value that is stretched")
    put = Chain((value,))
    for dim in single:
        put.then("Unsqueeze", dim=dim)
    return _with_part(Chain((x,)), ranges, put if put.layers else value)


class _Range(NamedTuple):
    """A range along a dimension of this size, which a network counts so."""

    dim: int
    start: int
    stop: int
    size: int

    def of(self, x: Chain, start: int, stop: int) -> Chain:
        """Another range of a value along the same dimension."""
        part = Chain(x.reads)
        part.layers += x.layers
        return part.then("Narrow", dim=self.dim, start=start, length=stop - start)


def _with_part(x: Chain, ranges: Sequence[_Range], value: Value | Chain) -> Chain:
    """A value with another one in the place where the ranges meet."""
    own, *rest = ranges
    inner = _with_part(own.of(x, own.start, own.stop), rest, value) if rest else value
    parts = [inner]
    if own.start:
        parts.insert(0, own.of(x, 0, own.start))
    if own.stop < own.size:
        parts.append(own.of(x, own.stop, own.size))
    return Chain(tuple(parts)).then("Concat", dim=own.dim)


def _indices(given: Any, rank: int) -> list[Any]:
    """The indices one by one, with '...' written out."""
    items = list(given) if isinstance(given, tuple) else [given]
    places = [place for place, item in enumerate(items) if item is ...]
    if places:
        missing = rank - sum(item is not None for item in items) + 1
        items[places[0] : places[0] + 1] = [slice(None)] * missing
    return items


def _number(x: Value, dim: int) -> int:
    number = x.dim(dim)
    if number == 0:
        raise NotSaid("of single samples of the batch")
    return number


def _stride(chain: Chain, steps: dict[int, int], rank: int) -> None:
    """Every so manieth position: of a map, windows of one element, with a stride."""
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
    if len(call.output) != len(x.shape) + 1 or len(call.args) < 4:
        given = {
            name: value
            for place, name in enumerate(names, 1)
            if (value := call.get(place, name)) is not None
        }
        return Layer("Unfold", given, (x,))
    size, step = call.get(2, "size"), call.get(3, "step")
    return Layer("SlidingWindows", {"dim": call.dim(1), "size": size, "step": step}, (x,))
