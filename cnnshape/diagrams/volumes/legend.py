"""What is said above and below the drawing: title, colours, scales, and what is not drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ...layers.shapes import Shape, format_shape, spatial_letters
from ...network import Network
from .. import svg
from ..outline import Box, Outline
from ..text import one_line, text_width, wrap
from ..themes import KIND_TITLES, PALETTE, Theme
from .items import Parts
from .labels import Label
from .marks import Line, LineKind, Point
from .paint import Painter, draw_box
from .shades import shades
from .solids import LEAST, Ball, Scales, Solid
from .tooltip import UNKNOWN

TITLE_SIZE, TEXT_SIZE = 17.0, 11.0
TITLE_LINE, TEXT_LINE = 22.0, 15.0
SWATCH = Solid(9, 8, 12)
SWATCH_ROOM = 24.0
ENTRY_GAP = 16.0
"""px between two entries of the legend."""

SIGN_TITLES = {
    "+": "sum",
    "−": "difference",
    "×": "product",
    "max": "maximum",
    "‖": "concatenation",
    "·": "matrix product",
}


class Block(NamedTuple):
    """Some markup with its upper left corner at (0, 0), and its height in px."""

    markup: str
    height: float


def heading(network: Network, width: float, theme: Theme) -> Block:
    """The network's name, what goes in and comes out, and what it costs."""
    outputs = ", ".join(map(format_shape, network.output_shapes))
    macs = network.totals.macs
    facts = (
        f"{format_shape(network.input_shape)} → {outputs}",
        f"{network.totals.params:,} parameters",
        f"{UNKNOWN if macs is None else f'{macs:,}'} MACs",
    )
    drawn, y = "", 0.0
    for line in wrap(network.name, width, TITLE_SIZE, bold=True):
        drawn += svg.text(line, 0, y + TITLE_SIZE, size=TITLE_SIZE, fill=theme.text, bold=True)
        y += TITLE_LINE
    rest = paragraph(" · ".join(facts), width, theme)
    return Block(drawn + _moved(rest.markup, 0, y + 2), y + 2 + rest.height)


def paragraph(text: str, width: float, theme: Theme) -> Block:
    """Text in lines of at most `width` px."""
    lines = wrap(text, width, TEXT_SIZE)
    drawn = "".join(
        svg.text(line, 0, TEXT_LINE * index + TEXT_SIZE, size=TEXT_SIZE, fill=theme.muted)
        for index, line in enumerate(lines)
    )
    return Block(drawn, TEXT_LINE * len(lines))


def key(parts: Parts, outline: Outline, painter: Painter, width: float) -> Block:
    """A sample of everything that has a colour or a sign, with what it means."""
    entries = [*_kinds(parts, painter.theme), *_signs(parts, painter), *_lines(parts, painter)]
    drawn, x, y = "", 0.0, 0.0
    for sample, room, text in entries:
        wide = room + text_width(text, TEXT_SIZE)
        if x > 0 and x + wide > width:
            x, y = 0.0, y + TEXT_LINE + 3
        label = svg.text(text, room, TEXT_SIZE, size=TEXT_SIZE, fill=painter.theme.text)
        drawn += _moved(sample + label, x, y)
        x += wide + ENTRY_GAP
    return Block(drawn, y + TEXT_LINE + 3)


Entry = tuple[str, float, str]
"""A sample, the width that it takes, and what it means."""


def _kinds(parts: Parts, theme: Theme) -> Iterator[Entry]:
    drawn = [item.box for item in parts.items if item.box is not None]
    tags = [tag.box for link in parts.links for tag in link.tags]
    kinds = {
        layer.layer.kind
        for item in parts.items
        if item.box is not None and not item.box.closed
        for layer in item.box.layers[1 if item.symbol else 0 :]
    } | {box.kind for box in tags}
    order = {kind: index for index, kind in enumerate(KIND_TITLES)}
    known = sorted(kinds, key=lambda kind: order.get(kind, len(order)))
    for kind in known:
        if kind in PALETTE:
            yield _sample(kind, theme), SWATCH_ROOM, KIND_TITLES[kind]
    grey = [KIND_TITLES.get(kind, one_line(kind)) for kind in known if kind not in PALETTE]
    if grey:
        titles = ", ".join([grey[0], *(title.lower() for title in grey[1:])])
        yield _sample("other", theme), SWATCH_ROOM, titles
    if any(box.closed for box in drawn):
        yield _sample("group", theme, slices=3), SWATCH_ROOM, "Group, not opened"


def _sample(kind: str, theme: Theme, slices: int = 1) -> str:
    ink = theme.ink(kind)
    return draw_box(SWATCH, Point(6, 7), shades(ink, theme), [], ink.line, slices)


def _signs(parts: Parts, painter: Painter) -> Iterator[Entry]:
    seen = set()
    for item in parts.items:
        if item.symbol and item.symbol not in seen and item.box is not None:
            seen.add(item.symbol)
            drawn = painter.ball(Ball(7), Point(8, 7), item.symbol, plain_box(item.box))
            yield drawn, SWATCH_ROOM - 4, SIGN_TITLES[item.symbol].capitalize()


def plain_box(box: Box) -> Box:
    """A merge alone, without what is fused into it."""
    return Box(box.path, box.name, box.layers[:1], box.type)


def _lines(parts: Parts, painter: Painter) -> Iterator[Entry]:
    kinds: tuple[tuple[LineKind, str], ...] = (
        ("skip", "Skip connection"),
        ("size", "Only its size is read"),
    )
    for kind, title in kinds:
        if kind == "skip":
            shown = any(link.skip for link in parts.links)
        else:
            shown = any(link.size_only or any(t.likes for t in link.tags) for link in parts.links)
        if shown:
            line = Line((Point(0, 7), Point(22, 7)), kind)
            yield painter.mark(line), SWATCH_ROOM + 4, title


def sentences(
    parts: Parts, outline: Outline, scales: Scales, labels: Sequence[Label]
) -> tuple[str, ...]:
    """How things are scaled, and what is folded, shortened or left out."""
    return (
        _scale(parts, scales),
        *(_bands(parts)),
        *outline.notes,
        *(
            ["Long names are shortened; a viewer that shows tooltips shows them whole."]
            if any(label.cut for label in labels)
            else []
        ),
    )


def _scale(parts: Parts, scales: Scales) -> str:
    """The scales, in the letters of the field."""
    shapes = [item.shape for item in parts.items if not item.symbol]
    dimensions = max((len(shape) for shape in shapes), default=0)
    said = []
    if dimensions > 1:
        letters = spatial_letters(dimensions - 1)[-2:]
        edges = [f"height as {scales.map.of(letters[0])}"]
        edges += [f"depth as {scales.map.of(letter)}" for letter in letters[1:]]
        edges.append(f"thickness as {scales.channels.of('channels')}")
        said.append(", ".join(edges))
    if dimensions > 3:
        said.append("D is written, not drawn")
    if any(len(shape) == 1 for shape in shapes):
        said.append(f"bars: height as {scales.vector.of('features')}")
    if _clamped(shapes, scales):
        said.append(f"no edge is drawn shorter than {LEAST:g} px")
    return f"Drawn to scale: {'; '.join(said)}." if said else "Every value is a single number."


def _clamped(shapes: Sequence[Shape], scales: Scales) -> bool:
    """Whether an edge is drawn longer than in proportion."""
    lengths = [
        *(scales.vector.exactly(shape[0]) for shape in shapes if len(shape) == 1),
        *(scales.channels.exactly(shape[0]) for shape in shapes if len(shape) > 1),
        *(scales.map.exactly(size) for shape in shapes for size in shape[1:][-2:]),
    ]
    return any(length < LEAST for length in lengths)


def _bands(parts: Parts) -> list[str]:
    fused = any(
        item.box is not None and not item.box.closed and len(item.box.layers) > 1
        for item in parts.items
    )
    return (
        ["A band at the end of a volume, or the ring of a merge: a layer that follows at once."]
        if fused
        else []
    )


def _moved(markup: str, x: float, y: float) -> str:
    return svg.group(markup, transform=f"translate({svg.number(x)} {svg.number(y)})")
