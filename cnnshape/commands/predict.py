"""``cnnshape predict``: what a trained network says of images."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import typer

from ..text.printable import csv_line
from ._common import PluginOption, usage_error
from ._printing import coloured, print_json, print_line, say
from ._training import (
    BatchOption,
    RunArgument,
    TrainingDeviceOption,
    faults_told,
    image_remarks,
    open_trained,
    tell,
)

if TYPE_CHECKING:
    from torch import Tensor

    from ..training.classifier import Classifier
    from ..training.data.image_files import Reading

PANEL = "Train"

FEW = 8
"""Images up to which each is drawn, where --picture does not say, and told by name."""
UNSURE = 0.9
"""Below this probability the answer for a drawing is doubtful: of 600 photographs of digits, 18 of
the 20 that a net of 99 % read wrongly are below, and 15 of the 580 others."""
MOST_ALIGNED = 24
"""Columns of a class's name up to which the figures stand below each other."""


class Prediction(NamedTuple):
    """The answer for one image.

    Attributes:
        path: of the file.
        pixels: as the network read them: uint8, C×H×W.
        inverted: whether they were dark on light, and the training images are light on dark.
        ranked: classes with their probabilities, the likeliest first.
        doubts: why the answer may be wrong, phrases without an end.
        notes: what was done to the image that is not done to every one.
    """

    path: Path
    pixels: Tensor
    inverted: bool
    ranked: list[tuple[str, float]]
    doubts: tuple[str, ...]
    notes: tuple[str, ...]


def predict(
    run: RunArgument,
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Images, or folders of images.")
    ],
    top: Annotated[
        int, typer.Option(min=1, metavar="K", help="The number of classes to name for each image.")
    ] = 3,
    format: Annotated[
        Literal["text", "json", "csv"], typer.Option(help="The output format.")
    ] = "text",
    picture: Annotated[
        bool | None,
        typer.Option(
            "--picture/--no-picture",
            help="Draw each image as the network reads it, or not. Default: if they are few.",
        ),
    ] = None,
    batch: BatchOption = None,
    device: TrainingDeviceOption = "auto",
    plugin: PluginOption = None,
) -> None:
    """Classify images with a trained network.

    Each image is prepared as the training images were, and drawn as the network reads it.
    The exit code is 1 if an image cannot be read; the others are still classified.

    Examples:
        cnnshape predict runs/lenet-5-digits-1 seven.png
        cnnshape predict runs/best photos --top 1 --format csv
    """
    unread: list[Path] = []
    with faults_told():
        files = _files(paths)
        trained = open_trained(run, device, plugin)
        from ..training.explaining import fitting_batch

        at_once = min(batch or trained.recipe.batch, len(files))
        at_once = fitting_batch(trained.network, at_once, trained.classifier.device, tell)
        predictions = _remarks_told(
            _predictions(trained.classifier, files, top, at_once, unread), len(files) <= FEW
        )
        if format == "json":
            print_json([_as_data(prediction) for prediction in predictions])
        elif format == "csv":
            _print_csv(predictions)
        else:
            drawn = len(files) <= FEW if picture is None else picture
            _print_text(predictions, trained.classifier.classes, drawn)
    if unread:
        raise typer.Exit(1)


def _files(paths: list[Path]) -> list[Path]:
    """The images that are named, those of a folder in the order of their names."""
    from ..training.data.folder_listing import images_in

    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            found = list(images_in(path))
            if not found:
                usage_error(f"there are no images in {path}", "PATH")
            files += found
        elif path.exists():
            files.append(path)
        else:
            usage_error(f"there is no file {path}", "PATH")
    return files


def _predictions(
    classifier: Classifier, files: list[Path], top: int, batch: int, unread: list[Path]
) -> Iterator[Prediction]:
    """The answers, a batch at a time; `unread` gets the files that cannot be read, of which each
    is told."""
    from ..training.data import DataError

    for start in range(0, len(files), batch):
        read = []
        for path in files[start : start + batch]:
            try:
                read.append((path, classifier.preparation.of_file(path)))
            except DataError as fault:
                tell(f"error: {fault}")
                unread.append(path)
        if read:
            yield from _answers(classifier, read, top)


def _answers(
    classifier: Classifier, read: list[tuple[Path, Reading]], top: int
) -> Iterator[Prediction]:
    import torch

    from ..training.explaining import running_explained

    pixels = torch.stack([torch.from_numpy(each.pixels) for _, each in read])
    with running_explained(classifier.device, len(read)):
        output = classifier.output(pixels.to(classifier.device))
        probabilities = classifier.objective.probabilities(output)
        _check_numbers(probabilities, read)
        best = probabilities.topk(min(top, len(classifier.classes)))
        found = zip(read, pixels, best.indices.tolist(), best.values.tolist(), strict=True)
    for (path, own), image, labels, values in found:
        names = [classifier.classes[label] for label in labels]
        doubts = own.doubts
        if classifier.preparation.drawing is not None and values[0] < UNSURE:
            doubts += ("the network is not sure",)
        ranked = list(zip(names, values, strict=True))
        yield Prediction(path, image, own.inverted, ranked, doubts, own.notes)


def _check_numbers(probabilities: Tensor, read: list[tuple[Path, Reading]]) -> None:
    """Raise TrainingError where the network gives for an image what is no number."""
    from ..training.faults import TrainingError

    spoiled = (~probabilities.isfinite().all(1)).nonzero()
    if len(spoiled):
        raise TrainingError(
            f"the network's answer for {read[int(spoiled[0])][0]} is no number: its "
            "weights are spoiled, or too large; train it again"
        )


def _remarks_told(predictions: Iterable[Prediction], few: bool) -> Iterator[Prediction]:
    """The predictions. What was done to images and is doubtful of them is told: of each where
    they are few, else how often."""
    counts: Counter[str] = Counter()
    total = 0
    for prediction in predictions:
        total += 1
        remarks = image_remarks(prediction.inverted, prediction.notes, prediction.doubts)
        if few:
            for remark in remarks:
                tell(f"{prediction.path}: {remark}")
        else:
            counts.update(remarks)
        yield prediction
    for remark, count in counts.most_common():
        tell(f"of {count:,} of {total:,} images: {remark}")


def _print_text(predictions: Iterable[Prediction], classes: tuple[str, ...], drawn: bool) -> None:
    from ..training.wording import percent

    width = min(MOST_ALIGNED, max(map(len, classes)))
    for prediction in predictions:
        if drawn:
            _draw(prediction.pixels)
        answers = "  ".join(f"{name:<{width}} {percent(p):>8}" for name, p in prediction.ranked)
        say(f"{prediction.path}  {answers}")


def _draw(pixels: Tensor) -> None:
    from ..training.terminal_pictures import coloured_lines, plain_lines

    if len(pixels) not in (1, 3):
        return
    if coloured(sys.stdout):
        for line in coloured_lines(pixels):
            print_line(line, sys.stdout)
    else:
        for text in plain_lines(pixels):
            say(text)


def _as_data(prediction: Prediction) -> dict[str, Any]:
    return {
        "path": str(prediction.path),
        "inverted": prediction.inverted,
        "doubts": list(prediction.doubts),
        "class": prediction.ranked[0][0],
        "probability": prediction.ranked[0][1],
        "top": [
            {"class": name, "probability": probability} for name, probability in prediction.ranked
        ],
    }


def _print_csv(predictions: Iterable[Prediction]) -> None:
    """A row for each class that is named of an image."""
    sys.stdout.write(csv_line(("path", "rank", "class", "probability")))
    for prediction in predictions:
        for rank, (name, probability) in enumerate(prediction.ranked, 1):
            cells = (prediction.path, rank, name, f"{probability:.6g}")
            sys.stdout.write(csv_line(cells))
