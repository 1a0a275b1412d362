"""What all normalisations share: learned numbers that are used once an element, and no MACs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._python import TORCH
from .base import Layer, Step
from .shapes import Shape, Shapes
from .working import Working, of_each_output

if TYPE_CHECKING:
    from torch import nn


class NormLayer(Layer, abstract=True):
    """A layer that shifts and scales its input by statistics, and then by learned numbers.

    Args:
        eps: added under the root, so that nothing is divided by zero.
        bias: whether a learned number is added, where one is multiplied.
    """

    kind = "normalization"
    gives_own_memory = True
    python = TORCH

    def output_shape(self, inputs: Shapes) -> Shape:
        return inputs[0]

    def macs(self, inputs: Shapes, output: Shape) -> int:
        return 0

    def connections_working(self, inputs: Shapes, output: Shape) -> Working:
        count = len(self.parameters())
        return (of_each_output(output, count, "learned numbers"),) if count else ()

    def module(self) -> nn.Module:
        if self.python.file:
            return super().module()
        from torch import nn

        arguments = self.arguments
        # PyTorch before 2.13 has the argument only in part: the default is left out, and a bias
        # that is not wanted is taken away.
        biased = arguments.pop("bias", True)
        module: nn.Module = getattr(nn, self.type_name)(**arguments)
        if not biased:
            module.register_parameter("bias", None)
        return module


def over_all_positions(shape: Shape) -> tuple[Step, ...] | None:
    """The footprint of statistics over every position, where each position stays its own."""
    return tuple(Step(size - 1, 1) for size in shape[1:]) or None
