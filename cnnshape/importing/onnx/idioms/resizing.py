"""Interpolation between places that are gathered."""

from __future__ import annotations

from math import isclose

from ..matching import Match
from .idiom import Operator, idiom


@idiom(
    "(a := Transpose(GatherND(Transpose(x), i))) + (Transpose(GatherND(Transpose(x), j)) - a) * t"
)
def _linear(match: Match) -> Operator | None:
    """Between the places before and after each position, as far as it lies from the first."""
    before, after, part = (match.constant(letter) for letter in "ijt")
    shape, output = match.shape("x"), match.output
    if before is None or after is None or part is None or output is None:
        return None
    if len(shape) != 3 or not before.array.size == after.array.size == output[2]:
        return None
    begin, end = (each.array.reshape(-1) for each in (before, after))
    places = (begin + (end - begin) * part.array.reshape(-1)).tolist()
    size, count = shape[2], output[2]
    if _close(places, [k * (size - 1) / max(count - 1, 1) for k in range(count)]):
        given = {"coordinate_transformation_mode": "align_corners"}
        return Operator("Resize", "x", {"mode": "linear", **given})
    step = places[-1] - places[-2] if count > 1 else 1
    for scale in (count / size, float(f"{1 / step:.4g}") if step else 1.0):
        centres = [(k + 0.5) / scale - 0.5 for k in range(count)]
        if _close(places, [min(max(centre, 0), size - 1) for centre in centres]):
            return Operator("Resize", "x", {"mode": "linear", "scales": [scale]})
    return None


def _close(places: list[float], expected: list[float]) -> bool:
    return all(isclose(a, b, abs_tol=1e-4) for a, b in zip(places, expected, strict=True))
