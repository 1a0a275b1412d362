"""MNIST and LeNet-5 as a script has them."""

import gzip
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn


def arrays(folder: str, part: str) -> tuple[np.ndarray, np.ndarray]:
    """Images of 28×28 and labels of a part, 'train' or 't10k', as bytes."""
    pixels, digits = (
        np.frombuffer(gzip.decompress(Path(folder, name).read_bytes()), np.uint8, offset=offset)
        for name, offset in (
            (f"{part}-images-idx3-ubyte.gz", 16),
            (f"{part}-labels-idx1-ubyte.gz", 8),
        )
    )
    return pixels.reshape(-1, 28, 28), digits


def tensors(folder: str, part: str) -> tuple[Tensor, Tensor]:
    """All images of a part as N×1×32×32 from 0 to 1, and their labels."""
    pixels, digits = arrays(folder, part)
    images = torch.from_numpy(pixels.copy()).unsqueeze(1).float() / 255
    return nn.functional.pad(images, (2, 2, 2, 2)), torch.from_numpy(digits.astype(np.int64))


def lenet5() -> nn.Module:
    """LeNet-5 as it is taught, without the Softmax that the loss has."""
    return nn.Sequential(
        nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 120, 5), nn.ReLU(), nn.Flatten(),
        nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    )  # fmt: skip
