"""Recognising weights that are computed before they are used. Needs torch.

There are as many ways to standardise a weight as there are libraries: by batch_norm, by
var_mean, with einops. So what it is is told not by the calls, but by what they give for
weights that are drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from math import prod, sqrt
from zlib import crc32

import torch
from torch import Tensor, norm_except_dim
from torch.nn.functional import layer_norm

from ..layers.shapes import Shape
from .operations import ComputedWeight, Part
from .operations import Origin as Masked

EXACT = 1e-9
"""How far apart what is computed in float64 may be, as a part of the largest."""
NO_MASKS: Mapping[str, Masked] = {}
DEFAULT_EPS = (1e-5, 0.0)
"""Tried beside the numbers that are written: PyTorch's own, and none."""


def computed_weight(
    value: Callable[[Mapping[str, Tensor]], Tensor],
    shape: Shape,
    learned: Mapping[str, Shape],
    numbers: Collection[float],
    masked: Mapping[str, Masked],
) -> ComputedWeight | None:
    """What a weight is computed from, where layer types say it; else None.

    Args:
        value: computes it from its parameters.
        shape: of the weight.
        learned: the parameters, with their shapes.
        numbers: the plain numbers in the calls, among which eps must be.
        masked: what stands for some parameters, as they have a mask of ones and zeros.
    """
    same = [name for name, own in learned.items() if own == shape]
    factors = [name for name in learned if name not in same]
    lengths = [prod(learned[name]) for name in factors]
    if len(same) != 1 or lengths not in ([], [shape[0]]):
        return None
    weight, factor = same[0], factors[0] if factors else None
    # Where a kernel varies little, eps is most of the variance; where it varies much, none.
    draws = [_drawn(learned, weight, spread, masked) for spread in (1e-3, 1.0)]
    try:
        found = torch.stack([value(drawn) for drawn in draws])
    except (RuntimeError, TypeError):  # it cannot be computed in float64
        return None
    factors_of = [1.0 if factor is None else _along(drawn[factor], shape) for drawn in draws]

    def scale_of(plain: Callable[[Tensor], Tensor]) -> float | None:
        """The number by which the weight is a function of the parameter, times the factors."""
        each = zip(draws, factors_of, strict=True)
        expected = torch.stack([plain(drawn[weight]) * factors for drawn, factors in each])
        scale = float((found * expected).sum() / (expected * expected).sum())
        apart = float((found - scale * expected).abs().max())
        return scale if apart <= EXACT * float(found.abs().max()) else None

    def found_as(
        prefix: str, arguments: dict[str, float], weights: dict[str, str], scale: float = 1
    ) -> ComputedWeight:
        values = {name: masked[own] for name, own in weights.items() if own in masked}
        return ComputedWeight(prefix, arguments, weights, scale, values)

    scale = scale_of(lambda v: v) if factor is None else None
    if scale is not None:
        return found_as("", {}, {"weight": weight}, float(f"{scale:.12g}"))
    if factor is not None and _is_one(scale_of(lambda v: v / norm_except_dim(v, 2, 0))):
        place = "parametrizations.weight"
        tensors = {f"{place}.original0": factor, f"{place}.original1": weight}
        return found_as("WeightNorm", {}, tensors)
    if prod(shape[1:]) < 2:
        return None
    for eps in sorted({*DEFAULT_EPS, *(number for number in numbers if 0 < number < 1)}):
        scale = scale_of(partial(layer_norm, normalized_shape=shape[1:], eps=eps))
        if scale is not None and factor is not None:
            gamma = float(f"{scale * sqrt(prod(shape[1:])):.12g}")
            tensors = {"weight": weight, "gain": factor}
            return found_as("ScaledStd", {"eps": eps, "gamma": gamma}, tensors)
        if _is_one(scale):
            return found_as("Std", {"eps": eps}, {"weight": weight})
    return None


def is_masked(value: Callable[[Mapping[str, Tensor]], Tensor], name: str, shape: Shape) -> bool:
    """Whether it is a parameter's numbers: times fixed ones, as of a mask, or rearranged."""
    drawn = _drawn({name: shape}, name, 1.0)[name]
    try:
        ones, first, second = (
            value({name: v}) for v in (torch.ones_like(drawn), drawn, -3 * drawn)
        )
    except (RuntimeError, TypeError):  # it cannot be computed in float64
        return False
    if torch.equal(first.flatten().sort().values, drawn.flatten().sort().values):
        return torch.equal(second, -3 * first)
    expected = ones.reshape(shape) * drawn
    return all(
        float((found.reshape(shape) - times * expected).abs().max()) <= EXACT
        for times, found in ((1, first), (-3, second))
    )


def part_of(
    value: Callable[[Mapping[str, Tensor]], Tensor], name: str, shape: Shape
) -> Part | None:
    """The numbers of a parameter that make up a tensor, as slices of it do; None: they do not."""
    numbers = torch.arange(1, prod(shape) + 1, dtype=torch.float64)
    try:
        found = value({name: numbers.view(shape)}).flatten()
    except (RuntimeError, TypeError, IndexError):  # it cannot be computed in float64
        return None
    places = torch.zeros(prod(shape) + 1, dtype=torch.bool)
    if found.dtype != numbers.dtype or not bool(
        ((found >= 1) & (found <= prod(shape)) & (found == found.round())).all()
    ):
        return None
    places[found.long()] = True
    if int(places.sum()) != len(found):
        return None
    places = places[1:].view(shape)
    ranges = [(int(own.min()), int(own.max()) + 1) for own in places.nonzero(as_tuple=True)]
    box = numbers.view(shape)[tuple(slice(*own) for own in ranges)].flatten()
    text = ", ".join(f"{start}:{stop}" for start, stop in ranges)
    if not torch.equal(box, found):  # in another order, or not all in these ranges
        text += f"; {crc32(found.numpy().tobytes())}"
    return Part(f"{name}[{text}]", name, places.numpy())


def spectrally_normalised(
    value: Callable[[Mapping[str, Tensor]], Tensor],
    learned: Mapping[str, Shape],
    buffers: Mapping[str, Shape],
    masked: Mapping[str, Masked],
) -> ComputedWeight | None:
    """The weight w of which it is w/(uᵀ·w·v), with two vectors u and v among the buffers.

    Args:
        value: computes it from its parameter and buffers.
        learned: the parameters, with their shapes.
        buffers: the same of the buffers.
        masked: as of `computed_weight`.
    """
    vectors = [name for name, shape in buffers.items() if len(shape) == 1]
    if len(learned) != 1 or len(vectors) != 2 or len(buffers) > 2:
        return None
    ((weight, shape),) = learned.items()
    if len(shape) < 2:
        return None
    drawn = _drawn({**learned, **buffers}, weight, 1.0, masked)
    try:
        found = value(drawn)
    except (RuntimeError, TypeError):  # it cannot be computed in float64
        return None
    for left, right in (vectors, vectors[::-1]):
        for dim in (0, 1):  # of transposed convolutions, the second holds what comes out
            matrix = drawn[weight].transpose(0, dim).flatten(1)
            if buffers[left] + buffers[right] != matrix.shape:
                continue
            expected = drawn[weight] / (drawn[left] @ matrix @ drawn[right])
            if float((found - expected).abs().max()) <= EXACT * float(expected.abs().max()):
                place = "parametrizations.weight"
                tensors = {f"{place}.original": weight}
                tensors |= {f"{place}.0._u": left, f"{place}.0._v": right}
                values = {f"{place}.original": masked[weight]} if weight in masked else {}
                return ComputedWeight("SpectralNorm", {}, tensors, values=values)
    return None


def _drawn(
    learned: Mapping[str, Shape],
    weight: str,
    spread: float,
    masked: Mapping[str, Masked] = NO_MASKS,
) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(0)
    drawn = {}
    for name, shape in learned.items():
        numbers = torch.rand(shape, generator=generator, dtype=torch.float64) + 0.5
        drawn[name] = _signed(numbers, generator) * spread if name == weight else numbers
    return drawn | {name: made.value(drawn) for name, made in masked.items()}


def _signed(numbers: Tensor, generator: torch.Generator) -> Tensor:
    """The numbers, about half of them negative: |w| is not w."""
    return numbers * (torch.randint(0, 2, numbers.shape, generator=generator) * 2 - 1)


def _along(factors: Tensor, shape: Shape) -> Tensor:
    """Numbers for the first dimension of a weight of this shape."""
    return factors.view(-1, *(1,) * (len(shape) - 1))


def _is_one(scale: float | None) -> bool:
    return scale is not None and abs(scale - 1) <= EXACT
