"""Pools worked out number by number: the largest, the mean and the power mean of each window."""

from __future__ import annotations

from itertools import product
from math import inf, isfinite, isinf, nan, prod
from typing import Any

from .exact import Maps, Number, ratio
from .values import Step, Worked, exact_sum, padded, shape_of


def pool(layer: Any, image: Maps) -> Worked:
    """A MaxPool2d, AvgPool2d or LPPool2d of an image, each channel by itself."""
    down, right = layer.windows()
    fill = -inf if layer.type_name == "MaxPool2d" else 0
    boards = [padded(grid, (down, right), "zeros", fill) for grid in image]
    maps, height, width = layer.output_shape((shape_of(image),))
    steps = []
    for place in product(range(maps), range(height), range(width)):
        channel, row, column = place
        at = [*product(down.taps(row), right.taps(column))]
        read = [value for r, c in at if (value := boards[channel][r][c]) is not None]
        _, rows, columns = shape_of(image)
        inside = sum(0 <= r - down.before < rows and 0 <= c - right.before < columns for r, c in at)
        total, divisor, value = _pooled(layer, read, inside)
        terms = (tuple((value, 1) for value in read),)
        steps.append(Step(*place, terms, (total,), divisor, value, value))
    return Worked(layer, image, boards, steps)


def _pooled(layer: Any, read: list[Number], inside: int) -> tuple[Number, Number, Number]:
    """The sum, what it is divided by, and the result. Source: ATen/native/Pool.h, F.lp_pool2d."""
    if layer.type_name == "MaxPool2d":
        return max(read), 1, max(read)
    if layer.type_name == "AvgPool2d":
        counted = len(read) if layer.count_include_pad else inside
        divisor = layer.divisor_override or counted
        total = exact_sum(read)
        return total, divisor, ratio(total, divisor)
    p = layer.norm_type
    if isinf(p):
        largest = max(-value if value < 0 else value for value in read)
        return largest, 1, largest
    powers = [power(value, p) for value in read]
    # PyTorch takes the mean and multiplies by the whole window, also where it hangs over the end.
    divisor = ratio(len(read), prod(layer.kernel_size))
    total = exact_sum(powers)
    return total, divisor, _root(total / divisor if divisor != 1 else total, p)


_LARGEST_EXACT_POWER = 16


def power(value: Number, p: float) -> Number:
    """A number to the power of p, exactly where p is whole; not a number as PyTorch has it."""
    if p == int(p) and 0 < p <= _LARGEST_EXACT_POWER:
        return value ** int(p)
    try:
        return float(value) ** p if value >= 0 or p == int(p) else nan
    except OverflowError:
        return inf


def _root(value: Number, p: float) -> Number:
    if value < 0:
        return value if p == 1 else nan
    if p == 1:
        return value
    try:
        root = float(value) ** (1 / p)
    except OverflowError:
        return inf
    near = round(root) if isfinite(root) else 0
    return near if p == int(p) and p <= _LARGEST_EXACT_POWER and near ** int(p) == value else root
