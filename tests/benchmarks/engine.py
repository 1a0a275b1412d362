"""resnet152 parsed, expanded and analysed, against torch's flop counter on meta."""

from typing import Any

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from cnnshape import load

from .measure import alternate, seconds_of


class Bottleneck(nn.Module):
    """The residual block of ResNet-50 and deeper, as people write it in PyTorch."""

    def __init__(self, channels: int, width: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, 4 * width, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(4 * width)
        self.relu = nn.ReLU(inplace=True)
        self.projection: nn.Module = nn.Identity()
        if stride != 1 or channels != 4 * width:
            self.projection = nn.Sequential(
                nn.Conv2d(channels, 4 * width, 1, stride, bias=False), nn.BatchNorm2d(4 * width)
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Three convolutions beside the shortcut."""
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.relu(self.bn2(self.conv2(y)))
        result: torch.Tensor = self.relu(self.bn3(self.conv3(y)) + self.projection(x))
        return result


def resnet152() -> nn.Module:
    """ResNet-152 in plain PyTorch."""
    layers: list[nn.Module] = [
        nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(),
        nn.MaxPool2d(3, 2, 1),
    ]  # fmt: skip
    channels = 64
    for stage, depth in enumerate((3, 8, 36, 3)):
        for index in range(depth):
            width = 64 * 2**stage
            layers.append(Bottleneck(channels, width, 2 if stage and not index else 1))
            channels = 4 * width
    layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 1000)]
    return nn.Sequential(*layers)


def counted_by_torch() -> int:
    """MACs by torch.utils.flop_counter, model construction on the meta device included."""
    with torch.device("meta"), torch.no_grad(), FlopCounterMode(display=False) as counter:
        resnet152().eval()(torch.empty(1, 3, 224, 224))
    total: int = counter.get_total_flops() // 2
    return total


def ours() -> Any:
    """The network of the YAML file, read, expanded and analysed from nothing."""
    return load("resnet152")


def main(times: int = 9) -> None:
    """Print both medians in one process, and their ratio."""
    assert ours().totals.macs == counted_by_torch()
    mine, theirs = alternate(
        [lambda: seconds_of(ours), lambda: seconds_of(counted_by_torch)], times
    )
    print(f"cnnshape, resnet152                      {1e3 * mine:8.1f} ms  (asked: 15)")
    print(f"flop_counter on meta, with construction  {1e3 * theirs:8.1f} ms")
    print(f"ratio                                    {theirs / mine:8.0f}     (asked: 50)")
