"""The names of the variables in a forward: which holds what, and for how long."""

from __future__ import annotations

from collections.abc import Sequence
from keyword import iskeyword
from typing import NamedTuple

from ..abstraction import Reference
from .words import FILE_NAMES, unique, variable_name

FLOW = ("x", "out")
"""Names for a value that only the next line reads."""

MOST_TARGETS = 4
"""How many values of one call have names of their own; those of more are numbered."""


class Step(NamedTuple):
    """What one call reads and gives."""

    name: str
    reads: Sequence[Reference]
    gives: Sequence[Reference]


class Names(NamedTuple):
    """The variables of one step: of what it reads, of what it gives, and what is assigned to."""

    reads: tuple[str, ...]
    gives: tuple[str, ...]
    target: str


def name_values(
    steps: Sequence[Step],
    inputs: Sequence[str],
    returned: Sequence[Reference],
    taken: Sequence[str] = (),
) -> tuple[list[Names], tuple[str, ...]]:
    """The variables of all steps, and those that are returned.

    A value that is read once takes over the variable of what it was made of, as in
    `x = self.conv(x)`; one that is needed longer is called by what gave it.
    """
    end = len(steps)
    readers: dict[Reference, list[int]] = {}
    for place, step in enumerate(steps):
        for reference in step.reads:
            readers.setdefault(reference, []).append(place)
    for reference in returned:
        readers.setdefault(reference, []).append(end)
    holder = {Reference("", place): name for place, name in enumerate(inputs)}
    living = {name: reference for reference, name in holder.items() if readers.get(reference)}
    used = {*FILE_NAMES, *inputs, *taken}
    named = []
    for place, step in enumerate(steps):
        reads = tuple(holder[reference] for reference in step.reads)
        ending = [
            name
            for name, reference in zip(reads, step.reads, strict=True)
            if readers[reference][-1] == place
        ]
        for name in ending:
            living.pop(name, None)
        gives: list[str] = []
        if len(step.gives) > MOST_TARGETS:
            whole = unique(variable_name(step.name), used | set(living))
            used.add(whole)
            gives = [f"{whole}[{k}]" for k in range(len(step.gives))]
            holder.update(zip(step.gives, gives, strict=True))
            named.append(Names(reads, tuple(gives), whole))
            continue
        for reference in step.gives:
            later = readers.get(reference, [])
            name = "_"
            if later:
                merges = later[0] < end and len(steps[later[0]].reads) > 1
                name = _name(step, reference, later, place, ending, living, merges, used, taken)
                living[name] = reference
            holder[reference] = name
            gives.append(name)
        named.append(Names(reads, tuple(gives), ", ".join(gives)))
    return named, tuple(holder[reference] for reference in returned)


def _name(
    step: Step,
    reference: Reference,
    later: list[int],
    place: int,
    ending: list[str],
    living: dict[str, Reference],
    merges: bool,
    used: set[str],
    taken: Sequence[str],
) -> str:
    free = [name for name in ending if name not in living and name.isidentifier()]
    if len(set(later)) == 1 and len(step.gives) == 1:
        if free and (free[0] != FLOW[0] or not merges):
            return free[0]
        if later[0] == place + 1 and not merges:
            for name in FLOW:
                if name not in living:
                    return name
    words = step.name
    if len(step.gives) > 1:
        words = f"{step.name}_{str(reference.place).rpartition('.')[2]}"
    name = variable_name(words)
    if name in living or name in FILE_NAMES or name in taken or iskeyword(name):
        name = unique(name, used | set(living))
    used.add(name)
    return name
