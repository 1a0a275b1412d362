"""Small modules of one call each, with parameters, fixed tensors and masks of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812
from torch.nn.utils import prune


class Net(nn.Module):
    """A module whose forward is a function of itself and its input.

    Args:
        forward: the function.
        own: its tensors, of which those that are no parameters are buffers, and modules.
    """

    def __init__(self, forward: Callable[[Any, Tensor], Tensor], **own: Any) -> None:
        super().__init__()
        self.function = forward
        for name, value in own.items():
            if isinstance(value, Tensor) and not isinstance(value, nn.Parameter):
                self.register_buffer(name, value)
            else:
                setattr(self, name, value)

    def forward(self, x: Tensor) -> Tensor:
        return self.function(self, x)


def learned(*shape: int) -> nn.Parameter:
    return nn.Parameter(torch.randn(*shape))


def fixed(*shape: int) -> Tensor:
    return torch.rand(*shape) + 1


def _grid(net: Any, x: Tensor) -> Tensor:
    steps = torch.linspace(-1, 1, 200)
    grid = torch.stack(torch.meshgrid(steps, steps, indexing="ij"))[None]
    return torch.cat([x, grid.expand(len(x), -1, -1, -1)], 1)


def _boxes(net: Any, x: Tensor) -> Tensor:
    corners = net.anchors - x[:, :2], net.anchors + x[:, 2:4]
    return torch.cat([(corners[0] + corners[1]) / 2 * net.strides, x[:, 4:].sigmoid()], 1)


SOBEL = torch.tensor([[[[1.0, 0, -1], [2, 0, -2], [1, 0, -1]]]])

PRODUCTS: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...], list[str]]] = {
    "mm": (lambda: Net(lambda n, x: torch.mm(x, n.w), w=learned(8, 5)), (8,), ["Linear"]),
    "x.mm": (lambda: Net(lambda n, x: x.mm(n.w.t()), w=learned(5, 8)), (8,), ["Linear"]),
    "mm, left": (
        lambda: Net(lambda n, x: torch.mm(n.w, x.t()).t(), w=learned(5, 8)), (8,), ["Linear"]
    ),
    "addmm": (
        lambda: Net(lambda n, x: torch.addmm(n.b, x, n.w), w=learned(8, 5), b=learned(5)),
        (8,), ["Linear"],
    ),
    "addmm of a value": (
        lambda: Net(lambda n, x: torch.addmm(x, x, n.w), w=learned(8, 8)), (8,), ["Linear", "Add"]
    ),
    "baddbmm": (
        lambda: Net(lambda n, x: torch.baddbmm(n.b, x, x.mT, beta=0.5), b=learned(1, 6, 6)),
        (6, 8), ["Transpose", "LearnedConstant", "MatMul", "Reshape", "Rescale", "Add"],
    ),
    "matrix · vector": (
        lambda: Net(lambda n, x: x @ n.v, v=learned(8)), (6, 8), ["Scale", "Sum"]
    ),
    "mv": (
        lambda: Net(lambda n, x: torch.mv(x, n.v)[:, None], v=learned(8)),
        (8,), ["Scale", "Sum", "Unsqueeze"],
    ),
    "inner": (lambda: Net(lambda n, x: torch.inner(x, n.w), w=learned(5, 8)), (8,), ["Linear"]),
    "tensordot": (
        lambda: Net(lambda n, x: torch.tensordot(x, n.w, 1), w=learned(8, 5)), (6, 8), ["Linear"]
    ),
    "a weight with a mask": (
        lambda: Net(lambda n, x: F.linear(x, n.w * n.m), w=learned(5, 8), m=fixed(5, 8)),
        (8,), ["Linear"],
    ),
    "a weight that is a sum": (
        lambda: Net(
            lambda n, x: F.linear(x, n.w + n.a @ n.b),
            w=learned(5, 8), a=learned(5, 2), b=learned(2, 8),
        ),
        (6, 8),
        ["LearnedConstant"] * 3 + ["MatMul", "Add", "Permute", "MatMul"],
    ),
    "a magnitude": (
        lambda: Net(lambda n, x: F.linear(x, n.w.abs()), w=learned(5, 8)),
        (6, 8), ["LearnedConstant", "Abs", "Permute", "MatMul"],
    ),
    "a 1×1 convolution": (
        lambda: Net(lambda n, x: torch.einsum("bchw,oc->bohw", x, n.w), w=learned(5, 3)),
        (3, 8, 9), ["Conv2d"],
    ),
    "a projection": (
        lambda: Net(lambda n, x: torch.einsum("bnd,de->bne", x, n.w), w=learned(8, 5)),
        (3, 8), ["Linear"],
    ),
    "a scale": (
        lambda: Net(lambda n, x: torch.einsum("nchw,c->nchw", x, n.w), w=learned(3)),
        (3, 8, 9), ["Scale"],
    ),
    "heads": (
        lambda: Net(lambda n, x: torch.einsum("bhnd,hde->bhne", x, n.w), w=learned(2, 8, 4)),
        (2, 3, 8), ["LearnedConstant", "MatMul"],
    ),
    "dots": (
        lambda: Net(lambda n, x: torch.einsum("...hw,wk", x, n.w), w=learned(9, 4)),
        (3, 8, 9), ["Linear"],
    ),
    "three": (
        lambda: Net(
            lambda n, x: torch.einsum("bnd,de,ef->bnf", x, n.w, n.v), w=learned(8, 5),
            v=learned(5, 4),
        ),
        (3, 8), ["LearnedConstant"] * 2 + ["MatMul"] * 2,
    ),
    "a sum": (lambda: Net(lambda n, x: torch.einsum("bij->bj", x)), (3, 8), ["Sum"]),
    "a product": (
        lambda: Net(lambda n, x: torch.einsum("bij,bij->bji", x, x)),
        (3, 8), ["Multiply", "Permute"],
    ),
    "a graph": (
        lambda: Net(lambda n, x: torch.einsum("nctv,vw->nctw", x, n.a), a=fixed(9, 9)),
        (3, 8, 9), ["Buffer", "Reshape", "MatMul", "Reshape"],
    ),
}  # fmt: skip
"""Products: how the module is made, what it reads, and the types that it is said with."""

FIXED: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...], list[str]]] = {
    "x − 65": (
        lambda: Net(lambda n, x: x - n.k, k=fixed(1, 65, 1, 1)), (65, 4, 4), ["Buffer", "Subtract"]
    ),
    "65 − x": (
        lambda: Net(lambda n, x: n.k - x, k=fixed(1, 65, 1, 1)), (65, 4, 4), ["Buffer", "Subtract"]
    ),
    "x − 64": (lambda: Net(lambda n, x: x - n.k, k=fixed(64, 1, 1)), (64, 4, 4), ["Standardize"]),
    "x + 65": (
        lambda: Net(lambda n, x: x + n.k, k=fixed(1, 65, 1, 1)), (65, 4, 4), ["Buffer", "Add"]
    ),
    "x · 65": (
        lambda: Net(lambda n, x: x * n.k, k=fixed(65, 1, 1)), (65, 4, 4), ["Buffer", "Multiply"]
    ),
    "(x − 65) / 65": (
        lambda: Net(lambda n, x: (x - n.k) / n.d, k=fixed(1, 65, 1, 1), d=fixed(1, 65, 1, 1)),
        (65, 4, 4), ["Buffer", "Subtract", "Buffer", "Divide"],
    ),
    "made in forward": (
        lambda: Net(lambda n, x: x - torch.linspace(0, 1, 65).square().view(1, 65, 1, 1)),
        (65, 4, 4), ["Buffer", "Subtract"],
    ),
    "positions": (
        lambda: Net(lambda n, x: x + n.pe[:, : x.size(1)], pe=fixed(1, 100, 16)),
        (20, 16), ["Buffer", "Add"],
    ),
    "anchors": (
        lambda: Net(_boxes, anchors=fixed(1, 2, 80), strides=fixed(1, 80)),
        (84, 80),
        ["Narrow", "Buffer", "Subtract", "Add", "Narrow", "Add", "Rescale", "Buffer", "Multiply",
         "Narrow", "Sigmoid", "Concat"],
    ),
    "a grid": (lambda: Net(_grid), (3, 200, 200), ["Buffer", "Concat"]),
    "zeros": (
        lambda: Net(lambda n, x: torch.cat([x, torch.zeros(len(x), 8, 200, 200)], 1)),
        (3, 200, 200), ["ZeroPad3d"],
    ),
    "a causal mask": (
        lambda: Net(
            lambda n, x: (x @ x.mT).masked_fill(n.m == 0, float("-inf")).softmax(-1) @ x,
            m=torch.ones(9, 9).tril(),
        ),
        (9, 16),
        ["Transpose", "MatMul", "Buffer", "Rescale", "Log", "Add", "Softmax", "MatMul"],
    ),
    "where": (
        lambda: Net(lambda n, x: torch.where(n.m, x, -5.0), m=torch.eye(16) > 0),
        (16, 16), ["Buffer", "Multiply", "Rescale", "Add"],
    ),
    "Sobel": (
        lambda: Net(lambda n, x: F.conv2d(x, n.k.repeat(3, 1, 1, 1), groups=3), k=SOBEL),
        (3, 9, 9), ["FixedConv2d"],
    ),
    "a filter bank": (
        lambda: Net(lambda n, x: F.conv1d(x, n.k, stride=2), k=fixed(30, 1, 25)),
        (1, 100), ["FixedConv1d"],
    ),
    "a kernel that enlarges": (
        lambda: Net(lambda n, x: F.conv_transpose2d(x, n.k, stride=2), k=fixed(4, 3, 4, 4)),
        (4, 5, 5), ["FixedConvTranspose2d"],
    ),
    "a frozen norm": (
        lambda: Net(
            lambda n, x: F.batch_norm(x, n.m, n.v, n.w, n.b),
            m=fixed(3), v=fixed(3), w=fixed(3), b=fixed(3),
        ),
        (3, 5, 5), ["FrozenBatchNorm2d"],
    ),
    "Fourier": (
        lambda: Net(lambda n, x: (x @ n.c) ** 2, c=fixed(400, 201)),
        (400,), ["Buffer", "Reshape", "MatMul", "Reshape", "Power"],
    ),
    "a list of places": (lambda: Net(lambda n, x: x[:, [0, 3, -1]]), (8, 4, 4), ["IndexSelect"]),
    "an order of channels": (
        lambda: Net(lambda n, x: x[:, n.p], p=torch.arange(80).flip(0)), (80, 4, 4), ["IndexSelect"]
    ),
    "pairs": (
        lambda: Net(
            lambda n, x: (x @ x.mT)[:, n.p[0], n.p[1]], p=torch.triu_indices(6, 6, 1)
        ),
        (6, 8), ["Transpose", "MatMul", "Flatten", "IndexSelect"],
    ),
    "places of a mask": (
        lambda: Net(lambda n, x: x[:, :, n.m], m=torch.eye(8) > 0),
        (4, 8, 8), ["Flatten", "IndexSelect"],
    ),
}  # fmt: skip
"""The same with fixed numbers, none of which is a parameter."""


class PositionBias(nn.Module):
    """Attention with a number for each pair of positions, looked up in a table.

    Args:
        kind: how: 'list' of Python's numbers, 'buffer', 'gather' ...; or 'computed', by a
            perceptron of the offsets, as in Swin V2.
    """

    index: Tensor

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind
        self.register_buffer("index", torch.arange(81).view(9, 9) * 7 % 20)
        self.table = learned(2, 20)
        self.offsets = torch.randn(20, 2)
        if kind == "computed":
            del self.table
            self.net = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 2, bias=False))

    def forward(self, x: Tensor) -> Tensor:
        flat = self.index.flatten()
        if self.kind == "list":
            bias = self.table[:, flat.tolist()].view(2, 9, 9)
        elif self.kind == "buffer":
            bias = self.table[:, self.index]
        elif self.kind == "index_select":
            bias = self.table.index_select(1, flat).view(1, 2, 9, 9)
        elif self.kind == "embedding":
            bias = F.embedding(self.index, self.table.t()).permute(2, 0, 1)
        else:
            bias = 16 * self.net(self.offsets)[flat].view(9, 9, 2).permute(2, 0, 1).sigmoid()
        x = x.unflatten(-1, (2, 4)).transpose(1, 2)
        return (x @ x.mT + bias).softmax(-1) @ x


def pruned(kind: str) -> nn.Module:
    """Two convolutions, of which the first is pruned."""
    make = nn.ConvTranspose2d if kind == "transposed" else nn.Conv2d
    net = nn.Sequential(make(3, 8, 3), nn.ReLU(), nn.Conv2d(8, 6, 3))
    first: Any = net[0]
    if kind == "structured":
        prune.ln_structured(first, "weight", 0.5, n=2, dim=0)
    elif kind == "custom":
        prune.custom_from_mask(first, "weight", torch.arange(216).view(8, 3, 3, 3) % 3 > 0)
    elif kind == "normed":
        first = net[0] = nn.utils.parametrizations.weight_norm(first)
        prune.l1_unstructured(first.parametrizations.weight, "original1", 0.5)
    elif kind == "normed by a hook":
        first = net[0] = nn.utils.weight_norm(first)
        prune.l1_unstructured(first, "weight_v", 0.5)
    else:
        prune.l1_unstructured(first, "weight", 0.5)
        prune.random_unstructured(first, "bias", 3)
    if kind == "several":
        prune.ln_structured(first, "weight", 0.25, n=2, dim=1)
    if kind == "global":
        both = [(first, "weight"), (net[2], "weight")]
        prune.global_unstructured(both, pruning_method=prune.L1Unstructured, amount=0.4)
    return net


class Enlarged(nn.Module):
    """A transposed convolution that is told the size that it is to give.

    Args:
        size: of a map, from which the convolution before it cannot be told.
    """

    def __init__(self, size: tuple[int, ...]) -> None:
        super().__init__()
        rank = len(size)
        convolution = getattr(nn, f"Conv{rank}d")
        transposed = getattr(nn, f"ConvTranspose{rank}d")
        self.down = convolution(2, 4, 3, stride=3, padding=1)
        self.up = transposed(4, 2, 3, stride=3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        result: Tensor = self.up(self.down(x), output_size=x.shape[2:])
        return result
