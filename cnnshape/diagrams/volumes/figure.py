"""The volumes of a network as a figure."""

from __future__ import annotations

from ...network import Network
from ..caption import (
    TEXT_LINE,
    Block,
    from_input_to_output,
    heading,
    paragraph,
    samples,
    stacked,
)
from ..look import DEFAULT_FACTS, DiagramError, Figure, Look
from ..outline import outline
from .items import parts
from .layout import layout
from .legend import entries, sentences
from .marks import Pill, Text
from .measure import measure
from .paint import Painter
from .plan import make_plan
from .solids import TALLEST, TALLEST_IN_U, Scales
from .spacing import Spacing

BLOCK_GAP = 16.0
"""px between the heading, the drawing and the legend."""
LEAST_WIDTH = 440.0
"""px of the figure, so that a small net's legend can be read."""


def draw(network: Network, look: Look) -> Figure:
    """A network as boxes in space, in the manner of PlotNeuralNet.

    Raises:
        DiagramError: there are more boxes than a diagram can hold, or the data is to go down.
    """
    if look.direction == "down":
        raise DiagramError("volumes stand from left to right; help: leave --direction out")
    if look.facts != DEFAULT_FACTS:
        raise DiagramError("volumes always say the same; help: leave --show out")
    drawn = outline(network, look)
    shown = parts(drawn)
    plan = make_plan(shown)
    tallest = TALLEST_IN_U if plan.level else TALLEST
    scales = Scales.of((item.shape for item in shown.items if not item.symbol), tallest)
    sizes = measure(shown, plan, scales)
    placed = layout(Spacing(drawn, shown, plan, sizes))
    ground = placed.covered
    painter = Painter(network, look.theme)

    width = max(LEAST_WIDTH, ground.right - ground.left)
    words = [mark.content for mark in placed.marks if isinstance(mark, Text | Pill)]
    shortened = any("…" in word for word in words)
    notes = sentences(shown, drawn, scales, shortened=shortened)
    body = [
        painter.item(item, sizes[item].form, at)
        for item, at in sorted(placed.places.items(), key=lambda place: place[1])
    ]
    body += [painter.mark(mark) for mark in sorted(placed.marks, key=painter.layer)]
    drawing = Block(
        "\n".join(["", *body, ""]),
        ground.lowest - ground.highest,
        left=ground.left - (width - ground.right + ground.left) / 2,
        top=ground.highest,
    )
    blocks = [(heading(network, width, look.theme), BLOCK_GAP), (drawing, BLOCK_GAP)]
    if look.legend:
        blocks.append((samples(entries(shown, painter), width, look.theme), TEXT_LINE / 3))
    blocks.append((paragraph(" ".join(notes), width, look.theme), TEXT_LINE / 3))
    description = f"{len(shown.items) - 1} volumes {from_input_to_output(network)}."
    svg = stacked(blocks, width, network, description, look.theme)
    return Figure(svg, notes, drawn.notes)
