"""Tables for files: CSV, Markdown, HTML."""

from __future__ import annotations

from collections.abc import Sequence

from ..network import Network
from ..text.printable import csv_line, printable_lines
from . import columns as cols
from .columns import Column
from .rows import Row, layer_rows, rows

CSV_KEYS = (
    "name", "type", "arguments", "from", "input", "output", "rf", "params", "buffers", "macs",
    "connections",
)  # fmt: skip


def to_csv(network: Network, columns: Sequence[str] | None = None, *, batch: int = 1) -> str:
    """Every layer as a line of CSV, never folded; numbers are plain, unknown is empty."""
    chosen = cols.choose(columns if columns is not None else CSV_KEYS)
    lines = [csv_line(column.key for column in chosen)]
    for row in layer_rows(network):
        lines.append(csv_line(_plain(column, row, network, batch) for column in chosen))
    return "".join(lines)


def _plain(column: Column, row: Row, network: Network, batch: int) -> str | float:
    if column.number is not None:
        number = column.number(row, batch)
        return "" if number is None else number
    text = column.cell(row, network, batch).replace("\n", "; ")
    if column.key == "rf" and text == cols.UNKNOWN:
        return ""
    return text


def to_markdown(
    network: Network,
    columns: Sequence[str] | None = None,
    *,
    depth: int | None = None,
    fold: bool = True,
    batch: int = 1,
) -> str:
    """A Markdown table (GitHub's) with totals and the convention under it."""
    from .table import footer, summary

    chosen = cols.choose(columns)
    shown = rows(network, depth=depth, fold=fold)
    lines = [
        f"**{escape_markdown(network.name)}**, input {cols.batched(network.input_shape, batch)}",
        "",
    ]
    lines.append("| " + " | ".join(column.heading for column in chosen) + " |")
    lines.append("|" + "|".join("---:" if column.right else "---" for column in chosen) + "|")
    for row in shown:
        cells = [escape_markdown(column.cell(row, network, batch)) for column in chosen]
        cells = [indented(cell) for cell in cells]
        if row.node is None:
            cells = [f"**{cell}**" if cell else "" for cell in cells]
        lines.append("| " + " | ".join(cells) + " |")
    notes = footer(network, [column.key for column in chosen], shown, batch)
    lines += ["", f"**{summary(network, batch)}**", ""]
    lines += [escape_markdown(line) for line, _ in notes[1:]]
    return "\n".join(lines).rstrip() + "\n"


def indented(cell: str) -> str:
    """A cell of Markdown that keeps the spaces before it."""
    bare = cell.lstrip(" ")
    return "&nbsp;" * (len(cell) - len(bare)) + bare


def escape_markdown(text: str) -> str:
    """A text that Markdown shows as it is, in one line."""
    text = text.replace("&", "&amp;").replace("://", "&#58;//")  # nor does an address become a link
    for char in "\\`*_[]<>|~$":
        text = text.replace(char, f"\\{char}" if char != "<" else "&lt;")
    return printable_lines(text).replace("\n", "<br>")


def to_html(network: Network) -> str:
    """The default table as an HTML fragment, for notebooks."""
    from html import escape as escape_html

    from .table import summary

    def escape(text: str) -> str:
        return escape_html(printable_lines(text))

    chosen = cols.choose(None)
    head = "".join(f"<th>{escape(column.heading)}</th>" for column in chosen)
    body = []
    for row in rows(network):
        cells = []
        for column in chosen:
            align = "right" if column.right else "left"
            text = escape(column.cell(row, network, 1))
            indent = len(text) - len(text.lstrip(" "))
            text = "&nbsp;" * indent + text.lstrip(" ").replace("\n", "<br>")
            text = f"<b>{text}</b>" if row.node is None and text else text
            cells.append(f'<td style="text-align:{align}">{text}</td>')
        body.append(f"<tr>{''.join(cells)}</tr>")
    return (
        f"<p><b>{escape(network.name)}</b>, input "
        f"{cols.batched(network.input_shape, 1)}<br>{escape(summary(network))}</p>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>"
    )
