"""What is said under the drawing: colours, scales, and what is not drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...layers.shapes import Shape, spatial_letters
from ..boxes import Area, Outline
from ..caption import SHORTENED, TEXT_LINE, legend_kinds
from ..themes import KIND_TITLES, Theme
from .items import Parts
from .marks import LineKind, Point, Way
from .paint import Painter, Slab, draw_box
from .shades import shades
from .solids import LEAST, Ball, Scales, Solid

SWATCH = Solid(9, 8, 12)
MIDDLE = TEXT_LINE / 2

SIGN_TITLES = {
    "+": "Sum",
    "−": "Difference",
    "×": "Product",
    "max": "Maximum",
    "‖": "Concatenation",
    "·": "Matrix product",
}


Entry = tuple[str, str]
"""A sample, and what it means."""


def entries(parts: Parts, painter: Painter) -> Iterator[Entry]:
    """A sample of everything that has a colour or a sign, with what it means."""
    yield from _kinds(parts, painter.theme)
    yield from _signs(parts, painter)
    yield from _lines(parts, painter)


def _kinds(parts: Parts, theme: Theme) -> Iterator[Entry]:
    tags = [tag.box for link in parts.links for tag in link.tags]
    kinds = {
        layer.layer.kind
        for item in parts.items
        if item.box is not None
        for layer in item.box.layers[1 if item.symbol else 0 :]
    } | {box.kind for box in tags}
    coloured, grey = legend_kinds(kinds)
    for kind in coloured:
        yield _sample(kind, theme), KIND_TITLES[kind]
    if grey:
        titles = ", ".join([grey[0], *(title.lower() for title in grey[1:])])
        yield _sample("other", theme), titles


def _sample(kind: str, theme: Theme) -> str:
    ink = theme.ink(kind)
    return draw_box(SWATCH, Point(6, MIDDLE), [Slab(1, shades(ink, theme))], ink.line)


def _signs(parts: Parts, painter: Painter) -> Iterator[Entry]:
    ink = painter.theme.ink("merge")
    for sign in dict.fromkeys(item.symbol for item in parts.items if item.symbol):
        yield painter.ball(Ball(7), Point(8, MIDDLE), sign, ink, ink), SIGN_TITLES[sign]


def _lines(parts: Parts, painter: Painter) -> Iterator[Entry]:
    def sample(kind: LineKind) -> str:
        return painter.mark(Way((Point(0, MIDDLE), Point(20, MIDDLE)), kind))

    hidden = any(item.box is not None and item.box.skips for item in parts.items)
    if hidden or any(link.skip for link in parts.links):
        yield sample("skip"), "Skip connection"
    if any(link.size_only or any(tag.likes for tag in link.tags) for link in parts.links):
        yield sample("size"), "Only its size is read"


def sentences(
    parts: Parts, outline: Outline, scales: Scales, *, shortened: bool
) -> tuple[str, ...]:
    """How things are scaled, and what is folded, shortened or left out."""
    return (
        _scale(parts, scales),
        *_bands(parts),
        *_groups(parts),
        *_turns(parts, outline),
        *outline.notes,
        *([SHORTENED] if shortened else []),
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


def _bands(parts: Parts) -> Iterator[str]:
    boxes = [item.box for item in parts.items if item.box and not item.box.closed]
    if any(len(box.layers) > 1 for box in boxes):
        yield "A band at the end of a volume, or the ring of a merge: a layer that follows at once."


def _groups(parts: Parts) -> Iterator[str]:
    if any(item.box and item.box.closed for item in parts.items):
        yield (
            "A volume in stripes with a grey side is a group that is not opened: a stripe for "
            "each kind of its layers, as wide as they are many."
        )


def _turns(parts: Parts, outline: Outline) -> Iterator[str]:
    def repeats(area: Area) -> bool:
        return area.times > 1 or any(
            repeats(child) for child in area.children if isinstance(child, Area)
        )

    if repeats(outline.root) or any(item.box and item.box.times > 1 for item in parts.items):
        yield "×N: N alike turns, one after the other, are drawn once."
