"""What references of layer types are made of."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn


class Function(nn.Module):
    """A module without parameters."""

    def __init__(self, function: Callable[..., Tensor]) -> None:
        super().__init__()
        self.function = function

    def forward(self, *inputs: Tensor) -> Tensor:
        return self.function(*inputs)


def refuse_other_size(found: int, own: int) -> None:
    """Weights that are used again are for one size, also where PyTorch would stretch a 1."""
    if found != own:
        raise ValueError(f"{found} where {own} are expected")
