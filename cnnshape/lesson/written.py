"""Sizes as a command line writes them: the one reader of '224x320'."""

from __future__ import annotations

import re

from ..layers.shapes import Shape

MOST_DIMENSIONS = 3
"""Spatial dimensions that layers read."""
MOST_DIGITS = 9
NUMBERS = rf"[0-9]{{1,{MOST_DIGITS}}}(?:[x×][0-9]{{1,{MOST_DIGITS}}})*"


class WordError(ValueError):
    """A word that is no layer, or no sizes; the text says what was expected."""


def read_sizes(text: str, example: str = "224 or 224x320") -> Shape:
    """'224' or '224x320' as one number a dimension; raises `WordError`."""
    written = text.strip().lower()
    if not re.fullmatch(NUMBERS, written):
        most = re.fullmatch("[0-9]+([x×][0-9]+)*", written)
        wanted = f"numbers of {MOST_DIGITS} digits at most" if most else example
        raise WordError(f"expected {wanted}, not {text!r}")
    sizes = tuple(map(int, re.split("[x×]", written)))
    if len(sizes) > MOST_DIMENSIONS:
        raise WordError(f"expected {MOST_DIMENSIONS} dimensions at most, not {text!r}")
    return sizes
