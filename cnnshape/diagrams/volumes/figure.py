"""The volumes of a network as a figure."""

from __future__ import annotations

from ...layers.shapes import format_shape
from ...network import Network
from .. import svg
from ..caption import TEXT_LINE, heading, moved, paragraph, samples
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

MARGIN = 20.0
"""px around the figure."""
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
    left = MARGIN - ground.left + (width - ground.right + ground.left) / 2
    title = heading(network, width, look.theme)
    below = [samples(entries(shown, painter), width, look.theme)] if look.legend else []
    below += [paragraph(" ".join(notes), width, look.theme)]

    y = MARGIN
    markup = [moved(title.markup, MARGIN, y)]
    y += title.height + BLOCK_GAP
    markup.append(moved("\n".join(["", *body, ""]), left, y - ground.highest))
    y += ground.lowest - ground.highest + BLOCK_GAP
    for block in below:
        markup.append(moved(block.markup, MARGIN, y))
        y += block.height + TEXT_LINE / 3
    return Figure(
        svg.document(
            *markup,
            width=width + 2 * MARGIN,
            height=y + MARGIN,
            title=network.name,
            description=_description(network, len(shown.items) - 1),
            theme=look.theme,
        ),
        notes,
        drawn.notes,
    )


def _description(network: Network, count: int) -> str:
    outputs = " and ".join(map(format_shape, network.output_shapes))
    return (
        f"{count} volumes from the input of {format_shape(network.input_shape)} to the output "
        f"of {outputs}."
    )
