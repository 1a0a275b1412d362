"""What a run tells while it goes on, as data; `progress` shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Told:
    """Something that the user should know, in one line."""

    text: str


@dataclass(frozen=True)
class Looked:
    """A look at an epoch that is under way.

    Attributes:
        epoch, epochs: from 1; of how many.
        step, steps: done in this epoch; of how many.
        loss, accuracy: the means over the epoch so far, in training mode.
        images_per_second: of training.
        seconds_left: until the end of the run, from the steps so far; None: not known yet.
    """

    epoch: int
    epochs: int
    step: int
    steps: int
    loss: float
    accuracy: float
    images_per_second: float
    seconds_left: float | None


@dataclass(frozen=True)
class EpochDone:
    """The figures of an epoch that is done: a row of metrics.csv.

    Attributes:
        epoch: from 1.
        lr: the learning rate of its last step.
        train_loss, train_accuracy: the means over its steps, in training mode.
        test_loss, test_accuracy: measured after it.
        seconds: of its training, without the evaluation.
        images_per_second: of its training.
    """

    epoch: int
    lr: float
    train_loss: float
    train_accuracy: float
    test_loss: float
    test_accuracy: float
    seconds: float
    images_per_second: float


Event: TypeAlias = Told | Looked | EpochDone
