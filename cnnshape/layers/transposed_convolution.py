"""Transposed convolutions over one to three spatial dimensions."""

from __future__ import annotations

from typing import ClassVar

from ..fixes import at_most, setting
from .base import Example, LayerError, Step
from .convolution import ConvNd
from .fields import Choice, Integer, PerDimension, defaulted
from .shapes import (
    Shape,
    Shapes,
    format_shape,
    minus,
    per_dimension,
    spatial_letters,
    transposed_positions,
)
from .working import Product, SizeRule, times


class _ConvTranspose(ConvNd, abstract=True):
    """A transposed convolution: every input position writes one window of the output.

    Args:
        padding: positions cut off at both ends of each dimension of the output.
        output_padding: positions added at one end of the output, to choose between the
            sizes that a strided convolution maps to the same input; less than the stride
            or less than the dilation.
        padding_mode: only 'zeros'.
    """

    operation = "Transposed convolution"
    parameter_meanings: ClassVar[dict[str, str]] = {
        "weight": "in_channels · out_channels/groups · window",
        "bias": "one for each output map",
    }
    output_padding = defaulted(PerDimension(Integer(min=0)), 0)
    padding_mode = defaulted(Choice("zeros"), "zeros")

    def check(self) -> None:
        for added, stride, dilation in zip(
            self.output_padding, self.stride, self.dilation, strict=True
        ):
            if added >= max(stride, dilation):
                most = max(stride, dilation) - 1
                raise LayerError(
                    f"output_padding {added} is neither less than stride {stride} "
                    f"nor than dilation {dilation}",
                    fixes=[at_most("output_padding", most), setting(stride=added + 1)],
                    field="output_padding",
                )

    def _written(self, size: Shape) -> list[tuple[int, SizeRule, str, int]]:
        """For each dimension: the positions written, the rule in letters and in numbers, and the
        padding cut off."""
        written = []
        for n, kernel, stride, padding, added, dilation in zip(
            size,
            self.kernel_size,
            self.stride,
            self.padding,
            self.output_padding,
            self.dilation,
            strict=True,
        ):
            full = transposed_positions(n, kernel, stride, 0, dilation, added)
            letters = {"W": n, "F": kernel, "P": padding, "S": stride}
            letters |= {"D": dilation} if dilation != 1 else {}
            letters |= {"A": added} if added else {}
            window = "F" if dilation == 1 else "D(F−1)+1"
            rule = SizeRule(f"(W−1)S−2P+{window}{'+A' if added else ''}", letters)
            text = f"{rule.with_numbers()} = {minus(full - 2 * padding)}"
            written.append((full, rule, text, padding))
        return written

    def output_shape(self, inputs: Shapes) -> Shape:
        _, size = self.channels_and_size(inputs)
        letters = spatial_letters(self.spatial_dims)
        written = self._written(size)
        for letter, (full, _, text, padding) in zip(letters, written, strict=True):
            if full <= 2 * padding:
                raise LayerError(
                    f"{self.type_name} makes nothing of {format_shape(inputs[0])}: "
                    f"{letter} would be {text}",
                    fixes=[at_most("padding", (full - 1) // 2)],
                    field="padding",
                )
        return (self.out_channels, *(full - 2 * padding for full, _, _, padding in written))

    def weight_shape(self) -> Shape:
        assert self.in_channels is not None
        return (self.in_channels, self.out_channels // self.groups, *self.kernel_size)

    def uses(self, inputs: Shapes, output: Shape) -> Product:
        """Each input position meets each of its weights once, also where padding cuts."""
        return times((inputs[0], "inputs"), (self.weight_shape()[1:], "weights each"))

    def size_rules(self, inputs: Shapes) -> tuple[SizeRule, ...]:
        return tuple(rule for _, rule, _, _ in self._written(inputs[0][1:]))

    def remarks(self, inputs: Shapes, output: Shape) -> list[str]:
        return [
            "Sizes as of a convolution with the same window, stride and padding, the other way "
            "round: each input writes a window of the output; where windows overlap, they add up."
        ]

    def footprint(self, inputs: Shapes, output: Shape) -> tuple[Step, ...] | None:
        return tuple(
            Step.rescaling(dilation * (kernel - 1) // stride, 1, stride)
            for kernel, stride, dilation in zip(
                self.kernel_size, self.stride, self.dilation, strict=True
            )
        )

    def formula(self, inputs: Shapes, output: Shape) -> str:
        return per_dimension(text for _, _, text, _ in self._written(inputs[0][1:]))


class ConvTranspose1d(_ConvTranspose):
    """Transposed convolution over one dimension, which makes it longer.

    Source: torch.nn.ConvTranspose1d.
    """

    spatial_dims: ClassVar[int] = 1
    examples = (
        Example({"out_channels": 4, "kernel_size": 3}, (8, 10), (4, 12)),
        Example({"out_channels": 4, "kernel_size": 4, "stride": 2, "padding": 1}, (8, 10), (4, 20)),
    )


class ConvTranspose2d(_ConvTranspose):
    """Transposed convolution over an image, which makes it larger.

    Source: torch.nn.ConvTranspose2d.
    """

    spatial_dims: ClassVar[int] = 2
    examples = (
        Example({"out_channels": 64, "kernel_size": 2, "stride": 2}, (128, 28, 28), (64, 56, 56)),
        Example(
            {
                "out_channels": 8,
                "kernel_size": 3,
                "stride": 2,
                "padding": 1,
                "output_padding": 1,
                "groups": 4,
                "bias": False,
            },
            (16, 7, 7),
            (8, 14, 14),
        ),
        Example({"out_channels": 1, "kernel_size": [3, 5], "dilation": 2}, (2, 5, 5), (1, 9, 13)),
    )


class ConvTranspose3d(_ConvTranspose):
    """Transposed convolution over a volume, which makes it larger.

    Source: torch.nn.ConvTranspose3d.
    """

    spatial_dims: ClassVar[int] = 3
    examples = (
        Example({"out_channels": 2, "kernel_size": 2, "stride": 2}, (4, 3, 5, 5), (2, 6, 10, 10)),
        Example(
            {"out_channels": 2, "kernel_size": [1, 3, 3], "padding": [0, 1, 1]},
            (4, 3, 5, 5),
            (2, 3, 5, 5),
        ),
    )
