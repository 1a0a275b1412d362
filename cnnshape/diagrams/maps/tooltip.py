"""What a viewer says of a stack or an operation on which the pointer rests."""

from __future__ import annotations

from ...layers.shapes import format_shape
from ...network import Network
from ...text.counts import count_of
from ..tooltip import layer_lines
from .path import Stack
from .words import costs

MOST_LAYERS = 12
"""Layers that a tooltip names; of more it says how many they are."""


def tooltip(stack: Stack, network: Network) -> str:
    """All that is known of the layers that make a stack."""
    if not stack.layers:
        return f"input: {format_shape(network.input_shape)}"
    lines = [line for node in stack.layers[:MOST_LAYERS] for line in layer_lines(node)]
    more = len(stack.layers) - MOST_LAYERS
    if more > 0:
        lines.append(f"and {count_of(more, 'more layer')}")
        lines += [f"together {said}" for said in costs(stack.params, stack.macs)]
    return "\n".join(lines)
