"""Interpolation: which of PyTorch's modes reads the same positions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil, floor
from typing import Any

from ...graph import NotSaid
from ...operations import Answer
from .operator import Operator, Rules

rules = Rules()

LINEAR = {1: "linear", 2: "bilinear", 3: "trilinear"}


@rules.of("Resize", "Upsample")
def _resize(op: Operator) -> Answer:
    before, after = op.x.shape[2:], op.output[2:]
    if op.x.shape[:2] != op.output[:2] or not 1 <= len(before) <= 3:
        raise NotSaid("of other dimensions than those of a map")
    given = _size(op, before, after)
    scales = given.get("scale_factor") or [b / a for a, b in zip(before, after, strict=True)]
    older = op.type == "Upsample" or op.opset < 11
    how = op.attribute("coordinate_transformation_mode", "asymmetric" if older else "half_pixel")
    mode = op.attribute("mode", "nearest")
    if op.attribute("antialias", 0) or op.attribute("exclude_outside", 0):
        raise NotSaid("with antialias or exclude_outside")
    if mode == "nearest":
        rounding = op.attribute("nearest_mode", "floor" if older else "round_prefer_floor")
        given["mode"] = _nearest(before, after, scales, how, rounding)
    else:
        given |= _linear(op, mode, how, before, after)
    return op.layer("Upsample", _tidy(given))


def _size(op: Operator, before: Sequence[int], after: Sequence[int]) -> dict[str, Any]:
    """The factors, where the file gives them and they give this size, or else the size."""
    place = 1 if op.type == "Upsample" or op.opset < 11 else 2
    scales = op.argument(place, "scales")
    if not scales:
        factors = [out / size for size, out in zip(before, after, strict=True)]
        whole = all(factor.is_integer() for factor in factors)
        return {"scale_factor": factors} if whole else {"size": list(after)}
    factors = [float(f"{scale:.7g}") for scale in scales[-len(before) :]]
    given = [floor(size * factor) for size, factor in zip(before, factors, strict=True)]
    return {"scale_factor": factors} if given == list(after) else {"size": list(after)}


def _tidy(given: dict[str, Any]) -> dict[str, Any]:
    """One number for all dimensions where they are alike, and whole ones where they are."""
    for name in ("scale_factor", "size"):
        if name in given:
            values = [int(value) if value == int(value) else value for value in given[name]]
            given[name] = values[0] if len(set(values)) == 1 else values
    return given


def _linear(
    op: Operator, mode: str, how: str, before: Sequence[int], after: Sequence[int]
) -> dict[str, Any]:
    rank = len(before)
    if mode == "cubic" and (rank != 2 or op.number("cubic_coeff_a", -0.75) != -0.75):
        raise NotSaid("with other cubic coefficients than PyTorch's, or dimensions than two")
    kind = LINEAR[rank] if mode == "linear" else "bicubic"
    if how == "align_corners":
        return {"mode": kind, "align_corners": True}
    if how not in ("half_pixel", "pytorch_half_pixel"):
        raise NotSaid(f"with the coordinates {how}, which PyTorch does not have")
    if how == "pytorch_half_pixel" and 1 in after:
        raise NotSaid("to one position")
    return {"mode": kind}


COORDINATES: dict[str, Callable[[int, float, int, int], float]] = {
    "asymmetric": lambda x, scale, size, out: x / scale,
    "half_pixel": lambda x, scale, size, out: (x + 0.5) / scale - 0.5,
    "pytorch_half_pixel": lambda x, scale, size, out: (x + 0.5) / scale - 0.5 if out > 1 else 0,
    "half_pixel_symmetric": lambda x, scale, size, out: (x + 0.5) / scale - 0.5,
    "tf_half_pixel_for_nn": lambda x, scale, size, out: (x + 0.5) / scale,
    "align_corners": lambda x, scale, size, out: x * (size - 1) / (out - 1) if out > 1 else 0,
}
"""Where an output position lies in the input. Source: ONNX's Resize."""
ROUNDING: dict[str, Callable[[float], int]] = {
    "floor": floor,
    "ceil": ceil,
    "round_prefer_floor": lambda x: ceil(x - 0.5),
    "round_prefer_ceil": lambda x: floor(x + 0.5),
}


def _nearest(
    before: Sequence[int], after: Sequence[int], scales: Sequence[float], how: str, rounding: str
) -> str:
    """PyTorch's mode that reads the same positions as ONNX's."""
    if how not in COORDINATES or rounding not in ROUNDING:
        raise NotSaid(f"with the coordinates {how}, rounded by {rounding}")
    fits = {"nearest", "nearest-exact"}
    for size, out, scale in zip(before, after, scales, strict=True):
        for x in range(out):
            place = ROUNDING[rounding](COORDINATES[how](x, scale, size, out))
            place = min(max(place, 0), size - 1)
            if place != min(floor(x / scale), size - 1):
                fits.discard("nearest")
            if place != min(floor((x + 0.5) / scale), size - 1):
                fits.discard("nearest-exact")
    if not fits:
        raise NotSaid(f"with the coordinates {how}, rounded by {rounding}, as PyTorch has not")
    return min(fits)
