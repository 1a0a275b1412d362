"""Learned factors and summands, and standardisation by fixed numbers."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Scale(nn.Module):
    """Multiplies its input by learned factors."""

    def __init__(
        self, weight_shape: tuple[int, ...], init_value: float = 1.0, bias: bool = False
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full(weight_shape, float(init_value)))
        self.bias = nn.Parameter(torch.zeros(weight_shape)) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        scaled = x * self.weight
        return scaled if self.bias is None else scaled + self.bias


class Bias(nn.Module):
    """Adds learned numbers to its input."""

    def __init__(self, bias_shape: tuple[int, ...], init_value: float = 0.0) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.full(bias_shape, float(init_value)))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.bias


class Standardize(nn.Module):
    """Subtracts a fixed mean from each channel, and divides by a fixed deviation."""

    def __init__(self, mean: tuple[float, ...], std: tuple[float, ...]) -> None:
        super().__init__()
        self.mean = mean
        self.std = std

    def forward(self, x: Tensor) -> Tensor:
        along = (-1, *(1,) * (x.dim() - 2))
        mean, std = x.new_tensor(self.mean), x.new_tensor(self.std)
        return (x - mean.view(along)) / std.view(along)
