"""LeNet-5 on MNIST as tutorials do it: Dataset, ToTensor, DataLoader, Adam.

python -m tests.benchmarks.peers.usual_loop FOLDER SEED

Images are prepared by torchvision's transforms where it is installed; else by hand, in about
half their time. It goes on until its best accuracy has not been beaten for PATIENCE epochs, and
says how long the best took to reach.
"""

import json
import sys
import time
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from .mnist import arrays, lenet5

PATIENCE = 5
MOST_EPOCHS = 60
MEAN, DEVIATION = 0.1307, 0.3081


class Digits(Dataset[tuple[Tensor, int]]):
    """An image at a time, prepared when it is asked for."""

    def __init__(self, folder: str, part: str) -> None:
        self.images, self.labels = arrays(folder, part)

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        return prepared(Image.fromarray(self.images[index])), int(self.labels[index])


try:
    from torchvision import transforms  # type: ignore[import-not-found,unused-ignore]
except ImportError:
    WHOSE = "by hand"

    def prepared(image: Image.Image) -> Tensor:
        """The image as the three transforms of torchvision make it."""
        enlarged = image.resize((32, 32), Image.Resampling.BILINEAR)
        tensor = torch.from_numpy(np.array(enlarged)).float().div(255).unsqueeze(0)
        return (tensor - MEAN) / DEVIATION
else:
    WHOSE = "torchvision"
    prepared = transforms.Compose(
        [
            transforms.Resize((32, 32)),
            transforms.ToTensor(),
            transforms.Normalize((MEAN,), (DEVIATION,)),
        ]
    )


def main(folder: str, seed: int) -> None:
    """Train, test after each epoch, and print when the best accuracy was reached."""
    start = time.perf_counter()
    torch.manual_seed(seed)
    training: Any = DataLoader(Digits(folder, "train"), batch_size=64, shuffle=True)
    testing: Any = DataLoader(Digits(folder, "t10k"), batch_size=1000)
    model, loss_of = lenet5(), nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    accuracies: list[float] = []
    seconds: list[float] = []
    while len(accuracies) < MOST_EPOCHS:
        for images, labels in training:
            optimizer.zero_grad()
            loss_of(model(images), labels).backward()
            optimizer.step()
        with torch.no_grad():
            right = sum(
                (model(images).argmax(1) == labels).sum().item() for images, labels in testing
            )
        accuracies.append(right / 10_000)
        seconds.append(time.perf_counter() - start)
        if max(accuracies) > max(accuracies[-PATIENCE:]):
            break
    best = accuracies.index(max(accuracies))
    told = {
        "data": WHOSE,
        "accuracy": accuracies[best],
        "seconds": seconds[best],
        "accuracies": accuracies,
    }
    print(json.dumps({**told, "all_seconds": seconds[-1]}))


main(sys.argv[1], int(sys.argv[2]))
