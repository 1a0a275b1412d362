"""``cnnshape explain``: why the numbers of a layer are what they are."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

import typer

from ._common import (
    InputOption,
    PluginOption,
    SetOption,
    SpecArgument,
    VariantOption,
    load_network,
    make_console,
    print_diagnostics,
    print_json,
    read_changes,
    usage_error,
)

SCHEMA_VERSION = 1
"""The version of what --format json prints."""


def explain(
    spec: SpecArgument = "lenet5",
    layers: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[LAYER]...",
            help="A path (stem.conv), a group of layers (stem), a name (conv), a type (Conv2d) or "
            "a pattern ('layer1.*.conv'); none: all layers.",
        ),
    ] = None,
    format: Annotated[
        Literal["text", "json", "markdown"], typer.Option(help="How to write it.")
    ] = "text",
    set_: SetOption = None,
    input: InputOption = None,
    variant: VariantOption = None,
    plugin: PluginOption = None,
) -> None:
    """Explain layers: why each number is what it is.

    The rule for the size with its letters and with its numbers, the window at its places,
    the weights, every multiplication and connection, the receptive field, the memory, and
    what there is to learn from it. Alike layers are explained once.

    Examples:
        cnnshape explain lenet5 C1
        cnnshape explain resnet50 stem layer1.0 --input 3x320x320
        cnnshape explain mobilenet_v2 Conv2d --format markdown
    """
    from ..errors import SpecError

    try:
        network = load_network(spec, read_changes(set_, input, variant, plugin))
    except SpecError as fault:
        print_diagnostics(fault.diagnostics)
        raise typer.Exit(1) from None
    from ..analysis.explanation import UnknownLayer
    from ..analysis.explanation import explain as explain_layers

    try:
        explanations = explain_layers(network, layers or ())
    except UnknownLayer as fault:
        usage_error(str(fault), "LAYER")
    if format == "json":
        print_json(
            {
                "schema": SCHEMA_VERSION,
                "name": network.name,
                "layers": [explanation.to_dict() for explanation in explanations],
            }
        )
    elif format == "markdown":
        from ..views.explanation import to_markdown

        sys.stdout.write(to_markdown(explanations, network))
    else:
        from rich.text import Text

        from ..views.explanation import text_lines

        console = make_console(sys.stdout)
        with console.capture() as capture:
            for line in text_lines(explanations, network, console.width):
                console.print(Text.assemble(*line), soft_wrap=True)
        sys.stdout.write(capture.get())
    print_diagnostics(network.warnings)
