"""What is found out before the first step, rather than in the middle of a run."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import torch

from ..layers import format_shape
from ..torch_backend.devices import readable_bytes
from .batches import MEMORY_SHARE, free_memory_of
from .distributed import Group
from .faults import TrainingError
from .memory import training_memory
from .recipe import Recipe

if TYPE_CHECKING:
    from ..network import Network


def check_batch(recipe: Recipe, group: Group) -> None:
    """Raise TrainingError where processes cannot share the batch."""
    if recipe.batch % group.size:
        fit = max(group.size, recipe.batch // group.size * group.size)
        raise TrainingError(
            f"a batch of {recipe.batch} cannot be shared by {group.size} processes alike; "
            f"try --batch {fit}"
        )


def check_augmentation(recipe: Recipe, network: Network) -> None:
    """Raise TrainingError where what should be changed at random are no images."""
    if recipe.augment and len(network.input_shape) != 3:
        raise TrainingError(
            f"{', '.join(recipe.augment)} can be done to images, C×H×W, and the network reads "
            f"{format_shape(network.input_shape)}; use --augment none"
        )


def check_memory(
    network: Network, recipe: Recipe, device: torch.device, group: Group, images: int
) -> str:
    """What the run needs and what is free, as a sentence.

    Args:
        network, recipe: what is trained, and how.
        device, group: of this process.
        images: of the data set; they count where they are few enough to be held in memory.

    Raises:
        TrainingError: it needs more than is free; the text says what batch would fit.
    """
    memory = training_memory(network, recipe)
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
