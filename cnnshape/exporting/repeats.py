"""Groups in a row that are alike: as a loop, or as a comprehension with a counter."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from ..abstraction import GroupCall, PerTurn, Template
from .arguments import WORD, text_of

FEWEST_TURNS = 3
"""From how many turns on a repeat becomes a loop, or a comprehension."""


class Loop(NamedTuple):
    """The names of a repeat: a stem, and numbers from `start` on."""

    stem: str
    start: int
    turns: int

    @property
    def range(self) -> str:
        """What the counter i runs over."""
        end = self.start + self.turns
        return f"range({self.start}, {end})" if self.start else f"range({end})"

    @property
    def name(self) -> str:
        """The text of the name in each turn."""
        return f'f"{self.stem}{{i}}"'

    def arguments(self, given: Mapping[str, Any], own: Mapping[str, str]) -> dict[str, str]:
        """The texts of the arguments in each turn, by the counter i."""
        return {name: self._argument(value, own) for name, value in given.items()}

    def _argument(self, value: Any, own: Mapping[str, str]) -> str:
        if not isinstance(value, PerTurn):
            return text_of(value, own)
        first, second, *_ = value.values
        return f"{text_of(first, own)} if i == {self.start} else {text_of(second, own)}"


def loop_of(call: GroupCall, attributes: Container[str]) -> Loop | None:
    """The loop that makes a repeat and runs it; None where none does.

    Args:
        call: the call of a group that repeats.
        attributes: names that a module has already, which no loop can give.
    """
    if len(call.names) < FEWEST_TURNS:
        return None
    found = re.fullmatch(r"([A-Za-z_]*?)([0-9]+)", call.names[0])
    if found is None or any(name in attributes for name in call.names):
        return None
    for value in call.arguments.values():
        if isinstance(value, PerTurn) and len({repr(v) for v in value.values[1:]}) > 1:
            return None
    return Loop(found[1], int(found[2]), len(call.names))


class Use(NamedTuple):
    """One turn of a template's use, with the texts of its arguments."""

    template: Template
    arguments: Mapping[str, str]


class Row(NamedTuple):
    """Uses in a row that one comprehension says."""

    uses: Sequence[Use]
    arguments: Mapping[str, str]

    @property
    def turns(self) -> str:
        """The comprehension's loop."""
        counts = any("i" in WORD.findall(text) for text in self.arguments.values())
        return f"for {'i' if counts else '_'} in range({len(self.uses)})"


def row_at(items: Sequence[str | Use], place: int) -> Row | None:
    """The uses from `place` on that a comprehension says; None where it would say too few."""
    first = items[place]
    if isinstance(first, str):
        return None
    run = [first]
    while place + len(run) < len(items):
        after = items[place + len(run)]
        # The last three tell: every other three in a row were looked at before.
        if isinstance(after, str) or _counted([*run[-2:], after]) is None:
            break
        run.append(after)
    arguments = _counted(run)
    fewest = FEWEST_TURNS - (run[0].arguments == run[-1].arguments)
    return Row(run, arguments) if len(run) >= fewest and arguments is not None else None


def _counted(run: Sequence[Use]) -> dict[str, str] | None:
    """The arguments of uses in a row by the counter i; None where no rule says them."""
    first = run[0]
    if any(use.template is not first.template for use in run):
        return None
    if any(use.arguments.keys() != first.arguments.keys() for use in run):
        return None
    found = {}
    for key, text in first.arguments.items():
        texts = [use.arguments[key] for use in run]
        if len(set(texts)) == 1:
            found[key] = text
            continue
        if not all(re.fullmatch(r"[0-9]{1,12}", each) for each in texts):
            return None
        numbers = [int(each) for each in texts]
        step = numbers[1] - numbers[0]
        if step <= 0 or any(b - a != step for a, b in pairwise(numbers)):
            return None
        grown = f"{step} * i" if step > 1 else "i"
        found[key] = f"{numbers[0]} + {grown}" if numbers[0] else grown
    return found
