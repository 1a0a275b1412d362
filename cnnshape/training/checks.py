"""What is found out before the first step, rather than in the middle of a run."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING

import torch

from ..layers import format_shape
from ..text.counts import listing_of
from ..torch_backend.devices import free_memory_of, readable_bytes
from .batches import MEMORY_SHARE
from .distributed import Group
from .faults import TrainingError
from .memory import measured_memory, training_memory
from .recipe import Recipe

if TYPE_CHECKING:
    from ..network import Network


NAMED_COUNTS = 6
"""How many numbers of processes a fault names."""


def check_processes(recipe: Recipe, group: Group, *, resumed: bool = False) -> None:
    """Raise TrainingError where processes cannot share the batch; `resumed`: it is as it was."""
    if recipe.batch % group.size == 0:
        return
    told = f"a batch of {recipe.batch} cannot be shared by {group.size} processes alike"
    counts = sorted(_counts_that_share(recipe.batch, group.size))
    either = listing_of([str(count) for count in counts], "or")
    if resumed:
        raise TrainingError(f"{told}, and --resume keeps the batch: start {either} processes")
    fit = max(group.size, recipe.batch // group.size * group.size)
    raise TrainingError(f"{told}; try --batch {fit}, or {either} processes")


def _counts_that_share(batch: int, size: int) -> list[int]:
    """The numbers of processes nearest to `size` that divide a batch."""
    dividing = [count for count in range(1, min(batch, 2 * size) + 1) if batch % count == 0]
    return sorted(dividing, key=lambda count: abs(count - size))[:NAMED_COUNTS]


def check_augmentation(recipe: Recipe, network: Network) -> None:
    """Raise TrainingError where what should be changed at random are no images."""
    if recipe.augment and len(network.input_shape) != 3:
        raise TrainingError(
            f"{', '.join(recipe.augment)} can be done to images, C×H×W, and the network reads "
            f"{format_shape(network.input_shape)}; use --augment none"
        )


def check_one(
    network: Network, recipe: Recipe, device: torch.device, group: Group, *, mixed: bool = False
) -> None:
    """Raise TrainingError where not even one sample a process fits: before images of the
    network's size are made."""
    free = free_memory_of(device)
    if free is not None and training_memory(network, recipe).needed(1) > free:
        check_memory(network, replace(recipe, batch=group.size), device, group, 0, mixed=mixed)


def check_memory(
    network: Network,
    recipe: Recipe,
    device: torch.device,
    group: Group,
    images: int,
    *,
    mixed: bool = False,
) -> str:
    """What the run needs and what is free, as a sentence.

    Args:
        network: what is trained.
        recipe: how.
        device: where.
        group: the processes that train together.
        images: of the data set; they count where they are few enough to be held in memory.
        mixed: whether it is computed in bfloat16 where that gains.

    Raises:
        TrainingError: it needs more than is free; the text says what batch would fit.
    """
    memory = measured_memory(network, recipe, mixed=mixed)
    own = recipe.batch // group.size
    needed, free = memory.needed(own), free_memory_of(device)
    if free is None:
        return f"about {readable_bytes(needed)} of memory needed"
    if device.type == "cpu":
        free //= group.local_size
    data = images * prod(network.input_shape)
    if data <= MEMORY_SHARE * free:
        needed, free_for_steps = needed + data, free - data
    else:
        free_for_steps = free
    if needed > free:
        fits = memory.largest_batch(free_for_steps) * group.size
        remedy = f"--batch {fits} would fit" if fits else "not even a batch of 1 would fit"
        raise TrainingError(
            f"a batch of {recipe.batch} needs about {readable_bytes(needed)} on {device}, and "
            f"{readable_bytes(free)} are free: {remedy}"
        )
    return f"about {readable_bytes(needed)} of memory needed, {readable_bytes(free)} free"
