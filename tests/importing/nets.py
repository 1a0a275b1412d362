"""Small modules, each with what importing must know of."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812


class Block(nn.Module):
    """A residual block, with a projection where the shape changes."""

    def __init__(self, channels: int, out: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, out, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(out)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(out, out, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(out)
        self.down: nn.Module | None = None
        if stride != 1 or channels != out:
            conv = nn.Conv2d(channels, out, 1, stride, bias=False)
            self.down = nn.Sequential(conv, nn.BatchNorm2d(out))

    def forward(self, x: Tensor) -> Tensor:
        short = x if self.down is None else self.down(x)
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        out += short
        return self.relu(out)


class Residual(nn.Module):
    def __init__(self, depth: int = 3) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, padding=1)
        stages = [self._stage(8, 8, 1, depth), self._stage(8, 16, 2, depth)]
        self.layer1, self.layer2 = stages
        self.fc = nn.Linear(16, 10)

    def _stage(self, channels: int, out: int, stride: int, depth: int) -> nn.Module:
        first = Block(channels, out, stride)
        return nn.Sequential(first, *(Block(out, out) for _ in range(depth - 1)))

    def forward(self, x: Tensor) -> Tensor:
        x = self.layer2(self.layer1(self.stem(x)))
        return self.fc(torch.flatten(F.adaptive_avg_pool2d(x, (1, 1)), 1))


class Inception(nn.Module):
    def __init__(self, channels: int, a: int, b: int) -> None:
        super().__init__()
        self.one = nn.Conv2d(channels, a, 1)
        self.three = nn.Sequential(nn.Conv2d(channels, b, 1), nn.Conv2d(b, 2 * b, 3, padding=1))

    def forward(self, x: Tensor) -> Tensor:
        pooled = F.max_pool2d(x, 3, stride=1, padding=1)
        return torch.cat([self.one(x), self.three(x), pooled], 1)


class Inceptions(nn.Sequential):
    def __init__(self) -> None:
        super().__init__(Inception(3, 4, 2), Inception(11, 8, 4), Inception(27, 2, 2))


class DenseLayer(nn.Module):
    def __init__(self, channels: int, growth: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(channels)
        self.conv = nn.Conv2d(channels, growth, 3, padding=1, bias=False)

    def forward(self, features: list[Tensor]) -> Tensor:
        return self.conv(F.relu(self.norm(torch.cat(features, 1))))


class Dense(nn.Module):
    def __init__(self, depth: int = 5, growth: int = 4) -> None:
        super().__init__()
        layers = [DenseLayer(3 + i * growth, growth) for i in range(depth)]
        self.layers = nn.ModuleDict({f"layer{i + 1}": layer for i, layer in enumerate(layers)})

    def forward(self, x: Tensor) -> Tensor:
        features = [x]
        for layer in self.layers.values():
            features.append(layer(features))
        return torch.cat(features, 1)


class SqueezeExcite(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.fc1 = nn.Linear(8, 2)
        self.fc2 = nn.Linear(2, 8)
        self.scale = nn.Parameter(torch.ones(8, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        x = F.hardswish(self.conv(x))
        weights = F.relu(self.fc1(x.mean((2, 3))))
        weights = torch.sigmoid(self.fc2(weights)).view(x.size(0), -1, 1, 1)
        return x * weights * self.scale


class UNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.down = nn.Conv2d(1, 4, 3, padding=1)
        self.bottom = nn.Conv2d(4, 8, 3, padding=1)
        self.up = nn.ConvTranspose2d(8, 4, 2, stride=2)
        self.out = nn.Conv2d(8, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        skip = F.relu(self.down(x))
        x = F.relu(self.bottom(F.max_pool2d(skip, 2)))
        x = self.up(x)
        # The map is padded to the skip's size, which odd sizes need.
        rows, columns = skip.size(2) - x.size(2), skip.size(3) - x.size(3)
        x = F.pad(x, [columns // 2, columns - columns // 2, rows // 2, rows - rows // 2])
        return F.interpolate(self.out(torch.cat([skip, x], dim=1)), scale_factor=2.0)


class Functional(nn.Module):
    """Everything by functions and methods, with arithmetic of sizes."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(8, 3, 3, 3))
        self.bias = nn.Parameter(torch.zeros(8))

    def forward(self, x: Tensor) -> Tensor:
        x = F.conv2d(x, self.weight, self.bias, stride=2, padding=1)
        a, b = x.chunk(2, dim=1)
        x = torch.cat((a * b, a.tanh() - b), 1)
        batch, channels, height, width = x.size()
        x = x.view(batch, 2, channels // 2, height, width).transpose(1, 2).contiguous()
        x = x.view(batch, channels, height, width)
        x = x[:, 2:, ::2, ::2].clamp(0, 6).permute(0, 2, 3, 1)
        x = F.dropout(x.softmax(-1), 0.1, self.training).reshape(batch, -1)
        return x.unsqueeze(1).squeeze(1)


class Shared(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(4, 4, 3, padding=1)
        self.block = nn.Sequential(nn.Conv2d(4, 4, 1), nn.ReLU())

    def forward(self, x: Tensor) -> Tensor:
        return self.block(self.conv(self.block(self.conv(x))))


class Interleaved(nn.Module):
    """Two lists of modules, used in turn."""

    def __init__(self) -> None:
        super().__init__()
        self.convs = nn.ModuleList(nn.Conv2d(3, 3, 3) for _ in range(3))
        self.bns = nn.ModuleList(nn.BatchNorm2d(3) for _ in range(3))
        self.features = nn.Sequential(nn.Conv2d(3, 3, 1), nn.Conv2d(3, 3, 1))

    def forward(self, x: Tensor) -> Tensor:
        for conv, bn in zip(self.convs, self.bns, strict=True):
            x = F.relu(bn(conv(x)))
        for layer in self.features:
            x = F.gelu(layer(x))
        return x


class Untraceable(nn.Module):
    """Loops and branches by sizes, which torch.fx refuses."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 3)

    def forward(self, x: Tensor, extra: Any = None) -> Tensor:
        while x.shape[-1] > 4:
            x = self.conv(x)
        if x.size(2) == 4:
            x = x.flatten(1)
        return x


class ByValue(nn.Module):
    """Does one thing for one picture, and another for the next."""

    def forward(self, x: Tensor) -> Tensor:
        return x.relu() if x.sum() > 0 else x.tanh()


class Unsayable(nn.Module):
    """With operations that no layer type says."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3, padding=1)
        self.inner = Transform()
        self.head = nn.Conv2d(4, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.inner(self.stem(x)))


class Transform(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.offset = nn.Parameter(torch.zeros(4, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        return x.cumsum(2) ** self.offset


class TwoOutputs(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.trunk = nn.Conv2d(3, 4, 3)
        self.a = nn.Conv2d(4, 1, 1)
        self.b = nn.Conv2d(4, 2, 1)
        self.training_only = nn.Linear(3, 3)

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        x = self.trunk(x)
        return {"a": self.a(x), "b": self.b(x)}


class Idioms(nn.Module):
    """What is often written by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.attention = nn.Conv2d(2, 1, 7, padding=3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        x = x * F.relu6(x + 3.0, inplace=True) / 6.0
        mean, (most, _) = torch.mean(x, 1, keepdim=True), torch.max(x, 1, keepdim=True)
        x = x * torch.sigmoid(self.attention(torch.cat([mean, most], 1)))
        x = x * (F.hardtanh(x + 3, 0, 6) / 6)
        x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, 4, 4), "constant", 0)
        x = sum([x, x]) * 1.0  # type: ignore[assignment]
        return F.avg_pool2d(x, x.size()[2:]).squeeze()


class Pooled(nn.Module):
    """A pool that remembers where its maxima were, and what puts them back."""

    def __init__(self) -> None:
        super().__init__()
        self.pool = nn.MaxPool2d(2, 2, return_indices=True)
        self.unpool = nn.MaxUnpool2d(2, 2)
        self.conv = nn.Conv2d(3, 3, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        small, indices = self.pool(self.conv(x))
        return self.unpool(small, indices)


class Hiding(nn.Module):
    """A part whose names hide those of what it reads."""

    def __init__(self) -> None:
        super().__init__()
        self.bn1 = nn.Sequential(nn.BatchNorm2d(3), nn.ReLU())
        self.part = HidingPart()

    def forward(self, x: Tensor) -> Tensor:
        return self.part(self.bn1(x))


class HidingPart(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.bn1 = nn.Sequential(nn.BatchNorm2d(3), nn.ReLU())

    def forward(self, x: Tensor) -> Tensor:
        return self.bn1(x) + x


class OddNames(nn.Module):
    """Modules with names that a spec has to write with care, or cannot have."""

    def __init__(self) -> None:
        super().__init__()
        self.input = nn.Conv2d(3, 4, 3)
        self.ways = nn.ModuleDict({"(0, 1)": nn.Conv2d(4, 4, 1), "a [b]": nn.Conv2d(4, 4, 1)})

    def forward(self, x: Tensor) -> Tensor:
        x = self.input(x)
        ways = [way(x) for way in self.ways.values()]
        return torch.cat([*ways, ways[0] + ways[1], x], 1)
