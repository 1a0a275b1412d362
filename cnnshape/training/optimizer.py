"""The optimizer that a recipe asks for: torch's functions, with their state in our hands.

Not torch's classes: the first call of one imports the whole of torch.compile's machinery,
which takes longer than training a small network on a small data set.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.optim.adamw import adamw
from torch.optim.sgd import sgd

if TYPE_CHECKING:
    from .recipe import Recipe

ADAMW_BETA2 = 0.99
"""Of AdamW: a run of a few thousand steps is too short for torch's 0.999."""
ADAMW_EPSILON = 1e-8
FUSED_DEVICES = ("cpu", "cuda")
"""Where one kernel does the work for all parameters. With many small ones, as LeNet-5 has, a
kernel each takes longer than its work."""


@dataclass(frozen=True)
class _Group:
    """Parameters that are treated alike, and what the optimizer keeps for each.

    Attributes:
        parameters: in the order of the module.
        weight_decay: of all of them.
        state: by name, a tensor for each parameter.
    """

    parameters: tuple[nn.Parameter, ...]
    weight_decay: float
    state: Mapping[str, list[Tensor]]


class Optimizer:
    """SGD with Nesterov momentum, or AdamW.

    Weights decay; biases and the gains of norms, which are vectors, do not.

    Source: torch.optim.SGD, torch.optim.AdamW.
    """

    def __init__(self, module: nn.Module, recipe: Recipe) -> None:
        assert recipe.weight_decay is not None, "a settled recipe has a weight decay"
        self.momentum = recipe.momentum
        self.kind = recipe.optimizer
        learned = [each for each in module.parameters() if each.requires_grad]
        weights = tuple(each for each in learned if each.dim() > 1)
        vectors = tuple(each for each in learned if each.dim() <= 1)
        self.fused = learned[0].device.type in FUSED_DEVICES
        self.groups = tuple(
            _Group(parameters, decay, self._fresh_state(parameters))
            for parameters, decay in ((weights, recipe.weight_decay), (vectors, 0.0))
            if parameters
        )

    def _fresh_state(self, parameters: tuple[nn.Parameter, ...]) -> dict[str, list[Tensor]]:
        names = ("momentum",) if self.kind == "sgd" else ("mean", "square")
        state = {name: [torch.zeros_like(each) for each in parameters] for name in names}
        if self.kind == "adamw":
            state["steps"] = [torch.zeros((), device=each.device) for each in parameters]
        return state

    def clear(self) -> None:
        """Forget the gradients."""
        for group in self.groups:
            for parameter in group.parameters:
                parameter.grad = None

    @torch.no_grad()
    def step(self, lr: float) -> None:
        """Take a step. A parameter without a gradient, which the loss does not reach, stays."""
        for group in self.groups:
            reached = [
                number for number, each in enumerate(group.parameters) if each.grad is not None
            ]
            parameters: list[Tensor] = [group.parameters[number] for number in reached]
            gradients = [each.grad for each in parameters if each.grad is not None]
            state = {
                name: [tensors[number] for number in reached]
                for name, tensors in group.state.items()
            }
            if self.kind == "sgd":
                sgd(
                    parameters, gradients, [*state["momentum"]], fused=self.fused, lr=lr,
                    weight_decay=group.weight_decay, momentum=self.momentum, dampening=0.0,
                    nesterov=self.momentum > 0, maximize=False,
                )  # fmt: skip
            else:
                adamw(
                    parameters, gradients, state["mean"], state["square"], [], state["steps"],
                    fused=self.fused, lr=lr, weight_decay=group.weight_decay,
                    beta1=self.momentum, beta2=ADAMW_BETA2, eps=ADAMW_EPSILON,
                    amsgrad=False, maximize=False,
                )  # fmt: skip

    def tensors(self) -> dict[str, Tensor]:
        """What it keeps, by '<group>.<name>.<number of the parameter>'."""
        return {
            f"{number}.{name}.{index}": tensor
            for number, group in enumerate(self.groups)
            for name, tensors in group.state.items()
            for index, tensor in enumerate(tensors)
        }
