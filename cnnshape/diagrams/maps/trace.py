"""The sample that is traced: for each stack, the window that one position of the next reads.

It starts at one position of the last maps and goes back. On each stack, a position within
the window that was just found is followed further, so that all windows hang together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Literal, NamedTuple

from ...layers._window import Window, WindowLayer
from ...layers.base import Step
from ...layers.rearranging import Permute, Transpose
from ...layers.shapes import Shape
from ...network import Node
from ..outlining import FUSED_KINDS
from .path import Stack
from .segments import footprint

_DOWN, _ALONG = 0.3, 0.7
"""Where in a window the sample is followed: above its middle and right of it."""

Way = Literal["window", "all", "rearranged", "unknown"]


class Span(NamedTuple):
    """Positions along one dimension, the first and the last, both counted from 0."""

    first: int
    last: int

    @property
    def size(self) -> int:
        """How many they are."""
        return self.last - self.first + 1

    def clipped(self, places: int) -> Span:
        """Those of them that the map has: a window may reach into the padding."""
        first = min(max(self.first, 0), places - 1)
        return Span(first, max(first, min(self.last, places - 1)))


@dataclass(frozen=True)
class Link:
    """How a stack is read by the next one.

    Attributes:
        way: 'window': each position reads a window; 'all': each element reads all;
            'rearranged': the same elements in another shape; 'unknown'.
        window: the positions that the sample reads, one span a spatial dimension.
        sample: the position of the next stack that reads them; () of a vector.
    """

    way: Way
    window: tuple[Span, ...] = ()
    sample: Shape = ()


def trace(stacks: Sequence[Stack]) -> list[Link]:
    """How each stack is read by the next: one link for each but the last."""
    links: list[Link] = []
    within: tuple[Span, ...] | None = None
    for source, target in reversed(list(pairwise(stacks))):
        sample = _followed(within or tuple(map(_whole, target.spatial)))
        within = _seen(source, target, sample) if source.spatial else None
        if within is None:
            links.append(Link(_way(target)))
        else:
            links.append(Link("window", within, sample))
    return links[::-1]


def _followed(spans: Sequence[Span]) -> Shape:
    """The position within a window that is followed further back."""
    last = len(spans) - 1
    return tuple(
        span.first + round((_ALONG if index == last else _DOWN) * (span.size - 1))
        for index, span in enumerate(spans)
    )


def _way(target: Stack) -> Way:
    kinds = {node.layer.kind for node in target.layers} - FUSED_KINDS
    if "linear" in kinds and len(target.shape) == 1:
        return "all"
    return "rearranged" if kinds == {"shape"} else "unknown"


def _seen(source: Stack, target: Stack, sample: Shape) -> tuple[Span, ...] | None:
    """The window of `source` that a position of `target` reads; None: not known."""
    channels = tuple(map(_whole, target.shape[:1]))
    places = sample or (0,) * (len(target.shape) - 1)
    spans: tuple[Span, ...] | None = (*channels, *(Span(place, place) for place in places))
    reads = [source.shape, *(node.output_shape for node in target.layers)]
    for node, incoming in reversed(list(zip(target.layers, reads, strict=False))):
        if spans is not None:
            spans = read_by(node, incoming, spans)
    if spans is None:
        return None
    return tuple(span.clipped(n) for span, n in zip(spans[1:], source.spatial, strict=True))


def read_by(node: Node, incoming: Shape, spans: Sequence[Span]) -> tuple[Span, ...] | None:
    """What a layer reads of a value for a part of its output; None: not known.

    Positions in the padding are among it.

    Args:
        node: the layer.
        incoming: the shape of the value.
        spans: the part of its output, one span a dimension, that of the channels first.
    """
    layer, written = node.layer, node.output_shape
    if not spans:
        return None
    if isinstance(layer, Permute | Transpose):
        order = layer.output_shape((tuple(range(len(incoming))),))
        return tuple(span for _, span in sorted(zip(order, spans, strict=True)))
    if layer.flattens_space:
        points = all(n == 1 for n in incoming[1:])
        return (spans[0], *map(_whole, incoming[1:])) if points else None
    if layer.kind == "linear":
        return (*spans[:-1], _whole(incoming[-1])) if len(incoming) > 1 else None
    if len(incoming) < 2:
        return tuple(spans) if incoming == written and layer.kind != "attention" else None
    steps = footprint(node, incoming)
    if steps is None or len(steps) != len(incoming) - 1:
        return None
    mixes = layer.kind == "convolution" or written[0] != incoming[0]
    channels = _whole(incoming[0]) if mixes else spans[0]
    if len(spans) == 1:
        whole = all(step.span == n - 1 for step, n in zip(steps, incoming[1:], strict=True))
        return (channels, *map(_whole, incoming[1:])) if whole else None
    if len(spans) != len(incoming):
        return None
    starts = _starts(node, incoming[1:], steps)
    return (
        channels,
        *(
            Span(start(span.first), start(span.last) + int(step.span))
            for start, step, span in zip(starts, steps, spans[1:], strict=True)
        ),
    )


def _whole(size: int) -> Span:
    return Span(0, size - 1)


def _starts(node: Node, sizes: Shape, steps: Sequence[Step]) -> list[Callable[[int], int]]:
    """For each dimension, where the window of a position starts.

    A window layer says it. Of any other the footprint is known, and not its offset: it lies
    around the place of the input that corresponds to the position.
    """
    layer = node.layer
    if isinstance(layer, WindowLayer):
        windows = layer.windows()
        if [Step(each.extent - 1, each.stride) for each in windows] == list(steps):
            return [partial(_start_of, window) for window in windows]
    return [
        partial(_start_around, n, count, int(step.span))
        for n, count, step in zip(sizes, node.output_shape[1:], steps, strict=True)
    ]


def _start_of(window: Window, position: int) -> int:
    return position * window.stride - window.before


def _start_around(size: int, places: int, span: int, position: int) -> int:
    """⌊(p + ½)·n/o − span/2⌋ in integers, and within the input as far as the window fits."""
    start = ((2 * position + 1) * size - span * places) // (2 * places)
    return max(0, min(start, size - 1 - span))
