"""The feature maps of a network as a figure."""

from __future__ import annotations

from ...network import Network
from ..caption import Block, from_input_to_output, heading, moved, paragraph, samples, stacked
from ..look import FACTS, DiagramError, Figure, Look
from .layout import layout
from .legend import entries, left_out, sentences
from .paint import paint_row
from .path import main_path
from .scale import Scales

BLOCK_GAP = 18.0
"""px between the heading, the rows and the legend."""
LEAST_WIDTH = 440.0
"""px of the figure, so that a small net's legend can be read."""


SHOWN = ("arguments", "shape", "params", "macs", "rf")
"""The facts that have a place in this figure; shapes always have theirs."""


def draw(network: Network, look: Look) -> Figure:
    """A network's main path as stacks of feature maps, as in figure 2 of LeCun et al. (1998).

    `look.depth` says how far neighbours of one resolution are drawn as one stack: None: not
    at all; a number: within the groups of that level; 'auto': as little as is readable.
    `look.facts` adds kernel and stride ('arguments'), 'params' and 'macs' to an operation,
    and 'rf' to a caption; names and sizes are always shown, formulas and paths in tooltips.

    Raises:
        DiagramError: there are more stacks than a figure holds, or the data is to go down.
    """
    if look.direction == "down":
        raise DiagramError("maps stand from left to right; help: leave --direction out")
    if look.facts != FACTS and (unknown := [fact for fact in look.facts if fact not in SHOWN]):
        raise DiagramError(
            f"maps have no room for {' and '.join(unknown)}; help: --show takes {', '.join(SHOWN)}"
        )
    path = main_path(network, look)
    scales = Scales.of(path.stacks)
    rows = layout(path, scales, look)
    width = max(LEAST_WIDTH, *(row.width for row in rows))
    left = (width - max(row.width for row in rows)) / 2
    notes = sentences(path, scales, rows)

    blocks = [heading(network, width, look.theme)]
    blocks += [
        Block(moved(paint_row(row, path, look.theme), left - row.left, -row.top), row.height)
        for row in rows
    ]
    if look.legend:
        blocks.append(samples(entries(path, rows, look.theme), width, look.theme))
    blocks.append(paragraph(" ".join(notes), width, look.theme))

    gaps = [*(BLOCK_GAP for _ in blocks[1:]), 0]
    description = f"{len(path.stacks)} stacks of feature maps, {from_input_to_output(network)}."
    spaced = zip(blocks, gaps, strict=True)
    svg = stacked(spaced, width, network, description, look.theme)
    return Figure(svg, notes, left_out(path))
