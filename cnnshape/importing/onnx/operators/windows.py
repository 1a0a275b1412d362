"""Pools, and reductions over whole dimensions."""

from __future__ import annotations

from math import inf
from typing import Any

from ...graph import NotSaid
from ...operations import Answer
from .edges import padded, window_edges
from .operator import Operator, Rules

rules = Rules()


@rules.of("MaxPool", "AveragePool", "LpPool")
def _pool(op: Operator) -> Answer:
    size = op.attribute("kernel_shape")
    rank = len(size)
    edges = window_edges(op, size)
    given: dict[str, Any] = {
        "kernel_size": size,
        "stride": op.attribute("strides", [1] * rank),
        "ceil_mode": bool(op.attribute("ceil_mode", 0)),
    }
    dilated = any(each != 1 for each in op.attribute("dilations", ()))
    if op.type == "MaxPool":
        given |= {"padding": edges.symmetric, "dilation": op.attribute("dilations", [1] * rank)}
        return padded(op, edges, op.layer(f"MaxPool{rank}d", given), -inf)
    if dilated:
        raise NotSaid("with a dilation")
    if op.type == "LpPool":
        given["norm_type"] = op.attribute("p", 2)
        if any(edges.begin) or any(edges.end):
            raise NotSaid("with padding")
        return op.layer(f"LPPool{rank}d", given)
    counts = bool(op.attribute("count_include_pad", 0)) or not any((*edges.begin, *edges.end))
    given |= {"padding": edges.symmetric}
    if not counts:
        given["count_include_pad"] = False
    if any(edges.rest) and not counts:
        if list(edges.begin) != edges.symmetric:
            raise NotSaid(
                "with more padding at the beginning than at the end, which does not count"
            )
        # What lies beyond the end is not read: as many windows as ceil_mode has.
        return op.layer(f"AvgPool{rank}d", given | {"ceil_mode": True})
    return padded(op, edges, op.layer(f"AvgPool{rank}d", given), 0.0)


GLOBAL = {
    "GlobalAveragePool": "Avg", "GlobalMaxPool": "Max", "ReduceMean": "Avg", "ReduceMax": "Max",
}  # fmt: skip
"""What a pool over the whole map is called."""


@rules.of("GlobalAveragePool", "GlobalMaxPool")
def _global_pool(op: Operator) -> Answer:
    kind = GLOBAL[op.type]
    return op.layer(f"Adaptive{kind}Pool{len(op.x.shape) - 2}d", {"output_size": 1})


@rules.of("AdaptiveAvgPool")
def _adaptive_pool(op: Operator) -> Answer:
    size = list(op.output[2:])
    return op.layer(f"AdaptiveAvgPool{len(size)}d", {"output_size": size})


REDUCTIONS = {
    "ReduceMean": "mean", "ReduceSum": "sum", "ReduceMax": "amax", "ReduceMin": "amin",
    "ReduceL1": "norm", "ReduceL2": "norm",
}  # fmt: skip


@rules.of(*REDUCTIONS)
def _reduce(op: Operator) -> Answer:
    axes = op.argument(1, "axes")
    if not axes:
        if op.attribute("noop_with_empty_axes", 0):
            return op.as_torch("identity", op.x)
        raise NotSaid("over the batch too")
    keep = bool(op.attribute("keepdims", 1))
    rank = op.x.rank
    whole = sorted(axis % rank for axis in axes) == list(range(2, rank)) and 2 < rank < 6
    if whole and keep and op.type in GLOBAL:
        return op.layer(f"Adaptive{GLOBAL[op.type]}Pool{rank - 2}d", {"output_size": 1})
    if op.type in ("ReduceL1", "ReduceL2"):
        return op.as_torch("norm", op.x, int(op.type[-1]), axes, keep)
    return op.as_torch(REDUCTIONS[op.type], op.x, axes, keep)


@rules.of("MaxUnpool")
def _max_unpool(op: Operator) -> Answer:
    size = op.attribute("kernel_shape")
    rank = len(size)
    edges = window_edges(op, size)
    if any(edges.rest):
        raise NotSaid("with other padding at the end than at the beginning")
    strides = op.attribute("strides", [1] * rank)
    return op.as_torch(f"maxunpool{rank}d", op.x, op.given(1), size, strides, edges.symmetric)


@rules.of("Col2Im")
def _fold(op: Operator) -> Answer:
    size, kernel = op.argument(1, "image_shape"), op.argument(2, "block_shape")
    rank = len(kernel)
    pads = op.attribute("pads", [0] * 2 * rank)
    if pads[:rank] != pads[rank:]:
        raise NotSaid("with other padding at the end than at the beginning")
    dilations, strides = (op.attribute(name, [1] * rank) for name in ("dilations", "strides"))
    return op.as_torch("fold", op.x, size, kernel, dilations, pads[:rank], strides)


@rules.of("Unfold")
def _unfold(op: Operator) -> Answer:
    return op.layer("Unfold", dict(op.node.attributes))


@rules.of("SlidingWindows")
def _sliding_windows(op: Operator) -> Answer:
    given = dict(op.node.attributes)
    return op.layer("SlidingWindows", given | {"dim": op.x.dim(given["dim"])})
