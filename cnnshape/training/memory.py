"""What a training run takes of a device's memory."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from ..network import BYTES_PER_ELEMENT

if TYPE_CHECKING:
    from ..network import Network
    from .recipe import Recipe

OPTIMIZER_COPIES = {"sgd": 1, "adamw": 2}
"""What an optimizer keeps for each parameter."""
PROBES = (2, 4)
"""Samples on which it is measured what is kept."""
PROBE_SHARE = 0.25
"""Of what is free, what measuring may take by the bound."""
STEP_SHARE = 0.9
"""Of what is free, what a run may take by the estimate."""


@dataclass(frozen=True)
class TrainingMemory:
    """Bytes of a training run.

    Attributes:
        fixed: weights, gradients, the optimizer's state, the average, and what else is kept:
            whatever the batch.
        per_sample: what is kept of one sample for the way back, and the gradients beside it.
    """

    fixed: int
    per_sample: int

    def needed(self, batch: int) -> int:
        """Bytes of a step on so many samples."""
        return self.fixed + batch * self.per_sample

    def largest_batch(self, free: int) -> int:
        """The most samples that fit into so many bytes; 0: not even one."""
        return max(0, (int(free * STEP_SHARE) - self.fixed) // self.per_sample)


def training_memory(network: Network, recipe: Recipe) -> TrainingMemory:
    """An upper bound for a network, in float32, from its shapes alone.

    Every layer's output is kept for the way back, and the gradients of the two largest are
    alive at once. What convolutions copy is not counted.
    """
    outputs = [prod(node.output_shape) for node in network.layers]
    elements = prod(network.input_shape) + sum(outputs) + 2 * max(outputs)
    return TrainingMemory(_fixed(network, recipe), BYTES_PER_ELEMENT * elements)


def measured_memory(
    network: Network, recipe: Recipe, *, mixed: bool = False, free: int | None = None
) -> TrainingMemory:
    """What a network takes, from what autograd keeps of a few samples on the CPU.

    Args:
        network, recipe: what is trained, and how.
        mixed: whether it is computed in bfloat16 where that gains.
        free: bytes of main memory. Where the samples might take much of it, or the network
            cannot run on so few, the bound of :func:`training_memory` is given.
    """
    bound = training_memory(network, recipe)
    if free is not None and bound.needed(max(PROBES)) > PROBE_SHARE * free:
        return bound
    from .keeping import held_in_a_step

    try:
        few, more = (held_in_a_step(network, samples, mixed=mixed) for samples in PROBES)
    except (RuntimeError, ValueError):
        return bound
    # Where most is held may change with the batch: what grows with it, and what does not (weights
    # that are computed anew, or in bfloat16), are each taken where they are most.
    growths = [-(-(after - before) // (PROBES[1] - PROBES[0]))
               for before, after in zip(few, more, strict=True)]  # fmt: skip
    rests = [before - PROBES[0] * growth for before, growth in zip(few, growths, strict=True)]
    return TrainingMemory(bound.fixed + max(0, *rests), max(1, *growths))


def _fixed(network: Network, recipe: Recipe) -> int:
    """Bytes of weights, gradients, the optimizer's state and the average."""
    copies = 2 + OPTIMIZER_COPIES[recipe.optimizer] + (1 if recipe.average else 0)
    return BYTES_PER_ELEMENT * (network.totals.params * copies + network.totals.buffers)
