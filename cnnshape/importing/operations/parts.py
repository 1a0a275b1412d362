"""Functions that take a part of a value."""

from __future__ import annotations

from ..graph import NotSaid
from .call import SAME, Answer, Call, Chain, Layer, Rules

rules = Rules()


@rules.of("chunk")
def _chunk(call: Call) -> Answer:
    chunks, dim = call.get(1, "chunks"), call.get(2, "dim", 0)
    return [
        Layer("Chunk", {"chunks": chunks, "dim": dim, "index": index}, (call.x,))
        for index in range(len(call.outputs))
    ]


@rules.of("split", "tensorsplit", "splitwithsizes")
def _split(call: Call) -> Answer:
    sizes = call.get(1, "split_size_or_sections", call.kwargs.get("split_size"))
    dim = call.get(2, "dim", 0)
    if call.name == "tensorsplit":
        sizes = [shape[dim] for shape in call.outputs]
    sizes = list(sizes) if isinstance(sizes, (list, tuple)) else sizes
    return [
        Layer("Split", {"split_size": sizes, "dim": dim, "index": index}, (call.x,))
        for index in range(len(call.outputs))
    ]


@rules.of("getitem")
def _getitem(call: Call) -> Answer:
    x, index = call.args[0], call.args[1]
    index = index if isinstance(index, tuple) else (index,)
    if ... in index:
        place = index.index(...)
        missing = len(x.shape) - sum(item is not None for item in index) + 1
        index = (*index[:place], *(slice(None),) * missing, *index[place + 1 :])
    chain = Chain((x,))
    steps: dict[int, int] = {}
    single: list[int] = []
    for dim, item in enumerate(index):
        if type(item) is int and dim > 0:
            chain.then("Narrow", dim=dim, start=item % x.shape[dim], length=1)
            single.append(dim)
            continue
        if not isinstance(item, slice):
            raise NotSaid("with an index that is no range")
        start, stop, step = item.indices(x.shape[dim])
        if step != 1:
            steps[dim] = step
        if (start, stop) != (0, x.shape[dim]):
            if stop <= start:
                raise NotSaid("nothing is left")
            chain.then("Narrow", dim=dim, start=start, length=stop - start)
    if steps:
        rank = len(x.shape) - 2
        if not rank or not set(steps) <= set(range(2, rank + 2)):
            raise NotSaid("with a step along channels")
        stride = [steps.get(dim, 1) for dim in range(2, rank + 2)]
        # Windows of one element: what is taken is every so manieth one.
        chain.then(f"MaxPool{rank}d", kernel_size=1, stride=stride)
    for dim in reversed(single):
        chain.then("Squeeze", dim=dim)
    return chain if chain.layers else SAME


@rules.of("select")
def _select(call: Call) -> Answer:
    dim, index = call.get(1, "dim"), call.get(2, "index")
    size = call.x.shape[dim]
    chain = Chain((call.x,))
    chain.then("Narrow", dim=dim, start=index % size, length=1)
    chain.then("Squeeze", dim=dim)
    return chain
