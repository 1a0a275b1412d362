"""What an import writes reads as a spec that a person wrote."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
from torch import Tensor, nn  # noqa: E402

from cnnshape.importing import import_module  # noqa: E402

from . import nets  # noqa: E402


class Block(nn.Module):
    """A residual block with a projection where it is needed, and perhaps a gate."""

    def __init__(self, channels: int, out: int, stride: int, squeeze: bool) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, out, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(out)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(out, out, 3, padding=1, bias=False)
        self.se = Squeeze(out) if squeeze else None
        self.downsample = nn.Conv2d(channels, out, 1, stride) if stride > 1 else None

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.conv2(self.relu(self.bn1(self.conv1(x))))
        if self.se is not None:
            y = self.se(y)
        shortcut: Tensor = x if self.downsample is None else self.downsample(x)
        total: Tensor = y + shortcut
        return total.relu()


class Squeeze(nn.Module):
    """Squeeze-and-excitation."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Conv2d(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        gate: Tensor = torch.sigmoid(self.fc(self.pool(x)))
        return x * gate


class Residual(nn.Module):
    """Three stages of such blocks."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3)
        self.stage1 = nn.Sequential(Block(8, 8, 1, False), Block(8, 8, 1, False))
        self.stage2 = nn.Sequential(Block(8, 16, 2, True), Block(16, 16, 1, True))
        self.stage3 = nn.Sequential(*(Block(16, 16, 1, True) for _ in range(3)))

    def forward(self, x: Tensor) -> Tensor:
        x = self.stage3(self.stage2(self.stage1(self.stem(x))))
        return x.mean((2, 3))


SPEC = """\
blocks:
  block:
    params: {out: ~, stride: 1, se: true}
    layers:
      - join: Add
        branches:
          - - {name: conv1, type: Conv2d, out_channels: $out, kernel_size: 3, stride: $stride, padding: 1, bias: false}
            - {name: bn1, type: BatchNorm2d}
            - {name: relu, type: ReLU}
            - {name: conv2, type: Conv2d, out_channels: $out, kernel_size: 3, padding: 1, bias: false}
            - name: se
              when: $se
              layers:
                - join: Multiply
                  branches:
                    - []
                    - - {name: pool, type: AdaptiveAvgPool2d, output_size: 1}
                      - {name: fc, type: Conv2d, out_channels: $out, kernel_size: 1}
                      - Sigmoid
          - {name: downsample, type: Conv2d, out_channels: $out, kernel_size: 1, stride: $stride, when: "${stride != 1}"}
      - ReLU

layers:
  - {name: stem, type: Conv2d, out_channels: 8, kernel_size: 3}
  - {name: stage1, type: block, out: 8, se: false, repeat: 2}
  - {name: stage2, type: block, out: 16, stride: "${2 if i == 0 else 1}", repeat: 2}
  - {name: stage3, type: block, out: 16, repeat: 3}
  - {type: Mean, dim: [2, 3]}
"""  # noqa: E501


@pytest.mark.slow
def test_blocks_that_lack_something_are_one_block_with_conditions() -> None:
    found = import_module(Residual(), (3, 32, 32), name="residual")
    assert found.check is not None
    assert found.check.named == found.check.tensors
    assert found.text.partition("\n\n")[2] == SPEC


def test_names_that_yaml_or_a_spec_reads_otherwise() -> None:
    found = import_module(nets.OddNames(), (3, 6, 6))
    assert [node.path for node in found.network.layers[:3]] == [
        "input_", "ways.(0, 1)", "ways.a [b]",
    ]  # fmt: skip
    assert found.network.layers[3].inputs == ("ways.(0, 1)", "ways.a [b]")
