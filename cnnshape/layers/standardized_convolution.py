"""Convolutions whose kernels are standardised before they are used."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, ClassVar

from ._python import Python
from .base import Example
from .convolution import Convolution
from .fields import FINITE, Number, defaulted
from .shapes import Shape

if TYPE_CHECKING:
    from torch import Tensor, nn

_STD_CONV = '''\
class StdConv2d(nn.Conv2d):
    """Conv2d whose kernels have the mean 0 and the variance 1."""

    def __init__(self, in_channels, out_channels, eps=1e-6, **options):
        super().__init__(in_channels, out_channels, **options)
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        shape = self.weight.shape[1:]
        weight = nn.functional.layer_norm(self.weight, shape, eps=self.eps)
        return self._conv_forward(x, weight, self.bias)
'''

_SCALED_STD_CONV = '''\
class ScaledStdConv2d(nn.Conv2d):
    """Conv2d whose kernels have the mean 0 and the variance gain² · gamma² / fan-in."""

    def __init__(self, in_channels, out_channels, gamma=1.0, eps=1e-6, **options):
        super().__init__(in_channels, out_channels, **options)
        self.gamma = gamma
        self.scale = gamma * self.weight[0].numel() ** -0.5
        self.eps = eps
        self.gain = nn.Parameter(torch.ones(out_channels, 1, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        shape = self.weight.shape[1:]
        weight = nn.functional.layer_norm(self.weight, shape, eps=self.eps)
        return self._conv_forward(x, weight * (self.scale * self.gain), self.bias)
'''


class StdConv2d(Convolution):
    """Convolution with weight standardisation: each kernel has the mean 0 and the variance 1.

    What is learned is the kernel w; what is convolved with is (w − mean)/√(variance + eps), of
    all taps that one output map reads.

    Args:
        eps: added under the root.

    Source: Qiao et al., 2019, arXiv:1903.10520; StdConv2d of Kolesnikov et al., 2020,
    arXiv:1912.11370.
    """

    python = Python(make="StdConv2d", source=_STD_CONV)
    spatial_dims: ClassVar[int] = 2
    eps = defaulted(Number(min=0), 1e-6)
    examples = (
        Example(
            {"out_channels": 64, "kernel_size": 7, "stride": 2, "padding": 3, "bias": False},
            (3, 224, 224),
            (64, 112, 112),
        ),
        Example(
            {"out_channels": 8, "kernel_size": 3, "groups": 2, "eps": 1e-5}, (4, 9, 9), (8, 7, 7)
        ),
    )

    def module(self) -> nn.Module:
        from torch import nn

        options = dict(self.arguments)
        eps = options.pop("eps")

        class StdConv2d(nn.Conv2d):
            def __init__(self) -> None:
                super().__init__(**options)

            def forward(self, x: Tensor) -> Tensor:
                shape = self.weight.shape[1:]
                weight = nn.functional.layer_norm(self.weight, shape, eps=eps)
                maps: Tensor = self._conv_forward(x, weight, self.bias)
                return maps

        return StdConv2d()


class ScaledStdConv2d(Convolution):
    """Convolution with scaled weight standardisation, as nets without norms have it.

    What is learned is the kernel w, and a gain for each output map; what is convolved with is
    gain · gamma · (w − mean)/√((variance + eps) · n), of all n taps that one output map reads.

    Args:
        gamma: what makes up for the activation before it: 1.7139… for ReLU.
        eps: added under the root.

    Source: Brock et al., 2021, arXiv:2101.08692.
    """

    python = Python(make="ScaledStdConv2d", source=_SCALED_STD_CONV)
    spatial_dims: ClassVar[int] = 2
    gamma = defaulted(FINITE, 1.0)
    eps = defaulted(Number(min=0), 1e-6)
    examples = (
        Example(
            {"out_channels": 16, "kernel_size": 3, "stride": 2, "padding": 1},
            (3, 64, 64),
            (16, 32, 32),
        ),
        Example(
            {"out_channels": 8, "kernel_size": 1, "gamma": 1.7139588594436646, "bias": False},
            (4, 9, 9),
            (8, 9, 9),
        ),
    )

    def parameters(self) -> dict[str, Shape]:
        return {**super().parameters(), "gain": (self.out_channels, 1, 1, 1)}

    def module(self) -> nn.Module:
        import torch
        from torch import nn

        options = dict(self.arguments)
        gamma, eps = options.pop("gamma"), options.pop("eps")
        scale = gamma * prod(self.weight_shape()[1:]) ** -0.5

        class ScaledStdConv2d(nn.Conv2d):
            def __init__(self) -> None:
                super().__init__(**options)
                self.gain = nn.Parameter(torch.ones(self.out_channels, 1, 1, 1))

            def forward(self, x: Tensor) -> Tensor:
                shape = self.weight.shape[1:]
                weight = nn.functional.layer_norm(self.weight, shape, eps=eps)
                maps: Tensor = self._conv_forward(x, weight * (scale * self.gain), self.bias)
                return maps

        return ScaledStdConv2d()
