"""What a viewer says of a volume on which the pointer rests."""

from __future__ import annotations

from ...layers.shapes import format_shape
from ...network import Network
from ...text.counts import count_of
from ..boxes import Box
from ..tooltip import layer_lines, macs_text, shapes_text


def tooltip(box: Box | None, network: Network) -> str:
    """All that is known of a box, layer by layer; of a closed group, its sums."""
    if box is None:
        return f"input: {format_shape(network.input_shape)}"
    if not box.closed:
        return "\n".join(line for node in box.layers for line in layer_lines(node, box.times))
    times, each = (f" ×{box.times}", " each") if box.times > 1 else ("", "")
    return "\n".join(
        [
            f"{box.path}{times}: {box.type or 'group'}, {count_of(len(box.layers), 'layer')}{each}",
            shapes_text(box.inputs, box.output_shape),
            f"{box.params:,} parameters, {macs_text(box.macs)}{each}",
        ]
    )
