"""Functions of PyTorch that are types of a spec, each in another form than cnnshape's.

What begins with 0 in a network has other numbers here, so that its place shows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import cos, pi, sin
from typing import Any

import torch
from torch import Tensor, nn

from .references import Function, refuse_other_size


def reduction(function: Callable[..., Tensor]) -> Callable[..., nn.Module]:
    """A function of a tensor, dim and keepdim, and of what else a type has."""
    return lambda dim, keepdim=False, **more: Function(lambda x: function(x, dim, keepdim, **more))


def _variance(x: Tensor, dim: Any, keepdim: bool, correction: int = 1) -> Tensor:
    return torch.var(x, dim, correction=correction, keepdim=keepdim)


def _norm(x: Tensor, dim: Any, keepdim: bool, p: float = 2) -> Tensor:
    powers: Tensor = x.abs() ** p
    return powers.sum(dim, keepdim) ** (1 / p)


def _normalize(p: float = 2, dim: int = 1, eps: float = 1e-12) -> nn.Module:
    return Function(lambda x: x / _norm(x, dim, True, p).clamp_min(eps))


class GlobalResponseNormReference(nn.Module):
    """Woo et al., 2023, listing 1, with the channels last."""

    def __init__(
        self,
        input_shape: tuple[int, ...],
        channel_dim: int = -1,
        eps: float = 1e-6,
        num_channels: int | None = None,
    ) -> None:
        super().__init__()
        if channel_dim in (0, -len(input_shape)):
            raise ValueError("the batch")
        own = input_shape[channel_dim]
        num_channels = own if num_channels is None else num_channels
        refuse_other_size(own, num_channels)
        self.weight = nn.Parameter(torch.linspace(0.5, 2, num_channels))
        self.bias = nn.Parameter(torch.linspace(-1, 1, num_channels))
        self.dim, self.eps = channel_dim, eps

    def forward(self, x: Tensor) -> Tensor:
        if x.dim() < 3:
            raise ValueError("channels and positions")
        last = x.transpose(self.dim, -1)
        refuse_other_size(last.shape[-1], len(self.weight))
        lengths = last.flatten(1, -2).norm(dim=1).view(len(x), *(1,) * (x.dim() - 2), -1)
        relative = lengths / (lengths.mean(-1, keepdim=True) + self.eps)
        weighed = self.weight * (last * relative) + self.bias + last
        return weighed.transpose(self.dim, -1)


def _indexed(dims: Any, order: Callable[[int, int], list[int]]) -> nn.Module:
    """A tensor whose elements along some dimensions come in another order."""
    listed = (dims,) if isinstance(dims, int) else dims

    def function(x: Tensor) -> Tensor:
        if len({dim % x.dim() for dim in listed}) < len(listed):
            raise ValueError("a dimension twice")
        for place, dim in enumerate(listed):
            x = x.index_select(dim, torch.tensor(order(place, x.shape[dim])))
        return x

    return Function(function)


def _roll(shifts: Any, dims: Any) -> nn.Module:
    moves = (shifts,) if isinstance(shifts, int) else shifts
    if len(moves) != (1 if isinstance(dims, int) else len(dims)):
        raise ValueError("a shift for each dimension")
    return _indexed(dims, lambda place, size: [(k - moves[place]) % size for k in range(size)])


def _flip(dims: Any) -> nn.Module:
    return _indexed(dims, lambda place, size: list(range(size))[::-1])


def _slice(dim: int = 1, start: int = 0, stop: int | None = None, step: int = 1) -> nn.Module:
    if start < 0 or (stop is not None and stop < 1) or step < 1:
        raise ValueError("counted from the end")
    return Function(lambda x: x.transpose(0, dim)[start:stop:step].transpose(0, dim))


def _stack(dim: int = 1) -> nn.Module:
    def function(*inputs: Tensor) -> Tensor:
        return torch.cat([x.unsqueeze(dim) for x in inputs], dim)

    return Function(function)


def _sized(name: str, function: Callable[..., Tensor]) -> Callable[..., nn.Module]:
    """A function of a tensor and a number for each of its dimensions but the batch."""

    def checked(x: Tensor, numbers: Sequence[int]) -> Tensor:
        if len(numbers) != x.dim() - 1:
            raise ValueError("a number for each dimension")
        return function(x, numbers)

    return lambda **numbers: Function(lambda x: checked(x, numbers[name]))


_expand = _sized("shape", lambda x, shape: x.expand(len(x), *shape))
_tile = _sized("repeats", lambda x, repeats: x.tile((1, *repeats)))


def _attend(scale: float | None = None, is_causal: bool = False) -> nn.Module:
    def function(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        if not 3 <= query.dim() == key.dim() == value.dim():
            raise ValueError("matrices with the same dimensions before them")
        factor = query.shape[-1] ** -0.5 if scale is None else scale
        scores = query @ key.transpose(-1, -2) * factor
        if is_causal:
            scores = scores.masked_fill(~torch.ones_like(scores).tril().bool(), float("-inf"))
        attended: Tensor = scores.softmax(-1) @ value
        return attended

    return Function(function)


class RelativePositionBiasReference(nn.Module):
    """A number for each offset: counted row by row, from the most negative where signed."""

    def __init__(
        self, num_heads: int, size: Sequence[int], stride: int = 1, signed: bool = True
    ) -> None:
        super().__init__()
        height, width = size
        rows, columns = (2 * height - 1, 2 * width - 1) if signed else (height, width)
        numbers = torch.linspace(-2, 2, num_heads * rows * columns)
        self.weight = nn.Parameter(numbers.view(num_heads, -1))
        keys = [(y, x) for y in range(height) for x in range(width)]
        queries = [(y, x) for y, x in keys if y % stride == x % stride == 0]
        self.offsets = [
            [
                (y - v + height - 1) * columns + x - u + width - 1
                if signed
                else abs(y - v) * columns + abs(x - u)
                for v, u in keys
            ]
            for y, x in queries
        ]

    def forward(self, x: Tensor) -> Tensor:
        if x.dim() < 4 or x.shape[-2:] != (len(self.offsets), len(self.offsets[0])):
            raise ValueError("no scores of this map")
        refuse_other_size(x.shape[-3], len(self.weight))
        return x + torch.stack([self.weight[:, row] for row in self.offsets], 1)


class ClassTokenReference(nn.Module):
    """Dosovitskiy et al., 2020, equation 1: learned positions before all others."""

    def __init__(self, features: int, num_tokens: int = 1) -> None:
        super().__init__()
        numbers = torch.linspace(-2, 2, num_tokens * features)
        self.weight = nn.Parameter(numbers.view(num_tokens, features))

    def forward(self, x: Tensor) -> Tensor:
        if x.dim() != 3:
            raise ValueError("no positions with features")
        refuse_other_size(x.shape[2], self.weight.shape[1])
        return torch.stack([torch.cat([self.weight, sample]) for sample in x])


def _sines(
    num_pos_feats: int, temperature: float = 10000, normalize: bool = False, scale: Any = None
) -> nn.Module:
    """Carion et al., 2020, number by number: the rows' channels, then the columns'."""
    if num_pos_feats % 2 or num_pos_feats < 2 or temperature <= 0:
        raise ValueError("pairs of a sine and a cosine")

    def numbers(size: int) -> Tensor:
        positions = [float(k) for k in range(1, size + 1)]
        if normalize:
            whole = 2 * pi if scale is None else scale
            positions = [k / (size + 1e-6) * whole for k in positions]
        waves = [temperature ** (2 * (k // 2) / num_pos_feats) for k in range(num_pos_feats)]
        return torch.tensor(
            [[(cos if k % 2 else sin)(p / w) for p in positions] for k, w in enumerate(waves)]
        )

    def function(x: Tensor) -> Tensor:
        batch, _, height, width = x.shape
        rows = numbers(height)[:, :, None].expand(-1, -1, width)
        columns = numbers(width)[:, None].expand(-1, height, -1)
        return torch.cat([rows, columns]).repeat(batch, 1, 1, 1)

    return Function(function)


class LearnedConstantReference(nn.Module):
    """Karras et al., 2018: a learned tensor in the place of an input."""

    def __init__(self, shape: tuple[int, ...], init_value: float = 1.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(shape) * init_value)

    def forward(self, x: Tensor) -> Tensor:
        return torch.stack([self.weight] * len(x))


class BufferReference(nn.Module):
    """Numbers that are saved and not learned, for each sample."""

    value: Tensor

    def __init__(self, shape: tuple[int, ...], init_value: float = 1.0) -> None:
        super().__init__()
        self.register_buffer("value", torch.ones(shape) * init_value)

    def forward(self, x: Tensor) -> Tensor:
        return torch.stack([self.value] * len(x))


def _places(dim: int, index: tuple[int, ...]) -> nn.Module:
    return Function(lambda x: torch.stack([x.select(dim, place) for place in index], dim))


def _constant(shape: tuple[int, ...], values: tuple[float, ...]) -> nn.Module:
    numbers = torch.tensor(values, dtype=torch.float32).reshape(shape)
    return Function(lambda x: torch.stack([numbers] * len(x)))


def _linspace(shape: tuple[int, ...], dim: int, start: float, end: float) -> nn.Module:
    """The place along a dimension, times the step."""
    if not 1 <= dim <= len(shape):
        raise ValueError("a dimension that is not there")
    steps = shape[dim - 1]
    step = (end - start) / max(1, steps - 1)
    numbers = torch.empty(shape)
    for place in range(steps):
        numbers.select(dim - 1, place).fill_(start + place * step)
    return Function(lambda x: torch.stack([numbers] * len(x)))


def _of_two(function: Callable[[Tensor, Tensor], Tensor]) -> nn.Module:
    """A function of two values of one shape, which PyTorch would stretch to one."""

    def checked(first: Tensor, second: Tensor) -> Tensor:
        if first.shape != second.shape or first.dim() < 2:
            raise ValueError("values of one shape")
        return function(first, second)

    return Function(checked)


def _cosine(dim: int = 1, eps: float = 1e-8) -> nn.Module:
    def function(first: Tensor, second: Tensor) -> Tensor:
        lengths = [_norm(x, dim, False).clamp_min(eps) for x in (first, second)]
        return (first * second).sum(dim) / lengths[0] / lengths[1]

    return _of_two(function)


def _distance(p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> nn.Module:
    return _of_two(lambda first, second: _norm(first - second + eps, -1, keepdim, p))


def _window_mask(
    size: Sequence[int],
    window_size: Sequence[int],
    shift_size: Sequence[int],
    value: float = -100.0,
) -> nn.Module:
    """Liu et al., 2021, figure 4, position by position: which have come round an edge."""
    (height, width), (rows, columns), (down, right) = size, window_size, shift_size
    if height % rows or width % columns or down >= rows or right >= columns:
        raise ValueError("no windows of this map")
    windows = [
        [
            (y + down >= height, x + right >= width)
            for y in range(top, top + rows)
            for x in range(left, left + columns)
        ]
        for top in range(0, height, rows)
        for left in range(0, width, columns)
    ]
    apart = torch.tensor([[[a != b for b in places] for a in places] for places in windows])

    def function(x: Tensor) -> Tensor:
        if x.dim() != 5 or (x.shape[1], *x.shape[3:]) != apart.shape:
            raise ValueError("no scores of these windows")
        return torch.where(apart[:, None], x + value, x)

    return Function(function)


FUNCTIONS: dict[str, Callable[..., nn.Module]] = {
    "Mean": reduction(torch.mean),
    "Sum": reduction(torch.sum),
    "Max": reduction(torch.amax),
    "Min": reduction(torch.amin),
    "Var": reduction(_variance),
    "Std": reduction(lambda *given, **more: _variance(*given, **more).sqrt()),
    "Norm": reduction(_norm),
    "Normalize": _normalize,
    "GlobalResponseNorm": GlobalResponseNormReference,
    "Roll": _roll,
    "Flip": _flip,
    "Select": lambda dim, index: Function(lambda x: x.unbind(dim)[index]),
    "Slice": _slice,
    "SlidingWindows": lambda dim, size, step: Function(lambda x: x.unfold(dim, size, step)),
    "Stack": _stack,
    "Expand": _expand,
    "Tile": _tile,
    "ScaledDotProductAttention": _attend,
    "RelativePositionBias": RelativePositionBiasReference,
    "ClassToken": ClassTokenReference,
    "LearnedConstant": LearnedConstantReference,
    "Constant": _constant,
    "Buffer": BufferReference,
    "IndexSelect": _places,
    "Linspace": _linspace,
    "CosineSimilarity": _cosine,
    "PairwiseDistance": _distance,
    "ShiftedWindowMask": _window_mask,
    "PositionEmbeddingSine": _sines,
}
