"""What a training run takes of a device's memory, estimated from the network's shapes."""

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
STEP_SHARE = 0.9
"""Of what is free, what a run may take by the estimate."""


@dataclass(frozen=True)
class TrainingMemory:
    """Bytes of a training run.

    Attributes:
        fixed: weights, gradients, the optimizer's state, the average: whatever the batch.
        per_sample: activations of one sample, and the gradients of the largest.
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
    """The estimate for a network, in float32.

    Every layer's output is kept for the way back, and the gradients of the two largest are
    alive at once. What convolutions copy is not counted.
    """
    outputs = [prod(node.output_shape) for node in network.layers]
    elements = prod(network.input_shape) + sum(outputs) + 2 * max(outputs)
    copies = 2 + OPTIMIZER_COPIES[recipe.optimizer] + (1 if recipe.average else 0)
    fixed = network.totals.params * copies + network.totals.buffers
    return TrainingMemory(BYTES_PER_ELEMENT * fixed, BYTES_PER_ELEMENT * elements)
