"""``cnnshape list``: the zoo, with sizes."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import typer

from ._common import parse_input, usage_error
from ._printing import print_diagnostics, print_json, say, written_at_once

if TYPE_CHECKING:
    from ..zoo import Entry
    from ..zoo.catalogue import Listing

PANEL = "Look"

SCHEMA_VERSION = 1
"""The version of what --format json prints."""

GAP = 3
"""Spaces between two columns of the table: one that rich puts there, and the padding."""

KEYS = ("name", "reference", "input", "params", "macs", "file")

_MAGNITUDES = {"": 0, "k": 3, "m": 6, "g": 9, "b": 9, "t": 12}


def list_(
    format: Annotated[
        Literal["table", "json", "csv", "names"], typer.Option(help="The output format.")
    ] = "table",
    family: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE",
            help="Only the nets of one file: resnet for resnet.yaml. May be repeated.",
        ),
    ] = None,
    max_params: Annotated[
        str | None,
        typer.Option(
            metavar="COUNT", help="Only nets with at most so many parameters, such as 5M."
        ),
    ] = None,
    min_params: Annotated[
        str | None,
        typer.Option(metavar="COUNT", help="Only nets with at least so many parameters."),
    ] = None,
    max_macs: Annotated[
        str | None,
        typer.Option(metavar="COUNT", help="Only nets with at most so many MACs, such as 1.5G."),
    ] = None,
    min_macs: Annotated[
        str | None, typer.Option(metavar="COUNT", help="Only nets with at least so many MACs.")
    ] = None,
    input: Annotated[
        str | None,
        typer.Option(
            metavar="SIZES",
            help="Only nets with this input: 3x32x32; or 32x32 or 32 for any channels.",
        ),
    ] = None,
    sort: Annotated[
        Literal["family", "name", "params", "macs"],
        typer.Option(help="By family, or by one figure, the smallest first."),
    ] = "family",
) -> None:
    """List the nets of the zoo, with their sizes.

    They ship with cnnshape. Each file holds a family of nets, one for each of its variants:
    resnet50 is in resnet.yaml. A COUNT is a number such as 4_000_000, 500k, 5M or 1.5G.

    Examples:
        cnnshape list
        cnnshape list --max-params 5M --sort macs
        cnnshape list --family resnet --family vgg
        cnnshape list --input 32 --format csv
    """
    from ..errors import SpecError

    wanted = _read_filter(max_params, min_params, max_macs, min_macs, input)
    entries = _entries(family)
    if format == "names" and sort == "family" and not any(wanted):
        say("\n".join(entry.name for entry in entries))
        return
    from ..zoo.catalogue import listings

    faults: list[SpecError] = []
    nets = [net for net in listings(entries, faults) if wanted.fits(net)]
    if sort != "family":
        nets.sort(key=_ORDERS[sort])
    for fault in faults:
        print_diagnostics(fault.diagnostics)
    if format == "json":
        print_json({"schema": SCHEMA_VERSION, "nets": [_as_dict(net) for net in nets]})
    elif format == "csv":
        _print_csv(nets)
    elif format == "names":
        sys.stdout.write("".join(f"{net.name}\n" for net in nets))
    elif nets:
        _print_table(nets, in_families=sort == "family")
    else:
        say("no net of the zoo is like that", err=True)
    if faults:
        raise typer.Exit(1)


# What is listed -----------------------------------------------------------------------


class _Filter(NamedTuple):
    """Bounds on what is listed; None: none."""

    max_params: int | None
    min_params: int | None
    max_macs: int | None
    min_macs: int | None
    input: tuple[int, ...] | None

    def fits(self, net: Listing) -> bool:
        from ..layers.shapes import completed

        return (
            _within(net.params, self.min_params, self.max_params)
            and _within(net.macs, self.min_macs, self.max_macs)
            and (self.input is None or completed(self.input, net.input) == net.input)
        )


def _within(value: int | None, least: int | None, most: int | None) -> bool:
    """Whether a number is within its bounds; one that is not known is within none."""
    if value is None:
        return least is None and most is None
    return (least is None or value >= least) and (most is None or value <= most)


def _read_filter(
    max_params: str | None,
    min_params: str | None,
    max_macs: str | None,
    min_macs: str | None,
    input: str | None,
) -> _Filter:
    return _Filter(
        parse_count(max_params, "--max-params"),
        parse_count(min_params, "--min-params"),
        parse_count(max_macs, "--max-macs"),
        parse_count(min_macs, "--min-macs"),
        None if input is None else parse_input(input),
    )


def parse_count(text: str | None, option: str) -> int | None:
    """'5M', '1.5G', '300k', '5_000_000' or '5,000,000' as a number."""
    if text is None:
        return None
    written = re.fullmatch(r"([0-9][0-9_,]*)(?:\.([0-9]+))?([kmgbt]?)", text.strip().lower())
    if written is None:
        usage_error(f"expected a number such as 5M, 1.5G or 4_000_000, not {text!r}", option)
    whole, fraction, letter = written.groups()
    fraction = fraction or ""
    digits = int(re.sub("[_,]", "", whole) + fraction)
    number: int = digits * 10 ** _MAGNITUDES[letter] // 10 ** len(fraction)
    return number


def _entries(families: list[str] | None) -> list[Entry]:
    from .. import zoo

    nets = zoo.nets()
    if not families:
        return nets
    known = {entry.file.stem: None for entry in nets}
    for family in families:
        if family not in known:
            from ..errors import meant_or_known

            hint = meant_or_known(family, [*known])
            usage_error(f"there is no family {family!r}; {hint}", "--family")
    return [entry for entry in nets if entry.file.stem in families]


def _natural(net: Listing) -> list[Any]:
    """What a name is sorted by: resnet18 stands before resnet101."""
    return [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", net.name)]


_ORDERS: dict[str, Callable[[Listing], Any]] = {
    "name": _natural,
    "params": lambda net: net.params,
    "macs": lambda net: (net.macs is None, net.macs),
}


# How it is written --------------------------------------------------------------------


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


def _as_dict(net: Listing) -> dict[str, Any]:
    values = (net.name, net.reference, [*net.input], net.params, net.macs, net.file)
    return dict(zip(KEYS, values, strict=True))


def _print_csv(nets: Iterable[Listing]) -> None:
    from ..layers.shapes import format_shape
    from ..text.printable import csv_line

    sys.stdout.write(csv_line(KEYS))
    for net in nets:
        sys.stdout.write(csv_line({**_as_dict(net), "input": format_shape(net.input)}.values()))


COLUMNS = ("name", "input", "params", "MACs", "reference", "file")
"""The table's columns. Where they do not all fit, the last are left out."""


def _print_table(nets: list[Listing], *, in_families: bool) -> None:
    from rich import box
    from rich.table import Table

    rows = [COLUMNS, *(_family_rows(nets) if in_families else map(_cells, nets))]
    table = Table(box=box.SIMPLE_HEAD, padding=(0, GAP - 1, 0, 0), pad_edge=False, show_edge=False)
    with written_at_once() as console:
        count = _columns_that_fit(rows, console.width)
        for name in COLUMNS[:count]:
            justify: Literal["right", "left"] = "right" if name in ("params", "MACs") else "left"
            table.add_column(name, justify=justify, style="dim" if name == "file" else "")
        for row in rows[1:]:
            table.add_row(*row[: len(table.columns)])
        console.width = max(console.width, _width(rows, count))
        console.print(table)


def _columns_that_fit(rows: Iterable[Sequence[str]], width: int) -> int:
    """How many columns stand whole in `width`; the sizes are always among them."""
    rows = list(rows)
    count = len(COLUMNS)
    while count > COLUMNS.index("reference") and _width(rows, count) > width:
        count -= 1
    return count


def _width(rows: Iterable[Sequence[str]], count: int) -> int:
    """How wide the first columns are; the sizes are wider than a narrow terminal, which folds."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return sum(widths[:count]) + GAP * (count - 1)


def _family_rows(nets: Iterable[Listing]) -> Iterator[tuple[str, ...]]:
    """A row for each net; those of a file with variants are indented below one for the file."""
    from itertools import groupby

    for family, group in groupby(nets, key=lambda net: net.family):
        members = [*group]
        if members[0].name == family:
            yield _cells(members[0])
            continue
        yield (family, "", "", "", short_reference(members[0].reference), members[0].file)
        for net in members:
            name, *sizes, _, _ = _cells(net)
            yield (f"  {name}", *sizes, "", "")


def _cells(net: Listing) -> tuple[str, ...]:
    from ..layers.shapes import format_shape
    from ..views.columns import format_count

    return (
        net.name,
        format_shape(net.input),
        format_count(net.params),
        format_count(net.macs),
        short_reference(net.reference),
        net.file,
    )
