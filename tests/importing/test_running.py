"""What gives back what it reads is a value of its own, unless it has written into it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from cnnshape.importing import import_module


class Beside(nn.Module):
    """What something gives, times what it read."""

    def __init__(self, work: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.work = work

    def forward(self, x: Tensor) -> Tensor:
        x = torch.sigmoid(x)
        return self.work(x) * x


class StochasticDepth(nn.Module):
    p, mode = 0.2, "row"

    def forward(self, x: Tensor) -> Tensor:
        return x


@pytest.mark.parametrize(
    ("work", "name"),
    [
        (nn.Dropout(), "work"),
        (StochasticDepth(), "work"),
        (lambda x: F.dropout(x, training=False), "dropout1"),
    ],
)
def test_what_changes_nothing_in_evaluation_is_read_beside_its_input(
    work: Callable[[Tensor], Tensor], name: str
) -> None:
    network = import_module(Beside(work), (4, 5, 5)).network
    assert network.layers[-1].inputs == (name, "sigmoid1")


@pytest.mark.parametrize(
    ("work", "name"), [(nn.ReLU(inplace=True), "work"), (F.relu_, "relu1"), (torch.tanh_, "tanh1")]
)
def test_what_is_written_into_is_read_as_it_is_then(
    work: Callable[[Tensor], Tensor], name: str
) -> None:
    network = import_module(Beside(work), (4, 5, 5)).network
    assert network.layers[-1].inputs == (name, name)
