"""What is measured of answers that are known."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional

from cnnshape.training.distributed import Group
from cnnshape.training.evaluation import Evaluation, evaluation_batches, measure
from cnnshape.training.loss import Objective

# Of 7 samples: class 0 answered 0, 0, 1; class 1 answered 2, 2; class 2 answered 2, 0.
ANSWERS = [0, 0, 1, 2, 2, 2, 0]
LABELS = [0, 0, 0, 1, 1, 2, 2]
MATRIX = ((2, 1, 0), (0, 0, 2), (1, 0, 1))


def classifier(**objective: Any) -> Any:
    """One that answers what is given to it."""
    return SimpleNamespace(
        classes=("a", "b", "c"),
        module=nn.Identity(),
        objective=Objective("scores", from_logits=False, single=False, **objective),
        output=lambda pixels: 3.0 * functional.one_hot(pixels, 3).float(),
    )


def batches(size: int) -> Any:
    pairs = zip(torch.tensor(ANSWERS).split(size), torch.tensor(LABELS).split(size), strict=True)
    return list(pairs)


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_a_row_is_a_class_and_a_column_its_answer(size: int) -> None:
    found = measure(classifier(), batches(size), Group())
    assert found.confusion == MATRIX
    logits = 3.0 * functional.one_hot(torch.tensor(ANSWERS), 3).float()
    expected = functional.cross_entropy(logits, torch.tensor(LABELS))
    assert found.loss == pytest.approx(float(expected), rel=1e-6)


def test_the_figures_of_a_matrix() -> None:
    found = Evaluation(0.5, ((2, 1, 0), (0, 0, 0), (1, 0, 3)))
    assert found.samples == 7
    assert found.accuracy == 5 / 7
    assert found.class_accuracy == (2 / 3, None, 3 / 4)


def test_a_module_is_measured_as_it_is_used() -> None:
    one = classifier()
    one.module.train()
    measure(one, batches(7), Group())
    assert not one.module.training


@pytest.mark.parametrize(("rank", "own"), [(0, [[0, 1], [4, 5]]), (1, [[2, 3], [6]])])
def test_each_process_takes_every_other_batch(rank: int, own: list[list[int]]) -> None:
    class Samples:
        def __len__(self) -> int:
            return 7

        def batches(self, order: Any) -> list[list[int]]:
            return [each.tolist() for each in order]

    samples: Any = Samples()
    assert evaluation_batches(samples, 2, Group(rank, 2)) == own
