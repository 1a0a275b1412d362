"""``cnnshape import``: a spec from a PyTorch module, proved against it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..packages import require
from ..text.counts import count_of
from ._common import parse_input, parse_setting, refuse_overwriting, usage_error
from ._printing import make_console, print_line, write_out

if TYPE_CHECKING:
    from ..importing import Imported, ImportFault

PANEL = "Move in and out"


def import_(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="package.module:callable or file.py:callable, that gives a torch.nn.Module, "
            "and whose code is run; or a file model.onnx.",
        ),
    ],
    input: Annotated[
        str | None,
        typer.Option(
            metavar="SIZES",
            help="The input's shape without the batch, such as 3x224x224. Of an ONNX file that "
            "says its channels 224x224, or 224, is enough.",
        ),
    ] = None,
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="Where to write the spec; - is stdout, as by default.",
        ),
    ] = None,
    kwarg: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="An argument of the callable; YAML."),
    ] = None,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="The name of the spec.")] = None,
    partial: Annotated[
        bool,
        typer.Option(
            "--partial", help="Write operations without a layer type as Unknown, and keep the rest."
        ),
    ] = False,
) -> None:
    """Import a network from PyTorch or ONNX as a spec.

    The module is run once, in evaluation mode, on an input without values, and its calls are
    recorded. Its own names become the paths, and repeated parts become blocks. Before the spec
    is written, it is compared with the module: shapes, parameters, MACs, and the outputs with
    the same weights. The exit code is 1 if a spec cannot express an operation.

    Examples:
        cnnshape import torchvision.models:resnet18 --input 3x224x224 --out r18.yaml
        cnnshape import net.py:Net --input 1x28x28 --kwarg width=32
        cnnshape import net.py:Net --input 3x64x64 --partial > net.yaml
    """
    from ..importing import ImportFault, NotFound, import_source

    refuse_overwriting(out, _files_of(source))
    if input is None and not source.endswith(".onnx"):
        usage_error("is needed: the shape of one sample, such as 3x224x224", "--input")
    shape = None if input is None else parse_input(input)
    arguments: dict[str, Any] = {}
    for text in kwarg or ():
        key, value = parse_setting(text, "--kwarg")
        if key in arguments:
            usage_error(f"{key} is given more than once, and one counts", "--kwarg")
        arguments[key] = value
    require("torch", *(["onnx"] if source.endswith(".onnx") else []))
    try:
        with redirect_stdout(sys.stderr):  # what the user's code prints is no part of the spec
            imported = import_source(
                source, shape, arguments=arguments, name=name or "", partial=partial
            )
    except NotFound as fault:
        usage_error(str(fault), "SOURCE")
    except ImportFault as fault:
        _print_fault(fault)
        if shape and len(shape) == 2 and min(shape) > 4 and fault.partial is None:
            sizes = "x".join(map(str, shape))
            help = f"has the input channels? then --input 3x{sizes}, or 1x{sizes} if they are grey"
            print_line([("blue", "  = "), ("", f"help: {help}")], sys.stderr)
        raise typer.Exit(1) from None
    # What the user's code has imported from beside it is known only now.
    refuse_overwriting(out, _imported_files())
    write_out(out, imported.text)
    for line in _lines(imported, source):
        print_line(line, sys.stderr)


def _files_of(source: str) -> Iterator[Path]:
    """What a SOURCE is read from: its file and, of an ONNX file, those beside it with weights."""
    place = source if source.endswith(".onnx") else source.rpartition(":")[0]
    file = Path(place)
    yield file
    if place.endswith(".onnx") and file.is_file():
        model = file.read_bytes()
        # Their names stand in the model as they are.
        yield from (beside for beside in file.parent.iterdir() if beside.name.encode() in model)


def _imported_files() -> list[str]:
    """The files of all Python modules that are loaded."""
    files = (getattr(module, "__file__", None) for module in [*sys.modules.values()])
    return [file for file in files if isinstance(file, str)]


def _print_fault(fault: ImportFault) -> None:
    if fault.partial is not None:
        from ..views.table import render

        console = make_console(sys.stderr)
        render(fault.partial, console=console)
        console.print()
    print_line([("bold red", "error"), ("bold", f": {fault}")], sys.stderr)
    for item in fault.unsupported:
        print_line([("", f"  {item}")], sys.stderr)
    if fault.rest:
        help = "--partial keeps the rest, with these as Unknown"
        print_line([("blue", "  = "), ("", f"help: {help}")], sys.stderr)


def _lines(imported: Imported, source: str) -> list[list[tuple[str, str]]]:
    """What is said of a finished import."""
    lines: list[list[tuple[str, str]]] = []
    network, check = imported.network, imported.check
    if check is not None:
        macs: Any = network.totals.macs
        difference = f"{check.difference:.0e}" if check.difference else "none"
        lines.append(
            [
                ("bold green", "✓ verified"),
                (
                    "",
                    f" against {source}: {count_of(check.layers, 'layer')}, "
                    f"{check.params[0]:,} parameters, "
                    f"{macs:,} MACs; the largest difference of outputs with the same weights: "
                    f"{difference}",
                ),
            ]
        )
        if check.precision:
            lines.append(
                [
                    (
                        "dim",
                        f"it ran in its own precision, {check.precision}: a difference up to "
                        f"{check.tolerance:.0e} is its rounding",
                    )
                ]
            )
        if not check.alone:
            told = ": given one, the module gives something else or fails; the spec is for several"
            lines.append([("bold yellow", "not for one sample alone"), ("", told)])
        if check.named < check.tensors:
            renamed = check.tensors - check.named
            lines.append(
                [("dim", f"{renamed:,} of {check.tensors:,} tensors have another name than there")]
            )
    if imported.unsupported:
        count = count_of(len(imported.unsupported), "operation")
        lines.append(
            [
                ("bold yellow", "not verified"),
                ("", f": {count} without a word, as Unknown:"),
            ]
        )
        lines += [[("", f"  {item}")] for item in imported.unsupported]
    lines += [
        [("bold yellow", "left out"), ("", f": {what}: {reason}")]
        for what, reason in _left_out(imported)
    ]
    lines += [[("bold yellow", "not in the spec"), ("", f": {note}")] for note in imported.notes]
    return lines


def _left_out(imported: Imported) -> list[tuple[str, str]]:
    """What is left out and why; parts of one name that learn nothing are counted."""
    alike: dict[tuple[str, str], list[str]] = {}
    found = []
    for item in imported.left_out:
        if item.params:
            found.append((f"{item.path}, {count_of(item.params, 'parameter')}", item.reason))
        else:
            alike.setdefault((item.path.rpartition(".")[2], item.reason), []).append(item.path)
    for (_, reason), paths in alike.items():
        more = f" and {len(paths) - 1} more of this name" if len(paths) > 1 else ""
        found.append((f"{paths[0]}{more}", reason))
    return found
