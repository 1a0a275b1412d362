"""What is written at a stack and between two: names, sizes, operations, costs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ...layers._spatial import folded
from ...layers.base import Layer
from ...layers.shapes import format_shape
from ...network import Node, Op
from ...text.counts import count_of
from ..look import Look
from ..outlining import FUSED_KINDS
from ..text import one_line
from ..tooltip import macs_text
from .path import Path, Stack

_WORDS = {"Conv": "convolution", "Avg": "average", "Pool": "pooling", "Unpool": "unpooling"}
"""The abbreviations in the names of layer types."""

MOST_OPERATIONS = 4
"""Lines of operations between two stacks; more are in the tooltip alone."""


def operation(op: Op, look: Look) -> str:
    """'Convolution 5×5, stride 2': what a layer does, with its window where it is asked for."""
    layer = op.layer
    name = layer.operation or _spelled(layer.type_name)
    if layer.kind == "linear" and len(op.input_shapes[0]) > 1:
        name += " at each position"
    if "arguments" not in look.facts:
        return name
    said = [" ".join(filter(None, (name, _kernel(layer))))]
    arguments = layer.arguments
    stride, dilation = arguments.get("stride"), arguments.get("dilation")
    tiles = layer.kind == "pooling" and stride == arguments.get("kernel_size")
    if isinstance(stride, tuple) and _differs(stride) and not tiles:
        said.append(f"stride {folded(stride)}")
    if isinstance(dilation, tuple) and _differs(dilation):
        said.append(f"dilation {folded(dilation)}")
    groups = arguments.get("groups", 1)
    if groups != 1:
        depthwise = groups == arguments.get("in_channels")
        said.append("depthwise" if depthwise else f"{groups} groups")
    return ", ".join(said)


def _differs(values: tuple[int, ...]) -> bool:
    return any(value != 1 for value in values)


def _kernel(layer: Layer) -> str:
    kernel = layer.arguments.get("kernel_size")
    return format_shape(kernel) if isinstance(kernel, tuple) else ""


def _spelled(type_name: str) -> str:
    """'Max pooling' of MaxPool2d; 'ReLU' stays, for it is no word."""
    name = re.sub(r"[123]d$", "", type_name)
    parts = re.findall(r"[A-Z][a-z]+|[A-Z]+(?![a-z])|[0-9]+|[a-z]+", name)
    if not any(part in _WORDS for part in parts):
        return name
    words = [_WORDS.get(part, part if part.isupper() else part.lower()) for part in parts]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def operations(layers: Sequence[Node], look: Look) -> list[str]:
    """What the layers do that are not named beside, alike ones as one: '3 × Addition'."""
    others = _has_others(layers)
    counts: Counter[str] = Counter()
    for op, times in Counter(node.op for node in layers).items():
        if not _is_companion(op.layer, others):
            counts[operation(op, look)] += times
    lines = [f"{count} × {text}" if count > 1 else text for text, count in counts.items()]
    if len(lines) > MOST_OPERATIONS:
        more = sum(list(counts.values())[MOST_OPERATIONS - 1 :])
        lines[MOST_OPERATIONS - 1 :] = [f"and {more} more layers"]
    return lines


def companions(layers: Sequence[Node]) -> str:
    """The norms, activations and other layers that only come along, each type once."""
    others = _has_others(layers)
    types = [node.type for node in layers if _is_companion(node.layer, others)]
    return ", ".join(dict.fromkeys(types))


def _has_others(layers: Sequence[Node]) -> bool:
    """Whether any layer does more than to rearrange or to come along."""
    return any(node.layer.kind not in {*FUSED_KINDS, "shape"} for node in layers)


def _is_companion(layer: Layer, others: bool) -> bool:
    """Whether a layer only comes along; what rearranges does where there are others."""
    return layer.kind in FUSED_KINDS or (others and layer.kind == "shape")


def size(stack: Stack) -> str:
    """'6@28×28' of maps, '32×32' of an image with one map, '84' of a vector."""
    if len(stack.shape) < 2:
        return format_shape(stack.shape)
    channels, maps = stack.shape[0], format_shape(stack.shape[1:])
    return maps if channels == 1 and not stack.layers else f"{channels}@{maps}"


def heading(path: Path, stack: Stack, *, role: bool = True) -> str:
    """'C1: feature maps', 'F6: layer', 'INPUT', 'OUTPUT'; without `role` the name alone."""
    name = one_line(stack.name)
    if not stack.layers:
        return name.upper()
    if stack is path.stacks[-1]:
        return name.upper() if name.lower() == "output" else f"{name}: output"
    if not role:
        return name
    return f"{name}: {'feature maps' if len(stack.shape) > 1 else 'layer'}"


def costs(params: int, macs: int | None) -> list[str]:
    """'156 parameters' and '117,600 MACs', those that there are."""
    said = []
    if params:
        said.append(count_of(params, "parameter"))
    if macs != 0:
        said.append(macs_text(macs))
    return said
