"""Every so manieth position along a dimension."""

from __future__ import annotations

from torch import Tensor, nn


class Slice(nn.Module):
    """Every so manieth position of a range along a dimension."""

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
