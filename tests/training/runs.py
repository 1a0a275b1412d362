"""A small network and small runs of it, for the tests of training."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from cnnshape import Network, loads
from cnnshape.training.distributed import Group
from cnnshape.training.progress import Silent
from cnnshape.training.recipe import read_recipe
from cnnshape.training.run import Run
from cnnshape.training.start import (
    Tell,
    Training,
    Wishes,
    carry_out,
    new_training,
    plan_of,
    resumed_training,
)

TINY = """\
name: tiny
input: [1, 8, 8]
params: {classes: 10}
layers:
  - {type: Conv2d, out_channels: 4, kernel_size: 3}
  - BatchNorm2d
  - ReLU
  - {type: Dropout, p: 0.1}
  - Flatten
  - {name: out, type: Linear, out_features: $classes}
  - Softmax
"""
CPU = torch.device("cpu")


def network(text: str = TINY, **params: Any) -> Network:
    """The small network, or another of the test's."""
    return loads(text, params=params or None)


def begun(
    out: Path,
    net: Network | None = None,
    *,
    seed: int = 0,
    threads: int = 1,
    tell: Tell = lambda line: None,
    **recipe: Any,
) -> Training:
    """A run at its start, on synthetic images, in a folder."""
    asked = {"dataset": "synthetic:300", "epochs": 2, "batch": 32, **recipe}
    chosen = net or network()
    wishes = Wishes(seed=seed, out=str(out), threads=threads)
    return new_training(chosen, read_recipe(chosen, asked), wishes, CPU, Group(), tell)


def resumed(out: Path) -> Training:
    """A run where it stopped."""
    run = Run(out)
    return resumed_training(run, plan_of(run), CPU, Group(), None, lambda line: None)


def trained(out: Path, net: Network | None = None, **wishes: Any) -> dict[str, Any]:
    """The result of a whole run."""
    return carry_out(begun(out, net, **wishes), Silent())
