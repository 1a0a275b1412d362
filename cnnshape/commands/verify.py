"""``cnnshape verify``: a verdict a network, for a CI job."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ..text.counts import count_of
from ._common import (
    SPEC_HELP,
    Changes,
    DeviceOption,
    InputsOption,
    PluginOption,
    SetOption,
    complete_spec,
    load_network,
    read_alternatives,
    usage_error,
)
from ._printing import print_diagnostics, print_json, print_line
from ._verdict import How, no_verification, verdict, verdict_lines

if TYPE_CHECKING:
    from ..errors import SpecError
    from ..network import Network

PANEL = "Prove"

SCHEMA_VERSION = 1
"""The version of the JSON objects that --format json prints."""


def verify(
    specs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SPEC]...",
            help=f"{SPEC_HELP} A folder stands for all spec files in it.",
            autocompletion=complete_spec,
        ),
    ] = None,
    all: Annotated[
        bool,
        typer.Option("--all", help="Every net of the zoo."),
    ] = False,
    device: DeviceOption = "auto",
    format: Annotated[Literal["text", "json"], typer.Option(help="The output format.")] = "text",
    cached: Annotated[
        bool, typer.Option("--cached", help="Use the result of an earlier run if there is one.")
    ] = False,
    set_: SetOption = None,
    input: InputsOption = None,
    variant: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="One of the spec's variants. May be repeated."),
    ] = None,
    plugin: PluginOption = None,
) -> None:
    """Verify networks against PyTorch, layer by layer.

    Every layer's shape, parameters, buffers and MACs are compared, and every network is
    reported. The exit code is 1 if one is faulty, disagrees with PyTorch, or could not be
    verified.

    Examples:
        cnnshape verify nets/*.yaml
        cnnshape verify nets --set width=32 --set width=64
        cnnshape verify --all --format json
        cnnshape verify resnet50 --device meta
    """
    alternatives = read_alternatives(set_, input, variant, plugin)
    how: How = "cached" if cached else "live"
    chosen = [file for spec in specs or () for file in _specs_in(spec)]
    if all:
        from ..zoo import nets

        chosen += [entry.name for entry in nets()]
    if not chosen:
        usage_error("name one at least, or --all: nothing was verified", "SPEC")
    # Everything is loaded before anything is run: what cannot be read is told at once.
    loaded = [
        (spec, label if len(alternatives) > 1 else "", _load(spec, changes))
        for spec in chosen
        for label, changes in alternatives
    ]
    width = max(len(_called(spec, label)) for spec, label, _ in loaded)
    results = []
    for spec, label, network in loaded:
        result = _verify(spec, network, device, how)
        if label:
            result["changes"] = label
        results.append(result)
        if format == "text":
            _print_result(result, width)
    if format == "json":
        print_json(results)
    if any(result["verification"]["status"] != "passed" for result in results):
        raise typer.Exit(1)


def _specs_in(spec: str) -> list[str]:
    """The spec files of a folder; of anything else itself."""
    folder = Path(spec)
    if not folder.is_dir():
        return [spec]
    files = sorted(file for file in folder.iterdir() if file.suffix in (".yaml", ".yml"))
    if not files:
        usage_error(f"there is no .yaml or .yml file in the folder {spec}", "SPEC")
    return [os.path.join(spec, file.name) for file in files]


def _called(spec: str, label: str) -> str:
    return f"{spec} {label}".rstrip()


def _load(spec: str, changes: Changes) -> Network | SpecError:
    from ..errors import SpecError

    try:
        return load_network(spec, changes)
    except SpecError as fault:
        return fault


def _verify(spec: str, network: Network | SpecError, device: str, how: How) -> dict[str, Any]:
    start = perf_counter()
    if isinstance(network, Exception):
        name = None
        verification = _faulty(network)
    else:
        name = network.name
        verification = verdict(network, device, how)
        verification["seconds"] = round(perf_counter() - start, 3)
    return {"schema": SCHEMA_VERSION, "spec": spec, "name": name, "verification": verification}


def _faulty(fault: SpecError) -> dict[str, Any]:
    print_diagnostics(fault.diagnostics)
    reason = f"the spec is faulty: {count_of(len(fault.diagnostics), 'error')}"
    messages = [diagnostic.message for diagnostic in fault.diagnostics]
    return {**no_verification("failed", reason), "faults": messages}


def _print_result(result: dict[str, Any], width: int) -> None:
    verification = result["verification"]
    first, *more = verdict_lines(verification, brief=True)
    seconds = verification.get("seconds")
    time = [] if seconds is None else [("dim", f"  {seconds:.2f} s")]
    heading = ("bold", f"{_called(result['spec'], result.get('changes', '')):<{width}}  ")
    print_line([heading, *first, *time], sys.stdout)
    for line in more:
        print_line(line, sys.stdout)
    sys.stdout.flush()
