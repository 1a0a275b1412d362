"""Recognising weights that are standardised before they are used. Needs torch.

There are as many ways to write it as there are libraries: by batch_norm, by var_mean, with
einops. So it is told not by the calls but by what they give for weights that are drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from math import sqrt

import torch
from torch import Tensor
from torch.nn.functional import layer_norm

from ..layers.shapes import Shape
from .operations import Standardized

EXACT = 1e-9
"""How far apart what is computed in float64 may be, as a part of the largest."""
DEFAULT_EPS = (1e-5, 0.0)
"""Tried beside the numbers that are written: PyTorch's own, and none."""


def standardized(
    value: Callable[[Mapping[str, Tensor]], Tensor],
    shape: Shape,
    learned: Mapping[str, Shape],
    numbers: Collection[float],
) -> Standardized | None:
    """What a convolution's weight is computed from, where it is standardised; else None.

    Args:
        value: computes it from its parameters.
        shape: of the weight.
        learned: the parameters, with their shapes.
        numbers: the plain numbers in the calls, among which eps must be.
    """
    kernels = [name for name, own in learned.items() if own == shape]
    gains = [name for name in learned if name not in kernels]
    sizes = [torch.Size(learned[name]).numel() for name in gains]
    if len(kernels) != 1 or sizes not in ([], [shape[0]]) or torch.Size(shape[1:]).numel() < 2:
        return None
    kernel, gain = kernels[0], gains[0] if gains else None
    # Where a kernel varies little, eps is most of the variance; where it varies much, none.
    draws = [_drawn(learned, kernel, spread) for spread in (1e-3, 1.0)]
    try:
        found = torch.stack([value(drawn) for drawn in draws])
    except (RuntimeError, TypeError):  # it cannot be computed in float64
        return None
    for eps in sorted({*DEFAULT_EPS, *(number for number in numbers if 0 < number < 1)}):
        plain = torch.stack([_standard(drawn, kernel, gain, eps) for drawn in draws])
        scale = float((found * plain).sum() / (plain * plain).sum())
        if float((found - scale * plain).abs().max()) <= EXACT * float(found.abs().max()):
            gamma = float(f"{scale * sqrt(torch.Size(shape[1:]).numel()):.12g}")
            if gain is not None:
                return Standardized(kernel, gain, gamma, eps)
            if abs(scale - 1) <= EXACT:
                return Standardized(kernel, None, 1.0, eps)
    return None


def _drawn(learned: Mapping[str, Shape], kernel: str, spread: float) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(0)
    drawn = {}
    for name, shape in learned.items():
        numbers = torch.rand(shape, generator=generator, dtype=torch.float64) + 0.5
        drawn[name] = numbers * spread if name == kernel else numbers
    return drawn


def _standard(drawn: Mapping[str, Tensor], kernel: str, gain: str | None, eps: float) -> Tensor:
    weight = drawn[kernel]
    standard = layer_norm(weight, weight.shape[1:], eps=eps)
    along = (-1, *(1,) * (weight.dim() - 1))
    return standard if gain is None else standard * drawn[gain].view(along)
