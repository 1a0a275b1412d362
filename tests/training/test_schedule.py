"""One cycle of the learning rate."""

from __future__ import annotations

import pytest

from cnnshape.training.recipe import Recipe
from cnnshape.training.schedule import one_cycle


def _rates(steps: int, **recipe: object) -> list[float]:
    chosen = Recipe(lr=0.8, **recipe)  # type: ignore[arg-type]
    return [one_cycle(step, steps, chosen) for step in range(steps)]


@pytest.mark.parametrize("schedule", ["linear", "cosine"])
@pytest.mark.parametrize("warmup", [0.0, 0.01, 0.25, 0.9])
@pytest.mark.parametrize("steps", [1, 2, 7, 400])
def test_it_rises_once_and_falls_once_and_never_reaches_zero(schedule, warmup, steps):
    rates = _rates(steps, schedule=schedule, warmup=warmup)
    peak = rates.index(max(rates))
    assert all(0 < rate <= 0.8 for rate in rates)
    assert rates[: peak + 1] == sorted(rates[: peak + 1])
    assert rates[peak:] == sorted(rates[peak:], reverse=True)


def test_its_numbers():
    assert _rates(8, warmup=0.5) == pytest.approx([0.2, 0.4, 0.6, 0.8, 0.64, 0.48, 0.32, 0.16])
    assert _rates(4, warmup=0.0, schedule="cosine")[0] == pytest.approx(0.8 * 0.9045, abs=1e-4)
