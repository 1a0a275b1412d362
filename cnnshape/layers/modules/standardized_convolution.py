"""Convolutions whose kernels are standardised before they are used."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class StdConv2d(nn.Conv2d):
    """Conv2d whose kernels have the mean 0 and the variance 1."""

    def __init__(
        self, in_channels: int, out_channels: int, eps: float = 1e-6, **options
    ) -> None:
        super().__init__(in_channels, out_channels, **options)
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        shape = self.weight.shape[1:]
        weight = nn.functional.layer_norm(self.weight, shape, eps=self.eps)
        return self._conv_forward(x, weight, self.bias)


class ScaledStdConv2d(nn.Conv2d):
    """Conv2d whose kernels have the mean 0 and the variance gain² · gamma² / fan-in."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        gamma: float = 1.0,
        eps: float = 1e-6,
        **options,
    ) -> None:
        super().__init__(in_channels, out_channels, **options)
        self.gamma = gamma
        self.scale = gamma * self.weight[0].numel() ** -0.5
        self.eps = eps
        self.gain = nn.Parameter(torch.ones(out_channels, 1, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        shape = self.weight.shape[1:]
        weight = nn.functional.layer_norm(self.weight, shape, eps=self.eps)
        return self._conv_forward(x, weight * (self.scale * self.gain), self.bias)
