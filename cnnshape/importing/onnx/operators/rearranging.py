"""Operators that change a value's dimensions, take parts of it, or put something around it."""

from __future__ import annotations

from ...graph import NotSaid
from ...operations import Answer, Chain
from ..graph import Constant
from .operator import Operator, Rules

rules = Rules()


@rules.of("Flatten", "Reshape")
def _reshape(op: Operator) -> Answer:
    return op.as_torch("view", op.x)


@rules.of("Squeeze", "Unsqueeze")
def _squeeze(op: Operator) -> Answer:
    axes = op.argument(1, "axes")
    name = op.type.lower()
    if axes is not None and len(axes) == 1:
        return op.as_torch(name, op.x, axes[0])
    return op.as_torch("view", op.x)


@rules.of("Transpose")
def _transpose(op: Operator) -> Answer:
    order = op.attribute("perm") or list(range(op.x.rank))[::-1]
    moved = [place for place, dim in enumerate(order) if dim != place]
    if not moved:
        return op.as_torch("identity", op.x)
    if len(moved) == 2:
        return op.as_torch("transpose", op.x, *moved)
    return op.as_torch("permute", op.x, order)


@rules.of("Expand")
def _expand(op: Operator) -> Answer:
    return op.as_torch("expand", op.x, list(op.output))


@rules.of("Tile")
def _tile(op: Operator) -> Answer:
    return op.as_torch("repeat", op.x, op.argument(1, "repeats"))


@rules.of("Split")
def _split(op: Operator) -> Answer:
    sizes, axis = op.argument(1, "split"), op.attribute("axis", 0)
    if sizes is None:
        return op.as_torch("chunk", op.x, len(op.outputs), axis)
    return op.as_torch("split", op.x, sizes, axis)


@rules.of("Slice")
def _slice(op: Operator) -> Answer:
    starts, ends = op.argument(1, "starts"), op.argument(2, "ends")
    axes = op.argument(3, "axes") or list(range(len(starts)))
    steps = op.argument(4, "steps") or [1] * len(starts)
    if any(step < 1 for step in steps):
        sizes = [op.x.tensor[axis] for axis in axes]
        if _is_flip(sizes, starts, ends, steps):
            return op.as_torch("flip", op.x, axes)
        raise NotSaid("backwards, of a part")
    index = [slice(None)] * op.x.rank
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        index[axis] = slice(start, end, step)
    return op.as_torch("getitem", op.x, tuple(index))


def _is_flip(sizes: list[int], starts: list[int], ends: list[int], steps: list[int]) -> bool:
    """Whether ranges are of everything, from the last to the first."""
    ranges = [
        range(*slice(*each).indices(size))
        for size, *each in zip(sizes, starts, ends, steps, strict=True)
    ]
    return ranges == [range(size - 1, -1, -1) for size in sizes]


@rules.of("Gather")
def _gather(op: Operator) -> Answer:
    axis, indices = op.attribute("axis", 0), op.given(1)
    if not isinstance(indices, Constant):
        raise NotSaid("with places that are computed from the input")
    if indices.array.ndim == 0:
        return op.as_torch("select", op.x, axis, int(indices.array))
    if indices.array.ndim > 1:
        raise NotSaid("with places in several dimensions")
    runs = _runs([place % op.x.tensor[axis] for place in indices.array.tolist()])
    if len(runs) == 1:
        return op.as_torch("narrow", op.x, axis, *runs[0])
    if len(runs) > MOST_RUNS:
        raise NotSaid(f"with places in {len(runs)} runs")
    dim = op.x.dim(axis)
    parts = [Chain((op.x,)).then("Narrow", dim=dim, start=a, length=n) for a, n in runs]
    return Chain(tuple(parts)).then("Concat", dim=dim)


MOST_RUNS = 64
"""Ranges of places beyond which a spec is not to hold a layer for each."""


def _runs(places: list[int]) -> list[tuple[int, int]]:
    """Places as ranges: where each starts, and its length."""
    runs: list[tuple[int, int]] = []
    for place in places:
        start, length = runs[-1] if runs else (0, 0)
        if runs and place == start + length:
            runs[-1] = start, length + 1
        else:
            runs.append((place, 1))
    return runs


MODES = {"constant": "constant", "reflect": "reflect", "edge": "replicate", "wrap": "circular"}


@rules.of("Pad")
def _pad(op: Operator) -> Answer:
    rank = op.x.rank
    pads, axes = op.argument(1, "pads"), op.argument(3, "axes") or list(range(rank))
    value, mode = op.argument(2, "value", 0.0), op.attribute("mode", "constant")
    if len(pads) != 2 * len(axes):
        raise NotSaid("with sizes for other dimensions than it has")
    sides = {axis % rank: (pads[k], pads[k + len(axes)]) for k, axis in enumerate(axes)}
    if any(sides.get(0, ())):
        raise NotSaid("of the batch")
    padding = [size for dim in range(rank - 1, 0, -1) for size in sides.get(dim, (0, 0))]
    while len(padding) > 2 and not any(padding[-2:]):
        del padding[-2:]
    return op.as_torch("pad", op.x, padding, MODES[mode], value)


@rules.of("DepthToSpace")
def _depth_to_space(op: Operator) -> Answer:
    r = op.attribute("blocksize")
    if op.attribute("mode", "DCR") == "CRD":
        return op.layer("PixelShuffle", {"upscale_factor": r})
    _, channels, height, width = op.x.shape
    chain = op.chain()
    chain.then("Reshape", shape=[r, r, channels // r**2, height, width])
    chain.then("Permute", dims=[0, 3, 4, 1, 5, 2])
    chain.then("Reshape", shape=list(op.output[1:]))
    return chain


@rules.of("SpaceToDepth")
def _space_to_depth(op: Operator) -> Answer:
    r = op.attribute("blocksize")
    _, channels, height, width = op.x.shape
    chain = op.chain()
    chain.then("Reshape", shape=[channels, height // r, r, width // r, r])
    chain.then("Permute", dims=[0, 3, 5, 1, 2, 4])
    chain.then("Reshape", shape=list(op.output[1:]))
    return chain
