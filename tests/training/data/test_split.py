"""Dividing a set into training and test."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnshape.training.data.split import take_every, take_share

LABELS = np.array([0] * 10 + [1] * 5 + [2])
KEYS = [f"{number}.png" for number in range(len(LABELS))]


def test_every_fifth_of_each_class() -> None:
    train, test = take_every(LABELS, 5)
    assert test.tolist() == [4, 9, 14]
    assert sorted([*train, *test]) == list(range(len(LABELS)))


@pytest.mark.slow
@given(st.lists(st.integers(0, 3), min_size=1, max_size=60), st.integers(0, 9))
def test_a_share_of_each_class(labels: list[int], seed: int) -> None:
    array = np.array(labels)
    train, test = take_share(array, [str(number) for number in range(len(labels))], 0.2, seed)
    assert sorted([*train, *test]) == list(range(len(labels)))
    for label in set(labels):
        count, tested = labels.count(label), (array[test] == label).sum()
        assert tested == (0 if count == 1 else max(1, round(0.2 * count)))


def test_the_seed_decides() -> None:
    first, again, other = (take_share(LABELS, KEYS, 0.5, seed)[1].tolist() for seed in (1, 1, 2))
    assert first == again != other


def test_a_sample_more_moves_few_others() -> None:
    before = set(take_share(np.zeros(50, int), [str(n) for n in range(50)], 0.2, 0)[1])
    after = set(take_share(np.zeros(51, int), [str(n) for n in range(51)], 0.2, 0)[1])
    assert len(before ^ after) <= 2
