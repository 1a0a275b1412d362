"""Pools whose window slides over the input at equal steps: max, average and power mean."""

from __future__ import annotations

from math import isinf, prod
from typing import TYPE_CHECKING, ClassVar

from ..fixes import at_most, setting
from ._python import TORCH
from ._window import Window, WindowLayer, windows_of
from .base import Example, LayerError
from .fields import Boolean, Integer, Number, Optional, PerDimension, defaulted, required
from .shapes import Shape, Shapes, format_shape

if TYPE_CHECKING:
    from torch import nn

NO_INDICES = {
    "return_indices": "leave it out: a layer has one output, the pooled values; a MaxUnpool "
    "finds the places again, from the map that was pooled"
}
"""What is said where a max pool is asked for the places of its maxima too."""


class _Pool(WindowLayer, abstract=True):
    """A pool with a sliding window, for each channel by itself.

    Args:
        kernel_size: size of the window, one number or one for each dimension.
        stride: positions from one window to the next; null: as the window is wide.
        ceil_mode: whether the last window may hang over the end of the input.
    """

    kind = "pooling"
    gives_own_memory = True

    kernel_size = required(PerDimension(Integer(min=1)))
    stride = defaulted(Optional(PerDimension(Integer(min=1))), None)
    ceil_mode = defaulted(Boolean(), False)

    def paddings(self) -> Shape | None:
        """The padding at both ends of each dimension; None: there is none."""
        return None

    def dilations(self) -> Shape | None:
        """The positions from one tap of the window to the next; None: they are adjacent."""
        return None

    def windows(self) -> tuple[Window, ...]:
        return windows_of(
            self.kernel_size,
            stride=self.stride,
            padding=self.paddings(),
            dilation=self.dilations(),
            ceil_mode=self.ceil_mode,
        )

    def check(self) -> None:
        widest = max(window.before for window in self.windows())
        for window in self.windows():
            if window.before > window.kernel // 2:
                raise LayerError(
                    f"padding {window.before} is more than half of kernel_size {window.kernel}: "
                    f"⌊{window.kernel}/2⌋ = {window.kernel // 2}",
                    fixes=[
                        at_most("padding", min(each.kernel for each in self.windows()) // 2),
                        setting(f"kernel_size of at least {2 * widest}", kernel_size=2 * widest),
                    ],
                    field="padding",
                )

    def remarks(self, inputs: Shapes, output: Shape) -> list[str]:
        before, after = prod(inputs[0]), prod(output)
        remarks = ["Each map is pooled by itself, and nothing is learned."]
        if after < before:
            remarks[0] += f" Of {before:,} numbers {after:,} are left."
        if any(window.stride < window.kernel for window in self.windows()):
            remarks.append("The windows overlap: the stride is less than the window.")
        return remarks

    def summary(self) -> str:
        parts = [format_shape(self.kernel_size), *self.changed("stride", "padding", "dilation")]
        if self.ceil_mode:
            parts.append("ceil mode")
        return ", ".join(parts)


class _MaxPool(_Pool, abstract=True):
    """The largest value of each window.

    Args:
        padding: positions added at both ends, never the largest; at most half the window.
        dilation: positions from one tap of the window to the next.
    """

    left_out = NO_INDICES

    padding = defaulted(PerDimension(Integer(min=0)), 0)
    dilation = defaulted(PerDimension(Integer(min=1)), 1)

    def paddings(self) -> Shape:
        return self.padding

    def dilations(self) -> Shape:
        return self.dilation


class MaxPool1d(_MaxPool):
    """Max pooling over C×L.

    Source: torch.nn.MaxPool1d.
    """

    spatial_dims: ClassVar[int] = 1
    examples = (
        Example({"kernel_size": 2}, (4, 100), (4, 50)),
        Example({"kernel_size": 3, "stride": 2, "ceil_mode": True}, (4, 10), (4, 5)),
    )


class MaxPool2d(_MaxPool):
    """Max pooling over C×H×W.

    Source: torch.nn.MaxPool2d.
    """

    spatial_dims: ClassVar[int] = 2
    examples = (
        Example({"kernel_size": 2}, (6, 28, 28), (6, 14, 14)),
        Example({"kernel_size": 3, "stride": 2, "padding": 1}, (64, 112, 112), (64, 56, 56)),
        Example({"kernel_size": 3, "stride": 2, "ceil_mode": True}, (64, 112, 112), (64, 56, 56)),
        Example({"kernel_size": [2, 3], "dilation": 2}, (6, 28, 28), (6, 13, 8)),
    )


class MaxPool3d(_MaxPool):
    """Max pooling over C×D×H×W.

    Source: torch.nn.MaxPool3d.
    """

    spatial_dims: ClassVar[int] = 3
    examples = (
        Example({"kernel_size": 2}, (4, 8, 16, 16), (4, 4, 8, 8)),
        Example({"kernel_size": [1, 2, 2], "stride": [1, 2, 2]}, (4, 8, 16, 16), (4, 8, 8, 8)),
    )


class _WholeWindow3d(_Pool, abstract=True):
    """A 3-d mean: PyTorch wants the input itself, without padding, to hold a whole window."""

    def needs_whole_window(self) -> bool:
        """Whether the rule holds for these arguments."""
        return True

    def output_shape(self, inputs: Shapes) -> Shape:
        _, size = self.channels_and_size(inputs)
        for letter, n, kernel in zip("DHW", size, self.kernel_size, strict=True):
            if kernel > n and self.needs_whole_window():
                raise LayerError(
                    f"{self.type_name}'s window of {format_shape(self.kernel_size)} is larger "
                    f"than its input {format_shape(size)}: {letter} is {n}, less than {kernel}, "
                    "and PyTorch counts neither padding nor ceil_mode here",
                    fixes=[at_most("kernel_size", min(size))],
                    field="kernel_size",
                )
        return super().output_shape(inputs)


class _AvgPool(_Pool, abstract=True):
    """The mean of each window.

    Args:
        padding: zeros added at both ends; at most half the window.
        count_include_pad: whether those zeros count in the mean.
    """

    padding = defaulted(PerDimension(Integer(min=0)), 0)
    count_include_pad = defaulted(Boolean(), True)

    def paddings(self) -> Shape:
        return self.padding


class _Divisor(_AvgPool, abstract=True):
    """A mean whose divisor can be chosen.

    Args:
        divisor_override: what the sum of a window is divided by; null: its positions.
    """

    divisor_override = defaulted(Optional(Integer()), None)

    def check(self) -> None:
        super().check()
        if self.divisor_override == 0:
            raise LayerError(
                "divisor_override must not be 0: each sum is divided by it",
                fixes=[
                    setting("divisor_override: 1 for the plain sum", divisor_override=1),
                    setting("null for the mean", divisor_override=None),
                ],
                field="divisor_override",
            )


class AvgPool1d(_AvgPool):
    """Average pooling over C×L.

    Source: torch.nn.AvgPool1d.
    """

    spatial_dims: ClassVar[int] = 1
    examples = (
        Example({"kernel_size": 4}, (4, 100), (4, 25)),
        Example({"kernel_size": 3, "stride": 1, "padding": 1}, (4, 100), (4, 100)),
    )


class AvgPool2d(_Divisor):
    """Average pooling over C×H×W.

    Source: torch.nn.AvgPool2d.
    """

    spatial_dims: ClassVar[int] = 2
    examples = (
        Example({"kernel_size": 2}, (128, 56, 56), (128, 28, 28)),
        Example(
            {"kernel_size": 3, "stride": 2, "padding": 1, "count_include_pad": False},
            (8, 7, 9),
            (8, 4, 5),
        ),
        Example({"kernel_size": [1, 4], "divisor_override": 1}, (8, 7, 9), (8, 7, 2)),
    )


class AvgPool3d(_WholeWindow3d, _Divisor):
    """Average pooling over C×D×H×W.

    Source: torch.nn.AvgPool3d.
    """

    spatial_dims: ClassVar[int] = 3
    examples = (
        Example({"kernel_size": 2}, (4, 8, 16, 16), (4, 4, 8, 8)),
        Example({"kernel_size": [2, 7, 7], "stride": 1}, (4, 4, 7, 7), (4, 3, 1, 1)),
    )


class _LPPool(_Pool, abstract=True):
    """The power mean of each window: the p-th root of the sum of p-th powers.

    Args:
        norm_type: the p; 1 is the sum, 2 the Euclidean norm, .inf the largest magnitude.
    """

    norm_type = required(Number())

    def check(self) -> None:
        super().check()
        if self.norm_type == 0:
            raise LayerError(
                "norm_type must not be 0: the root is to the power of 1/norm_type",
                fixes=[setting("norm_type: 2 for the Euclidean norm", norm_type=2)],
                field="norm_type",
            )

    def summary(self) -> str:
        return f"p {self.norm_type:g}, {super().summary()}"


class LPPool1d(_LPPool):
    """Power-average pooling over C×L.

    Source: torch.nn.LPPool1d.
    """

    python = TORCH
    spatial_dims: ClassVar[int] = 1
    examples = (
        Example({"norm_type": 2, "kernel_size": 3}, (4, 100), (4, 33)),
        Example({"norm_type": 1, "kernel_size": 4, "stride": 2}, (4, 100), (4, 49)),
    )

    def module(self) -> nn.Module:
        from torch import nn

        # Alone among the 1-d pools, it multiplies by the kernel size: a tuple will not do.
        (kernel,) = self.kernel_size
        return nn.LPPool1d(self.norm_type, kernel, self.stride, self.ceil_mode)


class LPPool2d(_LPPool):
    """Power-average pooling over C×H×W.

    Source: torch.nn.LPPool2d.
    """

    spatial_dims: ClassVar[int] = 2
    examples = (
        Example({"norm_type": 2, "kernel_size": 2}, (4, 28, 28), (4, 14, 14)),
        Example({"norm_type": 1.5, "kernel_size": [3, 2], "stride": 2}, (4, 9, 9), (4, 4, 4)),
    )


class LPPool3d(_WholeWindow3d, _LPPool):
    """Power-average pooling over C×D×H×W.

    Source: torch.nn.LPPool3d.
    """

    spatial_dims: ClassVar[int] = 3
    examples = (
        Example({"norm_type": 2, "kernel_size": 2}, (4, 8, 16, 16), (4, 4, 8, 8)),
        Example(
            {"norm_type": 3, "kernel_size": 3, "stride": 2, "ceil_mode": True},
            (4, 8, 8, 8),
            (4, 4, 4, 4),
        ),
    )

    def needs_whole_window(self) -> bool:
        # With an infinite p it is a max pool, which has no such rule.
        return not isinf(self.norm_type)
