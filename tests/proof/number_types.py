"""The types that compute with numbers, fixed or learned, and torch.nn has not."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from .references import Function, refuse_other_size


class AlongReference(nn.Module):
    """Learned numbers along some dimensions, stretched over all others."""

    def __init__(self, input_shape: tuple[int, ...], dim: int | tuple[int, ...] = 1) -> None:
        super().__init__()
        rank, written = len(input_shape), (dim,) if isinstance(dim, int) else dim
        dims = sorted(each % rank for each in written)
        if len(set(dims)) < len(dims) or any(not -rank <= each < rank for each in written):
            raise ValueError("a dimension that is not there, or twice")
        first = dims[0] if dims else rank - 1
        self.sizes = {place - rank: input_shape[place] for place in dims}
        self.along = [input_shape[place] if place in dims else 1 for place in range(first, rank)]

    def numbers(self, value: float) -> nn.Parameter:
        return nn.Parameter(torch.full(self.along, float(value)))

    def check(self, x: Tensor) -> None:
        for place, size in self.sizes.items():
            refuse_other_size(x.shape[place], size)


class ScaleReference(AlongReference):
    """Liu et al., 2022: a learned factor for each index."""

    def __init__(
        self,
        input_shape: tuple[int, ...],
        dim: int | tuple[int, ...] = 1,
        init_value: float = 1.0,
        bias: bool = False,
    ) -> None:
        super().__init__(input_shape, dim)
        self.weight = self.numbers(init_value)
        if bias:
            self.bias = self.numbers(0)

    def forward(self, x: Tensor) -> Tensor:
        self.check(x)
        return x * self.weight + getattr(self, "bias", 0)


class FrozenBatchNormReference(nn.Module):
    """torch.nn's, with buffers in place of parameters."""

    def __init__(self, num_features: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.eps = eps
        norm = nn.BatchNorm2d(num_features)
        for name, tensor in norm.state_dict().items():
            if tensor.dim():
                self.register_buffer(name, tensor)

    def forward(self, x: Tensor) -> Tensor:
        weight, bias, mean, var = self.buffers()
        return nn.functional.batch_norm(x, mean, var, weight, bias, eps=self.eps)


class WeightNormReference(nn.Module):
    """Salimans and Kingma, 2016, equation 2, over one of torch.nn's layers."""

    def __init__(self, plain: type[nn.Module], **arguments: Any) -> None:
        super().__init__()
        layer: Any = plain(**arguments)
        numbers = nn.Module()
        numbers.original0 = nn.Parameter(_norms(layer.weight.detach()))
        numbers.original1 = layer.weight
        self.parametrizations = nn.ModuleDict({"weight": numbers})
        self.bias = layer.bias
        del layer.weight
        self.plain = [layer]  # a list hides it, and its names

    def forward(self, x: Tensor) -> Tensor:
        (layer,) = self.plain
        length, direction = self.parametrizations["weight"].parameters()
        layer.weight, layer.bias = length * direction / _norms(direction), self.bias
        out: Tensor = layer(x)
        return out


def _norms(weight: Tensor) -> Tensor:
    return torch.stack([(row**2).sum().sqrt() for row in weight]).view(
        -1, *(1,) * (weight.dim() - 1)
    )


class SpectralNormReference(nn.Module):
    """Miyato et al., 2018, equation 11, over one of torch.nn's layers."""

    def __init__(self, plain: type[nn.Module], **arguments: Any) -> None:
        super().__init__()
        layer: Any = plain(**arguments)
        self.outputs_dim = int("Transpose" in plain.__name__)
        matrix = self._matrix(layer.weight.detach())
        vectors = nn.Module()
        for name, size in zip(("_u", "_v"), matrix.shape, strict=True):
            vector = torch.linspace(0.5, 1.5, size)
            vectors.register_buffer(name, vector / vector.norm())
        numbers = nn.Module()
        numbers.original = layer.weight
        numbers.add_module("0", vectors)
        self.parametrizations = nn.ModuleDict({"weight": numbers})
        self.bias = layer.bias
        del layer.weight
        self.plain = [layer]  # a list hides it, and its names

    def _matrix(self, weight: Tensor) -> Tensor:
        return weight.transpose(0, self.outputs_dim).flatten(1)

    def forward(self, x: Tensor) -> Tensor:
        (layer,) = self.plain
        numbers = self.parametrizations["weight"]
        (weight,), (left, right) = numbers.parameters(), numbers.buffers()
        norm = (torch.outer(left, right) * self._matrix(weight)).sum()
        layer.weight, layer.bias = weight / norm, self.bias
        out: Tensor = layer(x)
        return out


class BiasReference(AlongReference):
    """A learned summand for each index."""

    def __init__(
        self, input_shape: tuple[int, ...], dim: int | tuple[int, ...] = 1, init_value: float = 0.0
    ) -> None:
        super().__init__(input_shape, dim)
        self.bias = self.numbers(init_value)

    def forward(self, x: Tensor) -> Tensor:
        self.check(x)
        return x + self.bias


class StandardizeReference(nn.Module):
    """torchvision's, channel by channel."""

    def __init__(self, mean: list[float], std: list[float]) -> None:
        super().__init__()
        if len(mean) != len(std) or 0 in std:
            raise ValueError("a mean and a deviation for each channel")
        self.numbers = list(zip(mean, std, strict=True))

    def forward(self, x: Tensor) -> Tensor:
        channels = zip(x.unbind(1), self.numbers, strict=True)
        return torch.stack([(one - mean) / std for one, (mean, std) in channels], 1)


class StdConvReference(nn.Conv2d):
    """Qiao et al., 2019, by the variance and the mean of each kernel."""

    def __init__(self, eps: float = 1e-6, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        variance, mean = torch.var_mean(self.weight, (1, 2, 3), correction=0, keepdim=True)
        return self._conv_forward(x, (self.weight - mean) / (variance + self.eps).sqrt(), self.bias)


class ScaledStdConvReference(nn.Conv2d):
    """Brock et al., 2021, equation 5, with a learned gain for each kernel."""

    def __init__(self, gamma: float = 1.0, eps: float = 1e-6, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.gain = nn.Parameter(torch.ones(self.out_channels, 1, 1, 1))
        self.gamma, self.eps = gamma, eps

    def forward(self, x: Tensor) -> Tensor:
        variance, mean = torch.var_mean(self.weight, (1, 2, 3), correction=0, keepdim=True)
        root = ((variance + self.eps) * self.weight[0].numel()).sqrt()
        weight = self.gamma * self.gain * (self.weight - mean) / root
        return self._conv_forward(x, weight, self.bias)


def _blur(kernel_size: Any = 3, stride: Any = 2) -> nn.Module:
    """Zhang, 2019: two neighbours are averaged for each tap beyond the first."""
    rows, columns = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size

    def row(size: int) -> Tensor:
        taps = torch.ones(1)
        for _ in range(size - 1):
            taps = torch.cat([taps, torch.zeros(1)]) / 2 + torch.cat([torch.zeros(1), taps]) / 2
        return taps

    def blurred(x: Tensor) -> Tensor:
        taps = torch.outer(row(rows), row(columns)).repeat(x.shape[1], 1, 1, 1).to(x)
        return nn.functional.conv2d(x, taps, stride=stride, groups=x.shape[1])

    return Function(blurred)


def _clamp(min: float | None = None, max: float | None = None) -> nn.Module:
    if min is None and max is None:
        raise ValueError("no bound")
    return Function(lambda x: torch.clamp(x, min, max))


def _fixed(plain: Callable[..., nn.Module], **given: Any) -> nn.Module:
    """A convolution of torch.nn whose tensors are buffers."""
    layer = plain(**given)
    for name, tensor in list(layer.named_parameters()):
        delattr(layer, name)
        layer.register_buffer(name, tensor.detach())
    return layer


WITH_NUMBERS: dict[str, Callable[..., nn.Module]] = {
    "Scale": ScaleReference,
    "Bias": BiasReference,
    "Standardize": StandardizeReference,
    "Rescale": lambda scale=1, offset=0: Function(lambda x: scale * x + offset),
    "Power": lambda exponent: Function(lambda x: torch.pow(x, exponent)),
    "Clamp": _clamp,
    "Abs": lambda: Function(torch.abs),
    "Exp": lambda: Function(torch.exp),
    "Log": lambda: Function(torch.log),
    "Sin": lambda: Function(torch.sin),
    "Cos": lambda: Function(torch.cos),
    "Erf": lambda: Function(torch.erf),
    "Sign": lambda: Function(lambda x: (x > 0).float() - (x < 0).float() + 0 * x),
    "StdConv2d": StdConvReference,
    "ScaledStdConv2d": ScaledStdConvReference,
    "BlurPool2d": _blur,
    "FrozenBatchNorm2d": FrozenBatchNormReference,
    **{
        f"Fixed{plain.__name__}": partial(_fixed, plain)
        for plain in (nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.ConvTranspose2d)
    },
    **{
        f"WeightNorm{plain.__name__}": partial(WeightNormReference, plain)
        for plain in (nn.Conv1d, nn.Conv2d, nn.ConvTranspose1d, nn.Linear)
    },
    **{
        f"SpectralNorm{plain.__name__}": partial(SpectralNormReference, plain)
        for plain in (nn.Conv1d, nn.Conv2d, nn.ConvTranspose2d, nn.Linear)
    },
}
"""Each in its shortest form."""
