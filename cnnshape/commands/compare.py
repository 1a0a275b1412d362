"""``cnnshape compare``: networks side by side, and what they differ in."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import typer

from ._common import (
    SPEC_HELP,
    Changes,
    InputsOption,
    PluginOption,
    SetOption,
    comma_list,
    complete_spec,
    load_network,
    read_alternatives,
    usage_error,
)
from ._printing import print_diagnostics, print_json, written_at_once

if TYPE_CHECKING:
    from ..analysis.comparison import Comparison
    from ..analysis.facts import Fact
    from ..errors import Diagnostic
    from ..network import Network

PANEL = "Look"

UNCHANGED = Changes(None, {}, None, ())


class _Subject(NamedTuple):
    """A network that is to be compared: a SPEC with changes, and what it is called."""

    spec: str
    changes: Changes
    label: str


def compare(
    specs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SPEC]...",
            help=f"{SPEC_HELP} A single one is compared with itself as --set, --input or "
            "--variant change it. None: lenet5.",
            autocompletion=complete_spec,
        ),
    ] = None,
    facts: Annotated[
        str | None,
        typer.Option(
            metavar="LIST",
            help="The figures of whole networks to show, separated by commas: input, output, "
            "layers, weighted, depth, params, buffers, macs, flops, connections, weight_bytes, "
            "activation_bytes, rf.",
        ),
    ] = None,
    layers: Annotated[
        bool,
        typer.Option(
            "--layers/--totals", help="Show the layers that differ, or whole networks alone."
        ),
    ] = True,
    fold: Annotated[
        bool,
        typer.Option(
            "--fold/--expand", help="Show identical repeats once, as ×N, or show each layer."
        ),
    ] = True,
    format: Annotated[
        Literal["table", "json", "csv", "markdown"],
        typer.Option(help="The output format; csv has whole networks alone."),
    ] = "table",
    exit_code: Annotated[
        bool,
        typer.Option(
            "--exit-code",
            help="Exit with 1 if the networks differ in more than names.",
        ),
    ] = False,
    set_: SetOption = None,
    input: InputsOption = None,
    variant: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="One of the spec's variants; for a single SPEC also several."
        ),
    ] = None,
    plugin: PluginOption = None,
) -> None:
    """Compare networks: as wholes, and layer by layer.

    Each network is compared with the first one. For two networks, the layers that differ are
    listed as added, removed or changed. Layers are matched by their place in the graph, not by
    their names. --set, --input and --variant change every SPEC. With a single SPEC, the spec
    as written is compared with the spec as changed. With several values of one option, the
    results of these values are compared with each other.

    Examples:
        cnnshape compare resnet18 resnet34
        cnnshape compare resnet50 --input 3x320x320
        cnnshape compare nets/mine.yaml --variant small --variant large
        cnnshape compare resnet18 --set width=32 --set width=64 --set width=128
        cnnshape compare lenet5 alexnet vgg16 --facts params,macs,depth --format markdown
        cnnshape compare old.yaml new.yaml --exit-code
    """
    chosen = _read_facts(facts)
    subjects = list(_subjects(specs or ["lenet5"], variant or [], set_, input, plugin))
    networks = _load(subjects)

    from ..analysis.comparison import compare as compare_networks

    comparison = compare_networks(*networks, labels=[subject.label for subject in subjects])
    _print(comparison, format, chosen, layers, fold)
    for network in networks:
        print_diagnostics(network.warnings)
    if exit_code and not comparison.is_same:
        raise typer.Exit(1)


def _read_facts(facts: str | None) -> tuple[Fact, ...]:
    from ..views.facts import UnknownFact, choose

    try:
        return choose(comma_list(facts))
    except UnknownFact as fault:
        usage_error(str(fault), "--facts")


def _subjects(
    specs: Sequence[str],
    variants: Sequence[str],
    settings: Sequence[str] | None,
    inputs: Sequence[str] | None,
    plugins: Sequence[str] | None,
) -> Iterator[_Subject]:
    """What is compared; see the command's help."""
    alternatives = read_alternatives(settings, inputs, variants, plugins)
    label, changes = alternatives[0]
    if len(specs) > 1:
        if len(alternatives) > 1:
            usage_error("several values of an option go with one SPEC", "SPEC")
        yield from (_Subject(spec, changes, spec) for spec in specs)
        return
    (spec,) = specs
    if len(alternatives) > 1:
        yield from (_Subject(spec, changes, label) for label, changes in alternatives)
        return
    if not label:
        usage_error(
            "name another, or --set, --input or --variant, to hold it against itself so changed",
            "SPEC",
        )
    yield _Subject(spec, UNCHANGED._replace(plugins=changes.plugins), spec)
    yield _Subject(spec, changes, label)


def _load(subjects: Sequence[_Subject]) -> list[Network]:
    """The networks; what is faulty of any is told before the process ends."""
    from ..errors import SpecError

    networks: list[Network] = []
    faults: list[Diagnostic] = []
    for spec, changes, _ in subjects:
        try:
            networks.append(load_network(spec, changes))
        except SpecError as fault:
            faults += fault.diagnostics
    print_diagnostics(faults)
    if faults:
        raise typer.Exit(1)
    return networks


def _print(
    comparison: Comparison, format: str, facts: Sequence[Fact], layers: bool, fold: bool
) -> None:
    if format == "json":
        print_json(comparison.to_dict(layers=layers))
    elif format == "table":
        from ..views.side_by_side import render

        with written_at_once() as console:
            render(comparison, console=console, facts=facts, layers=layers, fold=fold)
    else:
        from ..views.comparison_text import to_csv, to_markdown

        if format == "csv":
            sys.stdout.write(to_csv(comparison, facts))
        else:
            sys.stdout.write(to_markdown(comparison, facts, layers=layers, fold=fold))
