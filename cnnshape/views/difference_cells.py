"""What the rows of a difference say, as text: for a terminal and for Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..analysis.difference import Difference, LayerPair
from ..layers.shapes import format_shape
from ..network import Node
from ..text.counts import count_of
from .columns import described, format_count
from .differences import ARROW, DifferenceRow

INDENT = "  "

UNMARKED = "  "
"""What stands before the name of a row that is neither added, removed nor changed."""
NUMBERS = ("output", "params", "MACs")
"""The headings of the numbers."""

LEGEND = {
    "~": "~ changed by itself: its type, its arguments, what it reads or whose weights it has",
    "·": "· changed in shape or cost alone, by what it reads",
}


class Between(NamedTuple):
    """What something was and what it is, as text; '' where it was not, or is no more."""

    before: str
    after: str

    @property
    def text(self) -> str:
        """'6 → 16'; where both are the same, or one is missing, one of them."""
        return f" {ARROW} ".join(self._different)

    @property
    def lines(self) -> list[str]:
        """The same in two lines: '6', '→ 16'."""
        first, *others = self._different
        return [first, *(f"{ARROW} {other}" for other in others)]

    @property
    def _different(self) -> list[str]:
        return list(dict.fromkeys(text for text in self if text)) or [""]


class DifferenceCells(NamedTuple):
    """The cells of a row.

    Attributes:
        name: the mark and the label, indented, with ×N where the row stands for several.
        layer: what it is, then what is to be told of it.
        numbers: the output, the parameters, the MACs.
    """

    name: str
    layer: list[Between]
    numbers: tuple[Between, Between, Between]


def cells_of(row: DifferenceRow) -> DifferenceCells:
    """The cells of a row."""
    times = f" ×{row.times}" if row.times > 1 else ""
    indent = INDENT * row.depth
    text = row.text if row.label else indent + row.text
    layer = [*_told(row.pair)] if row.pair else [Between(text, "")]
    return DifferenceCells(f"{row.mark} {indent}{row.label}{times}", layer, _numbers(row))


def _numbers(row: DifferenceRow) -> tuple[Between, Between, Between]:
    texts = [
        ("", "", "")
        if side is None
        else (format_shape(side.output_shape), format_count(side.params), format_count(side.macs))
        for side in (row.first, row.second)
    ]
    output, params, macs = map(Between, *texts)
    return output, params, macs


def _told(pair: LayerPair) -> Iterator[Between]:
    """What a layer is, and what is to be told of it."""
    first, second = pair.first, pair.second
    if first is None or second is None:
        yield Between(described(pair.node.layer), "")
        if len(pair.node.inputs) > 1:
            yield Between(f"reads {', '.join(pair.node.inputs)}", "")
        return
    if first.type == second.type:
        yield Between(first.type, "")
    for change in pair.changes:
        if change.name == "type":
            yield Between(described(first.layer), described(second.layer))
        else:
            yield Between(f"{change.name} {change.before}", change.after)
    if first.output_shape == second.output_shape and first.input_shapes != second.input_shapes:
        yield Between(f"input {_inputs(first)}", _inputs(second))
    if first.path != second.path:
        yield Between(f"was {first.path}", "")


def layer_text(layer: Sequence[Between]) -> str:
    """What is told of a layer in one line: 'Conv2d: kernel_size 3 → 5, padding 1 → 2'."""
    first, *others = (told.text for told in layer)
    return f"{first}: {', '.join(others)}" if others else first


def _inputs(node: Node) -> str:
    return ", ".join(map(format_shape, node.input_shapes))


def total_cells(difference: Difference) -> DifferenceCells:
    """The cells below all rows: of the whole networks."""
    first, second = difference.first, difference.second
    numbers = (
        Between(*(", ".join(map(format_shape, each.output_shapes)) for each in (first, second))),
        Between(*(format_count(each.totals.params) for each in (first, second))),
        Between(*(format_count(each.totals.macs) for each in (first, second))),
    )
    return DifferenceCells(f"{UNMARKED}total", [Between("", "")], numbers)


def headline(difference: Difference) -> str:
    """'3 layers changed (1 only by what they read), 2 added, 120 the same'."""
    counts = difference.counts
    renamed = f"{counts['renamed']:,} under another name" if counts["renamed"] else ""
    if difference.is_same:
        count = len(difference.layers)
        agree = f"{count_of(count, 'layer')} agree{'s' if count == 1 else ''}"
        what = "in type, arguments, shapes and what is read"
        names = f"; {renamed}, such as {_example(difference)}" if renamed else ""
        return f"the same network: {agree} {what}{names}"
    parts = []
    if counts["changed"]:
        alone = sum(
            1 for pair in difference.layers if pair.status == "changed" and not pair.changes
        )
        by = f" ({alone:,} only by what they read)" if alone else ""
        parts.append(f"{count_of(counts['changed'], 'layer')} changed{by}")
    parts += [f"{counts[status]:,} {status}" for status in ("added", "removed") if counts[status]]
    same = counts["same"] + counts["renamed"]
    all_same = f"{same:,} the same" if same else "none the same"
    parts.append(f"{all_same} ({renamed})" if renamed else all_same)
    if difference.outputs:
        parts.append(f"outputs: {difference.outputs.before} {ARROW} {difference.outputs.after}")
    return ", ".join(parts)


def _example(difference: Difference) -> str:
    pair = next(pair for pair in difference.layers if pair.status == "renamed")
    assert pair.first is not None
    return f"{pair.first.path} {ARROW} {pair.node.path}"


def legend(rows: Sequence[DifferenceRow]) -> list[str]:
    """The lines under the rows: what their marks and ×N mean."""
    marks = {row.mark for row in rows}
    lines = [text for mark, text in LEGEND.items() if mark in marks]
    if any(row.times > 1 for row in rows):
        opened = "; the rows under it show one of them" if marks & {" "} else ""
        lines.append(f"×N: the row has the sums of N parts that differ alike{opened}.")
    return lines
