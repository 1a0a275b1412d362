"""Shapes, and the integer rules that more than one family of layers shares."""

from __future__ import annotations

from collections.abc import Iterable
from math import gcd, isqrt
from typing import TypeAlias

Shape: TypeAlias = tuple[int, ...]
"""The size of a value without the batch: (C, H, W), (C, L), (C, D, H, W) or (N,)."""
Shapes: TypeAlias = tuple[Shape, ...]

_LETTERS = {1: ("L",), 2: ("H", "W"), 3: ("D", "H", "W")}


def spatial_letters(count: int) -> tuple[str, ...]:
    """The field's letters for `count` spatial dimensions: L; H, W; D, H, W."""
    return _LETTERS.get(count) or tuple(f"d{index}" for index in range(1, count + 1))


def format_shape(shape: Iterable[int]) -> str:
    """'6×28×28'; of one dimension its size, of none 'a single number'."""
    return "×".join(map(str, shape)) or "a single number"


def completed(sizes: Shape, own: Shape) -> Shape:
    """`sizes` in the place of the shape `own`, whose channels count where none are given.

    32 and 32×32 are 3×32×32 where `own` is 3×224×224; 100 is 1×100 where it is 1×16000.
    """
    space = len(own) - 1
    if 0 < len(sizes) == space:
        return (own[0], *sizes)
    return (own[0], *sizes * space) if len(sizes) == 1 < space else sizes


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


def transposed_positions(
    size: int, kernel: int, stride: int, padding: int, dilation: int = 1, output_padding: int = 0
) -> int:
    """Positions that a transposed window writes: (W−1)S − P + D(F−1) + 1 + A, with P both sides
    together. Not positive when the padding cuts all of them off. Source: torch.nn.ConvTranspose2d.
    """
    return (size - 1) * stride - padding + window_extent(kernel, dilation) + output_padding


def largest_adaptive_window(size: int, count: int) -> int:
    """The widest of the `count` windows of an adaptive pool over `size` positions.

    Window i reads from ⌊i·n/o⌋ to ⌈(i+1)·n/o⌉; the widest starts at the largest fraction,
    (o−g)/o with g = gcd(n, o). Source: ATen/native/AdaptivePooling.h.
    """
    return -(-(size - gcd(size, count)) // count) + 1


def divisors_near(number: int, wanted: int) -> list[int]:
    """The divisors of `number` next below and next above `wanted`, those that there are."""
    low = [d for d in range(1, isqrt(number) + 1) if number % d == 0]
    divisors = low + [number // d for d in reversed(low)]
    below = [d for d in divisors if d < wanted][-1:]
    above = [d for d in divisors if d > wanted][:1]
    return below + above


def per_dimension(texts: Iterable[str]) -> str:
    """One formula where all dimensions agree, else one a dimension: 'H: ..., W: ...'."""
    lines = list(texts)
    if len(set(lines)) == 1:
        return lines[0]
    letters = spatial_letters(len(lines))
    return ", ".join(f"{letter}: {text}" for letter, text in zip(letters, lines, strict=True))
