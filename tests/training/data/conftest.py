"""Small data sets, written as the published ones are."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from cnnshape.training.data.mnist import FILES


def idx_bytes(array: NDArray[np.uint8]) -> bytes:
    """An array in the IDX format."""
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    return header + array.tobytes()


def digits_like(count: int, seed: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Random images of 28×28 and labels that go round."""
    random = np.random.default_rng(seed)
    pixels = random.integers(0, 256, (count, 28, 28), np.uint8)
    return pixels, (np.arange(count) % 10).astype(np.uint8)


@pytest.fixture
def idx_folder(tmp_path: Path) -> Path:
    """The four files of a set like MNIST, gzipped: 30 training and 20 test images."""
    folder = tmp_path / "idx"
    folder.mkdir()
    contents = [*digits_like(30, seed=1), *digits_like(20, seed=2)]
    for name, array in zip(FILES, contents, strict=True):
        (folder / name).write_bytes(gzip.compress(idx_bytes(array)))
    return folder


def write_image(path: Path, value: object = 128, size: tuple[int, int] = (6, 6)) -> None:
    """A file with a picture of one colour, of a width and height."""
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = "L" if isinstance(value, int) else "RGB"
    Image.new(mode, size, value).save(path)  # type: ignore[arg-type]


def bad_inside(path: Path) -> None:
    """Spoil a JPEG's middle; its end stays."""
    noise = np.random.default_rng(0).integers(0, 256, (64, 64), np.uint8)
    Image.fromarray(noise).save(path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 60] = b"\xff\xd8" * 30
    path.write_bytes(content)


@pytest.fixture
def image_folder(tmp_path: Path) -> Path:
    """Ten dark cats and ten light dogs, of 6×6 pixels."""
    folder = tmp_path / "pets"
    for number in range(10):
        write_image(folder / "cat" / f"{number}.png", 10 + number)
        write_image(folder / "dog" / f"{number}.png", 200 + number)
    return folder
