"""Arguments for reductions, for norms over dimensions, and for the parts of attention."""

from __future__ import annotations

from typing import Any

from .arguments import Arguments, Shape, written
from .choosing import Chooser, divisors


def reduction(c: Chooser, shape: Shape) -> Arguments:
    rank = len(shape)
    dims: Any = c.dim(rank)
    if rank > 1 and c.chance(2):
        dims = list(range(2, rank + 1)) if c.chance(2) else [c.dim(rank), c.dim(rank)]
    # A sample of no dimensions is a single number, which hardly any layer reads.
    keep = {"keepdim": True} if rank == 1 else c.some(keepdim=[True, False])
    return {"dim": dims, **keep}


def spread(c: Chooser, shape: Shape) -> Arguments:
    return {**reduction(c, shape), **c.some(correction=[0, 1])}


def norm(c: Chooser, shape: Shape) -> Arguments:
    return {**reduction(c, shape), **c.some(p=[1, 3])}


def normalize(c: Chooser, shape: Shape) -> Arguments:
    return {"dim": c.dim(len(shape)), **c.some(p=[1, 3], eps=[1e-3])}


def global_response_norm(c: Chooser, shape: Shape) -> Arguments:
    found = c.some(channel_dim=[1], eps=[1e-5])
    right = shape[found.get("channel_dim", 0) - 1]
    return {**found, **written(c, "num_channels", right)}


def dot_product(c: Chooser, *shapes: Shape) -> Arguments:
    return c.some(scale=[1, 0.25], is_causal=[True, False])


def position_bias(c: Chooser, shape: Shape) -> Arguments:
    keys = shape[-1] + c.slip()
    height = c.one_of(divisors(keys))
    return {"size": [height, keys // height], **c.some(signed=[True, False])}


def cosine(c: Chooser, first: Shape, second: Shape) -> Arguments:
    return {**({"dim": c.dim(len(first))} if c.chance(2) else {}), **c.some(eps=[0.5])}


def distance(c: Chooser, first: Shape, second: Shape) -> Arguments:
    return c.some(p=[1, 3], eps=[0.5], keepdim=[True, False])


def window_mask(c: Chooser, shape: Shape) -> Arguments:
    windows, positions = shape[0] + c.slip(), shape[-1]
    down, height = c.one_of(divisors(windows)), c.one_of(divisors(positions))
    window = [height, positions // height]
    return {
        "size": [down * window[0], windows // down * window[1] + c.slip()],
        "window_size": window,
        "shift_size": [c.whole(0, size - 1 + c.slip()) for size in window],
        **c.some(value=[-3]),
    }


def class_token(c: Chooser, shape: Shape) -> Arguments:
    return {**c.some(num_tokens=[1, 2]), **written(c, "features", shape[-1])}


def sines(c: Chooser, shape: Shape) -> Arguments:
    more = c.some(temperature=[20], normalize=[True, False], scale=[3])
    return {"num_pos_feats": 3 if c.slip() else c.one_of([4, 2, 6]), **more}
