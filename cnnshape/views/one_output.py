"""One output of a trained layer as text: where it lies, what is read, and the sum."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import floor, fsum, isfinite, log10, prod
from typing import TYPE_CHECKING

from ..layers.shapes import format_shape
from ..text.styled import StyledLine
from ..worked.exact import equals, factor, written
from .grids import Block, beside, clipped
from .window_places import LEFT_OUT

if TYPE_CHECKING:
    from ..analysis.explanation_output import OneOutput, Part
    from ..network import Node

CAPTION, NOTHING = "What is shown is rounded", "·"
_FEW_TAPS, _MOST_LISTED, _LARGEST = 9, 16, 6
"""Of a window of which two maps are shown; sums or numbers in a line; of more, the largest."""
_ROWS = {1: ("position",), 2: ("row", "column")}


def place_named(output: OneOutput) -> str:
    """'map 3, row 4, column 5', 'map 3, position 4', 'unit 7', each from 1."""
    numbers = [index + 1 for index in output.place]
    if not output.positions:
        before = "".join(f"position {number}, " for number in numbers[:-1])
        return f"{before}unit {numbers[-1]}"
    names = ("map", *_ROWS[len(output.positions)])
    return ", ".join(f"{name} {number}" for name, number in zip(names, numbers, strict=True))


def where_lines(output: OneOutput, node: Node) -> Iterator[str]:
    """Which output it is, and what it reads."""
    chosen = f": the largest of {format_shape(node.output_shape)}" if output.strongest else ""
    yield place_named(output) + chosen
    source, shape = node.inputs[0], node.input_shapes[0]
    if not output.positions:
        yield f"reads all {shape[-1]:,} numbers of {source}" + (
            f" at position {output.place[0] + 1}" if len(shape) > 1 else "")  # fmt: skip
        return
    spans = [
        _span(name, own, size)
        for name, own, size in zip(_ROWS[len(shape) - 1], output.positions, shape[1:], strict=True)
    ]
    maps = [part.map + 1 for part in output.parts]
    of = f"map {maps[0]}" if len(maps) == 1 else f"maps {maps[0]} to {maps[-1]}"
    yield f"reads {' and '.join(spans)} of {of} of {source} {format_shape(shape)}"
    inside = prod(
        sum(0 <= each < size for each in own)
        for own, size in zip(output.positions, shape[1:], strict=True)
    )
    outside = prod(map(len, output.positions)) - inside
    if outside:
        of_each = " of each map" if len(maps) > 1 else ""
        mode = node.layer.arguments.get("padding_mode", "zeros")
        filled = f" ({mode})" if mode != "zeros" else ""
        yield f"{outside} of its {inside + outside} numbers{of_each} are padding{filled}"


def _span(name: str, positions: Sequence[int], size: int) -> str:
    inside = [each + 1 for each in positions if 0 <= each < size]
    if not inside:
        return f"no {name}"
    if len(inside) == 1:
        return f"{name} {inside[0]}"
    if inside[-1] - inside[0] + 1 == len(inside):
        return f"{name}s {inside[0]} to {inside[-1]}"
    return f"{name}s {', '.join(map(str, inside))}"


# What is read -------------------------------------------------------------------------


def drawing(output: OneOutput, node: Node, width: int) -> list[str]:
    """What is read, the weights and the products, of the maps that add most."""
    parts = list(output.parts)
    taps = sum(map(len, parts[0].window))
    most = 2 if taps <= _FEW_TAPS else 1
    if len(parts) > most:
        parts = sorted(parts, key=lambda part: -abs(part.sum))[:most]
    lines: list[str] = []
    for part in parts:
        blocks = _blocks(part, node.inputs[0])
        if not output.positions or blocks[0].width > width:
            return _largest_products(part, width)
        drawn = [clipped(line, width) for line in beside(blocks, width)]
        lines += [*([""] if lines else []), *map(_plain, drawn)]
    return lines


def caption(output: OneOutput, drawn: Sequence[str]) -> str:
    """What the drawing's numbers and signs are."""
    gaps = any(value is None for part in output.parts for row in part.window for value in row)
    clips = any(line.endswith(LEFT_OUT) for line in drawn)
    told = [CAPTION]
    told += [f"{NOTHING} padding that does not count"] if gaps else []
    told += [f"{LEFT_OUT} not shown"] if clips else []
    return ", ".join(told)


def _blocks(part: Part, source: str) -> list[Block]:
    blocks = [_block(f"map {part.map + 1} of {source}", part.window)]
    if part.weights:
        blocks.append(_block("weights", part.weights))
        blocks.append(_block(f"products, sum {written(part.sum)}", part.products))
    return blocks


def _block(title: str, rows: Sequence[Sequence[float | None]]) -> Block:
    """A grid, all of its numbers with the same decimals: three figures of the largest."""
    finite = [abs(v) for row in rows for v in row if v is not None and isfinite(v)]
    largest = max(finite, default=0.0)
    decimals = min(6, max(0, 2 - floor(log10(largest)))) if largest else 0
    cells = [[NOTHING if v is None else _fixed(v, decimals) for v in row] for row in rows]
    wide = max(len(cell) for row in cells for cell in row)
    lines: list[StyledLine] = [[("", " ".join(f"{cell:>{wide}}" for cell in row))] for row in cells]
    return Block(title, lines)


def _fixed(value: float, decimals: int) -> str:
    if value == 0 or not isfinite(value):
        return written(value)
    text = f"{value:.{decimals}f}"
    return (text.lstrip("-") if float(text) == 0 else text).replace("-", "−")


def _largest_products(part: Part, width: int) -> list[str]:
    """Of a long row of numbers, those that add most."""
    row, weights, products = part.window[0], part.weights[0], part.products[0]
    order = sorted(range(len(row)), key=lambda index: -abs(products[index]))[:_LARGEST]
    lines = [
        f"number {index + 1:>{len(str(len(row)))}}: "
        f"{factor(row[index] or 0.0)} × {factor(weights[index])} {equals(products[index])}"
        for index in order
    ]
    others = len(row) - len(order)
    if others:
        rest = part.sum - fsum(products[index] for index in order)
        lines.append(f"the {others:,} others: {written(rest)} together")
    return [line[:width] for line in lines]


def _plain(line: StyledLine) -> str:
    return "".join(text for _, text in line).rstrip()


# The sum ------------------------------------------------------------------------------


def sum_lines(output: OneOutput) -> Iterator[str]:
    """How the number comes about, as far as a line can show it, and what the layer gave."""
    if output.pool:
        yield _pooled(output)
    else:
        if len(output.parts) > 1:
            yield _sums_of_maps(output.parts)
        total = fsum(part.sum for part in output.parts)
        count = sum(map(len, output.parts[0].weights)) * len(output.parts)
        bias = "" if output.bias is None else f", with bias {written(output.bias)}: "
        end = f"{factor(total)}+{factor(output.bias)} {equals(output.value)}" if bias else ""
        yield f"sum of {count:,} products {equals(total)}{bias}{end}"
    if output.agrees:
        yield "as the trained layer gives it"
    else:
        yield f"the trained layer gives {written(output.given)}"


def _sums_of_maps(parts: Sequence[Part]) -> str:
    shown = sorted(parts, key=lambda part: -abs(part.sum))[:_LARGEST]
    if len(parts) <= _MOST_LISTED:
        shown = list(parts)
    text = "sums of products, " + ", ".join(
        f"map {part.map + 1}: {written(part.sum)}" for part in shown
    )
    others = len(parts) - len(shown)
    if not others:
        return text
    rest = fsum(part.sum for part in parts) - fsum(part.sum for part in shown)
    return f"{text}, and {others:,} others: {written(rest)} together"


def _pooled(output: OneOutput) -> str:
    values = [value for row in output.parts[0].products for value in row]
    if len(values) > _MOST_LISTED:
        if output.pool == "max":
            return f"the largest of {len(values)} numbers {equals(output.value)}"
        total = fsum(values)
        mean = f"{factor(total)}/{output.divisor} {equals(output.value)}"
        return f"sum of {len(values)} numbers {equals(total)}, {mean}"
    if output.pool == "max":
        return f"max({', '.join(map(written, values))}) {equals(output.value)}"
    return f"({'+'.join(map(factor, values))})/{output.divisor} {equals(output.value)}"
