"""What a window reads beyond the edges of a map: ONNX says it for both ends by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ...graph import NotSaid, output_shape
from ...operations import Chain, Layer
from .operator import Operator


class Edges(NamedTuple):
    """Positions beyond the begin and beyond the end, for each dimension."""

    begin: Sequence[int]
    end: Sequence[int]

    @property
    def symmetric(self) -> list[int]:
        """As many as there are at both ends."""
        return [min(pair) for pair in zip(self.begin, self.end, strict=True)]

    @property
    def rest(self) -> list[int]:
        """What is over, as PyTorch's pad has it: from the last dimension on."""
        both = self.symmetric
        sides = zip(self.begin, self.end, both, strict=True)
        return [size for a, b, less in reversed(list(sides)) for size in (a - less, b - less)]


def window_edges(op: Operator, kernel: Sequence[int]) -> Edges:
    """What a convolution or a pool reads beyond the edges."""
    rank = len(kernel)
    mode = op.attribute("auto_pad", "NOTSET")
    if mode == "NOTSET":
        pads = op.attribute("pads", [0] * 2 * rank)
        return Edges(pads[:rank], pads[rank:])
    if mode == "VALID":
        return Edges([0] * rank, [0] * rank)
    strides = op.attribute("strides", [1] * rank)
    dilations = op.attribute("dilations", [1] * rank)
    totals = [
        max(0, (-(-size // stride) - 1) * stride + dilation * (width - 1) + 1 - size)
        for size, width, stride, dilation in zip(
            op.x.shape[2:], kernel, strides, dilations, strict=True
        )
    ]
    less = [total // 2 for total in totals]
    more = [total - half for total, half in zip(totals, less, strict=True)]
    if mode not in ("SAME_UPPER", "SAME_LOWER"):
        raise NotSaid(f"with the auto_pad {mode}")
    return Edges(less, more) if mode == "SAME_UPPER" else Edges(more, less)


def padded(
    op: Operator, edges: Edges, layer: Layer, value: float, most: Sequence[int] | None = None
) -> Layer | Chain:
    """The layer, and before it the padding that it cannot do itself.

    Args:
        op: the operator.
        edges: what its pads ask for.
        layer: what reads the padded value.
        value: what is put around.
        most: how much padding the layer may have; None: any.
    """
    both = edges.symmetric
    own = most is None or all(size <= limit for size, limit in zip(both, most, strict=True))
    if not any(edges.rest) and own:
        return layer
    chain = op.chain()
    rank = len(edges.begin)
    # All of it in one place: PyTorch pads with its own value at both ends alike.
    sides = zip(edges.begin, edges.end, strict=True)
    padding = [size for pair in reversed(list(sides)) for size in pair]
    if value:
        chain.then(f"ConstantPad{rank}d", padding=padding, value=value)
    else:
        chain.then(f"ZeroPad{rank}d", padding=padding)
    inside = {name: each for name, each in layer.arguments.items() if name != "padding"}
    chain.layers.append(layer._replace(arguments=inside, reads=()))
    return chain if "ceil_mode" not in inside else cropped(op, chain, [0] * rank)


def cropped(op: Operator, chain: Chain, starts: Sequence[int]) -> Layer | Chain:
    """What a chain gives, from a position on as far as the operator's output goes."""
    given = op.x.shape[1:]
    for layer in chain.layers:
        given = output_shape(layer.type, layer.arguments, (given,))
    lengths = op.output[2:]
    for dim, (start, size, length) in enumerate(zip(starts, given[1:], lengths, strict=True), 2):
        if length < size:
            chain.then("Narrow", dim=dim, start=start, length=length)
    return chain if chain.layers[1:] else chain.layers[0]._replace(reads=(op.x,))
