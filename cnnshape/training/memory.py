"""What a training run takes of a device's memory."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, prod
from typing import TYPE_CHECKING

from ..network import BYTES_PER_ELEMENT

if TYPE_CHECKING:
    from ..network import Network
    from .recipe import Recipe

OPTIMIZER_COPIES = {"sgd": 1, "adamw": 2}
"""What an optimizer keeps for each parameter."""
PROBES = (2, 4)
"""Samples on which it is found out what is kept."""
PROBE_BYTES, PROBE_MACS = 2**28, 2**27
"""What the bound and a sample's work may be where the network is run for that, with values."""
HALVED = 2
"""Bytes that are missing of each statistic of a norm in bfloat16 where tensors have no values: it
is kept in float32, and taken for one of the input's precision."""
STEP_SHARE = 0.9
"""Of what is free, what a run may take by the estimate."""


@dataclass(frozen=True)
class Growth:
    """Bytes that grow with the batch, in a straight line."""

    base: int
    per_sample: int

    def at(self, batch: int) -> int:
        """Bytes for so many samples."""
        return max(0, self.base + batch * self.per_sample)

    def largest_batch(self, room: int) -> float:
        """The most samples that fit into so many bytes, perhaps infinitely many."""
        return (room - self.base) // self.per_sample if self.per_sample else inf


@dataclass(frozen=True)
class TrainingMemory:
    """Bytes of a training run.

    Attributes:
        fixed: weights, gradients, the optimizer's state and the average: whatever the batch.
        saved: what autograd keeps for the way back, each storage once, the images where they are
            kept, and weights only where they are computed anew or in bfloat16.
        held: at each moment of a step at which most may be held, what it is beside `fixed`.
    """

    fixed: int
    saved: Growth
    held: tuple[Growth, ...]

    def needed(self, batch: int) -> int:
        """Bytes of a step on so many samples, where it holds most."""
        return self.fixed + max(moment.at(batch) for moment in self.held)

    def largest_batch(self, free: int) -> int:
        """The most samples that fit into so many bytes; 0: not even one."""
        room = int(free * STEP_SHARE) - self.fixed
        return int(max(0, min(moment.largest_batch(room) for moment in self.held)))


def training_memory(network: Network, recipe: Recipe) -> TrainingMemory:
    """An upper bound for a network, in float32, from its shapes alone.

    Every layer's output is kept for the way back, and the gradients of the two largest are
    alive at once. What convolutions copy is not counted.
    """
    outputs = [prod(node.output_shape) for node in network.layers]
    saved = BYTES_PER_ELEMENT * (prod(network.input_shape) + sum(outputs))
    held = saved + BYTES_PER_ELEMENT * 2 * max(outputs)
    return TrainingMemory(_fixed(network, recipe), Growth(0, saved), (Growth(0, held),))


def measured_memory(network: Network, recipe: Recipe, *, mixed: bool = False) -> TrainingMemory:
    """What a network takes, from what autograd keeps of a few samples on the CPU.

    A large network is run without values, which takes neither memory nor time. Where one cannot
    be run so, or on so few samples, the bound of `training_memory` is given.

    Args:
        network: what is trained.
        recipe: how.
        mixed: whether it is computed in bfloat16 where that gains.
    """
    from .keeping import held_in_a_step

    bound = training_memory(network, recipe)
    macs = network.totals.macs
    small = bound.needed(max(PROBES)) <= PROBE_BYTES and macs is not None and macs <= PROBE_MACS
    try:
        few, more = (
            held_in_a_step(network, samples, mixed=mixed, with_values=small) for samples in PROBES
        )
    except Exception:  # a user's own layer may do anything where there are no values
        return bound
    missing = HALVED * network.totals.buffers if mixed and not small else 0
    saved, *held = (
        _growth(before + missing, after + missing)
        for before, after in zip(
            (few.saved, *few.at_layers), (more.saved, *more.at_layers), strict=True
        )
    )
    return TrainingMemory(bound.fixed, saved, tuple(dict.fromkeys(held)))


def _growth(before: int, after: int) -> Growth:
    """The line through what is held of each of the PROBES."""
    few, more = PROBES
    per_sample = -(-(after - before) // (more - few))
    return Growth(before - few * per_sample, per_sample)


def _fixed(network: Network, recipe: Recipe) -> int:
    """Bytes of weights, gradients, the optimizer's state and the average."""
    copies = 2 + OPTIMIZER_COPIES[recipe.optimizer] + (1 if recipe.average else 0)
    return BYTES_PER_ELEMENT * (network.totals.params * copies + network.totals.buffers)
