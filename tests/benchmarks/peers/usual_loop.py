"""LeNet-5 on MNIST as tutorials do it: Dataset, ToTensor, DataLoader, Adam.

python -m tests.benchmarks.peers.usual_loop FOLDER SEED

It goes on until its best accuracy has not been beaten for PATIENCE epochs, and says how long
the best took to reach, and how long 99 %.
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
ENOUGH = 0.99


class Digits(Dataset[tuple[Tensor, int]]):
    """An image at a time, made a tensor when it is asked for, as torchvision's ToTensor does."""

    def __init__(self, folder: str, part: str) -> None:
        self.images, self.labels = arrays(folder, part)

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        image = Image.fromarray(self.images[index])
        tensor = torch.from_numpy(np.array(image)).float().div(255).unsqueeze(0)
        tensor = nn.functional.pad(tensor, (2, 2, 2, 2))
        return (tensor - 0.1307) / 0.3081, int(self.labels[index])


def main(folder: str, seed: int) -> None:
    """Train, test after each epoch, and print when the best accuracy was reached."""
    start = time.perf_counter()
    torch.manual_seed(seed)
    training: Any = DataLoader(Digits(folder, "train"), batch_size=64, shuffle=True)
    testing: Any = DataLoader(Digits(folder, "t10k"), batch_size=1000)
    model, loss_of = lenet5(), nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    history: list[tuple[float, float]] = []
    for _ in range(MOST_EPOCHS):
        for images, labels in training:
            optimizer.zero_grad()
            loss_of(model(images), labels).backward()
            optimizer.step()
        with torch.no_grad():
            right = sum(
                (model(images).argmax(1) == labels).sum().item() for images, labels in testing
            )
        history.append((right / 10_000, time.perf_counter() - start))
        if max(accuracy for accuracy, _ in history) > max(
            accuracy for accuracy, _ in history[-PATIENCE:]
        ):
            break
    best = max(accuracy for accuracy, _ in history)
    print(
        json.dumps(
            {
                "accuracy": best,
                "seconds": _first(history, best),
                "seconds_to_enough": _first(history, ENOUGH),
                "epochs": len(history),
                "history": history,
            }
        )
    )


def _first(history: list[tuple[float, float]], accuracy: float) -> float | None:
    """The seconds after which an accuracy was reached, or None."""
    return next((seconds for found, seconds in history if found >= accuracy), None)


main(sys.argv[1], int(sys.argv[2]))
