"""Recognising sines that a module computes of the positions of a map. Needs torch."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from math import pi
from typing import Any

import torch
from torch import Tensor

from ...importing.operations import Layer
from ...importing.origins import Origin
from ...layers.shapes import Shape
from .module import PositionEmbeddingSine

TOLERANCE = 1e-4
"""Single precision, of angles up to the size of a map."""


def given(origin: Origin) -> Layer | None:
    """The PositionEmbeddingSine that gives these numbers, of a map as large, or None."""
    if origin.learned:
        return None
    found = sine_positions(origin.value, origin.shape, origin.numbers)
    return None if found is None else Layer("PositionEmbeddingSine", found, ())


def sine_positions(
    value: Callable[[Mapping[str, Tensor]], Tensor],
    shape: Shape,
    numbers: Collection[float],
) -> dict[str, Any] | None:
    """The arguments of a PositionEmbeddingSine that gives a constant, or None.

    Args:
        value: computes it, for one sample.
        shape: of it: the batch, channels, height and width.
        numbers: the plain numbers in the calls, among which the temperature must be.
    """
    if len(shape) != 4 or shape[1] % 4:
        return None
    found = value({})[:1].to(torch.float64)
    like = torch.zeros(1, 1, *shape[2:], dtype=torch.float64)
    for temperature in sorted({10000.0, *(number for number in numbers if number > 1)}):
        for given in _positions(numbers):
            arguments = {
                "num_pos_feats": shape[1] // 2,
                "temperature": temperature,
                **given,
            }
            made = PositionEmbeddingSine(**arguments)(like)  # type: ignore[no-untyped-call]
            if (
                found.shape == made.shape
                and float((found - made).abs().max()) <= TOLERANCE
            ):
                return arguments
    return None


def _positions(numbers: Collection[float]) -> list[dict[str, Any]]:
    """How positions may be counted: as they are, or as parts of the size."""
    scales = [None, *(number for number in numbers if number != 2 * pi)]
    return [{}, *({"normalize": True, "scale": scale} for scale in scales)]
