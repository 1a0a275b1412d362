"""Whether a network has learned anything, and what may help where it has not."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from typing import Any

from ..text.counts import count_of
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
    right = result["test_accuracy"]
    if right > guess + DEVIATIONS * sqrt(guess * (1 - guess) / images):
        return None
    tried = "Try"
    finding = f"{result['name']} has learned nothing that shows"
    if right > guess:
        tested = count_of(images, "test image")
        finding = f"that {result['name']} has {percent(right)} of {tested} right may be chance"
        tried = "Test on more images, or try"
    recipe = result["recipe"]
    other = "adamw" if recipe["optimizer"] == "sgd" else "sgd"
    return (
        f"{finding}: to answer always with the most frequent class gives {percent(guess)}. "
        f"{tried} --optimizer {other}, a lower rate such as --lr {recipe['lr'] / 4:.2g}, more "
        "--epochs, or a BatchNorm after each convolution"
    )
