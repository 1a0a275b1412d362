"""Arguments for the layers that rearrange, cut, pad and resample; see arguments."""

from __future__ import annotations

from math import prod
from typing import Any

from .arguments import Arguments, Shape, sizes_of
from .choosing import Chooser, divisors


def flatten(c: Chooser, shape: Shape) -> Arguments:
    if c.chance(2):
        return {}
    return {"start_dim": c.dim(len(shape)), **c.some(end_dim=[-1, len(shape), 1])}


def unflatten(c: Chooser, shape: Shape) -> Arguments:
    dim = c.dim(len(shape))
    inside = -len(shape) - 1 <= dim <= len(shape)
    size = shape[dim % (len(shape) + 1) - 1] if inside else 1
    return {"dim": dim, "unflattened_size": c.factors(size, c.whole(1, 5 - len(shape)))}


def reshape(c: Chooser, shape: Shape) -> Arguments:
    return {"shape": c.factors(prod(shape), c.whole(1, 4))}


def permute(c: Chooser, shape: Shape) -> Arguments:
    left = list(range(1, len(shape) + 1))
    dims = [0]
    while left:
        dims.append(left.pop(c.whole(0, len(left) - 1)))
    if c.slip():
        dims[-1] = c.whole(1, len(shape) + 1)
    return {"dims": dims}


def transpose(c: Chooser, shape: Shape) -> Arguments:
    return {"dim0": c.dim(len(shape)), "dim1": c.dim(len(shape))}


def one_dim(c: Chooser, shape: Shape, *, new: bool = False) -> Arguments:
    return {"dim": c.dim(len(shape) + new)}


def channel_shuffle(c: Chooser, shape: Shape) -> Arguments:
    return {"groups": shape[0] + 1 if c.slip() else c.one_of(divisors(shape[0]))}


def pixel_shuffle(c: Chooser, shape: Shape) -> Arguments:
    fits = [r for r in (1, 2, 3) if shape[0] % (r * r) == 0]
    return {"upscale_factor": c.whole(1, 3) if c.slip() else fits[-1]}


def pixel_unshuffle(c: Chooser, shape: Shape) -> Arguments:
    fits = [r for r in (1, 2, 3) if all(size % r == 0 for size in shape[1:])]
    return {"downscale_factor": c.whole(1, 3) if c.slip() else fits[-1]}


def unfold(c: Chooser, shape: Shape) -> Arguments:
    sizes = sizes_of(shape, 2)
    kernel = c.each(sizes, lambda n: c.whole(1, n + 1 if c.slip() else min(3, n)))
    return {"kernel_size": kernel, **c.some(stride=[2], padding=[1, [0, 1]], dilation=[1])}


def fold(c: Chooser, shape: Shape) -> Arguments:
    """A row of windows, as many as there are columns."""
    rows, columns = (*shape, 1)[:2]
    kernel = c.one_of([k for k in (1, 2, 3) if rows % k == 0])
    width = columns + c.slip()
    return {"output_size": [1, width * kernel], "kernel_size": [1, kernel], "stride": [1, kernel]}


def chunk(c: Chooser, shape: Shape) -> Arguments:
    dim = c.whole(1, len(shape))
    chunks = c.whole(1, min(3, shape[dim - 1]))
    index = c.whole(-chunks, chunks if c.slip() else 0)
    return {"chunks": chunks, "index": index, **({} if dim == 1 else {"dim": dim})}


def split(c: Chooser, shape: Shape) -> Arguments:
    dim = c.whole(1, len(shape))
    size = shape[dim - 1]
    first = c.whole(1, size)
    pieces: Any = first
    if c.chance(2) and first < size:
        pieces = [first, size - first + c.slip()]
    return {"split_size": pieces, "index": c.one_of([0, -1, 1 if c.slip() else 0]), "dim": dim}


def narrow(c: Chooser, shape: Shape) -> Arguments:
    dim = c.whole(1, len(shape))
    size = shape[dim - 1]
    start = c.whole(0, size - 1)
    length = c.whole(1, size - start + c.slip())
    return {"dim": dim, "start": start - size if c.chance(3) else start, "length": length}


def center_crop(c: Chooser, shape: Shape) -> Arguments:
    return {"size": c.each(sizes_of(shape, 2), lambda n: c.whole(1, n + c.slip()))}


def pad(kind: str, dims: int, c: Chooser, shape: Shape) -> Arguments:
    sizes = sizes_of(shape, dims)
    most = {"Reflection": min(sizes) - 1, "Circular": min(sizes)}.get(kind, 2)
    low = 0 if min(sizes) < 4 else -1

    def one() -> int:
        return c.whole(low, min(2, most) + c.slip())

    arguments: Arguments = {"padding": one() if c.chance(2) else [one() for _ in range(2 * dims)]}
    return {**arguments, "value": c.one_of([0, 1.5])} if kind == "Constant" else arguments


def upsample(c: Chooser, shape: Shape) -> Arguments:
    dims = max(1, min(3, len(shape) - 1))
    smooth = {1: ["linear"], 2: ["bilinear", "bicubic"], 3: ["trilinear"]}[dims]
    mode = c.one_of(["nearest", "nearest-exact", *smooth])
    arguments: Arguments = {} if mode == "nearest" and c.chance(2) else {"mode": mode}
    if mode in smooth or c.slip():
        arguments |= c.some(align_corners=[True, False])
    ones = (1,) * dims
    if c.chance(2):
        return {"size": c.each(ones, lambda n: c.whole(1, 5)), **arguments}
    factor = c.each(ones, lambda n: c.one_of([2, 1.5, 1, 0.5, 2.7]))
    return {"scale_factor": factor, **arguments, **c.some(recompute_scale_factor=[True, False])}


def upsample_2d(c: Chooser, shape: Shape) -> Arguments:
    if c.chance(2):
        return {"size": c.each((1, 1), lambda n: c.whole(1, 5))}
    return {"scale_factor": c.each((1, 1), lambda n: c.one_of([2, 1.5, 0.5]))}


def _some_dims(c: Chooser, rank: int) -> Any:
    return [c.dim(rank) for _ in range(c.whole(1, 2))] if c.chance(2) else c.dim(rank)


def roll(c: Chooser, shape: Shape) -> Arguments:
    dims = _some_dims(c, len(shape))
    count = 1 if isinstance(dims, int) else len(dims) + c.slip()
    shifts = [c.whole(-4, 4) for _ in range(count)]
    return {"shifts": shifts[0] if isinstance(dims, int) else shifts, "dims": dims}


def flip(c: Chooser, shape: Shape) -> Arguments:
    return {"dims": _some_dims(c, len(shape))}


def select(c: Chooser, shape: Shape) -> Arguments:
    dim = c.whole(1, len(shape))
    size = shape[dim - 1]
    return {"dim": dim, "index": c.whole(-size - c.slip(), size - 1 + c.slip())}


def places(c: Chooser, shape: Shape) -> Arguments:
    """Positions along a dimension, written out."""
    dim = c.whole(1, len(shape))
    last = shape[dim - 1] - 1 + c.slip()
    return {"dim": dim, "index": [c.whole(0, last) for _ in range(c.whole(1, 4))]}


def cut(c: Chooser, shape: Shape) -> Arguments:
    dim = c.whole(1, len(shape))
    start = c.whole(0, shape[dim - 1] - 1 + c.slip())
    more = c.some(stop=[shape[dim - 1], start + 1, 100], step=[2, 3])
    return {"dim": dim - len(shape) - 1 if c.chance(3) else dim, "start": start, **more}


def sliding_windows(c: Chooser, shape: Shape) -> Arguments:
    dim = c.whole(1, len(shape))
    size = c.whole(1, min(3, shape[dim - 1]) + c.slip())
    return {"dim": dim, "size": size, "step": c.whole(1, 3)}


def stack(c: Chooser, *shapes: Shape) -> Arguments:
    return {"dim": c.dim(len(shapes[0]) + 1)} if c.chance(2) else {}


def expand(c: Chooser, shape: Shape) -> Arguments:
    sizes = [c.whole(1, 3) if size == 1 else c.one_of([-1, size + c.slip()]) for size in shape]
    return {"shape": [*sizes, 1] if c.slip() else sizes}


def tile(c: Chooser, shape: Shape) -> Arguments:
    return {"repeats": [c.whole(1, 2) for _ in range(len(shape) + c.slip())]}
