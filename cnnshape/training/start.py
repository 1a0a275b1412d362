"""A training run from its wishes to its files: new, or resumed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from ..abstraction.yaml_text import NotWritable, spec_text
from ..loading import loads
from ..storage.files import write_atomically
from ..text.counts import count_of
from ..torch_backend.devices import AUTO
from .beginning import rescale_where_lost
from .checkpoint import Checkpoint, Position, read_checkpoint
from .checks import check_augmentation, check_memory, check_one, check_processes
from .data import Data
from .data.fingerprint import digest_of_data
from .data.loading import lasting_name
from .distributed import Group
from .events import EpochDone
from .explaining import faults_explained
from .faults import CheckpointError, TrainingError
from .interruption import interrupts_noted
from .loop import Job, train
from .loss import objective_for
from .plan import Plan
from .progress import Progress
from .reading import NotWhole, check_plan, check_position
from .recipe import PEAK_LR_OF_RESCALED, Recipe
from .result import leave_files
from .run import Run, RunError, metrics_csv, new_run
from .session import (
    chosen_precision,
    default_threads,
    default_workers,
    load_for,
    make_job,
    where_it_stood,
)
from .tally import Tally

if TYPE_CHECKING:
    from ..network import Network

Tell = Callable[[str], None]
"""Takes a line for the user."""


@dataclass(frozen=True)
class Wishes:
    """What a user asks of a run, beside its network and recipe.

    Attributes:
        seed: of every draw.
        out: the folder; None: a new one below runs/.
        force: replace the run that is in the folder.
        data_dir: where the user keeps data sets; None: the cache.
        strict: a broken image ends the run.
        precision: 'auto', 'float32' or 'bfloat16'.
        compile: use torch.compile.
        threads: of the CPU; None: as many as have enough to do.
        workers: processes that read images; None: as many as there are cores, within reason.
        plugins: files that define layer types.
    """

    seed: int = 0
    out: str | None = None
    force: bool = False
    data_dir: str | None = None
    strict: bool = False
    precision: str = AUTO
    compile: bool = False
    threads: int | None = None
    workers: int | None = None
    plugins: tuple[str, ...] = ()


@dataclass(frozen=True)
class Training:
    """A run that can go on.

    Attributes:
        run: its folder.
        plan: what it does.
        network: what is trained.
        job: what the loop works with.
        position, tally: where it stands.
    """

    run: Run
    plan: Plan
    network: Network
    job: Job
    position: Position
    tally: Tally


def new_training(
    network: Network,
    recipe: Recipe,
    wishes: Wishes,
    device: torch.device,
    group: Group,
    tell: Tell,
) -> Training:
    """A run at its start. Whatever can be wrong with it is found here.

    Raises:
        DataError: the data set cannot be had.
        SpecError: the network's output is not one number a class.
        RunError: the folder cannot be used.
        TrainingError: the run would not fit into memory, or cannot be as asked.
    """
    check_processes(recipe, group)
    recipe = replace(recipe, dataset=lasting_name(recipe.dataset))
    data_dir = None if wishes.data_dir is None else str(Path(wishes.data_dir).absolute())
    precision = chosen_precision(wishes.precision, network, device)

    def check_classes(count: int) -> None:
        objective_for(network, count, recipe)
        check_one(network, recipe, device, group, mixed=precision == "bfloat16")

    data = load_for(
        group, recipe, network,
        data_dir=data_dir, seed=wishes.seed, strict=wishes.strict, report=tell,
        check_classes=check_classes,
    )  # fmt: skip
    objective = objective_for(network, len(data.classes), recipe)
    asked = recipe
    recipe = recipe.settled(
        len(data.train),
        images=len(network.input_shape) == 3,
        distances=objective.meaning == "distances",
    )
    check_processes(recipe, group)
    check_augmentation(recipe, network)
    memory = check_memory(
        network, recipe, device, group, len(data.train) + len(data.test),
        mixed=precision == "bfloat16",
    )  # fmt: skip
    plan = Plan(
        spec=_written(network, recipe),
        recipe=recipe,
        seed=wishes.seed,
        data_dir=data_dir,
        strict=wishes.strict,
        device=device.type,
        precision=precision,
        compile=wishes.compile,
        threads=wishes.threads or default_threads(network, recipe, group),
        workers=default_workers(group) if wishes.workers is None else wishes.workers,
        plugins=tuple(str(Path(file).absolute()) for file in wishes.plugins),
        samples=(len(data.train), len(data.test)),
        classes=data.classes,
        data=digest_of_data(data),
    )
    run = Run(Path(wishes.out or "."))
    if group.leads:
        name = _short_name(recipe.dataset)
        run = new_run(wishes.out, network.name, name, force=wishes.force, tell=tell)
    try:
        job = make_job(plan, network, data, run, device, group)
        rescaled = rescale_where_lost(job)
        if rescaled and asked.lr is None and recipe.optimizer == "sgd":
            recipe = replace(recipe, lr=PEAK_LR_OF_RESCALED)
            plan = replace(plan, recipe=recipe, spec=_written(network, recipe))
            job = replace(job, recipe=recipe, plan=plan.to_dict())
    except BaseException:
        run.close()
        if group.leads and wishes.out is None:
            run.folder.rmdir()  # it is new, and nothing has been written yet
        raise
    for line in (
        *data.notes,
        *job.classifier.preparation.sentences(),
        _described(recipe),
        memory,
        *([rescaled] if rescaled else []),
    ):
        tell(line)
    return Training(run, plan, network, job, Position(), Tally(job.steps, device))


def plan_of(run: Run) -> Plan:
    """The plan of a run that was begun.

    Raises:
        RunError: the folder holds no run, or none that can go on, or what cannot be written anew.
    """
    try:
        plan = Plan.from_dict(_state_of(run).plan)
    except FileNotFoundError:
        why = f"it holds no {run.checkpoint.name}"
        if run.spec.exists():
            why = "it was stopped before it had saved any state; begin it again by train --force"
        raise RunError(f"there is nothing to go on from in {run.folder}: {why}") from None
    except OSError as fault:
        raise RunError(f"cannot read {run.checkpoint}: {fault.strerror}") from None
    for file in run.files:
        if file.exists() and not file.is_file():  # a pipe that nobody reads is waited for
            raise RunError(f"{file} is no ordinary file: remove it, and it is written anew")
    return plan


def _state_of(run: Run) -> Checkpoint:
    """The state of a run, checked as a whole; raises OSError, CheckpointError."""
    checkpoint = read_checkpoint(run.checkpoint)
    try:
        check_plan(checkpoint.plan)
        check_position(vars(checkpoint.position), checkpoint.plan)
    except NotWhole as fault:
        raise CheckpointError(f"{run.checkpoint} is damaged: {fault}") from None
    return checkpoint


def resumed_training(
    run: Run,
    plan: Plan,
    device: torch.device,
    group: Group,
    data_dir: str | None,
    tell: Tell,
) -> Training:
    """A run where it stopped.

    Raises:
        DataError: the data set cannot be had.
        CheckpointError: the state does not fit, or the data set has changed.
    """
    check_processes(plan.recipe, group, resumed=True)
    if group.leads:
        run = run.locked(tell)
    try:
        return _where_it_stopped(run, plan, device, group, data_dir, tell)
    except BaseException:
        run.close()
        raise


def _where_it_stopped(
    run: Run,
    plan: Plan,
    device: torch.device,
    group: Group,
    data_dir: str | None,
    tell: Tell,
) -> Training:
    """A run where it stopped, in the process that leads already locked."""
    network = loads(plan.spec, str(run.spec))
    data = load_for(
        group, plan.recipe, network,
        data_dir=data_dir or plan.data_dir, seed=plan.seed, strict=plan.strict, report=tell,
    )  # fmt: skip
    _check_same(data, plan)
    check_memory(
        network, plan.recipe, device, group, sum(plan.samples), mixed=plan.precision == "bfloat16"
    )
    job = make_job(plan, network, data, run, device, group)
    if group.leads:
        run.clear_away()
    checkpoint = _state_of(run)
    if Plan.from_dict(checkpoint.plan) != plan:
        raise CheckpointError(f"the run in {run.folder} was replaced meanwhile: try again")
    position, tally = where_it_stood(job, checkpoint)
    if position.epoch == plan.recipe.epochs:
        tell("every epoch is done")
    else:
        tell(f"goes on in epoch {position.epoch + 1} after step {position.step} of {job.steps}")
    return Training(run, plan, network, job, position, tally)


def carry_out(training: Training, progress: Progress) -> dict[str, Any]:
    """Train to the end and leave the files; gives the result.

    Raises:
        TrainingError, Interrupted: as `loop.train`.
    """
    job, run, plan = training.job, training.run, training.plan
    leads = job.group.leads
    # To the very end: in the last moments there is nothing to stop for, and files to write.
    with interrupts_noted(), closing(run):
        with (
            faults_explained(plan, job.group, job.classifier.device),
            closing(train(job, training.position, training.tally)) as events,
        ):
            if leads:
                _write(run.spec, plan.spec)
            for event in events:
                progress.show(event)
                if leads and isinstance(event, EpochDone):
                    _write(run.metrics, metrics_csv(training.position.history))
        if not leads:
            return {}
        return leave_files(run, job, training.position, training.network, plan)


def _described(recipe: Recipe) -> str:
    """The recipe in a line."""
    augment = f", training images augmented: {', '.join(recipe.augment)}" if recipe.augment else ""
    return (
        f"{count_of(recipe.epochs or 0, 'epoch')} of {recipe.optimizer}, batch {recipe.batch}, "
        f"learning rate up to {recipe.lr:g}{augment}"
    )


def _written(network: Network, recipe: Recipe) -> str:
    try:
        return spec_text(network, train=recipe.to_dict())
    except NotWritable as fault:
        raise TrainingError(f"the network cannot be kept as a spec: {fault}") from None


def _write(file: Path, content: str) -> None:
    try:
        write_atomically(file, content)
    except OSError as fault:
        raise TrainingError(f"cannot write {file}: {fault.strerror}") from None


def _short_name(dataset: str) -> str:
    """A data set's name as a part of a run's: of a folder its last name."""
    kind, _, rest = dataset.partition(":")
    return f"folder-{Path(rest).name}" if kind == "folder" else dataset


def _check_same(data: Data, plan: Plan) -> None:
    samples = (len(data.train), len(data.test))
    if samples != plan.samples or data.classes != plan.classes:
        raise CheckpointError(
            f"the data set has changed: the run began with {plan.samples[0]:,} training and "
            f"{plan.samples[1]:,} test images of {len(plan.classes)} classes, and now there are "
            f"{samples[0]:,} and {samples[1]:,} of {len(data.classes)}"
        )
    if digest_of_data(data) != plan.data:
        raise CheckpointError(
            "the data set has changed: there are as many images as when the run began, and they "
            "are not the same; bring back what was there, or begin a new run"
        )
