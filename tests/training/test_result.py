"""What result.json says of a run whose figures are known."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnnshape.training.checkpoint import Position
from cnnshape.training.result import leave_files

from .runs import begun, network


def test_the_figures_of_a_run_that_is_known(tmp_path: Path) -> None:
    training = begun(tmp_path / "run", network(classes=2))
    train, test = len(training.job.train), len(training.job.test)
    assert train == 300 != test
    row = {"train_loss": 0.5, "train_accuracy": 0.5, "lr": 0.1, "images_per_second": 1.0}
    history = [
        {**row, "epoch": 1, "test_loss": 0.9, "test_accuracy": 0.5, "seconds": 1.0},
        {**row, "epoch": 2, "test_loss": 0.25, "test_accuracy": 0.75, "seconds": 1.625},
    ]
    position = Position(2, 0, history, [[9, 1], [4, 6]], seconds=3.5)
    run, plan = training.run, training.plan
    said = leave_files(run, training.job, position, training.network, plan)
    assert said["samples"] == {"train": train, "test": test}
    assert said["epochs"] == 2
    assert (said["seconds"], said["training_seconds"]) == (3.5, 2.625)
    # Both epochs looked at all 300 images: 600 in 2.625 s are 228.57 a second.
    assert said["images_per_second"] == pytest.approx(228.57, abs=0.05)
    # The last epoch's loss; 9 of 10 and 6 of 10 are right.
    assert (said["test_loss"], said["test_accuracy"]) == (0.25, 0.75)
    assert list(said["class_accuracy"].values()) == [0.9, 0.6]
    assert f"75.00 % of {test:,} test images" in run.curves.read_text(encoding="utf-8")
