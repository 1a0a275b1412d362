"""Interpolation: which of PyTorch's modes reads the same positions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil, floor
from typing import Any

from ...graph import NotSaid
from ...operations import Answer
from .operator import Operator, Rules

rules = Rules()

MOST_POSITIONS = 1_000_000
"""Positions along a dimension up to which each is looked at."""
LINEAR = {1: "linear", 2: "bilinear", 3: "trilinear"}


@rules.of("Resize", "Upsample")
def _resize(op: Operator) -> Answer:
    before, after = op.x.shape[2:], op.output[2:]
    if op.x.shape[:2] != op.output[:2] or not 1 <= len(before) <= 3:
        raise NotSaid("of other dimensions than those of a map")
    if max(after) > MOST_POSITIONS:
        raise NotSaid(f"to more than {MOST_POSITIONS:,} positions")
    given = _size(op, before, after)
    scales = given.get("scale_factor") or [b / a for a, b in zip(before, after, strict=True)]
    older = op.type == "Upsample" or op.opset < 11
    how = op.attribute("coordinate_transformation_mode", "asymmetric" if older else "half_pixel")
    mode = op.attribute("mode", "nearest")
    smaller = any(out < size for size, out in zip(before, after, strict=True))
    if (op.attribute("antialias", 0) and smaller) or op.attribute("exclude_outside", 0):
        raise NotSaid("with antialias or exclude_outside")
    if how == "half_pixel_symmetric" and all(
        size * scale == out for size, scale, out in zip(before, scales, after, strict=True)
    ):
        how = "half_pixel"  # they differ where a scale gives a part of a position more
    if mode == "nearest":
        rounding = op.attribute("nearest_mode", "floor" if older else "round_prefer_floor")
        if set(after) == {1}:
            return _one_place(op, scales, how, rounding)
        given["mode"] = _nearest(before, after, scales, how, rounding)
    elif how in FROM_THE_FIRST and set(after) == {1}:
        return _one_place(op, scales, "asymmetric", "floor")
    elif mode == "linear" and how == "asymmetric":
        return _from_the_corner(op, before, after)
    else:
        given |= _linear(op, mode, how, before)
        if how == "pytorch_half_pixel" and 1 in after:
            return _row(op, given, before, after)
    return op.layer("Upsample", _tidy(given))


FROM_THE_FIRST = ("asymmetric", "pytorch_half_pixel", "align_corners")
"""The coordinates by which one position alone is the first of the input."""


def _one_place(op: Operator, scales: Sequence[float], how: str, rounding: str) -> Answer:
    """One position of each map."""
    chain = op.chain()
    for dim, (size, scale) in enumerate(zip(op.x.shape[2:], scales, strict=True), 2):
        chain.then("Narrow", dim=dim, start=_place(0, size, 1, scale, how, rounding), length=1)
    return chain


def _row(
    op: Operator, given: dict[str, Any], before: Sequence[int], after: Sequence[int]
) -> Answer:
    """One position along some dimensions, the first, and the others interpolated."""
    chain = op.chain()
    for dim, (size, out) in enumerate(zip(before, after, strict=True), 2):
        if out == 1 < size:
            chain.then("Narrow", dim=dim, start=0, length=1)
    if "scale_factor" in given:
        factors = zip(given["scale_factor"], after, strict=True)
        given["scale_factor"] = [1 if out == 1 else factor for factor, out in factors]
    return chain.then("Upsample", **_tidy(given))


def _from_the_corner(op: Operator, before: Sequence[int], after: Sequence[int]) -> Answer:
    """The places k/s for a whole s: those between aligned corners, and then the last one again.

    And those k·s: every s-th.
    """
    if all(size % out == 0 for size, out in zip(before, after, strict=True)):
        steps = [size // out for size, out in zip(before, after, strict=True)]
        parts = (slice(None), slice(None), *(slice(None, None, step) for step in steps))
        return op.as_torch("getitem", op.x, parts)
    factors = [out // size for size, out in zip(before, after, strict=True)]
    if any(size * s != out for size, s, out in zip(before, factors, after, strict=True)):
        raise NotSaid("with the coordinates asymmetric, and by no whole number")
    sizes = [s * (size - 1) + 1 for size, s in zip(before, factors, strict=True)]
    rank = len(sizes)
    chain = op.chain()
    chain.then("Upsample", **_tidy({"size": sizes}), mode=LINEAR[rank], align_corners=True)
    padding = [size for s in reversed(factors) for size in (0, s - 1)]
    return chain.then(f"ReplicationPad{rank}d", padding=padding)


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


def _linear(op: Operator, mode: str, how: str, before: Sequence[int]) -> dict[str, Any]:
    rank = len(before)
    if mode == "cubic" and (rank != 2 or op.number("cubic_coeff_a", -0.75) != -0.75):
        raise NotSaid("with other cubic coefficients than PyTorch's, or dimensions than two")
    kind = LINEAR[rank] if mode == "linear" else "bicubic"
    if how == "align_corners":
        return {"mode": kind, "align_corners": True}
    if how not in ("half_pixel", "pytorch_half_pixel"):
        raise NotSaid(f"with the coordinates {how}, which PyTorch does not have")
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
    fits = {"nearest", "nearest-exact"}
    for size, out, scale in zip(before, after, scales, strict=True):
        for x in range(out):
            place = _place(x, size, out, scale, how, rounding)
            if place != min(floor(x / scale), size - 1):
                fits.discard("nearest")
            if place != min(floor((x + 0.5) / scale), size - 1):
                fits.discard("nearest-exact")
    if not fits:
        raise NotSaid(f"with the coordinates {how}, rounded by {rounding}, as PyTorch has not")
    return min(fits)


def _place(x: int, size: int, out: int, scale: float, how: str, rounding: str) -> int:
    """The position that an output position reads, along one dimension."""
    if how not in COORDINATES or rounding not in ROUNDING:
        raise NotSaid(f"with the coordinates {how}, rounded by {rounding}")
    return min(max(ROUNDING[rounding](COORDINATES[how](x, scale, size, out)), 0), size - 1)
