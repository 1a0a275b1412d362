"""Pools, and reductions over whole dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Any

from ....layers._window import Window
from ...graph import NotSaid
from ...operations import Answer, Chain, Layer
from .edges import Edges, cropped, padded, window_edges
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
    dilations = op.attribute("dilations", [1] * rank)
    most = [width // 2 for width in size]
    if op.type == "MaxPool" and any(edges.rest) and _rounded_up(op, edges, given, dilations):
        given |= {"padding": edges.begin, "dilation": dilations, "ceil_mode": True}
        return op.layer(f"MaxPool{rank}d", given)
    if op.type == "MaxPool":
        given |= {"padding": edges.symmetric, "dilation": dilations}
        return padded(op, edges, op.layer(f"MaxPool{rank}d", given), -inf, most)
    if any(each != 1 for each in dilations):
        raise NotSaid("with a dilation")
    if op.type == "LpPool":
        return _lp_pool(op, edges, given)
    counts = bool(op.attribute("count_include_pad", 0))
    given |= {"padding": edges.symmetric}
    if counts or not any((*edges.begin, *edges.end)):
        return padded(op, edges, op.layer(f"AvgPool{rank}d", given), 0.0, most)
    return _uncounted(op, edges, given)


def _rounded_up(
    op: Operator, edges: Edges, given: dict[str, Any], dilations: Sequence[int]
) -> bool:
    """Whether PyTorch's ceil_mode gives all windows that padding at the end alone gives."""
    sizes = zip(
        op.x.shape[2:], op.output[2:], given["kernel_size"], given["stride"], edges.begin,
        dilations, strict=True,
    )  # fmt: skip
    return all(
        begin <= kernel // 2
        and Window(kernel, stride, begin, begin, apart, ceil_mode=True).positions(size) == out
        for size, out, kernel, stride, begin, apart in sizes
    )


def _lp_pool(op: Operator, edges: Edges, given: dict[str, Any]) -> Answer:
    """ONNX takes the power of the magnitudes, and PyTorch of the numbers, signs and all.

    Where a window is cut off at the end, PyTorch gives the sum of as many as it has, so it is
    filled with zeros.
    """
    rank, order = len(given["kernel_size"]), op.attribute("p", 2)
    if op.attribute("signed"):  # PyTorch's own, which an idiom stands for
        given |= {"norm_type": order, "ceil_mode": given["ceil_mode"] or any(edges.end)}
        return op.layer(f"LPPool{rank}d", given)
    sides = zip(
        op.x.shape[2:], op.output[2:], given["kernel_size"], given["stride"], *edges, strict=True
    )
    ends = [
        max(end, (out - 1) * stride + kernel - size - begin)
        for size, out, kernel, stride, begin, end in sides
    ]
    given |= {"ceil_mode": False, "norm_type": order}
    pool = op.layer(f"LPPool{rank}d", given)
    said = padded(op, Edges(edges.begin, ends), pool, 0.0, [0] * rank)
    if order % 2 == 0:
        return said
    chain = op.chain().then("Abs")
    inner = said.layers if isinstance(said, Chain) else [said]
    chain.layers += [layer._replace(reads=()) for layer in inner]
    return chain


def _uncounted(op: Operator, edges: Edges, given: dict[str, Any]) -> Answer:
    """A mean over what lies in the map, where PyTorch pads both ends alike.

    It is padded as far as there is a window for each of ONNX's, and those before and after
    are left out.
    """
    sizes = zip(
        op.x.shape[2:], op.output[2:], given["kernel_size"], given["stride"], edges.begin,
        strict=True,
    )  # fmt: skip
    sides = [_side(*each, ceil_mode=given["ceil_mode"]) for each in sizes]
    if None in sides and not given["ceil_mode"]:
        return _uncounted(op, edges, given | {"ceil_mode": True})
    if None in sides:
        raise NotSaid("with padding that does not count, and is uneven")
    paddings, skipped = zip(*filter(None, sides), strict=True)
    given |= {"padding": list(paddings), "count_include_pad": False}
    chain = op.chain().then(f"AvgPool{len(sides)}d", **given)
    chain.named = 0
    return cropped(op, chain, skipped)


def _side(
    size: int, out: int, kernel: int, stride: int, begin: int, *, ceil_mode: bool
) -> tuple[int, int] | None:
    """Along one dimension, the padding of a pool of PyTorch's that has all windows of ONNX's.

    And how many it has before them; None: there is no such padding.
    """
    for padding in range(begin, kernel // 2 + 1, stride):
        window = Window(kernel, stride, padding, padding, ceil_mode=ceil_mode)
        before = (padding - begin) // stride
        if window.positions(size) >= before + out:
            return padding, before
    return None


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


@rules.of("GlobalLpPool")
def _global_lp_pool(op: Operator) -> Answer:
    return op.as_torch("norm", op.x, op.attribute("p", 2), list(range(2, op.x.rank)), True)


REDUCTIONS = {
    "ReduceMean": "mean", "ReduceSum": "sum", "ReduceMax": "amax", "ReduceMin": "amin",
    "ReduceL1": "norm", "ReduceL2": "norm", "ReduceSumSquare": "sum", "ReduceLogSum": "sum",
    "ReduceLogSumExp": "sum",
}  # fmt: skip
BEFORE: dict[str, tuple[str, dict[str, Any]]] = {
    "ReduceSumSquare": ("Power", {"exponent": 2}), "ReduceLogSumExp": ("Exp", {}),
}  # fmt: skip
"""The layer before a reduction, of which more is computed."""


@rules.of(*REDUCTIONS)
def _reduce(op: Operator) -> Answer:
    said = _reduced(op)
    if op.type not in BEFORE and not op.type.startswith("ReduceLog"):
        return said
    if not isinstance(said, Layer):
        raise NotSaid("over no dimension")
    chain = op.chain()
    if op.type in BEFORE:
        name, given = BEFORE[op.type]
        chain.then(name, **given)
    chain.layers.append(said._replace(reads=()))
    return chain.then("Log") if op.type.startswith("ReduceLog") else chain


def _reduced(op: Operator) -> Answer:
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
