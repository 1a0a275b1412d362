"""Layers whose weight is divided by its spectral norm, as discriminators of GANs have them."""

from __future__ import annotations

from math import prod
from typing import ClassVar

from ._parametrized import PLACE, Parametrized, parametrized
from ._python import Python
from .base import Example
from .convolution import Convolution
from .linear import Linear
from .shapes import Shape
from .transposed_convolution import ConvTranspose2d


def _written(plain: str) -> Python:
    return parametrized(plain, "spectral_norm", "divided by its spectral norm")


class _SpectralNorm(Parametrized, abstract=True):
    """A layer of torch.nn whose weight is w/(uᵀ·w·v), of vectors that training brings closer to
    those of its largest singular value."""

    prefix = "SpectralNorm"
    function = "spectral_norm"
    outputs_dim: ClassVar[int] = 0
    """The dimension of the weight that is the rows of the matrix."""

    def parameters(self) -> dict[str, Shape]:
        learned = super().parameters()
        weight = learned.pop("weight")
        return {**learned, f"{PLACE}.original": weight}

    def buffers(self) -> dict[str, Shape]:
        weight = super().parameters()["weight"]
        rows = weight[self.outputs_dim]
        return {f"{PLACE}.0._u": (rows,), f"{PLACE}.0._v": (prod(weight) // rows,)}


class SpectralNormConv1d(_SpectralNorm, Convolution):
    """Conv1d with spectral normalisation: the weight, as a matrix, has a norm of about 1.

    Source: Miyato et al., 2018, arXiv:1802.05957; spectral_norm of
    torch.nn.utils.parametrizations.
    """

    python = _written("Conv1d")
    spatial_dims: ClassVar[int] = 1
    examples = (
        Example({"out_channels": 8, "kernel_size": 3}, (4, 100), (8, 98)),
        Example({"out_channels": 8, "kernel_size": 5, "bias": False}, (4, 20), (8, 16)),
    )


class SpectralNormConv2d(_SpectralNorm, Convolution):
    """Conv2d with spectral normalisation: the weight, as a matrix, has a norm of about 1.

    Source: Miyato et al., 2018, arXiv:1802.05957; spectral_norm of
    torch.nn.utils.parametrizations.
    """

    python = _written("Conv2d")
    spatial_dims: ClassVar[int] = 2
    examples = (
        Example(
            {"out_channels": 64, "kernel_size": 4, "stride": 2, "padding": 1},
            (3, 64, 64),
            (64, 32, 32),
        ),
        Example(
            {"out_channels": 6, "kernel_size": 3, "groups": 3, "bias": False}, (3, 9, 9), (6, 7, 7)
        ),
    )


class SpectralNormConvTranspose2d(_SpectralNorm, ConvTranspose2d):
    """ConvTranspose2d with spectral normalisation: the weight, as a matrix, has a norm of about 1.

    Source: Miyato et al., 2018, arXiv:1802.05957; spectral_norm of
    torch.nn.utils.parametrizations.
    """

    python = _written("ConvTranspose2d")
    outputs_dim: ClassVar[int] = 1
    examples = (
        Example(
            {"out_channels": 8, "kernel_size": 4, "stride": 2, "padding": 1},
            (16, 8, 8),
            (8, 16, 16),
        ),
        Example({"out_channels": 4, "kernel_size": 3, "bias": False}, (8, 5, 5), (4, 7, 7)),
        Example({"out_channels": 6, "kernel_size": 2, "groups": 2}, (4, 5, 5), (6, 6, 6)),
    )


class SpectralNormLinear(_SpectralNorm, Linear):
    """Linear with spectral normalisation: the weight, as a matrix, has a norm of about 1.

    Source: Miyato et al., 2018, arXiv:1802.05957; spectral_norm of
    torch.nn.utils.parametrizations.
    """

    python = _written("Linear")
    examples = (
        Example({"out_features": 120}, (400,), (120,)),
        Example({"out_features": 10, "bias": False}, (84,), (10,)),
        Example({"out_features": 128, "in_features": 64}, (50, 64), (50, 128)),
    )
