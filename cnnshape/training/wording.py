"""Figures in words, as everything that tells of a run writes them."""

from __future__ import annotations


def percent(share: float, decimals: int = 2) -> str:
    """'99.07 %'; what is less than all is never rounded up to 100 %."""
    text = f"{100 * share:.{decimals}f}"
    if share < 1 and float(text) == 100:
        text = f"{100 - 10**-decimals:.{decimals}f}"
    return f"{text} %"
