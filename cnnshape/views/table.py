"""The table of a network on a terminal. Only this view, and the commands, import rich."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..layers.shapes import format_shape
from ..network import Network, sum_known
from ..text.counts import count_of
from . import columns as cols
from .columns import Column
from .grid import Cell, Grid, Head
from .rows import Row, layer_rows, rows

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

KIND_STYLES = {
    "convolution": "cyan",
    "pooling": "magenta",
    "normalization": "blue",
    "activation": "green",
    "linear": "yellow",
    "merge": "bright_magenta",
    "attention": "bright_yellow",
}

UP_TO_THE_FAULT = "up to the fault"

MACS = (
    "MACs: multiply-accumulates of convolutions, linear layers and matrix products, for {per}. "
    "Bias, activation, norm and pooling are not counted. FLOPs = 2 × MACs."
)
CONNECTIONS = "Connections: every use of a weight or a bias, as the 1998 paper counts."
RECEPTIVE_FIELD = (
    "Receptive field: the input positions that one output can depend on; the border is not clipped."
)


def render(
    network: Network,
    *,
    console: Console,
    columns: Sequence[str] | None = None,
    depth: int | None = None,
    fold: bool = True,
    batch: int = 1,
) -> None:
    """Print a network's table, with its totals and the convention that they follow.

    Nothing is cut: where the table is wider than the console, the formulas move under the
    layers' arguments, and what is still too wide is wrapped.
    """
    from rich.text import Text

    chosen = cols.choose(columns)
    shown = rows(network, depth=depth, fold=fold)
    cells = [[column.cell(row, network, batch) for column in chosen] for row in shown]
    console.print(_title(network, batch), soft_wrap=False)
    if network.reference:
        console.print(Text(network.reference, "dim"))
    console.print()
    console.print(_table(network, chosen, shown, cells, console.width, batch))
    console.print()
    for line, style in footer(network, [column.key for column in chosen], shown, batch):
        console.print(Text(line, style))


def _title(network: Network, batch: int) -> Text:
    from rich.text import Text

    title = Text(network.name, "bold")
    title.append(f"  input {cols.batched(network.input_shape, batch)}", "not bold")
    title.append(f", {count_of(len(network.layers), 'layer')}", "not bold")
    if network.fault is not None:
        title.append(f" {UP_TO_THE_FAULT}", "not bold")
    return title


def _table(
    network: Network,
    chosen: Sequence[Column],
    shown: Sequence[Row],
    cells: list[list[str]],
    width: int,
    batch: int,
) -> Grid | Table:
    totals = _totals(network, chosen, batch)
    heads = [
        Head(column.heading, total, column.right)
        for column, total in zip(chosen, totals, strict=True)
    ]
    styled = [
        [_cell(row, column, text) for column, text in zip(chosen, line, strict=True)]
        for row, line in zip(shown, cells, strict=True)
    ]
    grid = Grid(heads, styled)
    if grid.width <= width:
        return grid
    keys = [column.key for column in chosen]
    if "formula" in keys and ("layer" in keys or "name" in keys):
        formula = keys.index("formula")
        under = keys.index("layer" if "layer" in keys else "name")
        grid = Grid(*_stacked(heads, styled, formula, under))
    return grid.fitted(width)


def _stacked(
    heads: Sequence[Head], styled: Sequence[list[Cell]], formula: int, under: int
) -> tuple[list[Head], list[list[Cell]]]:
    """The table with the formulas under another column's cells."""
    rows = []
    for row in styled:
        cells = list(row)
        if any(text for text, _ in row[formula]):
            cells[under] = row[under] + row[formula]
        del cells[formula]
        rows.append(cells)
    return [head for index, head in enumerate(heads) if index != formula], rows


def _cell(row: Row, column: Column, text: str) -> Cell:
    """The lines of a cell with their styles: a formula is dim, the notes under it yellow."""
    lines = text.split("\n")
    if column.key != "formula":
        style = _style(row, column)
        return [(line, style) for line in lines]
    count = len(lines) - len(row.notes)
    said = [(line, "dim") for line in lines[:count] if line or not row.notes]
    return said + [(note, "yellow") for note in lines[count:]]


def _style(row: Row, column: Column) -> str:
    if row.node is None:
        return "bold"
    if column.key in ("layer", "type"):
        return KIND_STYLES.get(row.node.layer.kind, "")
    return ""


def _totals(network: Network, chosen: Sequence[Column], batch: int) -> list[str]:
    """The last row: the sums of the rows at depth 0, whole network by whole network.

    Of a faulty spec, those of the layers before the fault.
    """
    whole = network.fault is None
    top = rows(network, depth=0) if whole else layer_rows(network)
    name = "total" if whole else UP_TO_THE_FAULT
    totals = []
    for column in chosen:
        if column.number is None or not column.summed:
            totals.append(name if column.key == "name" else "")
            continue
        totals.append(cols.format_count(sum_known([column.number(row, batch) for row in top])))
    return totals


def footer(
    network: Network, keys: Sequence[str], shown: Sequence[Row], batch: int = 1
) -> list[tuple[str, str]]:
    """The lines under a table with their styles: totals, and what the numbers mean."""
    lines = [(summary(network, batch), "bold"), *conventions(network, keys, shown, batch)]
    if len(network.outputs) > 1:
        outputs = ", ".join(
            f"{path} {format_shape(network.shape_of(path))}" for path in network.outputs
        )
        lines.append((f"Outputs: {outputs}", ""))
    return lines


def conventions(
    network: Network, keys: Sequence[str], shown: Sequence[Row], batch: int = 1
) -> list[tuple[str, str]]:
    """What the numbers of these columns mean: lines with their styles."""
    lines: list[tuple[str, str]] = []
    if any(row.times > 1 for row in shown):
        lines.append(
            (
                "×N: the row has the sums of N alike parts; the rows under it show one of them.",
                "dim",
            )
        )
    if "formula" in keys and any(row.node and row.node.layer.kind in ("convolution", "pooling")
                                 for row in shown):  # fmt: skip
        lines.append(
            (
                "Sizes: (W−F+2P)/S+1, with input W, window F, padding P, stride S; "
                "⌊ ⌋ where the stride does not divide.",
                "dim",
            )
        )
    if {"macs", "flops"} & set(keys):
        per = "one sample" if batch == 1 else f"a batch of {batch}"
        lines.append(
            (
                MACS.format(per=per),
                "dim",
            )
        )
    if "connections" in keys:
        lines.append((CONNECTIONS, "dim"))
    if "rf" in keys:
        lines.append(
            (
                RECEPTIVE_FIELD,
                "dim",
            )
        )
    if "memory" in keys:
        lines.append(("Output bytes: what the layers' outputs take as float32.", "dim"))
    if network.totals.macs is None:
        lines.append(("unknown: a layer type does not say; it is not counted as zero.", "yellow"))
    return lines


def summary(network: Network, batch: int = 1) -> str:
    """'61,706 parameters, 416,520 MACs = 833,040 FLOPs'."""
    totals = network.totals
    text = "" if network.fault is None else f"{UP_TO_THE_FAULT}: "
    text += f"{totals.params:,} parameters"
    if totals.buffers:
        text += f" and {totals.buffers:,} buffer elements"
    if totals.macs is None:
        return f"{text}, MACs unknown"
    return f"{text}, {totals.macs * batch:,} MACs = {2 * totals.macs * batch:,} FLOPs"
