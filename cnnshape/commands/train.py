"""``cnnshape train``: a network, trained."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ..packages import require
from ..text.printable import to_json
from ..training.data.loading import NAMES as DATA_SETS
from ._common import (
    Changes,
    InputOption,
    PluginOption,
    SetOption,
    SpecArgument,
    VariantOption,
    files_of,
    is_given,
    load_network,
    read_changes,
    refuse_overwriting,
    usage_error,
)
from ._printing import print_diagnostics, say
from ._training import (
    DataDirOption,
    Shown,
    TrainingDeviceOption,
    end_at_once,
    faults_told,
    load_plugins,
    progress_of,
    tell,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch

    from ..network import Network
    from ..training.distributed import Group
    from ..training.progress import Progress
    from ..training.recipe import Recipe
    from ..training.run import Run
    from ..training.start import Training, Wishes

PANEL = "Train"

GOES_WITH_RESUME = ("resume", "device", "data_dir", "quiet", "json", "plugin")
"""What the command line may still say of a run that was planned before."""


def train(
    ctx: typer.Context,
    spec: SpecArgument = "lenet5",
    dataset: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help=f"{', '.join(DATA_SETS)}. Default: the spec's own, else digits.",
        ),
    ] = None,
    data_dir: DataDirOption = None,
    recipe: Annotated[
        str | None, typer.Option(metavar="NAME", help="A named recipe: default or best.")
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(metavar="N", help="Passes over the training set.")
    ] = None,
    batch: Annotated[
        int | None, typer.Option(metavar="N", help="Samples per step, of all processes together.")
    ] = None,
    lr: Annotated[
        float | None, typer.Option(metavar="X", help="The learning rate at the top of its cycle.")
    ] = None,
    optimizer: Annotated[
        Literal["sgd", "adamw"] | None, typer.Option(help="SGD with Nesterov momentum, or AdamW.")
    ] = None,
    momentum: Annotated[
        float | None,
        typer.Option(metavar="X", help="The momentum of SGD, or the first beta of AdamW."),
    ] = None,
    weight_decay: Annotated[
        float | None,
        typer.Option(metavar="X", help="The weight decay; biases and norms have none."),
    ] = None,
    schedule: Annotated[
        Literal["linear", "cosine"] | None,
        typer.Option(help="How the learning rate falls after it has risen."),
    ] = None,
    warmup: Annotated[
        float | None,
        typer.Option(metavar="X", help="The share of the steps in which the learning rate rises."),
    ] = None,
    label_smoothing: Annotated[
        float | None,
        typer.Option(metavar="X", help="The share of the label that is spread over all classes."),
    ] = None,
    augment: Annotated[
        str | None,
        typer.Option(
            metavar="LIST",
            help="What is done to training images, separated by commas: shift, shift:PIXELS, "
            "flip, distort; or none.",
        ),
    ] = None,
    average: Annotated[
        float | None,
        typer.Option(metavar="X", help="The decay of a moving average of the weights; 0: none."),
    ] = None,
    rbf_constant: Annotated[
        float | None,
        typer.Option(metavar="X", help="The constant j of the loss for distances (EuclideanRBF)."),
    ] = None,
    device: TrainingDeviceOption = "auto",
    precision: Annotated[
        Literal["auto", "float32", "bfloat16"],
        typer.Option(help="bfloat16 is mixed precision; auto uses it where it makes a GPU faster."),
    ] = "auto",
    seed: Annotated[
        int | None,
        typer.Option(min=0, metavar="N", help="The seed of all random numbers. Default: 0."),
    ] = None,
    compile: Annotated[
        bool, typer.Option("--compile", help="Speed the network up with torch.compile.")
    ] = False,
    threads: Annotated[
        int | None,
        typer.Option(
            min=1, max=4095, metavar="N", help="CPU threads. Default: as many as have enough to do."
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=4095,
            metavar="N",
            help="Processes that read images when they do not fit into memory.",
        ),
    ] = None,
    out: Annotated[
        str | None,
        typer.Option(
            metavar="RUN", help="The folder for the run. Default: a new one, runs/NET-DATASET-N."
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace a run that is already in the folder.")
    ] = False,
    resume: Annotated[
        str | None,
        typer.Option(metavar="RUN", help="Go on with a run that was stopped."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print only the result.")] = False,
    json: Annotated[
        bool, typer.Option("--json", help="Print JSON on stdout, an object per line.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Stop at a broken image.")] = False,
    set_: SetOption = None,
    input: InputOption = None,
    variant: VariantOption = None,
    plugin: PluginOption = None,
) -> None:
    """Train a network; leave a folder with weights and figures.

    The images are fitted to the network's input, and each step of that is reported. A setting
    is taken from these options, else from the spec's train:, else from the named recipe, else
    from the defaults. Ctrl-C and SIGTERM save the run; --resume goes on and ends with the same
    weights as a run that was never stopped. For several processes or machines, use
    torchrun -m cnnshape train.

    Examples:
        cnnshape train lenet5
        cnnshape train lenet5 --dataset mnist --recipe best --out runs/best
        cnnshape train nets/mine.yaml --dataset folder:photos --epochs 30 --augment shift,flip
        cnnshape train --resume runs/best
    """
    asked: dict[str, Any] = {
        "dataset": dataset, "epochs": epochs, "batch": batch, "lr": lr, "optimizer": optimizer,
        "momentum": momentum, "weight_decay": weight_decay, "schedule": schedule,
        "warmup": warmup, "label_smoothing": label_smoothing, "augment": augment,
        "average": average, "rbf_constant": rbf_constant,
    }  # fmt: skip
    changes = read_changes(set_, input, variant, plugin)
    if quiet and json:
        usage_error("choose one of --quiet and --json", "--json")
    shown: Shown = "quiet" if quiet else "json" if json else "text"
    if resume is not None:
        _refuse_beside_resume(ctx)
        _resume(resume, device, data_dir, changes.plugins, shown)
        return
    _refuse_overwriting_the_spec(out, [*files_of(spec, changes)])
    network, chosen = _read(spec, changes, asked, recipe)
    _refuse_inside_the_data(out, chosen.dataset)

    require("torch", "train")

    from ..training.start import Wishes

    wishes = Wishes(
        seed=seed or 0,
        out=out,
        force=force,
        data_dir=data_dir,
        strict=strict,
        precision=precision,
        compile=compile,
        threads=threads,
        workers=workers,
        plugins=changes.plugins,
    )
    run = _begin(network, chosen, wishes, device, shown)
    if chosen.dataset == "digits" and shown == "text" and run is not None:
        say(f"next: cnnshape train {quote(spec)} --dataset mnist")


def _read(
    spec: str, changes: Changes, asked: dict[str, Any], name: str | None
) -> tuple[Network, Recipe]:
    """The network and its recipe; what is wrong with them is told before torch is imported."""
    from ..training.distributed import this_process
    from ..training.recipe import RecipeFault, read_recipe

    try:
        with faults_told():
            network = load_network(spec, changes)
            recipe = read_recipe(network, asked, name)
    except RecipeFault as fault:
        usage_error(str(fault), _option(fault.field))
    if this_process().leads:
        print_diagnostics(network.warnings)
    return network, recipe


def _refuse_overwriting_the_spec(out: str | None, files: list[str]) -> None:
    """End with a usage error where the run that --force replaces holds what is to be trained."""
    from pathlib import Path

    from ..training.run import Run

    for file in () if out is None else Run(Path(out)).files:
        refuse_overwriting(str(file), files)


def _refuse_inside_the_data(out: str | None, dataset: str) -> None:
    """End with a usage error where a run would stand among the images that it is trained on."""
    from pathlib import Path

    from ..training.run import PARENT

    kind, _, folder = dataset.partition(":")
    if kind != "folder" or not folder.strip():
        return
    data, run = Path(folder).expanduser().resolve(), Path(out or PARENT).resolve()
    if run == data or data in run.parents:
        place = f"{out} is" if out else f"without --out the run stands in {PARENT}/, which is"
        usage_error(f"{place} in {folder}, whose images are read: choose a folder beside it",
                    "--out")  # fmt: skip


def _refuse_beside_resume(ctx: typer.Context) -> None:
    """End with a usage error where the command line says more than a planned run can be told."""
    given = [
        parameter.opts[0] if parameter.param_type_name == "option" else "SPEC"
        for parameter in ctx.command.params
        if parameter.name not in GOES_WITH_RESUME and is_given(ctx, parameter.name)
    ]
    if given:
        usage_error(
            f"--resume goes on with the run as it was planned: leave {', '.join(given)} out",
            "--resume",
        )


def _begin(
    network: Network, recipe: Recipe, wishes: Wishes, device: str, shown: Shown
) -> Run | None:
    """Train from the start; the run's folder, in the process that leads."""
    from ..training.distributed import this_process, told_before_the_end
    from ..training.session import training_device
    from ..training.start import new_training

    group = this_process()
    with told_before_the_end(group), faults_told():
        place = training_device(device, group)
        with progress_of(group, shown) as progress:
            return _finish(
                lambda: new_training(network, recipe, wishes, place, group, progress.tell),
                progress, place, group, shown,
            )  # fmt: skip


def _resume(
    folder: str, device: str, data_dir: str | None, plugins: tuple[str, ...], shown: Shown
) -> None:
    """Go on with a run."""
    from pathlib import Path

    from ..training.distributed import this_process, told_before_the_end
    from ..training.run import Run
    from ..training.session import training_device
    from ..training.start import plan_of, resumed_training

    group = this_process()
    with told_before_the_end(group), faults_told():
        run = Run(Path(folder))
        plan = plan_of(run)
        load_plugins(plan.plugins, plugins)
        require("torch", "train")
        place = training_device(plan.device if device == "auto" else device, group)
        with progress_of(group, shown) as progress:
            _finish(
                lambda: resumed_training(run, plan, place, group, data_dir, progress.tell),
                progress, place, group, shown,
            )  # fmt: skip


def _finish(
    prepare: Callable[[], Training],
    progress: Progress,
    device: torch.device,
    group: Group,
    shown: Shown,
) -> Run | None:
    """Prepare a run, train, and print its result; gives the run's folder where this leads."""
    from ..training.chance import chance_told
    from ..training.distributed import joined
    from ..training.faults import Interrupted
    from ..training.start import carry_out

    with joined(group, device):
        training = prepare()
        result, code = None, 0
        try:
            result = carry_out(training, progress)
        except Interrupted as interrupted:
            code = 128 + interrupted.signal
    progress.close()
    if group.leads and result is None:
        _tell_interrupted(training)
    elif group.leads and result is not None:
        told = chance_told(result)
        if told is not None:
            (progress.tell if shown == "json" else tell)(told)
        _print_result(training.run, result, shown)
    if not group.alone:
        end_at_once(code)
    if result is None:
        raise typer.Exit(code)
    return training.run


def _tell_interrupted(training: Training) -> None:
    position, job = training.position, training.job
    say(
        f"\ninterrupted in epoch {position.epoch + 1} after step {position.step} of {job.steps}; "
        f"go on with: {training.run.resumption}",
        err=True,
    )


def _print_result(run: Run, result: dict[str, Any], shown: Shown) -> None:
    from ..text.counts import count_of
    from ..training.wording import percent

    if shown == "json":
        line = {"event": "result", "run": str(run.folder), **result}
        say(to_json(line))
        return
    say(
        f"{result['name']} on {result['dataset']}: {percent(result['test_accuracy'])} of "
        f"{result['samples']['test']:,} test images after {count_of(result['epochs'], 'epoch')}, "
        f"{result['seconds']:.1f} s, {result['images_per_second']:,.0f} images/s on "
        f"{result['device']['type']}"
    )
    say(f"run: {run.folder}")


def _option(field: str) -> str:
    """The option that sets a field of a recipe."""
    return "--" + field.replace("_", "-")
