"""What a window reads beyond the edges of a map: ONNX says it for both ends by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ...graph import NotSaid
from ...operations import Answer, Chain, Layer
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


def padded(op: Operator, edges: Edges, layer: Layer, value: float) -> Answer:
    """The layer, and before it the padding that it cannot do itself."""
    if not any(edges.rest):
        return layer
    chain = Chain((op.x,))
    rank = len(edges.begin)
    # All of it in one place: PyTorch pads with its own value at both ends alike.
    sides = zip(edges.begin, edges.end, strict=True)
    padding = [size for pair in reversed(list(sides)) for size in pair]
    if value:
        chain.then(f"ConstantPad{rank}d", padding=padding, value=value)
    else:
        chain.then(f"ZeroPad{rank}d", padding=padding)
    inside = layer.arguments | {"padding": [0] * rank}
    chain.layers.append(layer._replace(arguments=inside, reads=()))
    return chain
