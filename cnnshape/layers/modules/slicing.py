"""Positions along a dimension."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Slice(nn.Module):
    """Every n-th position of a range along a dimension."""

    def __init__(self, dim=1, start=0, stop=None, step=1):
        super().__init__()
        self.dim = dim
        self.start = start
        self.stop = stop
        self.step = step

    def forward(self, x: Tensor) -> Tensor:
        whole = (slice(None),) * (self.dim % x.dim())
        taken = (*whole, slice(self.start, self.stop, self.step))
        return x[taken]


class IndexSelect(nn.Module):
    """The positions of a list along a dimension."""

    places: Tensor

    def __init__(self, dim=1, index=None, count=None):
        super().__init__()
        self.dim = dim
        self.index = index
        self.count = count
        if index is None:
            self.register_buffer("places", torch.zeros(count, dtype=torch.long))

    def forward(self, x: Tensor) -> Tensor:
        if self.index is None:
            return x.index_select(self.dim, self.places)
        places = torch.tensor(self.index, device=x.device)
        return x.index_select(self.dim, places)
