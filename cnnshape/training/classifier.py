"""A network as a classifier: its module with what goes in and what comes out."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from .data.preparation import Preparation
from .loss import Objective


@dataclass(frozen=True)
class Classifier:
    """A module that answers with one of some classes.

    Attributes:
        module: what is run; it may be compiled, or share its work with other processes.
        objective: how its output is read.
        preparation: what is done to an image before.
        classes: their names.
        device: where it runs.
        mixed: whether what gains by it is computed in bfloat16.
    """

    module: nn.Module
    objective: Objective
    preparation: Preparation
    classes: tuple[str, ...]
    device: torch.device
    mixed: bool = False

    def normalised(self, pixels: Tensor) -> Tensor:
        """uint8 pixels, n×C×H×W on the device, as the numbers that the module reads."""
        images = self.preparation.normalise(pixels)
        return images.contiguous(memory_format=fast_layout(images.dim()))

    def arithmetic(self) -> AbstractContextManager[object]:
        """The context in which the module runs: bfloat16 where it is `mixed`."""
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.mixed)

    @torch.no_grad()
    def output(self, pixels: Tensor) -> Tensor:
        """The module's output for uint8 pixels, in the mode that the module is in."""
        with self.arithmetic():
            output: Tensor = self.module(self.normalised(pixels))
        return output


def fast_layout(dimensions: int) -> torch.memory_format:
    """The order of memory in which convolutions of 2-d maps are fastest: channels last."""
    return torch.channels_last if dimensions == 4 else torch.contiguous_format
