"""From a plan to everything that a training run works with."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

import torch
from torch import nn

from ..torch_backend import build
from ..torch_backend.devices import (
    AUTO,
    available_devices,
    free_memory,
    resolve_device,
)
from ..torch_backend.faults import DeviceError
from .averaging import MovingAverage
from .batches import MEMORY_SHARE, open_samples
from .checkpoint import Checkpoint, Position, restore
from .classifier import Classifier
from .data import Data, load_data
from .data.augmentation import Augmentation
from .data.dataset import CheckClasses
from .data.loading import BUDGET, SYNTHETIC_CLASSES
from .data.preparation import Preparation
from .distributed import Group
from .faults import TrainingError
from .loop import Job
from .loss import leave_out, objective_for
from .memory import OPTIMIZER_COPIES
from .optimizer import Optimizer
from .plan import Plan
from .recipe import Recipe
from .run import Run, check_space
from .seeds import derived_seed
from .tally import Tally

if TYPE_CHECKING:
    from ..network import Network
    from ..torch_backend.network_module import NetworkModule

SHAPES_ONLY = "meta"
"""A device of torch on which nothing is computed."""
MOST_WORKERS = 8
MACS_OF_A_THREAD = 10_000_000
"""Multiply-accumulates of a step's way forward for which a thread is worth its waiting."""
MIXED_FROM_MACS = 50_000_000
"""Multiply-accumulates of a sample from which bfloat16 gains more than its casts cost."""
MIXED_FROM_CAPABILITY = (8, 0)
"""The compute capability from which a GPU computes in bfloat16: NVIDIA's Ampere."""


def training_device(name: str, group: Group) -> torch.device:
    """The device of this process: what `name` says; 'auto' is a GPU where there is one.

    Raises:
        DeviceError: there is no such device.
    """
    usable = [each for each in available_devices() if each != SHAPES_ONLY]
    if name == AUTO:
        name = next((kind for kind in ("cuda", "mps") if kind in usable), "cpu")
    if name not in usable:
        raise DeviceError(
            f"there is no device {name!r} to train on here: choose from {', '.join(usable)}"
        )
    if name == "cuda" and not group.alone:
        name = f"cuda:{group.local_rank}"
    device = resolve_device(name)
    if device.type == "cuda":
        torch.cuda.set_device(device)
    return device


def load_for(
    group: Group,
    recipe: Recipe,
    network: Network,
    *,
    data_dir: str | None,
    seed: int,
    strict: bool,
    report: Callable[[str], None],
    check_classes: CheckClasses = lambda count: None,
) -> Data:
    """The recipe's data set. Where it may be downloaded, the leading process loads first; the
    user's own images are read by all at once."""
    budget = budget_of(group)

    def load() -> Data:
        return load_data(
            recipe.dataset,
            input_shape=network.input_shape,
            data_dir=data_dir,
            seed=seed,
            strict=strict,
            report=report if group.leads else lambda line: None,
            classes=_classes_of(network),
            budget=budget,
            check_classes=check_classes,
        )

    with group.patient() as wait:
        data = load() if group.leads or recipe.dataset.startswith("folder:") else None
        wait()
        data = data or load()
        wait()  # else the next message would wait for those that still read, and not so long
    return data


def budget_of(group: Group) -> int:
    """Bytes of pixels that a process may keep in memory."""
    free = free_memory()
    return BUDGET if free is None else int(MEMORY_SHARE * free) // group.local_size


def _classes_of(network: Network) -> int:
    """How many classes a data set that can have any number should have."""
    shape = network.output_shapes[0]
    return max(2, shape[0]) if len(shape) == 1 else SYNTHETIC_CLASSES


def default_workers(group: Group) -> int:
    """Worker processes for one training process: the cores, shared, up to MOST_WORKERS."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min(MOST_WORKERS, (cores or 1) // group.size))


def default_threads(network: Network, recipe: Recipe, group: Group) -> int:
    """Threads for the CPU: as many as have enough to do in a step, up to torch's own choice.

    More would only wait for each other, all the more where other programs want the cores.
    """
    macs = network.totals.macs
    if macs is None or not group.alone:
        return torch.get_num_threads()
    worth = macs * recipe.batch // MACS_OF_A_THREAD
    return max(1, min(torch.get_num_threads(), worth))


def chosen_precision(asked: str, network: Network, device: torch.device) -> str:
    """'float32' or 'bfloat16': what is asked for; 'auto': mixed where it makes a GPU faster."""
    if asked != AUTO:
        return asked
    macs = network.totals.macs
    helps = (
        device.type == "cuda"
        and torch.cuda.get_device_capability(device) >= MIXED_FROM_CAPABILITY
        and (macs is None or macs >= MIXED_FROM_MACS)
    )
    return "bfloat16" if helps else "float32"


def make_job(
    plan: Plan, network: Network, data: Data, run: Run, device: torch.device, group: Group
) -> Job:
    """What the loop works with, at the start of the run.

    Raises:
        SpecError: the network's output is not one number a class.
        TrainingError: there is nothing to learn, or no room for the run's files.
    """
    recipe = plan.recipe
    torch.set_num_threads(plan.threads)
    torch.manual_seed(derived_seed(plan.seed, "weights"))
    module = _on_device(build(network), network, device)
    if not any(each.requires_grad for each in module.parameters()):
        raise TrainingError("the network has no parameters: there is nothing to learn")
    objective = objective_for(network, len(data.classes), recipe)
    if objective.from_logits:
        leave_out(module, objective.answering)
    preparation = Preparation.fit(data.train, network.input_shape)
    if group.leads:
        check_space(run, copies_on_disk(recipe) * sum(each.nbytes for each in module.parameters()))
    shape = network.input_shape
    train, test = (
        open_samples(images, preparation, shape, device, plan.workers)
        for images in (data.train, data.test)
    )
    average = MovingAverage(module, recipe.average) if recipe.average else None
    return Job(
        recipe=recipe,
        seed=plan.seed,
        network=module,
        classifier=Classifier(
            _as_run(module, plan, device, group),
            objective,
            preparation,
            data.classes,
            device,
            plan.precision == "bfloat16",
        ),
        average=average,
        optimizer=Optimizer(module, recipe),
        augmentation=augmentation_of(recipe),
        train=train,
        test=test,
        group=group,
        checkpoint=run.checkpoint,
        plan=plan.to_dict(),
    )


def copies_on_disk(recipe: Recipe) -> int:
    """How often the weights, or as much, are in a run's files when these take the most.

    That is when a state is saved: it replaces the one before when it is whole.
    """
    state = 1 + OPTIMIZER_COPIES[recipe.optimizer] + (1 if recipe.average else 0)
    return 2 * state + 1


def where_it_stood(job: Job, checkpoint: Checkpoint) -> tuple[Position, Tally]:
    """Bring a job to the state of a checkpoint; raises CheckpointError."""
    tally = Tally(job.steps, job.classifier.device)
    restore(job.network.state_dict(), checkpoint, "model")
    restore(job.optimizer.tensors(), checkpoint, "optimizer")
    if job.average is not None:
        restore(job.average.module.state_dict(), checkpoint, "average")
    restore(tally.tensors(), checkpoint, "tally")
    tally.restored(checkpoint.position.step)
    return checkpoint.position, tally


def augmentation_of(recipe: Recipe) -> Augmentation | None:
    """What the words of a recipe's `augment` do; None: nothing."""
    if not recipe.augment:
        return None
    words = [word.partition(":") for word in recipe.augment]
    pixels = [int(amount or DEFAULT_SHIFT) for word, _, amount in words if word == "shift"]
    return Augmentation(
        shift=pixels[0] if pixels else 0,
        flip="flip" in recipe.augment,
        distort="distort" in recipe.augment,
    )


DEFAULT_SHIFT = 2
"""Pixels of `shift` without a number."""


def _on_device(module: NetworkModule, network: Network, device: torch.device) -> NetworkModule:
    placed: NetworkModule = module.to(device)
    if len(network.input_shape) == 3:
        # For convolutions of 2-d maps this is the fastest order of memory.
        placed.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return placed


def _as_run(module: NetworkModule, plan: Plan, device: torch.device, group: Group) -> nn.Module:
    """The module as training runs it: shared with the other processes, compiled."""
    run: nn.Module = module
    if not group.alone:
        from torch.nn.parallel import DistributedDataParallel

        run = DistributedDataParallel(
            module, device_ids=[device.index] if device.type == "cuda" else None
        )
    if plan.compile:
        return cast("nn.Module", torch.compile(run))
    return run
