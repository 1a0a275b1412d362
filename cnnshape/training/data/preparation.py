"""What is done to images before a network reads them: geometry, then normalising."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from math import prod
from os import PathLike
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn import functional

from ...layers.shapes import format_shape
from ...text.printable import printable
from .dataset import DataError, Drawing
from .drawings import read_drawing
from .image_files import BrokenImage, Reading, read_middle, without_warnings
from .measuring import how_many, mean_and_deviation

if TYPE_CHECKING:
    from .dataset import Images

MOST_PADDING = 1.25
"""An input may be so many times as large as an image for it to be padded; else it is resized."""
LUMA = (0.299, 0.587, 0.114)
"""The shares of red, green and blue in grey: ITU-R BT.601, as Pillow has it."""
RESIZED_ELEMENTS = 1 << 24
"""Elements that are resized at once."""


@dataclass(frozen=True)
class Preparation:
    """How images become what a network reads. It is fitted once, on the training images.

    Attributes:
        source: the shape of an image as it comes, C×H×W.
        output_shape: the network's input.
        mean, std: of the training images, a channel, as shares of 255.
        measured, total: on how many training images, and of how many.
        drawing: how they are drawn, where they are light strokes on black; else None.
    """

    source: tuple[int, ...]
    output_shape: tuple[int, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    measured: int
    total: int
    drawing: Drawing | None

    @classmethod
    def fit(cls, images: Images, input_shape: tuple[int, ...]) -> Preparation:
        """The preparation of a training set for a network's input.

        Raises:
            DataError: such images cannot become such an input.
        """
        source, target = tuple(images.shape), tuple(input_shape)
        _check_possible(source, target)
        measured = how_many(images, prod(target))
        raw = cls(source, target, (), (), measured, len(images), images.drawing)
        mean, std = mean_and_deviation(images, target, raw.geometry)
        return replace(raw, mean=mean, std=std)

    def suited_to(self, images: Images) -> Preparation:
        """The same for images that come in another shape; they are normalised alike.

        Raises:
            DataError: such images cannot become the network's input.
        """
        source = tuple(images.shape)
        _check_possible(source, self.output_shape)
        return replace(self, source=source)

    def __call__(self, pixels: Tensor) -> Tensor:
        """uint8 images as they come, as the numbers that the network reads."""
        return self.normalise(self.geometry(pixels))

    def geometry(self, pixels: Tensor) -> Tensor:
        """uint8 n×(source) to uint8 n×(the network's input), on the same device."""
        if self.source == self.output_shape:
            return pixels
        if self.source[0] > self.output_shape[0]:
            pixels = _grey(pixels)
        if self._resized != self.source[1:]:
            pixels = _resize(pixels, self._resized)
        if self._resized != self.output_shape[1:]:
            pixels = functional.pad(pixels, self._padding)
        if self.source[0] < self.output_shape[0]:
            pixels = pixels.expand(-1, self.output_shape[0], -1, -1)
        return pixels.contiguous()

    def normalise(self, pixels: Tensor) -> Tensor:
        """n×(the network's input) to float32 of mean 0 and deviation 1 over the training set.

        `pixels` are uint8, or float from 0 to 255, on any device.
        """
        mean, scale = _constants(self.mean, self.std, pixels.dim() - 2, pixels.device)
        return (pixels - mean).mul_(scale)

    def of_file(self, path: str | PathLike[str]) -> Reading:
        """An image file of the network's input. Nothing is normalised yet.

        Where the training images are drawings it becomes such a one: see `read_drawing`. Else
        its middle is taken.

        Raises:
            DataError: the file cannot be read, or the network was not trained on images.
        """
        if not self.reads_files:
            raise DataError(
                f"{printable(path)} is an image, and the network reads {format_shape(self.source)}"
            )
        try:
            with without_warnings():
                return self.read(path)
        except BrokenImage as fault:
            raise DataError(f"cannot read {printable(path)}: {fault}") from None

    @property
    def reads_files(self) -> bool:
        """Whether the network was trained on images, of which files may hold more."""
        return len(self.source) == 3 and self.source[0] in (1, 3)

    def read(self, path: str | PathLike[str]) -> Reading:
        """As `of_file`, for threads; raises BrokenImage."""
        channels, height, width = self.source
        if self.drawing is None:
            read = read_middle(path, (channels, height, width))
        else:
            read = read_drawing(path, (height, width), self.drawing)
        pixels = self.geometry(torch.from_numpy(read.pixels)[None])
        return read._replace(pixels=pixels[0].numpy())

    def sentences(self) -> list[str]:
        """What is done, for a user."""
        return [*self._geometry_said(), self._normalising_said()]

    def _geometry_said(self) -> list[str]:
        if self.source == self.output_shape:
            return []
        said = []
        source, resized, target = map(
            format_shape, (self.source[1:], self._resized, self.output_shape[1:])
        )
        if self.source[0] > self.output_shape[0]:
            said.append("colours become grey")
        if resized != source:
            said.append(f"images are resized from {source} to {resized}")
        if target != resized:
            said.append(f"images are padded with black from {resized} to {target}")
        if self.source[0] < self.output_shape[0]:
            said.append(f"grey is given to each of the {self.output_shape[0]} channels")
        return said

    def _normalising_said(self) -> str:
        figures = ", ".join(
            f"{mean:.4f} and {std:.4f}" for mean, std in zip(self.mean, self.std, strict=True)
        )
        said = f"normalised by the training set's mean and deviation: {figures}"
        if self.measured < self.total:
            said += f" (of {self.measured:,} of its {self.total:,} images)"
        return said

    @property
    def _resized(self) -> tuple[int, ...]:
        """Height and width after resizing, the proportions kept; the rest is padded."""
        height, width = self.source[1:]
        high, wide = self.output_shape[1:]
        if height <= high <= MOST_PADDING * height and width <= wide <= MOST_PADDING * width:
            return height, width
        scale = min(high / height, wide / width)
        return max(1, round(height * scale)), max(1, round(width * scale))

    @property
    def _padding(self) -> tuple[int, int, int, int]:
        """Empty columns and rows: left, right, above, below."""
        down, across = (
            wanted - there
            for wanted, there in zip(self.output_shape[1:], self._resized, strict=True)
        )
        return across // 2, across - across // 2, down // 2, down - down // 2

    def to_dict(self) -> dict[str, Any]:
        """Plain data, for JSON."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Preparation:
        """The preparation of plain data; raises DataError where it is none."""
        try:
            made = cls(
                source=tuple(map(int, values["source"])),
                output_shape=tuple(map(int, values["output_shape"])),
                mean=tuple(map(float, values["mean"])),
                std=tuple(map(float, values["std"])),
                measured=int(values["measured"]),
                total=int(values["total"]),
                drawing=_drawing(values["drawing"]),
            )
            channels = made.output_shape[0] if len(made.output_shape) > 1 else 1
            whole = len(made.mean) == len(made.std) == channels and made._may_be_drawn
        except (KeyError, TypeError, ValueError):
            whole = False
        if not whole:
            raise DataError("what is kept of the images' preparation is faulty")
        _check_possible(made.source, made.output_shape)
        return made

    @property
    def _may_be_drawn(self) -> bool:
        """Whether drawings, if they are some, are grey, and their box has room in the frame."""
        if self.drawing is None:
            return True
        box = self.drawing.box
        return (
            len(self.source) == 3
            and self.source[0] == 1
            and (box is None or 1 <= box <= min(self.source[1:]))
        )


def _check_possible(source: tuple[int, ...], target: tuple[int, ...]) -> None:
    """Raise DataError where images of one shape cannot become an input of the other."""
    if source != target and not (
        len(source) == len(target) == 3 and {source[0], target[0]} <= {1, 3}
    ):
        raise DataError(
            f"images of {format_shape(source)} cannot become the network's input of "
            f"{format_shape(target)}: 1 channel or 3 of height and width can"
        )


def _drawing(value: Mapping[str, Any] | None) -> Drawing | None:
    if value is None:
        return None
    return Drawing(None if value["box"] is None else int(value["box"]))


def _resize(pixels: Tensor, sides: tuple[int, ...]) -> Tensor:
    """uint8 images at another height and width; a few at a time, for they are float meanwhile."""
    few = max(1, RESIZED_ELEMENTS // (pixels.shape[1] * prod(sides)))
    parts = (
        functional.interpolate(part.float(), sides, mode="bilinear", antialias=True)
        for part in torch.split(pixels, few)
    )
    return torch.cat([part.round_().clamp_(0, 255).to(torch.uint8) for part in parts])


def _grey(pixels: Tensor) -> Tensor:
    red, green, blue = (pixels[:, channel : channel + 1].float() for channel in range(3))
    grey = LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue
    return grey.round_().to(torch.uint8)


@lru_cache(maxsize=16)
def _constants(
    mean: tuple[float, ...], std: tuple[float, ...], dimensions: int, device: torch.device
) -> tuple[Tensor, Tensor]:
    """The mean and one over the deviation, of pixels from 0 to 255, for channels of so many
    dimensions."""
    shape = (-1, *(1,) * max(0, dimensions))
    means, deviations = torch.tensor([mean, std], dtype=torch.float64) * 255
    return (
        means.view(shape).float().to(device),
        deviations.reciprocal().view(shape).float().to(device),
    )
