"""Learned positions before those of a sequence."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class ClassToken(nn.Module):
    """Puts learned positions before those of a sequence."""

    def __init__(self, features, num_tokens=1):
        super().__init__()
        self.num_tokens = num_tokens
        self.weight = nn.Parameter(torch.zeros(num_tokens, features))

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.weight.expand(x.shape[0], -1, -1), x], dim=1)
