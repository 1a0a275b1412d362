"""A moving average of the weights, which answers better than the last weights do."""

from __future__ import annotations

from copy import deepcopy

import torch
from torch import nn


class MovingAverage:
    """Follows a module: average += (1 − decay) · (weights − average), after every step.

    At first the average would hold on to the weights of the start, so the decay rises to its
    value: it is (1 + n) / (10 + n) after n steps, while that is less.

    Source: B. Polyak and A. Juditsky, "Acceleration of stochastic approximation by
    averaging", 1992; the rise is that of TensorFlow's ExponentialMovingAverage.
    """

    def __init__(self, module: nn.Module, decay: float) -> None:
        self.module = deepcopy(module).eval()
        self.decay = decay
        pairs = [*zip(_tensors(self.module), _tensors(module), strict=True)]
        self._pairs = [pair for pair in pairs if pair[0].is_floating_point()]
        self._counts = [pair for pair in pairs if not pair[0].is_floating_point()]

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Take in the weights after the step of this number, counted from 0 over the run."""
        decay = min(self.decay, (1 + step) / (10 + step))
        torch._foreach_lerp_(
            [mine for mine, _ in self._pairs], [theirs for _, theirs in self._pairs], 1 - decay
        )
        for mine, theirs in self._counts:
            mine.copy_(theirs)


def _tensors(module: nn.Module) -> list[torch.Tensor]:
    return [*(each.data for each in module.parameters()), *module.buffers()]
