"""LeNet-5's modules of 1998."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def initialise_like_1998(fan_in: int, *weights: Tensor) -> None:
    """Fill with the paper's uniform ±2.4/fan_in (LeCun et al., 1998, appendix A)."""
    for weight in weights:
        nn.init.uniform_(weight, -2.4 / fan_in, 2.4 / fan_in)


class ConnectionTableConv2d(nn.Module):
    """Convolution in which a table says which input maps each output map reads.

    Output maps that read equally many are computed together, by a grouped convolution.
    """

    order: Tensor

    def __init__(
        self,
        table: tuple[tuple[int, ...], ...],
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] = 0,
        dilation: int | tuple[int, int] = 1,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.table = table
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.bias = bias
        self.fan_ins = sorted({len(reads) for reads in table})
        order: list[int] = []
        for fan_in in self.fan_ins:
            maps = [k for k, reads in enumerate(table) if len(reads) == fan_in]
            reads = [each for k in maps for each in table[k]]
            convolution = nn.Conv2d(
                len(reads),
                len(maps),
                kernel_size,
                stride,
                padding,
                dilation,
                groups=len(maps),
                bias=bias,
            )
            taps = convolution.weight[0, 0].numel()
            initialise_like_1998(fan_in * taps, *convolution.parameters())
            self.add_module(f"fan_in_{fan_in}", convolution)
            self.register_buffer(f"reads_{fan_in}", torch.tensor(reads))
            order += maps
        self.register_buffer("order", torch.tensor(order).argsort())

    def forward(self, maps: Tensor) -> Tensor:
        parts = []
        for fan_in in self.fan_ins:
            read = maps.index_select(1, self.get_buffer(f"reads_{fan_in}"))
            parts.append(self.get_submodule(f"fan_in_{fan_in}")(read))
        return torch.cat(parts, 1).index_select(1, self.order)


class Subsampling2d(nn.Module):
    """The sum of each window times a coefficient plus a bias, one of each a map."""

    def __init__(
        self,
        num_channels: int,
        kernel_size: int | tuple[int, int] = 2,
        stride: int | tuple[int, int] | None = None,
    ) -> None:
        super().__init__()
        if isinstance(kernel_size, int):
            kernel_size = (kernel_size, kernel_size)
        self.kernel_size = kernel_size
        self.stride = stride
        self.weight = nn.Parameter(torch.empty(num_channels))
        self.bias = nn.Parameter(torch.empty(num_channels))
        self.taps = kernel_size[0] * kernel_size[1]
        initialise_like_1998(self.taps, self.weight, self.bias)

    def forward(self, maps: Tensor) -> Tensor:
        # Not by divisor_override=1, which torch.onnx leaves out without a word.
        means = nn.functional.avg_pool2d(maps, self.kernel_size, self.stride)
        sums = self.taps * means
        return sums * self.weight[:, None, None] + self.bias[:, None, None]


class ScaledTanh(nn.Module):
    """amplitude times tanh(slope times x), for each element."""

    def __init__(self, amplitude: float = 1.7159, slope: float = 2 / 3) -> None:
        super().__init__()
        self.amplitude = amplitude
        self.slope = slope

    def forward(self, x: Tensor) -> Tensor:
        return self.amplitude * (self.slope * x).tanh()


class EuclideanRBF(nn.Module):
    """Squared distances to fixed centers, which are drawn in '#' (+1) and '.' (-1)."""

    centers: Tensor

    def __init__(self, centers: tuple[str, ...]) -> None:
        super().__init__()
        signs = [[1 if sign == "#" else -1 for sign in drawn] for drawn in centers]
        dtype = torch.get_default_dtype()
        self.register_buffer("centers", torch.tensor(signs, dtype=dtype))

    def forward(self, features: Tensor) -> Tensor:
        distance = features.unsqueeze(-2) - self.centers
        return distance.square().sum(-1)
