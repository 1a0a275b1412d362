"""What stands above and below a drawing: its title, a row of samples, and sentences.

A style makes blocks of markup, and `stacked` puts them one under another.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ..layers.shapes import format_shape
from ..network import Network
from ..text.counts import count_of
from . import svg
from .text import WIDER, one_line, text_width, wrap
from .themes import KIND_TITLES, PALETTE, Theme
from .tooltip import macs_text

TITLE_SIZE, TITLE_LINE = 17.0, 22.0
TEXT_SIZE, TEXT_LINE = 11.0, 15.0
SAMPLE_ROOM = 24.0
"""px of a sample with the space after it."""
SAMPLE_GAP = 16.0
"""px between two samples with their texts."""
MARGIN = 20.0
"""px around a figure."""
SHORTENED = "Long names are shortened; a viewer that shows tooltips shows them whole."


class Block(NamedTuple):
    """Some markup with its upper left corner at (left, top), and its height in px."""

    markup: str
    height: float
    left: float = 0.0
    top: float = 0.0


def stacked(
    blocks: Iterable[tuple[Block, float]],
    width: float,
    network: Network,
    description: str,
    theme: Theme,
) -> str:
    """An SVG of blocks one under another, each with the px below it; `width`: between margins."""
    body, y = [], MARGIN
    for block, gap in blocks:
        body.append(moved(block.markup, MARGIN - block.left, y - block.top))
        y += block.height + gap
    return svg.document(
        *body,
        width=width + 2 * MARGIN,
        height=y + MARGIN,
        title=network.name,
        description=description,
        theme=theme,
    )


def from_input_to_output(network: Network) -> str:
    """'from the input of 1×32×32 to the output of 10', for a screen reader."""
    outputs = " and ".join(map(format_shape, network.output_shapes))
    return f"from the input of {format_shape(network.input_shape)} to the output of {outputs}"


def totals(network: Network) -> str:
    """What goes in and comes out of a network, and what it costs, in one line."""
    outputs = ", ".join(map(format_shape, network.output_shapes))
    return " · ".join(
        [
            f"{format_shape(network.input_shape)} → {outputs}",
            count_of(network.totals.params, "parameter"),
            macs_text(network.totals.macs),
        ]
    )


def heading(network: Network, width: float, theme: Theme) -> Block:
    """The network's name, what goes in and comes out, and what it costs."""
    lines = wrap(network.name, width / WIDER, TITLE_SIZE, bold=True)
    drawn = [
        svg.text(
            line,
            0,
            TITLE_LINE * index + TITLE_SIZE,
            size=TITLE_SIZE,
            fill=theme.text,
            bold=True,
        )
        for index, line in enumerate(lines)
    ]
    below = TITLE_LINE * len(lines) + 2
    rest = paragraph(totals(network), width, theme)
    return Block("\n".join([*drawn, moved(rest.markup, 0, below)]), below + rest.height)


def paragraph(text: str, width: float, theme: Theme) -> Block:
    """Text in lines of at most `width` px."""
    lines = wrap(text, width / WIDER, TEXT_SIZE)
    drawn = "\n".join(
        svg.text(line, 0, TEXT_LINE * index + TEXT_SIZE, size=TEXT_SIZE, fill=theme.muted)
        for index, line in enumerate(lines)
    )
    return Block(drawn, TEXT_LINE * len(lines))


def samples(entries: Iterable[tuple[str, str]], width: float, theme: Theme) -> Block:
    """Samples, each at most SAMPLE_ROOM by TEXT_LINE px, with what they mean."""
    drawn, x, y = [], 0.0, 0.0
    for sample, meaning in entries:
        needed = SAMPLE_ROOM + text_width(meaning, TEXT_SIZE) * WIDER
        if x > 0 and x + needed > width:
            x, y = 0.0, y + TEXT_LINE + 3
        label = svg.text(meaning, SAMPLE_ROOM, TEXT_SIZE, size=TEXT_SIZE, fill=theme.text)
        drawn.append(moved(sample + label, x, y))
        x += needed + SAMPLE_GAP
    return Block("\n".join(drawn), y + TEXT_LINE + 3)


def legend_kinds(kinds: Iterable[str]) -> tuple[list[str], list[str]]:
    """The kinds of layers that have a colour, in a legend's order, and the titles of the others."""
    used = set(kinds)
    known = [kind for kind in KIND_TITLES if kind in used] + sorted(used - KIND_TITLES.keys())
    return (
        [kind for kind in known if kind in PALETTE],
        [KIND_TITLES.get(kind, one_line(kind)) for kind in known if kind not in PALETTE],
    )


def moved(markup: str, x: float, y: float) -> str:
    """Markup as far right and down."""
    return svg.group(markup, transform=f"translate({svg.number(x)} {svg.number(y)})")
