"""Operators with weights."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

from ...graph import NotSaid
from ...operations import Answer, Chain, Layer, Value
from ...operations.values import Origin
from ..graph import Constant
from .edges import Edges, padded, window_edges
from .operator import Operator, Rules

rules = Rules()


@rules.of("Conv")
def _convolution(op: Operator) -> Answer:
    weight = op.weight(1)
    rank = len(weight.shape) - 2
    given = _window(op, weight)
    edges = window_edges(op, weight.shape[2:])
    given |= {"out_channels": weight.shape[0], "padding": edges.symmetric}
    layer = Layer(f"Conv{rank}d", given, (op.x,), _weights(op))
    return padded(op, edges, layer, 0.0)


@rules.of("ConvTranspose")
def _transposed_convolution(op: Operator) -> Answer:
    weight = op.weight(1)
    rank = len(weight.shape) - 2
    given = _window(op, weight)
    more = op.attribute("output_padding", [0] * rank)
    edges = _cut(op, weight, more)
    # What is cut off at the end beyond `padding` is less output padding, or a crop.
    after = [a - end + begin for a, begin, end in zip(more, edges.begin, edges.end, strict=True)]
    given |= {
        "out_channels": weight.shape[1] * given["groups"],
        "padding": edges.begin,
        "output_padding": [max(size, 0) for size in after],
    }
    layer = Layer(f"ConvTranspose{rank}d", given, (op.x,), _weights(op))
    if min(after) >= 0:
        return layer
    chain = Chain((op.x,))
    chain.layers.append(layer._replace(reads=()))
    chain.named = 0
    for dim, (size, length) in enumerate(zip(after, op.output[2:], strict=True), 2):
        if size < 0:
            chain.then("Narrow", dim=dim, start=0, length=length)
    return chain


def _window(op: Operator, weight: Value) -> dict[str, Any]:
    rank = len(weight.shape) - 2
    return {
        "kernel_size": list(weight.shape[2:]),
        "stride": op.attribute("strides", [1] * rank),
        "dilation": op.attribute("dilations", [1] * rank),
        "groups": op.attribute("group", 1),
        "bias": op.has_bias(2),
    }


def _weights(op: Operator) -> dict[str, str]:
    return op.weights(weight=1, bias=2) if op.has_bias(2) else op.weights(weight=1)


def _cut(op: Operator, weight: Value, more: list[int]) -> Edges:
    """What a transposed convolution cuts off at both ends."""
    kernel = weight.shape[2:]
    rank = len(kernel)
    if "output_shape" not in op.node.attributes and op.attribute("auto_pad", "NOTSET") in (
        "NOTSET",
        "VALID",
    ):
        pads = op.attribute("pads", [0] * 2 * rank)
        return Edges(pads[:rank], pads[rank:])
    strides = op.attribute("strides", [1] * rank)
    dilations = op.attribute("dilations", [1] * rank)
    totals = [
        max(0, stride * (size - 1) + extra + dilation * (width - 1) + 1 - out)
        for size, out, stride, extra, dilation, width in zip(
            op.x.shape[2:], op.output[2:], strides, more, dilations, kernel, strict=True
        )
    ]
    halves = [total // 2 for total in totals]
    rest = [total - half for total, half in zip(totals, halves, strict=True)]
    return Edges(halves, rest) if op.attribute("auto_pad") == "SAME_UPPER" else Edges(rest, halves)


@rules.of("Gemm")
def _gemm(op: Operator) -> Answer:
    if op.attribute("transA", 0):
        raise NotSaid("with transA")
    bias = op.has_bias(2)
    if op.number("alpha", 1.0) != 1 or (bias and op.number("beta", 1.0) != 1):
        raise NotSaid("with an alpha or beta that is not 1")
    return _linear(op, _matrix(op, transposed=not op.attribute("transB", 0)))


@rules.of("MatMul")
def _matmul(op: Operator) -> Answer:
    if op.has_bias(2):  # that is added next, see `idioms`
        return _linear(op, _matrix(op, transposed=True))
    first, second = op.inputs[:2]
    if isinstance(second, Constant) and len(second.shape) == 2:
        return op.as_torch("matmul", first, _matrix(op, transposed=False))
    return op.as_torch("matmul", first, second)


@dataclass(frozen=True)
class _Matrix(Origin):
    """How a matrix is computed that is a weight, or its transpose."""

    name: str
    transposed: bool

    def matrix(self) -> tuple[str, bool]:
        """The weight, and whether it is transposed."""
        return self.name, self.transposed


def _matrix(op: Operator, *, transposed: bool) -> Value:
    """The second input, or its transpose, as a matrix of a weight."""
    constant = op.given(1)
    if not isinstance(constant, Constant):
        raise NotSaid("with a weight that is computed from the input")
    name, turned = constant.matrix()
    shape = constant.shape[::-1] if transposed else constant.shape
    return Value("", shape, origin=_Matrix(name, turned != transposed))


def _linear(op: Operator, weight: Value) -> Answer:
    bias = op.weight(2) if op.has_bias(2) else None
    if bias is not None and not max(bias.shape, default=0) == prod(bias.shape) == weight.shape[0]:
        raise NotSaid(f"with a bias of {bias.shape}, not one for each output")
    return op.as_torch("linear", op.x, weight, bias)
