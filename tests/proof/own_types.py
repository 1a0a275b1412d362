"""The types that torch.nn has not, or has in another form: each in its shortest form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, reduce
from math import prod
from typing import Any

import torch
from torch import Tensor, nn

from .number_types import WITH_NUMBERS
from .own_functions import FUNCTIONS
from .references import Function, refuse_other_size

ALIKE = 0.5
"""The value of all weights where two modules hold them in different forms."""


class ConnectionTableReference(nn.Module):
    """LeCun et al., 1998, table 1: one small convolution for each output map."""

    def __init__(self, in_channels: int, table: Sequence[Sequence[int]], **options: Any) -> None:
        super().__init__()
        if any(not 0 <= each < in_channels for reads in table for each in reads):
            raise ValueError("the table names a map that is not there")
        if any(len(set(reads)) < len(reads) for reads in table):
            raise ValueError("the table names a map twice")
        self.in_channels = in_channels
        self.table = [list(reads) for reads in table]
        self.maps = nn.ModuleList([nn.Conv2d(len(reads), 1, **options) for reads in table])
        for parameter in self.parameters():
            nn.init.constant_(parameter, ALIKE)

    def forward(self, x: Tensor) -> Tensor:
        refuse_other_size(x.shape[1], self.in_channels)
        return torch.cat(
            [one(x[:, reads]) for one, reads in zip(self.maps, self.table, strict=True)], 1
        )


class SubsamplingReference(nn.Module):
    """LeCun et al., 1998, S2: the sum of a window, a coefficient and a bias for each map."""

    def __init__(self, num_channels: int, kernel_size: Any = 2, stride: Any = None) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(num_channels))
        self.bias = nn.Parameter(torch.zeros(num_channels))
        self.mean = nn.AvgPool2d(kernel_size, stride)
        self.taps = kernel_size**2 if isinstance(kernel_size, int) else prod(kernel_size)

    def forward(self, x: Tensor) -> Tensor:
        refuse_other_size(x.shape[1], len(self.weight))
        total = self.mean(x) * self.taps
        scaled: Tensor = total * self.weight.view(-1, 1, 1) + self.bias.view(-1, 1, 1)
        return scaled


class RBFReference(nn.Module):
    """LeCun et al., 1998, equation 7."""

    def __init__(self, centers: Sequence[Sequence[int]]) -> None:
        super().__init__()
        self.register_buffer("centers", torch.tensor(centers, dtype=torch.float32))
        self.signs = len(centers[0])

    def forward(self, x: Tensor) -> Tensor:
        refuse_other_size(x.shape[1], self.signs)
        centers = self.get_buffer("centers")
        return torch.stack([((x - center) ** 2).sum(1) for center in centers], 1)


class AttentionReference(nn.MultiheadAttention):
    """torch.nn's, over N×L×E, giving the values alone."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(batch_first=True, **arguments)

    def forward(self, query: Tensor, *others: Tensor) -> Tensor:  # type: ignore[override]
        key, value = others or (query, query)
        return super().forward(query, key, value)[0]


class ContiguousResponseNorm(nn.LocalResponseNorm):
    """torch.nn's, whatever the order in memory, which is none of a shape's business."""

    def forward(self, input: Tensor) -> Tensor:
        return super().forward(input.contiguous())


def _scaled_tanh(amplitude: float = 1.7159, slope: float = 2 / 3) -> nn.Module:
    return Function(lambda x: amplitude * torch.tanh(slope * x))


def _stochastic_depth(p: float, mode: str = "row") -> nn.Module:
    if not 0 <= p <= 1 or mode not in ("row", "batch"):
        raise ValueError("as torchvision.ops.stochastic_depth")
    return nn.Identity()


def _crop(x: Tensor, height_and_width: Sequence[int]) -> Tensor:
    """The middle of a map; the odd row or column is left out at the end."""
    for dim, size in enumerate(height_and_width, 2):
        x = x.narrow(dim, (x.shape[dim] - size) // 2, size)
    return x


def _center_crop(size: Any) -> nn.Module:
    sizes = (size, size) if isinstance(size, int) else size
    return Function(lambda x: _crop(x, sizes))


def _crop_like() -> nn.Module:
    return Function(lambda x, like: _crop(x, _same_rank(x, like).shape[2:]))


class UnpoolReference(nn.Module):
    """torch.nn's, with the indices of torch.nn's pool over the map that was pooled."""

    def __init__(self, dims: int, kernel_size: Any, stride: Any = None, padding: Any = 0) -> None:
        super().__init__()
        pool, unpool = getattr(nn, f"MaxPool{dims}d"), getattr(nn, f"MaxUnpool{dims}d")
        window = (kernel_size, stride, padding)
        self.pools = [pool(*window, ceil_mode=up, return_indices=True) for up in (False, True)]
        self.unpool = unpool(*window)
        self.rank = dims + 2

    def forward(self, values: Tensor, pooled: Tensor) -> Tensor:
        if {values.dim(), pooled.dim()} != {self.rank}:
            raise ValueError("maps of other dimensions")
        for pool in self.pools:
            _, indices = pool(pooled)
            if indices.shape == values.shape:
                placed: Tensor = self.unpool(values, indices, output_size=pooled.shape)
                return placed
        raise ValueError("the values are not as many as the pool gives")


class InceptionAuxReference(nn.Module):
    """Szegedy et al., 2015, figure 8, which only torchvision's net in training computes."""

    def __init__(self, in_channels: int, num_classes: int) -> None:
        super().__init__()
        self.conv0, self.conv1 = nn.Module(), nn.Module()
        self.conv0.conv = nn.Conv2d(in_channels, 128, 1, bias=False)
        self.conv0.bn = nn.BatchNorm2d(128)
        self.conv1.conv = nn.Conv2d(128, 768, 5, bias=False)
        self.conv1.bn = nn.BatchNorm2d(768)
        self.fc = nn.Linear(768, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        if x.dim() != 4:
            raise ValueError("no map")
        refuse_other_size(x.shape[1], self.conv0.get_parameter("conv.weight").shape[1])
        return x


def _same_rank(x: Tensor, like: Tensor) -> Tensor:
    if x.dim() != like.dim() or x.dim() < 3:
        raise ValueError("maps of other dimensions")
    return like


def _elementwise(function: Callable[[Tensor, Tensor], Tensor]) -> Callable[..., nn.Module]:
    return lambda: Function(lambda *inputs: reduce(function, inputs))


ELEMENTWISE: dict[str, Callable[..., nn.Module]] = {
    "Add": _elementwise(torch.add),
    "Subtract": _elementwise(torch.sub),
    "Multiply": _elementwise(torch.mul),
    "Divide": _elementwise(torch.div),
    "Maximum": _elementwise(torch.maximum),
    "Minimum": _elementwise(torch.minimum),
}

OWN: dict[str, Callable[..., nn.Module]] = {
    **ELEMENTWISE,
    **FUNCTIONS,
    **WITH_NUMBERS,
    "Concat": lambda dim=1: Function(lambda *inputs: torch.cat(inputs, dim)),
    "MatMul": lambda: Function(torch.matmul),
    "StochasticDepth": _stochastic_depth,
    "ConnectionTableConv2d": ConnectionTableReference,
    "Subsampling2d": SubsamplingReference,
    "ScaledTanh": _scaled_tanh,
    "EuclideanRBF": RBFReference,
    "MultiheadAttention": AttentionReference,
    "LocalResponseNorm": ContiguousResponseNorm,
    "Reshape": lambda shape: Function(lambda x: x.reshape(len(x), *shape)),
    "Permute": lambda dims: Function(lambda x: x.permute(dims)),
    "Transpose": lambda dim0, dim1: Function(lambda x: x.transpose(dim0, dim1)),
    "Squeeze": lambda dim: Function(lambda x: x.squeeze(dim)),
    "Unsqueeze": lambda dim: Function(lambda x: x.unsqueeze(dim)),
    "Chunk": lambda chunks, index, dim=1: Function(lambda x: x.chunk(chunks, dim)[index]),
    "Split": lambda split_size, index, dim=1: Function(lambda x: x.split(split_size, dim)[index]),
    "Narrow": lambda start, length, dim=1: Function(lambda x: x.narrow(dim, start, length)),
    "CenterCrop2d": _center_crop,
    "CropLike": _crop_like,
    "InceptionAux": InceptionAuxReference,
    **{f"MaxUnpool{dims}d": partial(UnpoolReference, dims) for dims in (1, 2, 3)},
}
"""Types that a spec knows and torch.nn has not, or has in another form."""

OTHER_FORM = frozenset({"ConnectionTableConv2d"})
"""Own types whose reference holds its numbers under other names."""
