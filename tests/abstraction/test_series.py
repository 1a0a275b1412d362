"""An argument over the turns of a repeat."""

from __future__ import annotations

from typing import Any

import pytest

from cnnshape.abstraction.groups import ABSENT
from cnnshape.abstraction.series import Steps, by_steps, completed


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([2, 2, 2], (2, 2, 2)),
        ([ABSENT, 2, 2], (2, 2, 2)),
        ([2, ABSENT, 2], (2, 2, 2)),
        ([1, 2, 2], (1, 2, 2)),
        ([1, 2, ABSENT], (1, 2, 2)),
        ([1, 1, 2], None),
        ([2, 1, 2], None),
        ([ABSENT, 0.1, 0.2], (0.0, 0.1, 0.2)),
        ([8, 16, 24], (8, 16, 24)),
        ([8, 16, 25], None),
        ([3, 5, 7], None),
        (["a", "b", "c"], None),
        ([True, False, 2], None),
    ],
)
def test_what_can_be_read_at_sight(values: list[Any], found: tuple[Any, ...] | None) -> None:
    assert completed(values, steps=True) == found


def test_no_steps_unless_they_are_asked_for() -> None:
    assert completed([8, 16, 24], steps=False) is None


@pytest.mark.parametrize("blocks", [1, 3, 16, 17, 40, 79])
def test_the_parts_of_stochastic_depth_are_exact(blocks: int) -> None:
    values = [0.2 * float(k) / blocks for k in range(5, 12)]
    steps = by_steps(values)
    assert steps is not None
    assert [steps.value(turn) for turn in range(len(values))] == values
    assert by_steps([*values, 0.5]) is None


def test_steps_are_multiples_of_the_simplest_number() -> None:
    assert by_steps([0.1 * float(k) / 17 for k in range(6, 15)]) == Steps(0.1, 6, 17)
