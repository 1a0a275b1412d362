"""``cnnshape list``: the zoo, with sizes."""

from __future__ import annotations

import re
import sys
from typing import Annotated, Any, Literal

import typer

from ._common import make_console, print_diagnostics, print_json

SCHEMA_VERSION = 1
"""The version of what --format json prints."""

ROOM_FOR_FILES = 105
"""Columns that the table takes with the files in it. A narrower one is without them."""

KEYS = ("name", "reference", "input", "params", "macs", "file")


def list_(
    format: Annotated[
        Literal["table", "json", "csv", "names"], typer.Option(help="How to write it.")
    ] = "table",
) -> None:
    """List the nets of the zoo, with their sizes.

    They ship with cnnshape. A net of one file's variants goes by the variant's name, as
    resnet50 of resnet.yaml.

    Examples:
        cnnshape list
        cnnshape list --format csv
    """
    from .. import zoo

    if format == "names":
        typer.echo("\n".join(entry.name for entry in zoo.nets()))
        return
    rows, sound = _read_nets()
    if format == "json":
        print_json({"schema": SCHEMA_VERSION, "nets": rows})
    elif format == "csv":
        _print_csv(rows)
    else:
        _print_table(rows)
    if not sound:
        raise typer.Exit(1)


def _read_nets() -> tuple[list[dict[str, Any]], bool]:
    """A row for each net, and whether no file was faulty; a file is read once for all of its."""
    from itertools import groupby

    from .. import zoo
    from ..api import build_network, read_file
    from ..errors import SpecError

    rows = []
    sound = True
    for file, entries in groupby(zoo.nets(), key=lambda entry: entry.file):
        try:
            spec = read_file(file, file.name)
            for entry in entries:
                network = build_network(spec, variant=entry.variant)
                rows.append(
                    {
                        "name": entry.name,
                        "reference": network.reference,
                        "input": [*network.input_shape],
                        "params": network.totals.params,
                        "macs": network.totals.macs,
                        "file": file.name,
                    }
                )
        except SpecError as fault:
            print_diagnostics(fault.diagnostics)
            sound = False
    return rows, sound


def short_reference(reference: str) -> str:
    """'LeCun, Bottou, Bengio and Haffner, 1998, Gradient-based ...' as 'LeCun et al., 1998'."""
    written = re.match(r"(.+?), (\d{4})\b", reference)
    if written is None:
        return reference
    authors, year = written.groups()
    first, *others = re.split(r", | and ", authors)
    if len(others) > 1:
        first = f"{first} et al."
    elif others:
        first = f"{first} and {others[0]}"
    return f"{first}, {year}"


def _print_csv(rows: list[dict[str, Any]]) -> None:
    import csv

    from ..layers import format_shape

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(KEYS)
    for row in rows:
        writer.writerow([*{**row, "input": format_shape(row["input"])}.values()])


def _print_table(rows: list[dict[str, Any]]) -> None:
    from rich import box
    from rich.table import Table

    from ..layers import format_shape
    from ..views.columns import format_count

    console = make_console(sys.stdout)
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 2, 0, 0), pad_edge=False, show_edge=False)
    table.add_column("name", no_wrap=True)
    table.add_column("reference", overflow="fold")
    table.add_column("input", no_wrap=True)
    table.add_column("params", justify="right", no_wrap=True)
    table.add_column("MACs", justify="right", no_wrap=True)
    if console.width >= ROOM_FOR_FILES:
        table.add_column("file", style="dim", no_wrap=True)
    for row in rows:
        cells = [
            row["name"],
            short_reference(row["reference"]),
            format_shape(row["input"]),
            format_count(row["params"]),
            format_count(row["macs"]),
            row["file"],
        ]
        table.add_row(*cells[: len(table.columns)])
    with console.capture() as capture:
        console.print(table)
    sys.stdout.write(capture.get())
