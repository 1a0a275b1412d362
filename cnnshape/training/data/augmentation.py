"""Changing training images at random, a whole batch at once."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor
from torch.nn import functional

TRANSLATION = 1.5
"""Pixels by which a distortion moves an image at most, each way."""
SCALING = 0.12
"""Logarithm of the most by which it is made larger or smaller."""
SQUEEZING = 0.12
"""Logarithm of the most by which it is widened and flattened, or the reverse."""
SHEARING = 0.25
"""How far it leans at most: columns that a row is moved by for each row from the middle."""


@dataclass(frozen=True)
class Augmentation:
    """What is done to training images, each by its own draw. What comes in from outside is 0.

    Attributes:
        shift: pixels that an image is moved by at most, each way; whole ones.
        flip: whether every second image or so is mirrored, left to right.
        distort: whether images are moved, scaled, squeezed and sheared, the planar
            affine distortions of LeCun et al., 1998, section III.A.
    """

    shift: int = 0
    flip: bool = False
    distort: bool = False

    def apply(self, images: Tensor, generator: Generator) -> Tensor:
        """The changed images.

        Args:
            images: uint8 or float, n×C×H×W, on any device.
            generator: of every draw, on the cpu: the same state gives the same images.

        Returns:
            New images of the same shape, type and device.
        """
        if self.distort:
            images = _distorted(images, generator)
        if self.shift:
            images = _shifted(images, self.shift, generator)
        if self.flip:
            images = _flipped(images, generator)
        return images


def _distorted(images: Tensor, generator: Generator) -> Tensor:
    matrices = _distortions(images, generator).to(images.device)
    grid = functional.affine_grid(matrices, list(images.shape), align_corners=False)
    pixels = images if images.is_floating_point() else images.float()
    distorted = functional.grid_sample(pixels, grid.to(pixels.dtype), align_corners=False)
    return distorted if images.is_floating_point() else distorted.round_().to(images.dtype)


def _distortions(images: Tensor, generator: Generator) -> Tensor:
    """For each image the 2×3 matrix from places in the result to places in it, from −1 to 1."""
    height, width = images.shape[-2:]
    draws = torch.rand(len(images), 5, generator=generator) * 2 - 1
    right, down, scale, squeeze, lean = draws.unbind(1)
    scale, squeeze = SCALING * scale, SQUEEZING * squeeze
    matrices = torch.zeros(len(images), 2, 3)
    matrices[:, 0, 0] = torch.exp(scale + squeeze)
    matrices[:, 1, 1] = torch.exp(scale - squeeze)
    matrices[:, 0, 1] = SHEARING * lean * height / width
    matrices[:, 0, 2] = TRANSLATION * right * 2 / width
    matrices[:, 1, 2] = TRANSLATION * down * 2 / height
    return matrices


def _shifted(images: Tensor, most: int, generator: Generator) -> Tensor:
    height, width = images.shape[-2:]
    down, right = torch.randint(0, 2 * most + 1, (2, len(images)), generator=generator)
    padded = functional.pad(images, (most, most, most, most))
    # A view that holds every shifted image; one is taken for each sample.
    shifts = padded.unfold(2, height, 1).unfold(3, width, 1)
    number = torch.arange(len(images), device=images.device)
    return shifts[number, :, down.to(images.device), right.to(images.device)]


def _flipped(images: Tensor, generator: Generator) -> Tensor:
    chosen = torch.rand(len(images), generator=generator) < 0.5
    return torch.where(chosen.to(images.device)[:, None, None, None], images.flip(3), images)
