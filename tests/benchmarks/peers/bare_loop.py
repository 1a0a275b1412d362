"""LeNet-5 on MNIST in a bare loop over tensors in memory: python -m ... FOLDER EPOCHS SEED."""

import json
import sys
import time

import torch
from torch import nn

from .mnist import lenet5, tensors


def main(folder: str, epochs: int, seed: int) -> None:
    """Train by SGD with Nesterov momentum and one cycle, test, and print what came out."""
    torch.manual_seed(seed)
    images, labels = tensors(folder, "train")
    mean, deviation = images.mean(), images.std()
    images = ((images - mean) / deviation).contiguous(memory_format=torch.channels_last)
    model = lenet5().to(memory_format=torch.channels_last)
    batch, steps = 64, len(images) // 64
    optimizer = torch.optim.SGD(
        model.parameters(), lr=0.08, momentum=0.9, nesterov=True, weight_decay=5e-4
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, 0.08, total_steps=epochs * steps, pct_start=0.25, anneal_strategy="linear",
        cycle_momentum=False,
    )  # fmt: skip
    loss_of = nn.CrossEntropyLoss()
    start = time.perf_counter()
    for _ in range(epochs):
        order = torch.randperm(len(images))
        for step in range(steps):
            chosen = order[step * batch : (step + 1) * batch]
            optimizer.zero_grad()
            loss_of(model(images[chosen]), labels[chosen]).backward()
            optimizer.step()
            schedule.step()
    seconds = time.perf_counter() - start
    images, labels = tensors(folder, "t10k")
    with torch.no_grad():
        right = (model((images - mean) / deviation).argmax(1) == labels).float().mean().item()
    print(json.dumps({"accuracy": right, "images_per_second": epochs * steps * batch / seconds}))


main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
