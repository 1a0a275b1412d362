"""``cnnshape predict``: what a trained network says of images."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import typer

from ._common import PluginOption, coloured, print_json, print_line, usage_error
from ._training import RunArgument, TrainingDeviceOption, faults_told, open_trained, tell

if TYPE_CHECKING:
    from torch import Tensor

    from ..training.trained import Trained

MOST_PICTURES = 8
"""Images up to which each is drawn, where --picture does not say."""


class Prediction(NamedTuple):
    """The answer for one image.

    Attributes:
        path: of the file.
        pixels: as the network read them: uint8, C×H×W.
        ranked: classes with their probabilities, the likeliest first.
    """

    path: Path
    pixels: Tensor
    ranked: list[tuple[str, float]]


def predict(
    run: RunArgument,
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Images, or folders of images.")
    ],
    top: Annotated[
        int, typer.Option(min=1, metavar="K", help="How many classes to name for each image.")
    ] = 3,
    format: Annotated[
        Literal["text", "json", "csv"], typer.Option(help="How to write it.")
    ] = "text",
    picture: Annotated[
        bool | None,
        typer.Option(
            "--picture/--no-picture",
            help="Draw each image as the network reads it. Default: where they are few.",
        ),
    ] = None,
    device: TrainingDeviceOption = "auto",
    plugin: PluginOption = None,
) -> None:
    """Classify images with a trained network.

    Each image is brought to the network's input as the training images were, and is drawn
    so. The exit code is 1 where an image cannot be read; the others are classified.

    Examples:
        cnnshape predict runs/lenet-5-digits-1 seven.png
        cnnshape predict runs/best photos --top 1 --format csv
    """
    files = _files(paths)
    with faults_told():
        trained = open_trained(run, device, plugin)
        predictions, unread = _predictions(trained, files, top)
    if format == "json":
        print_json([_as_data(prediction) for prediction in predictions])
    elif format == "csv":
        sys.stdout.write(_as_csv(predictions))
    else:
        drawn = len(predictions) <= MOST_PICTURES if picture is None else picture
        _print_text(predictions, drawn)
    for path, reason in unread:
        typer.echo(f"error: {path}: {reason}", err=True)
    if unread:
        raise typer.Exit(1)


def _files(paths: list[Path]) -> list[Path]:
    """The images that are named, those of a folder in the order of their names."""
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            found = sorted(each for each in path.rglob("*") if _is_image(each))
            if not found:
                usage_error(f"there are no images in {path}", "PATH")
            files += found
        elif path.exists():
            files.append(path)
        else:
            usage_error(f"there is no file {path}", "PATH")
    return files


def _is_image(path: Path) -> bool:
    from PIL import Image

    hidden = path.name.startswith(".")
    return path.is_file() and not hidden and path.suffix.lower() in Image.registered_extensions()


def _predictions(
    trained: Trained, files: list[Path], top: int
) -> tuple[list[Prediction], list[tuple[Path, str]]]:
    """The answers, and the files that cannot be read with the reason."""
    import torch

    from ..training.data import DataError

    classifier = trained.classifier
    count = min(top, len(classifier.classes))
    predictions = []
    unread = []
    for path in files:
        try:
            pixels = classifier.preparation.of_file(path, tell)
        except DataError as fault:
            unread.append((path, str(fault)))
            continue
        output = classifier.output(pixels.to(classifier.device))
        with torch.no_grad():
            best = classifier.objective.probabilities(output)[0].topk(count)
        ranked = [
            (classifier.classes[number], probability)
            for number, probability in zip(best.indices.tolist(), best.values.tolist(), strict=True)
        ]
        predictions.append(Prediction(path, pixels[0].cpu(), ranked))
    return predictions, unread


def _print_text(predictions: list[Prediction], drawn: bool) -> None:
    from ..training.result import percent

    width = max((len(name) for each in predictions for name, _ in each.ranked), default=0)
    for prediction in predictions:
        if drawn:
            _draw(prediction.pixels)
        answers = "  ".join(f"{name:<{width}} {percent(p):>8}" for name, p in prediction.ranked)
        typer.echo(f"{prediction.path}  {answers}")


def _draw(pixels: Tensor) -> None:
    from ..training.terminal_pictures import coloured_lines, plain_lines

    if len(pixels) not in (1, 3):
        return
    if coloured(sys.stdout):
        for line in coloured_lines(pixels):
            print_line(line, sys.stdout)
    else:
        for text in plain_lines(pixels):
            typer.echo(text)


def _as_data(prediction: Prediction) -> dict[str, Any]:
    return {
        "path": str(prediction.path),
        "class": prediction.ranked[0][0],
        "probability": prediction.ranked[0][1],
        "top": [
            {"class": name, "probability": probability} for name, probability in prediction.ranked
        ],
    }


def _as_csv(predictions: list[Prediction]) -> str:
    """A row for each class that is named of an image."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["path", "rank", "class", "probability"])
    for prediction in predictions:
        for rank, (name, probability) in enumerate(prediction.ranked, 1):
            writer.writerow([prediction.path, rank, name, f"{probability:.6g}"])
    return text.getvalue()
