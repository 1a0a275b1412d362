"""Figures in words, as everything that tells of a run writes them."""

from __future__ import annotations


def percent(share: float, decimals: int = 2) -> str:
    """'99.07 %'; what is less than all is never rounded up to 100 %."""
    text = f"{100 * share:.{decimals}f}"
    if share < 1 and float(text) == 100:
        text = f"{100 - 10**-decimals:.{decimals}f}"
    return f"{text} %"


def count_of(number: int, noun: str) -> str:
    """'1 epoch', '1,200 images'."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
