"""What a viewer says of a volume on which the pointer rests."""

from __future__ import annotations

from ...layers.shapes import format_shape
from ...network import Network
from ..boxes import Box
from ..tooltip import group_lines, layer_lines


def tooltip(box: Box | None, network: Network) -> str:
    """All that is known of a box, layer by layer; of a closed group, its sums."""
    if box is None:
        return f"input: {format_shape(network.input_shape)}"
    if box.closed:
        return "\n".join(group_lines(box))
    return "\n".join(line for node in box.layers for line in layer_lines(node, box.times))
