"""How good a network is: its loss and its answers on samples that it does not learn from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from .batches import Batch, Samples
from .classifier import Classifier
from .distributed import Group


@dataclass(frozen=True)
class Evaluation:
    """What was measured.

    Attributes:
        loss: the mean over all samples.
        confusion: how often a class (row) was answered as a class (column).
    """

    loss: float
    confusion: tuple[tuple[int, ...], ...]

    @property
    def samples(self) -> int:
        """How many were measured."""
        return sum(map(sum, self.confusion))

    @property
    def accuracy(self) -> float:
        """The share of right answers, from 0 to 1."""
        return sum(row[index] for index, row in enumerate(self.confusion)) / self.samples

    @property
    def class_accuracy(self) -> tuple[float | None, ...]:
        """For each class the share of its samples answered right; None where it has none."""
        return tuple(
            row[index] / sum(row) if sum(row) else None for index, row in enumerate(self.confusion)
        )


def evaluation_batches(samples: Samples, batch: int, group: Group) -> Iterable[Batch]:
    """All samples in their own order, of which this process takes its share of the batches."""
    order: Sequence[Tensor] = torch.split(torch.arange(len(samples)), batch)
    return samples.batches(order[group.rank :: group.size])


def measure(classifier: Classifier, batches: Iterable[Batch], group: Group) -> Evaluation:
    """Run samples through a classifier in evaluation mode; figures are those of all processes."""
    classes = len(classifier.classes)
    objective = classifier.objective
    classifier.module.eval()
    confusion = torch.zeros(classes * classes, dtype=torch.int64)
    loss = 0.0
    for pixels, labels in batches:
        output = classifier.output(pixels)
        cells = labels * classes + objective.logits(output).argmax(1)
        confusion += torch.bincount(cells, minlength=classes * classes).cpu()
        loss += float(objective.loss(output, labels)) * len(labels)
    # float64 holds every count up to 2**53: one tensor is one message to the others.
    own = torch.cat([confusion.double(), torch.tensor([loss], dtype=torch.float64)])
    sums = group.add_up(own)
    matrix = sums[:-1].long().view(classes, classes)
    return Evaluation(float(sums[-1]) / int(matrix.sum()), tuple(map(tuple, matrix.tolist())))
