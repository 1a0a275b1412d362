"""An argument over the turns of a repeat: the same, another in the first, or growing by steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .groups import ABSENT
from .program import Argument

MOST_PARTS = 120
"""How many parts a number may be cut into, of which each turn has one more."""
MOST_DIGITS = 3
"""How many digits such a number may have."""


class Steps(NamedTuple):
    """Equal parts of a number, one more in each turn: whole · (turn + start) / parts."""

    whole: int | float
    start: int
    parts: int

    def value(self, turn: int) -> int | float:
        """What it is in a turn."""
        product = self.whole * (turn + self.start)
        return product if self.parts == 1 else product / self.parts


def completed(values: Sequence[Argument], *, steps: bool) -> tuple[Argument, ...] | None:
    """The values of turns by a rule that can be read at sight; None where there is none.

    Args:
        values: one a turn; ABSENT where any will do.
        steps: whether they may grow by steps.
    """
    known = [value for value in values if value is not ABSENT]
    if len(set(map(repr, known))) == 1:
        return (known[0],) * len(values)
    first, *rest = values
    same = {repr(value): value for value in rest if value is not ABSENT}
    if len(same) == 1 and first is not ABSENT:
        return (first, *list(same.values()) * len(rest))
    found = by_steps(values) if steps else None
    return None if found is None else tuple([found.value(turn) for turn in range(len(values))])


def by_steps(values: Sequence[Argument]) -> Steps | None:
    """The steps that values are, exactly; None where they are none."""
    known = [(turn, value) for turn, value in enumerate(values) if value is not ABSENT]
    kinds = {type(value) for _, value in known}
    if len(known) < 2 or len(kinds) > 1 or not kinds <= {int, float}:
        return None
    (turn, value), (later, other) = known[0], known[-1]
    step = (other - value) / (later - turn)
    if not step:
        return None
    start = round(value / step) - turn
    if int in kinds:
        wholes: list[tuple[int | float, int]] = [(int(step), 1)]
    else:  # the simplest number first: 0.2 in 16 parts, and not 0.0125 in one
        wholes = [
            (float(f"{step * parts:.{digits}g}"), parts)
            for digits in range(1, MOST_DIGITS + 1)
            for parts in range(1, MOST_PARTS + 1)
        ]
    for whole, parts in wholes:
        found = Steps(whole, start, parts)
        if all(repr(found.value(t)) == repr(v) for t, v in known):
            return found
    return None
