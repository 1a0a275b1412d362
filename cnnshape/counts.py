"""Counts in words, as everything that tells of one writes them."""

from __future__ import annotations


def count_of(number: int, noun: str) -> str:
    """'1 epoch', '1,200 images'."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
