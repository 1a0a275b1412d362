"""A batch norm whose numbers are fixed is torch.nn's with these numbers."""

from __future__ import annotations

import torch
from torch import nn

from .agreement import bound


def test_it_is_a_batch_norm_that_learns_nothing() -> None:
    layer = bound("FrozenBatchNorm2d", {"eps": 0.01}, (4, 5, 6))
    frozen, norm = layer.module(), nn.BatchNorm2d(4, eps=0.01).eval()
    with torch.no_grad():
        for tensor in norm.state_dict().values():
            if tensor.is_floating_point():
                tensor.uniform_(0.5, 1.5)
    frozen.load_state_dict(norm.state_dict(), strict=False)
    x = torch.randn(2, 4, 5, 6)
    torch.testing.assert_close(frozen(x), norm(x))
    assert (layer.parameter_count(), layer.buffer_count()) == (0, 16)
