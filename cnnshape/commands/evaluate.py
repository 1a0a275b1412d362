"""``cnnshape evaluate``: a trained network, measured again."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ..text.counts import few
from ._common import PluginOption
from ._printing import print_json, say
from ._training import (
    BatchOption,
    DataDirOption,
    RunArgument,
    TrainingDeviceOption,
    faults_told,
    open_trained,
    tell,
)

if TYPE_CHECKING:
    from ..training.evaluation import Evaluation
    from ..training.trained import Trained

PANEL = "Train"

NEARLY = 0.001
"""The share of the test images whose answers another device or version may change."""


def evaluate(
    run: RunArgument,
    dataset: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Another data set, with the same classes."),
    ] = None,
    data_dir: DataDirOption = None,
    batch: BatchOption = None,
    device: TrainingDeviceOption = "auto",
    format: Annotated[Literal["text", "json"], typer.Option(help="The output format.")] = "text",
    plugin: PluginOption = None,
) -> None:
    """Measure a trained network again, from the files of its run.

    The network classifies its test set again, and the result is compared with result.json.
    The exit code is 1 if the two differ.

    Examples:
        cnnshape evaluate runs/lenet-5-digits-1
        cnnshape evaluate runs/best --data-dir data/mnist --format json
    """
    from ..training.data.loading import lasting_name
    from ..training.faults import TrainingError

    with faults_told():
        trained = open_trained(run, device, plugin)
        name = lasting_name(dataset) if dataset else trained.recipe.dataset
        evaluation = _measured(trained, name, data_dir, batch)
        if not isfinite(evaluation.loss):
            raise TrainingError(
                f"the loss is {evaluation.loss}: the network's weights are spoiled, or too large; "
                "train it again"
            )
    recorded = trained.result["test_accuracy"] if name == trained.recipe.dataset else None
    agrees = recorded is None or abs(evaluation.accuracy - recorded) <= NEARLY
    if format == "json":
        print_json(_as_data(trained, name, evaluation, recorded, agrees))
    else:
        _print_text(trained, name, evaluation, recorded)
    if not agrees:
        raise typer.Exit(1)


def _measured(trained: Trained, name: str, data_dir: str | None, batch: int | None) -> Evaluation:
    from dataclasses import replace

    from ..training.batches import open_samples
    from ..training.data import DataError
    from ..training.data.folder import load_to_test
    from ..training.data.loading import refuse_data_dir
    from ..training.distributed import Group
    from ..training.evaluation import evaluation_batches, measure
    from ..training.explaining import fitting_batch, running_explained
    from ..training.session import budget_of, default_workers, load_for

    group = Group()
    classifier, recipe = trained.classifier, trained.recipe
    kind, _, path = name.partition(":")
    if kind == "folder" and path.strip() and name != recipe.dataset:
        refuse_data_dir(kind, data_dir)
        data = load_to_test(
            path, classifier.classes, classifier.preparation, budget_of(group), tell
        )
        ready = replace(classifier.preparation, source=trained.network.input_shape)
    else:
        data = load_for(
            group,
            replace(recipe, dataset=name),
            trained.network,
            data_dir=data_dir or (trained.result["data_dir"] if name == recipe.dataset else None),
            seed=trained.result["seed"],
            strict=False,
            report=tell,
        )
        ready = classifier.preparation.suited_to(data.test)
    if data.classes != classifier.classes:
        raise DataError(
            f"{name} has the classes {few(data.classes)}, and the network was trained for "
            f"{few(classifier.classes)}"
        )
    for note in data.notes if kind == "folder" else ():
        tell(note)
    samples = open_samples(
        data.test, ready, trained.network.input_shape,
        classifier.device, default_workers(group),
    )  # fmt: skip
    at_once = batch or 2 * recipe.batch  # as at the end of an epoch
    at_once = fitting_batch(trained.network, min(at_once, len(samples)), classifier.device, tell)
    with running_explained(classifier.device, at_once):
        return measure(classifier, evaluation_batches(samples, at_once, group), group)


def _print_text(
    trained: Trained, name: str, evaluation: Evaluation, recorded: float | None
) -> None:
    from ..training.wording import percent

    right = round(evaluation.accuracy * evaluation.samples)
    say(
        f"{trained.network.name} on {name}: {percent(evaluation.accuracy)} "
        f"({right:,} of {evaluation.samples:,} test images), loss {evaluation.loss:.4f}"
    )
    if recorded is None:
        there = percent(trained.result["test_accuracy"])
        say(f"trained on {trained.recipe.dataset}, with {there} there")
    elif recorded == evaluation.accuracy:
        say("as in result.json")
    else:
        say(f"result.json has {percent(recorded)}")
    classes = trained.classifier.classes
    width = max(map(len, classes))
    for label, accuracy in zip(classes, evaluation.class_accuracy, strict=True):
        shown = "no test images" if accuracy is None else percent(accuracy)
        say(f"  {label:<{width}}  {shown:>8}")


def _as_data(
    trained: Trained, name: str, evaluation: Evaluation, recorded: float | None, agrees: bool
) -> dict[str, Any]:
    classes = trained.classifier.classes
    return {
        "run": str(trained.run.folder),
        "name": trained.network.name,
        "dataset": name,
        "test_accuracy": evaluation.accuracy,
        "test_loss": evaluation.loss,
        "samples": evaluation.samples,
        "recorded_test_accuracy": recorded,
        "agrees": None if recorded is None else agrees,
        "class_accuracy": dict(zip(classes, evaluation.class_accuracy, strict=True)),
        "confusion": [list(row) for row in evaluation.confusion],
    }
