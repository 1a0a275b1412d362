"""``cnnshape show``: the table of a network, and the verdict on it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import typer

from ..views.columns import BY_KEY
from ._common import (
    STDIN,
    Changes,
    DeviceOption,
    InputOption,
    PluginOption,
    SetOption,
    SpecArgument,
    VariantOption,
    comma_list,
    files_of,
    load_network,
    read_changes,
    usage_error,
)
from ._printing import print_diagnostics, print_json, print_line, say, written_at_once
from ._verdict import How, verdict, verdict_lines

if TYPE_CHECKING:
    from ..network import Network

PANEL = "Look"

CLEAR_SCREEN = "\x1b[2J\x1b[H"
POLL_SECONDS = 0.2
"""How often --watch looks whether a file has changed."""

Format = Literal["table", "json", "csv", "markdown"]


class _Look(NamedTuple):
    """How a network is to be shown."""

    format: Format
    columns: list[str] | None
    depth: int | None
    fold: bool
    batch: int


def show(
    spec: SpecArgument = "lenet5",
    columns: Annotated[
        str | None,
        typer.Option(
            metavar="LIST",
            help=f"Columns, separated by commas: {', '.join(BY_KEY)}; or all.",
        ),
    ] = None,
    depth: Annotated[
        int | None,
        typer.Option(min=0, metavar="N", help="Sum up what is nested deeper than N groups."),
    ] = None,
    fold: Annotated[
        bool,
        typer.Option(
            "--fold/--expand", help="Show identical repeats once, as ×N, or each of them."
        ),
    ] = True,
    format: Annotated[Format, typer.Option(help="The output format.")] = "table",
    batch: Annotated[
        int, typer.Option(min=1, metavar="N", help="The batch size, for shapes, MACs and memory.")
    ] = 1,
    set_: SetOption = None,
    input: InputOption = None,
    variant: VariantOption = None,
    plugin: PluginOption = None,
    device: DeviceOption = "auto",
    verify: Annotated[
        How,
        typer.Option(help="Compare with PyTorch: live, each time; cached, once; off, never."),
    ] = "cached",
    watch: Annotated[
        bool,
        typer.Option("--watch", help="Show it again each time the file is saved, until Ctrl-C."),
    ] = False,
) -> None:
    """Show a network: shapes, formulas, parameters, MACs.

    The table comes first. Then it is compared with PyTorch, and the result stands under it. A
    faulty spec is shown up to its first fault.

    Examples:
        cnnshape show architectures/lenet5.yaml
        cnnshape show resnet50 --depth 1 --input 3x320x320
        cnnshape show vgg16 --columns name,output,rf,params --format markdown
    """
    look = _read_look(format, columns, depth, fold, batch)
    changes = read_changes(set_, input, variant, plugin)

    def once() -> bool:
        return _show(spec, changes, look, device, verify)

    if watch:
        _watch(spec, changes, once)
    elif not once():
        raise typer.Exit(1)


def _read_look(
    format: Format, columns: str | None, depth: int | None, fold: bool, batch: int
) -> _Look:
    if format == "json" and (columns is not None or batch != 1):
        usage_error("json holds every number, for one sample: leave --columns and --batch out",
                    "--format")  # fmt: skip
    keys = comma_list(columns)
    if keys is not None:
        from ..views.columns import UnknownColumn, choose

        try:
            choose(keys)
        except UnknownColumn as fault:
            usage_error(str(fault), "--columns")
    return _Look(format, keys, depth, fold, batch)


def _show(spec: str, changes: Changes, look: _Look, device: str, how: How) -> bool:
    """Show a spec once; whether it is sound and its verification did not fail."""
    from ..errors import SpecError

    try:
        network = load_network(spec, changes)
    except SpecError as fault:
        partial: Any = fault.partial
        if partial is not None and partial.layers and look.format == "table":
            _print_network(partial, look)
            sys.stdout.write("\n")
        print_diagnostics(fault.diagnostics)
        return False
    if look.format == "json":
        verification = verdict(network, device, how)
        from ..views.contract import to_dict

        print_json({**to_dict(network), "verification": verification})
        print_diagnostics(network.warnings)
        return bool(verification["status"] != "failed")
    _print_network(network, look)
    # What is known is read while PyTorch is still being imported.
    sys.stdout.flush()
    print_diagnostics(network.warnings)
    if how == "off":
        return True
    verification = verdict(network, device, how)
    stream = sys.stdout if look.format == "table" else sys.stderr
    for line in verdict_lines(verification):
        print_line(line, stream)
    return bool(verification["status"] != "failed")


def _print_network(network: Network, look: _Look) -> None:
    format, columns, depth, fold, batch = look
    if format == "table":
        from ..views.table import render

        with written_at_once() as console:
            render(network, console=console, columns=columns, depth=depth, fold=fold, batch=batch)
        return
    from ..views.text import to_csv, to_markdown

    if format == "csv":
        sys.stdout.write(to_csv(network, columns, batch=batch))
    else:
        sys.stdout.write(to_markdown(network, columns, depth=depth, fold=fold, batch=batch))


def _watch(spec: str, changes: Changes, show_once: Callable[[], bool]) -> None:
    """Show a spec, and again whenever its file or a plugin's has changed."""
    from time import sleep

    if spec == STDIN:
        usage_error("stdin does not change: name a file", "--watch")
    files = files_of(spec, changes)
    state = _state(files)
    first = True
    while True:
        if sys.stdout.isatty():
            sys.stdout.write(CLEAR_SCREEN)
        try:
            show_once()
        except typer.BadParameter as fault:
            if first:
                raise
            say(f"error: {fault.message}", err=True)
        sys.stdout.flush()
        first = False
        shown = state
        while state == shown or None in state:
            sleep(POLL_SECONDS)
            state = _state(files)


def _state(files: Sequence[str]) -> list[tuple[int, int, int] | None]:
    """What changes when a file is written or replaced; None for one that is not there."""
    import os

    states: list[tuple[int, int, int] | None] = []
    for file in files:
        try:
            status = os.stat(file)
            states.append((status.st_mtime_ns, status.st_size, status.st_ino))
        except OSError:
            states.append(None)
    return states
