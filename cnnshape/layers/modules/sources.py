"""Values that do not follow from the input: learned ones, and fixed ones."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class LearnedConstant(nn.Module):
    """Gives a learned tensor, the same for every sample."""

    def __init__(self, shape: tuple[int, ...], init_value: float = 1.0) -> None:
        super().__init__()
        self.shape = shape
        self.init_value = init_value
        self.weight = nn.Parameter(torch.full(shape, float(init_value)))

    def forward(self, x: Tensor) -> Tensor:
        return self.weight.repeat(x.shape[0], *(1,) * len(self.shape))


class Constant(nn.Module):
    """Gives a tensor of fixed numbers, the same for every sample."""

    def __init__(self, shape: tuple[int, ...], values: tuple[float, ...]) -> None:
        super().__init__()
        self.shape = shape
        self.values = values

    def forward(self, x: Tensor) -> Tensor:
        numbers = x.new_tensor(self.values).view(self.shape)
        return numbers.expand(x.shape[0], *self.shape)


class Buffer(nn.Module):
    """Gives a tensor that is saved and not learned, the same for every sample."""

    value: Tensor

    def __init__(self, shape: tuple[int, ...], init_value: float = 1.0) -> None:
        super().__init__()
        self.shape = shape
        self.init_value = init_value
        self.register_buffer("value", torch.full(shape, float(init_value)))

    def forward(self, x: Tensor) -> Tensor:
        return self.value.expand(x.shape[0], *self.shape)


class Linspace(nn.Module):
    """Gives numbers in equal steps along one dimension, the same for every sample."""

    def __init__(
        self, shape: tuple[int, ...], dim: int, start: float, end: float
    ) -> None:
        super().__init__()
        self.shape = shape
        self.dim = dim
        self.start = start
        self.end = end

    def forward(self, x: Tensor) -> Tensor:
        steps = self.shape[self.dim - 1]
        numbers = torch.linspace(
            self.start, self.end, steps, dtype=x.dtype, device=x.device
        )
        behind = len(self.shape) - self.dim
        return numbers.view(-1, *(1,) * behind).expand(x.shape[0], *self.shape)
