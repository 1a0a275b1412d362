"""Learned numbers for the offsets between positions."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def relative_offsets(size: tuple[int, int], stride: int, signed: bool) -> Tensor:
    """For each query and each key, which of a head's numbers is theirs."""
    height, width = size
    rows, columns = torch.arange(height), torch.arange(width)
    down, right = rows[::stride, None] - rows, columns[::stride, None] - columns
    if signed:
        down, right, width = down + height - 1, right + width - 1, 2 * width - 1
    else:
        down, right = down.abs(), right.abs()
    offsets = down[:, None, :, None] * width + right[None, :, None, :]
    return offsets.flatten(2).flatten(0, 1)


class RelativePositionBias(nn.Module):
    """Adds a learned number to each score, by the offset from the query to the key."""

    def __init__(self, num_heads, size, stride=1, signed=True):
        super().__init__()
        self.size = size
        self.stride = stride
        self.signed = signed
        height, width = size
        offsets = (2 * height - 1) * (2 * width - 1) if signed else height * width
        self.weight = nn.Parameter(torch.zeros(num_heads, offsets))

    def forward(self, x: Tensor) -> Tensor:
        offsets = relative_offsets(self.size, self.stride, self.signed)
        return x + self.weight[:, offsets.to(x.device)]
