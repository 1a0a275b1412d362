"""Heads that a network holds beside the way from its input to its output."""

from __future__ import annotations

from torch import Tensor, nn


class InceptionAux(nn.Module):
    """A classifier beside the network, held and not run: x passes on as it is."""

    def __init__(self, in_channels: int, num_classes: int) -> None:
        super().__init__()
        self.num_classes = num_classes
        self.conv0 = self.conv(in_channels, 128, 1)
        self.conv1 = self.conv(128, 768, 5)
        self.fc = nn.Linear(768, num_classes)

    @staticmethod
    def conv(in_channels: int, out_channels: int, kernel_size: int) -> nn.Sequential:
        module = nn.Sequential()
        module.conv = nn.Conv2d(in_channels, out_channels, kernel_size, bias=False)
        module.bn = nn.BatchNorm2d(out_channels, eps=0.001)
        return module

    def forward(self, x: Tensor) -> Tensor:
        return x
