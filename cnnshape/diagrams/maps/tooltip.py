"""What a viewer says of a stack or an operation on which the pointer rests."""

from __future__ import annotations

from ...layers.shapes import format_shape
from ...network import Network, Node
from .path import Stack

MOST_LAYERS = 12
"""Layers that a tooltip names; of more it says how many they are."""


def tooltip(stack: Stack, network: Network) -> str:
    """All that is known of the layers that make a stack."""
    if not stack.layers:
        return f"input: {format_shape(network.input_shape)}"
    lines = [line for node in stack.layers[:MOST_LAYERS] for line in _lines(node)]
    more = len(stack.layers) - MOST_LAYERS
    if more > 0:
        lines.append(f"and {more:,} more layer{'s' if more > 1 else ''}")
        macs = "unknown" if stack.macs is None else f"{stack.macs:,}"
        lines.append(f"together {stack.params:,} parameters, {macs} MACs")
    return "\n".join(lines)


def _lines(node: Node) -> list[str]:
    arguments = node.layer.summary()
    formula = node.layer.formula(node.input_shapes, node.output_shape)
    shapes = (
        f"{', '.join(map(format_shape, node.input_shapes))} → {format_shape(node.output_shape)}"
    )
    costs = []
    if node.params:
        costs.append(f"{node.params:,} parameters")
    if node.macs != 0:
        costs.append("MACs unknown" if node.macs is None else f"{node.macs:,} MACs")
    if node.shares:
        costs.append(f"weights of {node.shares}")
    return [
        f"{node.path}: {node.type}" + (f" {arguments}" if arguments else ""),
        shapes,
        *([formula] if formula else []),
        *([", ".join(costs)] if costs else []),
    ]
