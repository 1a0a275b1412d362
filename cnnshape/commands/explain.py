"""``cnnshape explain``: why the numbers of a layer are what they are."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from ._common import (
    InputOption,
    PluginOption,
    SetOption,
    SpecArgument,
    VariantOption,
    is_given,
    network_or_exit,
    read_changes,
    usage_error,
)
from ._printing import print_diagnostics, print_json, written_at_once
from ._training import faults_told, image_remarks, open_trained, tell

if TYPE_CHECKING:
    from ..analysis.explanation import Explanation
    from ..network import Network, Node
    from ..torch_backend.network_module import NetworkModule
    from ..training.trained import Trained

PANEL = "Explain"

SCHEMA_VERSION = 1
"""The version of what --format json prints."""


def explain(
    ctx: typer.Context,
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
        Literal["text", "json", "markdown"], typer.Option(help="The output format.")
    ] = "text",
    run: Annotated[
        str | None,
        typer.Option(
            metavar="RUN",
            help="A run that `cnnshape train` left: its network is explained, with the numbers of "
            "one output of each layer for --image. No SPEC is given then.",
        ),
    ] = None,
    image: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What the trained network reads, as for `predict`."),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(
            metavar="MAP,ROW,COLUMN",
            help="Which output of the layer, counted from 1; of a Linear layer its UNIT. Default: "
            "the largest.",
        ),
    ] = None,
    set_: SetOption = None,
    input: InputOption = None,
    variant: VariantOption = None,
    plugin: PluginOption = None,
) -> None:
    """Explain layers: why each number is what it is.

    It shows the size formula in letters and in numbers, the window at its positions, the
    weights, the MACs and connections, the receptive field, the memory, and remarks. Identical
    layers are explained once. With --run and --image, it also shows what one output of a
    trained network reads, its weights, the products and their sum.

    Examples:
        cnnshape explain lenet5 C1
        cnnshape explain resnet50 stem layer1.0 --input 3x320x320
        cnnshape explain mobilenet_v2 Conv2d --format markdown
        cnnshape explain C3 --run runs/lenet-5-digits-1 --image seven.png
        cnnshape explain C3 --run runs/lenet-5-digits-1 --image seven.png --at 3,4,5
    """
    names = list(layers or ())
    if run is None:
        for option, value in (("--image", image), ("--at", at)):
            if value is not None:
                usage_error("it goes with --run: only a trained network has numbers", option)
        network = network_or_exit(spec, read_changes(set_, input, variant, plugin))
        explanations = _explained(network, names)
    else:
        for option, given in (("--set", set_), ("--input", input), ("--variant", variant)):
            if given:
                usage_error("the network of a run is as it was trained", option)
        if image is None:
            usage_error("give the image that the trained network reads: --image FILE", "--run")
        if is_given(ctx, "spec"):
            names.insert(0, spec)
        with faults_told():
            trained = open_trained(run, "cpu", plugin)
            network = trained.network
            explanations = _explained(network, names, "; with --run only layers are named")
            explanations = _with_outputs(trained, explanations, image, at)
    if format == "json":
        print_json(
            {
                "schema": SCHEMA_VERSION,
                "name": network.name,
                **({} if run is None else {"run": run, "image": str(image)}),
                "layers": [explanation.to_dict() for explanation in explanations],
            }
        )
    elif format == "markdown":
        from ..views.explanation import to_markdown

        sys.stdout.write(to_markdown(explanations, network))
    else:
        from rich.text import Text

        from ..views.explanation import text_lines

        with written_at_once() as console:
            for line in text_lines(explanations, network, console.width):
                console.print(Text.assemble(*line), soft_wrap=True)
    print_diagnostics(network.warnings)


def _explained(network: Network, names: list[str], also: str = "") -> list[Explanation]:
    from ..analysis.explanation import UnknownLayer, explain

    try:
        return explain(network, names)
    except UnknownLayer as fault:
        usage_error(f"{fault}{also}", "LAYER")


def _with_outputs(
    trained: Trained, explanations: list[Explanation], image: Path, at: str | None
) -> list[Explanation]:
    """The explanations with one output each, worked out for an image."""
    import torch

    from ..torch_backend.one_output import one_output, values_in
    from ..training.explaining import fitting_batch, running_explained

    if at is not None and len(explanations) > 1:
        usage_error("it is an output of one layer: name one", "--at")
    nodes = [explanation.node for explanation in explanations]
    places = [None if at is None else _place(at, node) for node in nodes]
    classifier = trained.classifier
    if not image.exists():
        usage_error(f"there is no file {image}", "--image")
    reading = classifier.preparation.of_file(image)
    for remark in image_remarks(reading.inverted, reading.notes, reading.doubts):
        tell(f"{image}: {remark}")
    fitting_batch(trained.network, 1, classifier.device, tell)
    with running_explained(classifier.device, 1):
        pixels = classifier.normalised(torch.from_numpy(reading.pixels)[None])
        found = values_in(
            cast("NetworkModule", classifier.module), pixels, {node.path for node in nodes}
        )
        outputs = [
            one_output(node, *found[node.path], place) or _not_worked_out(node)
            for node, place in zip(nodes, places, strict=True)
        ]
    return [
        each._replace(output=output) for each, output in zip(explanations, outputs, strict=True)
    ]


def _not_worked_out(node: Node) -> str:
    from ..analysis.explanation_output import WORKED_OUT

    return f"of {node.type} it is not worked out, but of {', '.join(sorted(WORKED_OUT))}"


def _place(at: str, node: Node) -> tuple[int, ...]:
    """--at as an index in the output of a layer."""
    from ..layers.shapes import format_shape

    shape = node.output_shape
    numbers = [int(part) if part.strip().isdecimal() else 0 for part in at.split(",")]
    if len(numbers) != len(shape) or not all(
        1 <= number <= size for number, size in zip(numbers, shape, strict=True)
    ):
        names = "MAP,ROW,COLUMN" if len(shape) == 3 else "numbers"
        first, last = ",".join("1" * len(shape)), ",".join(map(str, shape))
        usage_error(f"{node.path} gives {format_shape(shape)}: expected {names} from {first} to "
                    f"{last}, not {at}", "--at")  # fmt: skip
    return tuple(number - 1 for number in numbers)
