"""Layers whose weight is a learned direction times a learned length."""

from __future__ import annotations

from typing import ClassVar

from ._parametrized import PLACE, Parametrized, parametrized
from ._python import Python
from .base import Example
from .convolution import Convolution
from .linear import Linear
from .shapes import Shape
from .transposed_convolution import ConvTranspose1d


def _written(plain: str) -> Python:
    return parametrized(plain, "weight_norm", "a learned direction times a learned length")


class _WeightNorm(Parametrized, abstract=True):
    """A layer of torch.nn whose weight is g·v/‖v‖, of learned lengths g and directions v.

    There is one length for each index of the weight's first dimension.
    """

    prefix = "WeightNorm"
    function = "weight_norm"

    def parameters(self) -> dict[str, Shape]:
        learned = super().parameters()
        weight = learned.pop("weight")
        length = (weight[0], *(1,) * (len(weight) - 1))
        return {**learned, f"{PLACE}.original0": length, f"{PLACE}.original1": weight}


class WeightNormConv1d(_WeightNorm, Convolution):
    """Conv1d with weight normalisation: each kernel is g·v/‖v‖, with its length g learned.

    Source: Salimans and Kingma, 2016, arXiv:1602.07868; weight_norm of
    torch.nn.utils.parametrizations.
    """

    python = _written("Conv1d")
    spatial_dims: ClassVar[int] = 1
    examples = (
        Example({"out_channels": 8, "kernel_size": 3, "dilation": 2}, (4, 100), (8, 96)),
        Example({"out_channels": 8, "kernel_size": 7, "padding": "same"}, (4, 100), (8, 100)),
    )


class WeightNormConv2d(_WeightNorm, Convolution):
    """Conv2d with weight normalisation: each kernel is g·v/‖v‖, with its length g learned.

    Source: Salimans and Kingma, 2016, arXiv:1602.07868; weight_norm of
    torch.nn.utils.parametrizations.
    """

    python = _written("Conv2d")
    spatial_dims: ClassVar[int] = 2
    examples = (
        Example({"out_channels": 8, "kernel_size": 3, "bias": False}, (3, 32, 32), (8, 30, 30)),
        Example({"out_channels": 6, "kernel_size": [5, 1], "groups": 3}, (3, 9, 9), (6, 5, 9)),
    )


class WeightNormConvTranspose1d(_WeightNorm, ConvTranspose1d):
    """ConvTranspose1d with weight normalisation: a length for each channel of the input.

    Source: Salimans and Kingma, 2016, arXiv:1602.07868; weight_norm of
    torch.nn.utils.parametrizations.
    """

    python = _written("ConvTranspose1d")
    examples = (
        Example(
            {"out_channels": 4, "kernel_size": 16, "stride": 8, "padding": 4}, (8, 10), (4, 80)
        ),
        Example({"out_channels": 4, "kernel_size": 3, "bias": False}, (8, 10), (4, 12)),
    )


class WeightNormLinear(_WeightNorm, Linear):
    """Linear with weight normalisation: each row of the weight is g·v/‖v‖.

    Source: Salimans and Kingma, 2016, arXiv:1602.07868; weight_norm of
    torch.nn.utils.parametrizations.
    """

    python = _written("Linear")
    examples = (
        Example({"out_features": 120}, (400,), (120,)),
        Example({"out_features": 10, "bias": False}, (84,), (10,)),
        Example({"out_features": 128, "in_features": 64}, (50, 64), (50, 128)),
    )
