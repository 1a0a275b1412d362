"""What a viewer says of a layer or a closed group on which the pointer rests."""

from __future__ import annotations

from ..layers.shapes import Shape, Shapes, format_shape
from ..network import Node
from ..text.counts import count_of
from .boxes import Box


def layer_lines(node: Node, times: int = 1) -> list[str]:
    """All that is known of a layer, a line each; `times`: how many alike turns it stands for."""
    arguments = node.layer.summary()
    formula = node.layer.formula(node.input_shapes, node.output_shape)
    costs = []
    if node.params:
        costs.append(count_of(node.params, "parameter"))
    if node.macs != 0:
        costs.append(macs_text(node.macs))
    if node.shares:
        costs.append(f"weights of {node.shares}")
    if costs and times > 1:
        costs.append("each")
    return [
        node.path
        + (f" ×{times}" if times > 1 else "")
        + f": {node.type}"
        + (f" {arguments}" if arguments else ""),
        shapes_text(node.input_shapes, node.output_shape),
        *([formula] if formula else []),
        *([", ".join(costs)] if costs else []),
    ]


def group_lines(box: Box) -> list[str]:
    """All that is known of a closed group, a line each."""
    times, each = (f" ×{box.times}", " each") if box.times > 1 else ("", "")
    skips = f" with {count_of(box.skips, 'skip')}" if box.skips else ""
    return [
        f"{box.path}{times}: {box.type or 'group'} of {count_of(len(box.layers), 'layer')}{skips}",
        shapes_text(box.inputs, box.output_shape),
        f"{count_of(box.params, 'parameter')}, {macs_text(box.macs)}{each}",
    ]


def shapes_text(inputs: Shapes, output: Shape) -> str:
    """'6×28×28 → 6×14×14'."""
    return f"{', '.join(map(format_shape, inputs))} → {format_shape(output)}"


def macs_text(macs: int | None) -> str:
    """'416,520 MACs', or that they are unknown."""
    return "MACs unknown" if macs is None else f"{macs:,} MACs"
