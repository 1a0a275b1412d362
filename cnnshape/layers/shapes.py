"""Shapes, and the integer rules that more than one family of layers shares."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

Shape: TypeAlias = tuple[int, ...]
"""The size of a value without the batch: (C, H, W), (C, L), (C, D, H, W) or (N,)."""
Shapes: TypeAlias = tuple[Shape, ...]

_LETTERS = {1: ("L",), 2: ("H", "W"), 3: ("D", "H", "W")}


def spatial_letters(count: int) -> tuple[str, ...]:
    """The field's letters for `count` spatial dimensions: L; H, W; D, H, W."""
    return _LETTERS.get(count) or tuple(f"d{index}" for index in range(1, count + 1))


def format_shape(shape: Iterable[int]) -> str:
    """'6×28×28'; one number alone stays a number."""
    return "×".join(map(str, shape))


def minus(value: int) -> str:
    """A number with the typographic minus sign."""
    return str(value).replace("-", "−")


def window_extent(kernel: int, dilation: int) -> int:
    """The positions that a dilated window covers: D(F−1)+1."""
    return dilation * (kernel - 1) + 1


def window_positions(size: int, kernel: int, stride: int, padding: int, dilation: int = 1) -> int:
    """Places where a window fits: ⌊(W + P − D(F−1) − 1)/S⌋ + 1, with P both sides together.

    Not positive when the window is larger than the padded input. Source: torch.nn.Conv2d.
    """
    return (size + padding - window_extent(kernel, dilation)) // stride + 1


def window_formula(
    size: int, kernel: int, stride: int, padding: int | tuple[int, int], dilation: int, output: int
) -> str:
    """(W−F+2P)/S+1 with its numbers, e.g. '(32−5+2·0)/1+1 = 28'.

    A dilated window is shown in full, '(32+2·0−2·(5−1)−1)/1+1 = 24'; where the stride does
    not divide, the division is floored, '⌊(224−7+2·3)/2⌋+1 = 112'.
    """
    pads = f"+2·{padding}" if isinstance(padding, int) else f"+{padding[0]}+{padding[1]}"
    total = 2 * padding if isinstance(padding, int) else sum(padding)
    if dilation == 1:
        span = f"({size}−{kernel}{pads})"
    else:
        span = f"({size}{pads}−{dilation}·({kernel}−1)−1)"
    exact = (size + total - window_extent(kernel, dilation)) % stride == 0
    quotient = f"{span}/{stride}" if exact else f"⌊{span}/{stride}⌋"
    return f"{quotient}+1 = {output}"


def rows_unread(
    size: int, kernel: int, stride: int, padding: int, dilation: int, output: int
) -> int:
    """How many of `size` positions no window touches; `padding` is that before the first.

    They are at the end, where the stride does not divide, and between windows that are
    further apart than they are wide.
    """
    if dilation == 1 or kernel == 1:
        if stride <= kernel:
            last = (output - 1) * stride + kernel - padding
            return max(0, size - last) if last > 0 else size
        read = sum(
            max(0, min(start + kernel, size) - max(start, 0))
            for start in range(-padding, (output - 1) * stride - padding + 1, stride)
        )
        return size - read
    touched = {
        position
        for start in range(-padding, (output - 1) * stride - padding + 1, stride)
        for position in range(start, start + window_extent(kernel, dilation), dilation)
        if 0 <= position < size
    }
    return size - len(touched)


def per_dimension(texts: Iterable[str]) -> str:
    """One formula where all dimensions agree, else one a dimension: 'H: ..., W: ...'."""
    lines = list(texts)
    if len(set(lines)) == 1:
        return lines[0]
    letters = spatial_letters(len(lines))
    return ", ".join(f"{letter}: {text}" for letter, text in zip(letters, lines, strict=True))
