"""What is found out before the first step, rather than in the middle of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from ..torch_backend.devices import readable_bytes
from .batches import free_memory_of
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


def check_memory(network: Network, recipe: Recipe, device: torch.device, group: Group) -> str:
    """What the run needs and what is free, as a sentence.

    Raises:
        TrainingError: it needs more than is free; the text says what batch would fit.
    """
    memory = training_memory(network, recipe)
    own = recipe.batch // group.size
    needed, free = memory.needed(own), free_memory_of(device)
    if free is None:
        return f"about {readable_bytes(needed)} of memory needed"
    if needed > free:
        fits = memory.largest_batch(free) * group.size
        remedy = f"--batch {fits} would fit" if fits else "not even a batch of 1 would fit"
        raise TrainingError(
            f"a batch of {recipe.batch} needs about {readable_bytes(needed)} on {device}, and "
            f"{readable_bytes(free)} are free: {remedy}"
        )
    return f"about {readable_bytes(needed)} of memory needed, {readable_bytes(free)} free"
