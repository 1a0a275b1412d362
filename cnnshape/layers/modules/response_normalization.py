"""Normalisation by the lengths of whole channels."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class GlobalResponseNorm(nn.Module):
    """Weighs channels by their lengths, relative to the mean length of all channels."""

    def __init__(
        self, num_channels: int, channel_dim: int = -1, eps: float = 1e-6
    ) -> None:
        super().__init__()
        self.channel_dim = channel_dim
        self.eps = eps
        self.weight = nn.Parameter(torch.zeros(num_channels))
        self.bias = nn.Parameter(torch.zeros(num_channels))

    def forward(self, x: Tensor) -> Tensor:
        channel_dim = self.channel_dim % x.dim()
        positions = [dim for dim in range(1, x.dim()) if dim != channel_dim]
        length = torch.linalg.vector_norm(x, 2, positions, keepdim=True)
        relative = length / (length.mean(dim=channel_dim, keepdim=True) + self.eps)
        along = (-1, *(1,) * (x.dim() - 1 - channel_dim))
        return x + x * relative * self.weight.view(along) + self.bias.view(along)
