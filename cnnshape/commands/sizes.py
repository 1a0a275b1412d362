"""``cnnshape sizes``: which input sizes suit a network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ._common import (
    InputOption,
    PluginOption,
    SetOption,
    SpecArgument,
    VariantOption,
    faults_printed,
    load_recipe,
    read_changes,
    usage_error,
)
from ._printing import print_diagnostics, print_json, print_table, print_wrapped, say

if TYPE_CHECKING:
    from ..errors import Diagnostic
    from ..layers.shapes import Shape
    from ..lesson.sizes import Sizes, Trial
    from ..network import Network

PANEL = "Explain"

SCHEMA_VERSION = 1
"""The version of what --format json prints."""

MEANING = (
    "Left over are positions behind the last window, which no window reads. A stride divides "
    "where (W−F+2P)/S has no rest. Found by the shape engine at one size after another."
)


def sizes(
    spec: SpecArgument = "lenet5",
    format: Annotated[
        Literal["text", "json", "markdown"], typer.Option(help="The output format.")
    ] = "text",
    set_: SetOption = None,
    input: InputOption = None,
    variant: VariantOption = None,
    plugin: PluginOption = None,
) -> None:
    """Tell which input sizes suit a network.

    It names the smallest size that works, the sizes at which no row is left unread, the sizes
    at which every stride divides, and the output of each. It finds a rule such as "multiples
    of 16 plus 12" by computing the shapes at one size after another, from the network's own
    size or --input on. Equal dimensions of the input are varied together.

    Examples:
        cnnshape sizes unet
        cnnshape sizes resnet50 --input 3x320x480
        cnnshape sizes net.yaml --format json
    """
    from ..errors import SpecError
    from ..expansion import expand
    from ..layers import registry
    from ..lesson.sizes import enlarged, sizes_of
    from ..loading import build_network, collector_paused

    changes = read_changes(set_, input, variant, plugin)
    faults: Sequence[Diagnostic] = ()
    with faults_printed():
        recipe, chosen = load_recipe(spec, changes)

        def at(shape: Shape) -> Network:
            return expand(
                recipe, registry(), input_shape=shape, params=changes.params, variant=chosen
            )

        try:
            network = build_network(
                recipe, input=changes.input, params=changes.params, variant=chosen
            )
        except SpecError as error:
            larger = enlarged(error.input_shape, at)
            if larger is None:
                raise
            network, faults = larger, error.diagnostics
    if len(network.input_shape) < 2:
        usage_error(f"{network.name} reads a vector, which has no size to choose", "SPEC")

    with collector_paused():
        found = sizes_of(network, at)
    if format == "json":
        print_json({
            "schema": SCHEMA_VERSION,
            "name": network.name,
            "input_shape": list(network.input_shape),
            "groups": [group.to_dict() for group in found],
        })  # fmt: skip
    else:
        own = "" if faults else "its own" if changes.input is None else "as given"
        _write(network, found, own, format)
    if faults:
        print_diagnostics(faults)
        raise typer.Exit(1)


def _write(network: Network, found: list[Sizes], own: str, format: str) -> None:
    from ..layers.shapes import format_shape
    from ..views.text import escape_markdown

    title = f"{network.name}, input {format_shape(network.input_shape)}"
    markdown = format == "markdown"
    if markdown:
        say(f"## {escape_markdown(title)}")
    else:
        print_wrapped([title])
    for group in found:
        lines = [*([] if len(found) == 1 else [_varied(group, network)]), *_rules(group)]
        if markdown:
            say("\n".join(["", *(f"- {escape_markdown(line)}" for line in lines), ""]))
        else:
            print_wrapped(["", *lines, ""])
        cells = (_cells(trial, own if trial is group.own else "") for trial in group.listed)
        print_table([("input", "output", "remark"), *cells], format)
    if markdown:
        say(f"\n{escape_markdown(MEANING)}")
    else:
        print_wrapped(["", MEANING])


def _varied(group: Sizes, network: Network) -> str:
    from ..layers.shapes import spatial_letters

    letters = spatial_letters(len(network.input_shape) - 1)
    return f"{' and '.join(letters[place] for place in group.dimensions)} varied, the rest as it is"


def _rules(group: Sizes) -> list[str]:
    none = f"no rule found near {group.own.size}"
    if group.failed is None:
        works = str(group.works)
    else:
        works = f"not every size: {group.failed.size} fails: {group.failed.fault}"
    return [
        f"works: {works}",
        f"nothing left over: {group.whole or none}",
        f"every stride divides: {group.exact or none}",
        *([f"output = {group.relation}"] if group.relation else []),
    ]


def _cells(trial: Trial, said: str) -> tuple[str, str, str]:
    from ..layers.shapes import format_shape

    remark = "; ".join(filter(None, [said, trial.fault or trial.left or trial.uneven]))
    outputs = ", ".join(map(format_shape, trial.outputs)) or "none"
    return (format_shape(trial.input), outputs, remark)
