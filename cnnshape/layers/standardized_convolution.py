"""Convolutions whose kernels are standardised before they are used."""

from __future__ import annotations

from typing import ClassVar

from ._python import Python
from .base import Example
from .convolution import Convolution
from .fields import FINITE, Number, defaulted
from .shapes import Shape


class StdConv2d(Convolution):
    """Convolution with weight standardisation: each kernel has the mean 0 and the variance 1.

    What is learned is the kernel w; what is convolved with is (w − mean)/√(variance + eps), of
    all taps that one output map reads.

    Args:
        eps: added under the root.

    Source: Qiao et al., 2019, arXiv:1903.10520; StdConv2d of Kolesnikov et al., 2020,
    arXiv:1912.11370.
    """

    python = Python(make="StdConv2d", file="standardized_convolution")
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


class ScaledStdConv2d(Convolution):
    """Convolution with scaled weight standardisation, as nets without norms have it.

    What is learned is the kernel w, and a gain for each output map; what is convolved with is
    gain · gamma · (w − mean)/√((variance + eps) · n), of all n taps that one output map reads.

    Args:
        gamma: what makes up for the activation before it: 1.7139… for ReLU.
        eps: added under the root.

    Source: Brock et al., 2021, arXiv:2101.08692.
    """

    python = Python(make="ScaledStdConv2d", file="standardized_convolution")
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
