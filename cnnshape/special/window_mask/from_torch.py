"""Recognising the mask of attention in shifted windows, by its numbers. Needs torch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from ...importing.operations import Layer
from ...importing.origins import Origin
from ...importing.samples import of_one_sample
from .module import ShiftedWindowMask


def added(origin: Origin) -> Layer | None:
    """The ShiftedWindowMask that adds these numbers to attention's scores, or None."""
    windows, *scores = [
        size for size in map(of_one_sample, origin.shape) if size != 1
    ] or [0]
    if origin.learned or len(scores) != 2 or scores[0] != scores[1]:
        return None
    found = shifted_window_mask(origin.value({}).reshape(windows, *scores))
    return None if found is None else Layer("ShiftedWindowMask", found, ())


def shifted_window_mask(mask: Tensor) -> dict[str, Any] | None:
    """The arguments of the ShiftedWindowMask that adds these numbers, or None.

    Args:
        mask: windows × positions × positions.
    """
    windows, positions, _ = mask.shape
    added = mask[mask != 0]
    if not len(added):
        return None
    value = float(added[0])
    # The last window has parts of all edges: its first position is kept apart from what
    # comes from beyond the shift.
    apart = mask[-1, 0] != 0
    for rows, columns in _factors(positions):
        shift = [_shift(apart[::columns]), _shift(apart[:columns])]
        for down, right in _factors(windows):
            size, window = [down * rows, right * columns], [rows, columns]
            arguments = {"size": size, "window_size": window, "shift_size": shift}
            made = ShiftedWindowMask(**arguments, value=value).mask()  # type: ignore[arg-type]
            if torch.equal(made.to(mask), mask):
                return {**arguments, "value": value}
    return None


def _shift(apart: Tensor) -> int:
    """The positions at the end of a row that are kept apart from its first."""
    return int(apart.sum())


def _factors(number: int) -> Iterator[tuple[int, int]]:
    """The pairs of numbers with this product, those that are most alike first."""
    pairs = [(a, number // a) for a in range(1, number + 1) if number % a == 0]
    yield from sorted(pairs, key=lambda pair: abs(pair[0] - pair[1]))
