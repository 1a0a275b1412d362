"""The learning rate of each step: one cycle, up and down again."""

from __future__ import annotations

from math import cos, pi
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .recipe import Recipe


def one_cycle(step: int, steps: int, recipe: Recipe) -> float:
    """The learning rate of a step: up to the recipe's in a line, then down towards zero.

    It is a function of the step alone, so that a resumed run needs nothing but the step.

    Args:
        step: from 0 to steps − 1.
        steps: of the whole run.
        recipe: settled, with its peak `lr`, `warmup` and `schedule`.

    Source: L. Smith and N. Topin, "Super-convergence", 2017, arXiv:1708.07120.
    """
    assert recipe.lr is not None, "a settled recipe has a learning rate"
    rise = recipe.warmup * steps
    if step + 1 <= rise:
        return recipe.lr * (step + 1) / rise
    left = (steps - step) / (steps + 1 - rise)
    return recipe.lr * (left if recipe.schedule == "linear" else (1 - cos(pi * left)) / 2)
