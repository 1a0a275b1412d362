"""An image as characters: two pixels in each half block, or grey steps where there is no colour."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional

from .data.preparation import LUMA

if TYPE_CHECKING:
    from ..text.styled import StyledLine

UPPER_HALF = "▀"
SHADES = " .:-=+*#%@"
"""From black to white, on a dark terminal."""
MOST_COLUMNS = 64


def coloured_lines(pixels: Tensor) -> list[StyledLine]:
    """An image as lines of half blocks, each with the colours of the pixels above and below.

    Args:
        pixels: uint8, C×H×W with one or three channels.
    """
    image = _small(pixels)
    image = image.expand(3, -1, -1) if len(image) == 1 else image
    colours = image.permute(1, 2, 0).tolist()
    return [
        [(style, UPPER_HALF * len(list(alike))) for style, alike in groupby(map(_style, *rows))]
        for rows in zip(colours[::2], colours[1::2], strict=True)
    ]


def plain_lines(pixels: Tensor) -> list[str]:
    """An image as lines of characters, each as bright as the two pixels that it stands for.

    Args:
        pixels: uint8, C×H×W with one or three channels.
    """
    image = _small(pixels).float()
    weights = torch.tensor(LUMA if len(image) == 3 else [1.0]).view(-1, 1, 1)
    grey = (image * weights).sum(0)
    pairs = (grey[::2] + grey[1::2]) / 2
    steps = (pairs / 256 * len(SHADES)).long().tolist()
    return ["".join(SHADES[step] for step in row).rstrip() for row in steps]


def _small(pixels: Tensor) -> Tensor:
    """The image in an even number of rows, no wider than MOST_COLUMNS."""
    _, height, width = pixels.shape
    scale = min(1.0, MOST_COLUMNS / width)
    rows = max(2, 2 * round(height * scale / 2))
    size = (rows, max(1, round(width * scale)))
    if size == (height, width):
        return pixels
    resized = functional.interpolate(
        pixels[None].float(), size=size, mode="bilinear", antialias=True, align_corners=False
    )
    return resized[0].round().clamp(0, 255).to(torch.uint8)


def _style(above: list[int], below: list[int]) -> str:
    """The style, as rich writes it, of a half block with these colours."""
    return f"rgb({_commas(above)}) on rgb({_commas(below)})"


def _commas(colour: list[int]) -> str:
    return ",".join(map(str, colour))
