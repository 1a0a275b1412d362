"""Operators with weights."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

from ...graph import NotSaid
from ...operations import Answer, Layer, Value
from ...operations.values import Origin
from ..graph import Constant
from .edges import cropped, padded, window_edges
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
    """ONNX cuts off other lengths at both ends, PyTorch the same: the rest is cropped."""
    weight = op.weight(1)
    rank = len(weight.shape) - 2
    given = _window(op, weight)
    steps = zip(given["stride"], given["dilation"], strict=True)
    most = [max(each) - 1 for each in steps]
    whole = [
        stride * (size - 1) + dilation * (width - 1) + 1
        for size, stride, dilation, width in zip(
            op.x.shape[2:], given["stride"], given["dilation"], given["kernel_size"], strict=True
        )
    ]
    begins = _begins(op, whole)
    sides = list(zip(begins, whole, op.output[2:], most, strict=True))
    padding = [max(0, min(begin, size + more - begin - out)) for begin, size, out, more in sides]
    beyond = [begin + out - size for begin, size, out, _ in sides]
    given |= {
        "out_channels": weight.shape[1] * given["groups"],
        "padding": padding,
        "output_padding": [max(0, p + b) for p, b in zip(padding, beyond, strict=True)],
    }
    chain = op.chain()
    chain.layers.append(Layer(f"ConvTranspose{rank}d", given, (), _weights(op)))
    chain.named = 0
    starts = [begin - p for begin, p in zip(begins, padding, strict=True)]
    return cropped(op, chain, starts)


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


def _begins(op: Operator, whole: list[int]) -> list[int]:
    """What a transposed convolution cuts off at the beginning of each dimension."""
    rank = len(whole)
    mode = op.attribute("auto_pad", "NOTSET")
    if "output_shape" not in op.node.attributes and mode in ("NOTSET", "VALID"):
        begins: list[int] = op.attribute("pads", [0] * 2 * rank)[:rank]
        return begins
    more = op.attribute("output_padding", [0] * rank)
    totals = [
        max(0, size + extra - out)
        for size, extra, out in zip(whole, more, op.output[2:], strict=True)
    ]
    less = mode == "SAME_UPPER"
    return [total // 2 if less else total - total // 2 for total in totals]


@rules.of("Gemm")
def _gemm(op: Operator) -> Answer:
    if op.attribute("transA", 0):
        raise NotSaid("with transA")
    alpha, beta = op.number("alpha", 1.0), op.number("beta", 1.0)
    said = _linear(op, _matrix(op, transposed=not op.attribute("transB", 0)))
    if alpha == 1 and (beta == 1 or not op.has_bias(2)):
        return said
    if not isinstance(said, Layer) or (op.has_bias(2) and alpha != beta):
        raise NotSaid("with another alpha than beta")
    chain = op.chain()
    chain.layers.append(said._replace(reads=()))
    chain.named = 0
    return chain.then("Rescale", scale=alpha)


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
