"""The mask of attention in shifted windows."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def regions(size: int, window: int, shift: int) -> Tensor:
    """For each window along a dimension, which part of the map its positions are of."""
    place = torch.arange(size)
    region = (place >= size - window).long() + (place >= size - shift).long()
    return region.view(-1, window)


class ShiftedWindowMask(nn.Module):
    """Adds a number to the scores between positions of different parts of a map."""

    def __init__(
        self,
        size: tuple[int, int],
        window_size: tuple[int, int],
        shift_size: tuple[int, int],
        value: float = -100.0,
    ) -> None:
        super().__init__()
        self.size = size
        self.window_size = window_size
        self.shift_size = shift_size
        self.value = value

    def mask(self) -> Tensor:
        """What is added: windows × positions × positions."""
        down, right = map(regions, self.size, self.window_size, self.shift_size)
        region = 3 * down[:, None, :, None] + right[None, :, None, :]
        region = region.flatten(2).flatten(0, 1)
        return (region[:, :, None] != region[:, None, :]) * self.value

    def forward(self, x: Tensor) -> Tensor:
        return x + self.mask()[:, None].to(x)
