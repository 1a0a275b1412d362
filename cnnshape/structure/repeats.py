"""Calls of one template in a row become one call that repeats."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from .program import Argument, Call, GroupCall, PerTurn, Reference, Template

if TYPE_CHECKING:
    from .finding import Draft

DIFFERENT = 2
"""How many arguments may differ between the first turn and several others."""


def fold(calls: list[Call], draft: Draft, templates: Mapping[str, Template]) -> tuple[Call, ...]:
    """The calls with runs of one template folded, and without arguments that are defaults."""
    readers: dict[str, set[int]] = {}
    for place, call in enumerate(calls):
        for reference in call.reads:
            readers.setdefault(reference.child, set()).add(place)
    read_outside = {output.partition(".")[0] for output in draft.outputs}
    folded: list[Call] = []
    place = 0
    while place < len(calls):
        call = calls[place]
        if not isinstance(call, GroupCall):
            folded.append(call)
            place += 1
            continue
        turns = [call]
        while place + len(turns) < len(calls):
            after = calls[place + len(turns)]
            before = turns[-1]
            if not (
                isinstance(after, GroupCall)
                and _follows(before, after, templates[call.template])
                and readers[before.names[0]] == {place + len(turns)}
                and before.names[0] not in read_outside
                and _is_readable([*turns, after])
            ):
                break
            turns.append(after)
        folded.append(_without_defaults(_one(turns), templates[call.template]))
        place += len(turns)
    return tuple(folded)


def _follows(before: GroupCall, after: GroupCall, template: Template) -> bool:
    """Whether `after` may be the next turn: its name is the next, and it reads `before`."""
    return (
        after.template == before.template
        and template.outputs == (template.result,)
        and after.reads == (Reference(before.names[0], template.result),)
        and len(before.reads) == 1
        and (first := numbered(before.names[0])) is not None
        and (second := numbered(after.names[0])) is not None
        and first[0] == second[0]
        and first[1] + 1 == second[1]
    )


def numbered(name: str) -> tuple[str, int] | None:
    """'conv12' as ('conv', 12); None for a name that does not end in a plain number."""
    found = re.fullmatch(r"(.*?)(0|[1-9][0-9]{0,5})", name)
    return (found[1], int(found[2])) if found else None


def _is_readable(turns: list[GroupCall]) -> bool:
    """Whether all turns but the first are alike, and that one hardly different."""
    different = 0
    for name in turns[0].arguments:
        values = [repr(turn.arguments[name]) for turn in turns]
        if len(set(values[1:])) > 1:
            return False
        different += values[0] != values[1]
    return different <= (DIFFERENT if len(turns) > 2 else 1)


def _one(turns: list[GroupCall]) -> GroupCall:
    first = turns[0]
    arguments: dict[str, Argument] = {}
    for name in first.arguments:
        values = tuple(turn.arguments[name] for turn in turns)
        alike = len({repr(value) for value in values}) == 1
        arguments[name] = values[0] if alike else PerTurn(values)
    return replace(first, names=tuple(turn.names[0] for turn in turns), arguments=arguments)


def _without_defaults(call: GroupCall, template: Template) -> GroupCall:
    defaults = {p.name: repr(p.default) for p in template.params if not p.required}
    kept = {k: v for k, v in call.arguments.items() if defaults.get(k) != repr(v)}
    return replace(call, arguments=kept)
