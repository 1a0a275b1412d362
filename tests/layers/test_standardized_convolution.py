"""Weight standardisation: the kernels that are convolved with have the mean 0 and their scale."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional

from .agreement import bound

SHAPE = (4, 9, 9)
OPTIONS = {"out_channels": 6, "kernel_size": 3, "groups": 2, "stride": 2, "padding": 1}


def drawn(name: str, **more: Any) -> nn.Module:
    module = bound(name, {**OPTIONS, **more}, SHAPE).module()
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.uniform_(0.5, 1.5, generator=generator)
    return module


def standardised(weight: torch.Tensor, eps: float) -> torch.Tensor:
    """The paper's formula, kernel by kernel."""
    kernels = []
    for kernel in weight:
        variance = ((kernel - kernel.mean()) ** 2).mean()
        kernels.append((kernel - kernel.mean()) / (variance + eps) ** 0.5)
    return torch.stack(kernels)


@pytest.mark.parametrize("eps", [1e-6, 0.1])
def test_a_kernel_has_mean_0_and_variance_1(eps: float) -> None:
    module = drawn("StdConv2d", eps=eps)
    x = torch.randn(2, *SHAPE)
    weight = standardised(module.weight, eps)
    expected = functional.conv2d(x, weight, module.bias, stride=2, padding=1, groups=2)
    torch.testing.assert_close(module(x), expected)


def test_a_scaled_one_has_a_gain_for_each_map() -> None:
    module = drawn("ScaledStdConv2d", gamma=1.5, eps=1e-3)
    x = torch.randn(2, *SHAPE)
    fan_in = 2 * 3 * 3
    weight = module.gain * 1.5 * standardised(module.weight, 1e-3) / fan_in**0.5
    expected = functional.conv2d(x, weight, module.bias, stride=2, padding=1, groups=2)
    torch.testing.assert_close(module(x), expected)


def test_they_cost_what_a_convolution_costs() -> None:
    plain = bound("Conv2d", OPTIONS, SHAPE)
    output = plain.output_shape((SHAPE,))
    for name, more in (("StdConv2d", 0), ("ScaledStdConv2d", 6)):
        layer = bound(name, OPTIONS, SHAPE)
        assert layer.macs((SHAPE,), output) == plain.macs((SHAPE,), output)
        assert layer.parameter_count() == plain.parameter_count() + more
