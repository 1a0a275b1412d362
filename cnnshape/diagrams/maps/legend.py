"""What is said under the drawing: colours, scales, and what is not drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from .. import svg
from ..caption import SHORTENED, TEXT_LINE, legend_kinds
from ..themes import KIND_TITLES, Theme
from .layout import Place, Row
from .paint import STRONG, THIN, draw_stack
from .path import Path
from .scale import ALL_MAPS, LEAST, LEAST_WINDOW, ROOTS, Form, Scale, Scales

_SWATCH = Form(10, 8, maps=2)


def entries(path: Path, rows: Sequence[Row], theme: Theme) -> Iterator[tuple[str, str]]:
    """A sample of every colour and of the traced window, with what they mean."""
    kinds = {stack.kind for stack in path.stacks if stack.layers}
    coloured, grey = legend_kinds(kinds)
    for kind in coloured:
        yield _swatch(kind, theme), KIND_TITLES[kind]
    titles = ["Input", *(title.lower() for title in grey)]
    yield _swatch("other", theme), ", ".join(titles)
    if any(place.window for row in rows for place in row.places):
        yield _traced(theme), "Window that the marked position of the next stack reads"


def _swatch(kind: str, theme: Theme) -> str:
    return draw_stack(_SWATCH, 1, theme.ink(kind), theme, middle=TEXT_LINE / 2)


def _traced(theme: Theme) -> str:
    middle = TEXT_LINE / 2
    lines = "".join(
        svg.element("line", x1=8, y1=y, x2=17, y2=middle, stroke=theme.line, stroke_width=THIN)
        for y in (middle - 3.5, middle + 3.5)
    )
    window = svg.element(
        "rect",
        x=1.5,
        y=middle - 3.5,
        width=7,
        height=7,
        fill="none",
        stroke=theme.text,
        stroke_width=STRONG,
    )
    point = svg.element("rect", x=16, y=middle - 1.5, width=3, height=3, fill=theme.text)
    return lines + window + point


def sentences(path: Path, scales: Scales, rows: Sequence[Row]) -> tuple[str, ...]:
    """How things are scaled, and what is condensed, shortened or left out."""
    places = [place for row in rows for place in row.places]
    return (
        *left_out(path),
        *_scales(path, scales),
        *_counts(path),
        *_marks(places),
        *_arrows(places),
        *_repeats(rows, places),
    )


def left_out(path: Path) -> tuple[str, ...]:
    """What is not drawn, or not by itself."""
    return (*_passed_by(path), *_condensed(path))


def _passed_by(path: Path) -> Iterator[str]:
    """What the main path passes by."""
    network, drawn = path.network, path.layers
    joining = sum(len(set(layer.inputs)) - 1 for layer in drawn)
    said = []
    if len(drawn) < len(network.layers):
        params, total = sum(layer.params for layer in drawn), network.totals.params
        share = f"{params:,} of the network's {total:,}" if params < total else "all"
        said.append(
            f"{len(drawn):,} of {len(network.layers):,} layers, which have {share} parameters"
        )
    if joining:
        connections = "connection that joins" if joining == 1 else "connections that join"
        said.append(f"{joining:,} {connections} it {'is' if joining == 1 else 'are'} not drawn")
    if said:
        yield f"Main path only: {'; '.join(said)}."
    if len(network.outputs) > 1:
        yield f"Of {len(network.outputs)} outputs the first is drawn."


def _condensed(path: Path) -> Iterator[str]:
    """Which neighbours are one stack."""
    if path.depth is not None:
        groups = " within a group" if path.depth else ""
        deeper = "" if path.deeper is None else f" (--depth {path.deeper} draws more)"
        text = f"Neighbours of one resolution{groups} are one stack: the last of them"
        yield f"{text}{deeper}."
    elif path.folded:
        yield "Alike neighbours are one stack."


def _scales(path: Path, scales: Scales) -> Iterator[str]:
    maps = [n for stack in path.stacks for n in stack.spatial[-3:]]
    lengths = [stack.shape[0] for stack in path.stacks if stack.shape and not stack.spatial]
    if maps:
        root = ROOTS[scales.map.root]
        yield (
            f"Edges of maps follow the {root}number of positions{_least(scales.map, maps)}."
            if root
            else f"Maps are drawn to scale{_least(scales.map, maps)}."
        )
    if lengths:
        root = ROOTS[scales.vector.root]
        least = _least(scales.vector, lengths)
        yield f"The length of a vector follows the {root}number of its elements{least}."
    if any(len(stack.spatial) == 1 for stack in path.stacks):
        yield "A one-dimensional map has no height: all strips have the same."
    if any(len(stack.spatial) > 2 for stack in path.stacks):
        yield "The first dimension of a map recedes to the upper right, shortened."
    if any(len(stack.spatial) > 3 for stack in path.stacks):
        yield "Of maps with more than three dimensions the last three are drawn."


def _least(scale: Scale, sizes: Iterable[int]) -> str:
    return "" if all(map(scale.shows, sizes)) else f", none shorter than {LEAST:g} px"


def _counts(path: Path) -> Iterator[str]:
    if any(stack.spatial and stack.shape[0] > ALL_MAPS for stack in path.stacks):
        yield (
            f"Of more than {ALL_MAPS} maps, {ALL_MAPS} are drawn and one more for each doubling: "
            "the number before @ is exact."
        )


def _marks(places: Sequence[Place]) -> Iterator[str]:
    windows = [place.window for place in places if place.window]
    if any(min(window.width, window.height) <= LEAST_WINDOW for window in windows):
        yield f"No window is drawn smaller than {LEAST_WINDOW:g} px."
    if any(place.window and place.item.form.depth for place in places):
        yield "A window is drawn on the front of its map, without its depth."


def _arrows(places: Sequence[Place]) -> Iterator[str]:
    for before, place in pairwise(places):
        link = place.item.link
        if link is not None and link.way == "unknown" and before.item.stack.spatial:
            yield "An arrow stands where the window is not known."
            return


def _repeats(rows: Sequence[Row], places: Sequence[Place]) -> Iterator[str]:
    if len(rows) > 1:
        yield "A row begins with the last stack of the row above, pale."
    if any(place.item.caption.cut for place in places):
        yield SHORTENED
