"""Pooling by a fixed blur."""

from __future__ import annotations

from torch import Tensor, nn


class BlurPool2d(nn.Module):
    """Blurs each channel by a binomial filter, and keeps every n-th position."""

    def __init__(
        self, kernel_size: int | tuple[int, int] = 3, stride: int | tuple[int, int] = 2
    ) -> None:
        super().__init__()
        if isinstance(kernel_size, int):
            kernel_size = (kernel_size, kernel_size)
        self.kernel_size = kernel_size
        rows, columns = map(self.binomial, kernel_size)
        self.taps = [[a * b for b in columns] for a in rows]
        self.stride = stride

    @staticmethod
    def binomial(size: int) -> list[float]:
        """The row of Pascal's triangle of `size` numbers, divided by their sum."""
        row = [1.0]
        for _ in range(size - 1):
            row = [(a + b) / 2 for a, b in zip([0.0, *row], [*row, 0.0], strict=True)]
        return row

    def forward(self, x: Tensor) -> Tensor:
        taps = x.new_tensor(self.taps).expand(x.shape[1], 1, -1, -1)
        return nn.functional.conv2d(x, taps, stride=self.stride, groups=x.shape[1])
