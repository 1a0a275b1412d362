"""Networks side by side on a terminal: what they are, and what two of them differ in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ..analysis.comparison import Comparison
from ..analysis.difference import Difference
from ..analysis.facts import Fact
from .difference_cells import (
    INDENT,
    NUMBERS,
    UNMARKED,
    Between,
    DifferenceCells,
    cells_of,
    headline,
    layer_text,
    legend,
    total_cells,
)
from .differences import ARROW, DifferenceRow, Mark, rows_of
from .facts import conventions, relation_text, value_text
from .grid import Cell, Grid, Head, text_cells

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

MOST_COLUMNS = 5
"""How many networks may be columns; more are rows."""

LONG = 30
"""Characters of what was and what is: if there are more, they stand in two lines."""

STYLES: dict[Mark, str] = {"+": "green", "-": "red", "~": "yellow", "·": "", " ": "bold"}


def render(
    comparison: Comparison,
    *,
    console: Console,
    facts: Sequence[Fact],
    layers: bool = True,
    fold: bool = True,
) -> None:
    """Print networks side by side and, of two, what differs layer by layer.

    Nothing is cut. Networks are columns where they are few and fit; else they are rows, with
    as many facts beside each other as fit.

    Args:
        comparison: of the networks.
        console: where to print.
        facts: what to tell of the networks as wholes.
        layers: whether to tell what differs layer by layer.
        fold: whether alike neighbours, and what was added or removed as one, are one row.
    """
    from rich.text import Text

    for place, table in enumerate(fact_tables(comparison, facts, console.width)):
        if place:
            console.print()
        console.print(table.fitted(console.width))
    console.print()
    rows: list[DifferenceRow] = []
    if layers:
        for label, difference in zip(comparison.labels[1:], comparison.differences, strict=True):
            title = Text(f"{comparison.labels[0]} {ARROW} {label}", "bold")
            console.print(title.append(f": {headline(difference)}", "not bold"))
        console.print()
        rows = rows_of(comparison, fold=fold)
    if rows:
        console.print(layers_table(comparison.differences[0], rows, console.width))
        console.print()
    for line in (*legend(rows), *conventions(facts, comparison, layers=bool(rows))):
        console.print(Text(line, "dim"))


# Wholes -------------------------------------------------------------------------------


def fact_tables(comparison: Comparison, facts: Sequence[Fact], width: int) -> Iterator[Grid]:
    """The facts in a table, or in several that fit into so many columns of a terminal."""
    if len(comparison.networks) <= MOST_COLUMNS:
        columns = _networks_as_columns(comparison, facts)
        if columns.width <= width or len(facts) == 1:
            yield columns
            return
    names: list[Cell] = [[(label, "bold")] for label in comparison.labels]
    first = max(map(text_cells, comparison.labels))
    band: list[tuple[Fact, list[Cell]]] = []
    for fact in facts:
        cells = _fact_cells(comparison, fact)
        if band and _band(names, [*band, (fact, cells)]).width > max(width, first):
            yield _band(names, band)
            band = []
        band.append((fact, cells))
    yield _band(names, band)


def _networks_as_columns(comparison: Comparison, facts: Sequence[Fact]) -> Grid:
    heads = [Head("", "", False)]
    for place, label in enumerate(comparison.labels):
        heads += [Head(label, "", True), *([Head("", "", True)] if place else [])]
    rows = []
    for fact in facts:
        row: list[Cell] = [[(fact.heading, "")]]
        for place, (text, relation) in enumerate(_texts(comparison, fact)):
            row += [[(text, "")], *([[(relation, "cyan")]] if place else [])]
        rows.append(row)
    return Grid(heads, rows)


def _texts(comparison: Comparison, fact: Fact) -> list[tuple[str, str]]:
    """For each network, the value as text, and how it relates to the first's."""
    first, *others = comparison.facts[fact.key]
    return [
        (value_text(first), ""),
        *((value_text(other), relation_text(fact, first, other)) for other in others),
    ]


def _fact_cells(comparison: Comparison, fact: Fact) -> list[Cell]:
    """For each network, the value with the relation beside it, in columns of their own."""
    texts = _texts(comparison, fact)
    room = max(len(relation) for _, relation in texts)
    return [[(f"{text}{' ' * bool(room)}{relation:>{room}}", "")] for text, relation in texts]


def _band(names: Sequence[Cell], facts: Sequence[tuple[Fact, list[Cell]]]) -> Grid:
    heads = [Head("", "", False), *(Head(fact.heading, "", True) for fact, _ in facts)]
    return Grid(heads, list(map(list, zip(names, *(cells for _, cells in facts), strict=True))))


# Layer by layer -----------------------------------------------------------------------


def layers_table(difference: Difference, rows: Sequence[DifferenceRow], width: int) -> Grid | Table:
    """The rows of what differs, in so many columns of a terminal.

    What fits is taken: each row in one line; else a line for each change and number; else the
    layer under its name; else all cells wrapped.
    """
    for arrangement in ARRANGEMENTS:
        grid = _arranged(difference, rows, arrangement)
        if grid.width <= width:
            break
    return grid.fitted(width)


class _Arrangement(NamedTuple):
    """A way to lay out a row: the headings, and the lines of each cell."""

    headings: tuple[str, ...]
    lines: Callable[[DifferenceCells], list[list[str]]]


def _in_one_line(cells: DifferenceCells) -> list[list[str]]:
    return [[cells.name], [layer_text(cells.layer)], *([number.text] for number in cells.numbers)]


def _in_lines(cells: DifferenceCells) -> list[list[str]]:
    return [[cells.name], _each(cells.layer), *(number.lines for number in cells.numbers)]


def _under_names(cells: DifferenceCells) -> list[list[str]]:
    marked = cells.name[: len(UNMARKED)]
    indent = len(cells.name) - len(cells.name.removeprefix(marked).lstrip())
    told = [f"{' ' * indent}{INDENT}{line}" for line in _each(cells.layer)]
    lines = [line for line in (cells.name, *told) if line.strip()]
    return [lines, *(number.lines for number in cells.numbers)]


def _each(layer: Sequence[Between]) -> list[str]:
    """What is told of a layer, each thing in a line; what is long in two."""
    return [
        line for told in layer for line in (told.lines if len(told.text) > LONG else [told.text])
    ]


ARRANGEMENTS = (
    _Arrangement(("name", "layer", *NUMBERS), _in_one_line),
    _Arrangement(("name", "layer", *NUMBERS), _in_lines),
    _Arrangement(("layer", *NUMBERS), _under_names),
)


def _arranged(
    difference: Difference, rows: Sequence[DifferenceRow], arrangement: _Arrangement
) -> Grid:
    headings, lines = arrangement
    below = ["\n".join(cell) for cell in lines(total_cells(difference))]
    heads = [
        Head(heading, total, heading in NUMBERS)
        for heading, total in zip(headings, below, strict=True)
    ]
    shown = []
    for row in rows:
        style = STYLES[row.mark] if row.label else "dim"
        shown.append([[(line, style) for line in cell] for cell in lines(cells_of(row))])
    return Grid(heads, shown)
