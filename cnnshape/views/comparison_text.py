"""Networks side by side, for files: CSV and Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..analysis.comparison import Comparison
from ..analysis.difference import Difference
from ..analysis.facts import Fact, Value
from ..text.printable import csv_line
from .difference_cells import (
    NUMBERS,
    DifferenceCells,
    cells_of,
    headline,
    layer_text,
    legend,
    total_cells,
)
from .differences import ARROW, DifferenceRow, rows_of
from .facts import conventions, relation_text, value_text
from .text import escape_markdown, indented


def to_csv(comparison: Comparison, facts: Sequence[Fact]) -> str:
    """A line of CSV for each network; numbers are plain, unknown is empty."""
    lines = [csv_line(["net", *(fact.key for fact in facts)])]
    for place, label in enumerate(comparison.labels):
        values = (comparison.facts[fact.key][place] for fact in facts)
        lines.append(csv_line([label, *map(_plain, values)]))
    return "".join(lines)


def _plain(value: Value) -> str | int:
    if isinstance(value, int):
        return value
    return "" if value is None or None in value else value_text(value)


def to_markdown(
    comparison: Comparison, facts: Sequence[Fact], *, layers: bool = True, fold: bool = True
) -> str:
    """Markdown (GitHub's): a table of the networks and, of two, one of what differs."""
    lines = [*_facts_table(comparison, facts), ""]
    rows: list[DifferenceRow] = []
    if layers:
        for label, difference in zip(comparison.labels[1:], comparison.differences, strict=True):
            title = escape_markdown(f"{comparison.labels[0]} {ARROW} {label}")
            lines += [f"**{title}**: {escape_markdown(headline(difference))}", ""]
        rows = rows_of(comparison, fold=fold)
    if rows:
        lines += _layers_table(comparison.differences[0], rows)
    for note in (*legend(rows), *conventions(facts, comparison, layers=bool(rows))):
        lines += [escape_markdown(note), ""]
    return "\n".join(lines).rstrip() + "\n"


def _facts_table(comparison: Comparison, facts: Sequence[Fact]) -> Iterator[str]:
    first, *others = comparison.labels
    yield _line(["", first, *(cell for label in others for cell in (label, ""))])
    yield "|---|" + "---:|" * (2 * len(others) + 1)
    for fact in facts:
        value, *values = comparison.facts[fact.key]
        cells = [fact.heading, value_text(value)]
        for other in values:
            cells += [value_text(other), relation_text(fact, value, other)]
        yield _line(cells)


def _layers_table(difference: Difference, rows: Iterable[DifferenceRow]) -> Iterator[str]:
    yield _line(["name", "layer", *NUMBERS])
    yield "|---|---|" + "---:|" * len(NUMBERS)
    for row in rows:
        yield _row(cells_of(row))
    yield _row(total_cells(difference))
    yield ""


def _row(cells: DifferenceCells) -> str:
    numbers = [number.text for number in cells.numbers]
    return _line([cells.name, layer_text(cells.layer), *numbers])


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(indented(escape_markdown(cell)) for cell in cells) + " |"
