"""What a viewer says of a volume on which the pointer rests."""

from __future__ import annotations

from ...layers.shapes import format_shape
from ...network import Network, Node
from ..outline import Box

UNKNOWN = "unknown"


def tooltip(box: Box | None, network: Network) -> str:
    """All that is known of a box, layer by layer; of a closed group, its sums."""
    if box is None:
        return f"input: {format_shape(network.input_shape)}"
    times = f" ×{box.times}" if box.times > 1 else ""
    if box.closed:
        return "\n".join(
            [
                f"{box.path}{times}: {box.type or 'group'}, {len(box.layers):,} layers",
                _shapes(box.inputs, box.output_shape),
                f"{box.params:,} parameters, {_count(box.macs)} MACs" + (" each" if times else ""),
            ]
        )
    return "\n".join(line for node in box.layers for line in _lines(node, times))


def _lines(node: Node, times: str) -> list[str]:
    arguments = node.layer.summary()
    formula = node.layer.formula(node.input_shapes, node.output_shape)
    costs = []
    if node.params:
        costs.append(f"{node.params:,} parameters")
    if node.macs != 0:
        costs.append(f"{_count(node.macs)} MACs")
    if node.shares:
        costs.append(f"weights of {node.shares}")
    return [
        f"{node.path}{times}: {node.type}" + (f" {arguments}" if arguments else ""),
        _shapes(node.input_shapes, node.output_shape),
        *([formula] if formula else []),
        *([", ".join(costs)] if costs else []),
    ]


def _shapes(inputs: tuple[tuple[int, ...], ...], output: tuple[int, ...]) -> str:
    return f"{', '.join(map(format_shape, inputs))} → {format_shape(output)}"


def _count(value: int | None) -> str:
    return UNKNOWN if value is None else f"{value:,}"
