"""Whether a network has learned anything, and what may help where it has not."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from typing import Any

from .wording import percent

DEVIATIONS = 3
"""How far above chance a share of right answers must be before it says anything."""


def chance_told(result: Mapping[str, Any]) -> str | None:
    """What to tell of a run whose network answers no better than a guess; None: it does.

    Args:
        result: of result.json. The best guess is always the most frequent class of the test.
    """
    counts = [sum(row) for row in result["confusion"]]
    images = sum(counts)
    guess = max(counts) / images
    if result["test_accuracy"] > guess + DEVIATIONS * sqrt(guess * (1 - guess) / images):
        return None
    recipe = result["recipe"]
    other = "adamw" if recipe["optimizer"] == "sgd" else "sgd"
    return (
        f"{result['name']} has learned nothing that shows: to answer always with the most frequent "
        f"class gives {percent(guess)}. Try --optimizer {other}, a lower rate such as "
        f"--lr {recipe['lr'] / 4:.2g}, more --epochs, or a BatchNorm after each convolution"
    )
