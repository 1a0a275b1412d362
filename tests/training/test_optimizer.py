"""The optimizer takes the steps of torch's own classes."""

from __future__ import annotations

import pytest
import torch
from torch import nn, optim

from cnnshape.training.optimizer import ADAMW_BETA2, Optimizer
from cnnshape.training.recipe import Recipe

RATES = (0.05, 0.1, 0.02, 0.0)


def _module() -> nn.Module:
    torch.manual_seed(3)
    return nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 2))


def _learn(module: nn.Module) -> None:
    inputs = torch.linspace(-1, 1, 12).view(3, 4)
    module(inputs).square().sum().backward()


def _groups(module: nn.Module, decay: float) -> list[dict[str, object]]:
    parameters = list(module.parameters())
    return [
        {"params": [each for each in parameters if each.dim() > 1], "weight_decay": decay},
        {"params": [each for each in parameters if each.dim() == 1], "weight_decay": 0.0},
    ]


@pytest.mark.parametrize("momentum", [0.9, 0.0])
@pytest.mark.parametrize("kind", ["sgd", "adamw"])
def test_it_steps_as_torch_s_does(kind, momentum):
    ours, theirs = _module(), _module()
    recipe = Recipe(optimizer=kind, momentum=momentum, weight_decay=0.1)
    optimizer = Optimizer(ours, recipe)
    if kind == "sgd":
        other = optim.SGD(
            _groups(theirs, 0.1), momentum=momentum, nesterov=momentum > 0, lr=1.0, fused=True
        )
    else:
        other = optim.AdamW(_groups(theirs, 0.1), betas=(momentum, ADAMW_BETA2), fused=True)
    for rate in RATES:
        for group in other.param_groups:
            group["lr"] = rate
        optimizer.clear()
        other.zero_grad()
        _learn(ours)
        _learn(theirs)
        optimizer.step(rate)
        other.step()
    for mine, its in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.equal(mine, its)


def test_biases_do_not_decay():
    module = nn.Linear(2, 2)
    before = module.bias.detach().clone()
    optimizer = Optimizer(module, Recipe(weight_decay=0.5))
    for parameter in module.parameters():
        parameter.grad = torch.zeros_like(parameter)
    weight = module.weight.detach().clone()
    optimizer.step(0.1)
    assert torch.equal(module.bias, before)
    assert torch.allclose(module.weight, weight * (1 - 0.1 * 0.5 * 1.9))


def test_a_parameter_that_the_loss_does_not_reach_stays():
    module = _module()
    last = [each.detach().clone() for each in module[2].parameters()]
    optimizer = Optimizer(module, Recipe(weight_decay=0.5))
    module[0](torch.ones(1, 4)).sum().backward()
    optimizer.step(0.1)
    for parameter, before in zip(module[2].parameters(), last, strict=True):
        assert torch.equal(parameter, before)


def test_its_tensors_are_its_state():
    module = _module()
    optimizer = Optimizer(module, Recipe(weight_decay=0.0))
    _learn(module)
    optimizer.step(0.1)
    tensors = optimizer.tensors()
    assert sorted(tensors) == ["0.momentum.0", "0.momentum.1", "1.momentum.0", "1.momentum.1"]
    assert torch.equal(tensors["0.momentum.0"], module[0].weight.grad)
