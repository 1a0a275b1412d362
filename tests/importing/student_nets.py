"""Small nets as people write them while they learn, each with a habit of its own."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812


class Chomp(nn.Module):
    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size

    def forward(self, x: Tensor) -> Tensor:
        return x[:, :, : -self.size].contiguous()


class TemporalBlock(nn.Module):
    """Its layers are attributes, and parts of a Sequential that runs them."""

    def __init__(self, inside: int, out: int, dilation: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(inside, out, 3, padding=2 * dilation, dilation=dilation)
        self.conv2 = nn.Conv1d(out, out, 3, padding=2 * dilation, dilation=dilation)
        self.net = nn.Sequential(
            self.conv1, Chomp(2 * dilation), nn.ReLU(), self.conv2, Chomp(2 * dilation), nn.ReLU()
        )
        self.unused = nn.Conv1d(inside, out, 1)
        self.also_unused = nn.Sequential(self.unused)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.net(x)
        return out


def temporal() -> nn.Module:
    return nn.Sequential(TemporalBlock(2, 4, 1), TemporalBlock(4, 4, 2))


class NormalisedWeight(nn.Module):
    """A classifier by the angle to its weights."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(8, 4, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(F.normalize(x), F.normalize(self.fc.weight))


class DropsAlways(nn.Module):
    """Drops in evaluation mode too, which F.dropout does by default."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 2, 3)

    def forward(self, x: Tensor) -> Tensor:
        return F.dropout(self.conv(x), 0.3)


class TiedWeight(nn.Module):
    """Two layers with one weight, and a bias each."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = nn.Conv2d(3, 3, 3), nn.Conv2d(3, 3, 3)
        self.b.weight = self.a.weight

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.b(torch.relu(self.a(x)))
        return y


class TiedLayers(TiedWeight):
    """Two layers with all tensors in common."""

    def __init__(self) -> None:
        super().__init__()
        self.b.bias = self.a.bias


class GivesItsInput(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 2, 3)

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        return {"image": x, "map": self.conv(x)}


class Judge(nn.Module):
    """One number for each picture, in a batch without another dimension."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 1, 4)

    def forward(self, x: Tensor) -> Tensor:
        return torch.sigmoid(self.conv(x)).view(-1)


class SqueezeExcite(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.avg_pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Sequential(
            nn.Linear(channels, channels // 16, bias=False),
            nn.ReLU(inplace=True),
            nn.Linear(channels // 16, channels, bias=False),
            nn.Sigmoid(),
        )

    def forward(self, x: Tensor) -> Tensor:
        b, c, _, _ = x.size()
        y = self.avg_pool(x).view(b, c)
        y = self.fc(y).view(b, c, 1, 1)
        return x * y.expand_as(x)


def squeeze_excite() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(3, 32, 3), SqueezeExcite(32), nn.Conv2d(32, 64, 3), SqueezeExcite(64)
    )


class Shuffled(nn.Module):
    """Channels that are dealt out by permute, as view and transpose do elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(8, 8, 1, groups=4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        b, c, h, w = x.size()
        return x.view(b, 4, c // 4, h, w).permute(0, 2, 1, 3, 4).reshape(b, c, h, w)


class Of(nn.Module):
    """A function of what a convolution gives."""

    def __init__(self, function: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.function = function

    def forward(self, x: Tensor) -> Tensor:
        return self.function(self.conv(x))


class Siamese(nn.Module):
    """One module for two pictures, and how alike they are."""

    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten())
        self.cosine, self.distance = nn.CosineSimilarity(eps=1e-6), nn.PairwiseDistance(p=1)

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        a, b = self.net(x[:, :1]), self.net(x[:, 1:])
        functions = F.cosine_similarity(a, b), F.pairwise_distance(a, b, keepdim=True)
        return self.cosine(a, b), self.distance(a, b), *functions
