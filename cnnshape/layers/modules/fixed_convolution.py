"""Convolutions with weights that are not learned."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def fix_weights(layer: nn.Module, taps: tuple[float, ...] | None) -> None:
    """Make buffers of a layer's parameters, its weight of numbers that repeat."""
    for name, parameter in list(layer.named_parameters()):
        delattr(layer, name)
        numbers = parameter.detach()
        if taps is not None and name == "weight":
            row = torch.tensor(taps, dtype=numbers.dtype)
            numbers = row.repeat(numbers.numel() // len(taps)).view(numbers.shape)
        layer.register_buffer(name, numbers)


class FixedConv1d(nn.Conv1d):
    """Conv1d whose weight and bias are buffers."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        taps: tuple[float, ...] | None = None,
        **options,
    ) -> None:
        super().__init__(in_channels, out_channels, **options)
        self.taps = taps
        fix_weights(self, taps)

    def forward(self, x: Tensor) -> Tensor:
        return self._conv_forward(x, self.weight, self.bias)


class FixedConv2d(nn.Conv2d):
    """Conv2d whose weight and bias are buffers."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        taps: tuple[float, ...] | None = None,
        **options,
    ) -> None:
        super().__init__(in_channels, out_channels, **options)
        self.taps = taps
        fix_weights(self, taps)

    def forward(self, x: Tensor) -> Tensor:
        return self._conv_forward(x, self.weight, self.bias)


class FixedConv3d(nn.Conv3d):
    """Conv3d whose weight and bias are buffers."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        taps: tuple[float, ...] | None = None,
        **options,
    ) -> None:
        super().__init__(in_channels, out_channels, **options)
        self.taps = taps
        fix_weights(self, taps)

    def forward(self, x: Tensor) -> Tensor:
        return self._conv_forward(x, self.weight, self.bias)


class FixedConvTranspose2d(nn.ConvTranspose2d):
    """ConvTranspose2d whose weight and bias are buffers."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        taps: tuple[float, ...] | None = None,
        **options,
    ) -> None:
        super().__init__(in_channels, out_channels, **options)
        self.taps = taps
        fix_weights(self, taps)

    def forward(self, x: Tensor, output_size: list[int] | None = None) -> Tensor:
        return super().forward(x, output_size)
