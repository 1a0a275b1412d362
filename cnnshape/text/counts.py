"""Counts in words, as everything that tells of one writes them."""

from __future__ import annotations

from collections.abc import Sequence

from .printable import printable

MOST_NAMED = 3
"""How many names a sentence lists."""


def count_of(number: int, noun: str) -> str:
    """'1 epoch', '1,200 images'."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def listing_of(words: Sequence[str], last: str) -> str:
    """'2, 4 or 8', where the last of some words comes behind 'or'."""
    *others, end = words
    return f"{', '.join(others)} {last} {end}" if others else end


def few(names: Sequence[str], most: int = MOST_NAMED) -> str:
    """The first of some names, made printable, and how many more there are."""
    more = len(names) - most
    shown = ", ".join(map(printable, names[:most]))
    return f"{shown} and {more:,} more" if more > 0 else shown


def size_of(number: int, noun: str) -> str:
    """'1 map', '1000 features': a size that an argument sets, as it is written there."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
