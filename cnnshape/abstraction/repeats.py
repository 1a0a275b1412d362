"""Calls of one template in a row become one call that repeats."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace

from .groups import ABSENT, Draft
from .program import Argument, Call, GroupCall, PerTurn, Reference, Template
from .series import completed

DIFFERENT = 2
"""How many arguments may differ between the first turn and several others."""


def fold(
    calls: list[Call],
    draft: Draft,
    templates: Mapping[str, Template],
    *,
    steps: bool,
    modules: bool = False,
) -> tuple[Call, ...]:
    """The calls with runs of one template folded, and without arguments that are defaults.

    `steps`: an argument may grow from turn to turn; `modules`: what comes in is an argument.
    """
    readers: dict[str, set[int]] = {}
    for place, call in enumerate(calls):
        for reference in call.reads:
            readers.setdefault(reference.child, set()).add(place)
    read_outside = {output.child for output in draft.outputs}
    folded: list[Call] = []
    place = 0
    while place < len(calls):
        call = calls[place]
        if not isinstance(call, GroupCall) or call.turns is not None:
            folded.append(call)
            place += 1
            continue
        template = templates[call.template]
        turns = [call]
        for after in calls[place + 1 :]:
            before = turns[-1].names[0]
            alone = readers.get(before) == {place + len(turns)} and before not in read_outside
            if not (alone and _is_next_turn(turns[-1], after, template)):
                break
            assert isinstance(after, GroupCall)
            turns.append(after)
        inner = draft.slots[place].kind
        assert isinstance(inner, Draft)
        # Turns with other channels are rows of a table of their own.
        given = "in_channels" if modules else ""
        fixed = inner.channel_params - {given} if steps else frozenset[str]()
        while (arguments := _arguments(turns, template, fixed, given, steps=steps)) is None:
            turns.pop()
        names = tuple([turn.names[0] for turn in turns])
        folded.append(_without_defaults(replace(call, names=names, arguments=arguments), template))
        place += len(turns)
    return tuple(folded)


def _is_next_turn(before: GroupCall, after: Call, template: Template) -> bool:
    """Whether `after` may be the next turn: its name is the next, and it reads `before`."""
    return (
        isinstance(after, GroupCall)
        and after.template == before.template
        and before.when is after.when is True
        and before.called is after.called is None
        and not (before.unnamed or after.unnamed)
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


def _arguments(
    turns: list[GroupCall], template: Template, fixed: Collection[str], given: str, *, steps: bool
) -> dict[str, Argument] | None:
    """The arguments of all turns in one; None where they differ in too much, or by no rule.

    `fixed`: those that may not differ. `given`: what follows from the turn before.
    """
    found: dict[str, Argument] = {}
    defaults = {param.name: repr(param.default) for param in template.params}
    different = 0
    for name in dict.fromkeys(name for turn in turns for name in turn.arguments):
        # What a turn does not say is of a layer that it has not.
        values = completed([turn.arguments.get(name, ABSENT) for turn in turns], steps=steps)
        if values is None:
            return None
        alike = len({repr(value) for value in values}) == 1
        if not alike and name in fixed:
            return None
        # Of two turns, the second must be the usual one.
        follows = alike or name == given
        if not follows and steps and len(turns) == 2 and repr(values[1]) != defaults[name]:
            return None
        different += not follows
        found[name] = values[0] if alike else PerTurn(values)
    return found if different <= (DIFFERENT if len(turns) > 2 else 1) else None


def _without_defaults(call: GroupCall, template: Template) -> GroupCall:
    defaults = {p.name: repr(p.default) for p in template.params if not p.required}
    kept = {k: v for k, v in call.arguments.items() if defaults.get(k) != repr(v)}
    return replace(call, arguments=kept)
