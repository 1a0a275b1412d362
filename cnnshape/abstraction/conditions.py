"""When a child is there: by a condition that follows from the parameters, or by a new one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .groups import ABSENT, Draft
from .parameter_names import free_name, presence_name
from .program import Argument, Expression, Parameter, TypeName
from .solving import FACTOR, TURNS, Column, Solver

DECIDING = ("stride", "dilation", FACTOR)
"""Arguments that a child may be there for, where they are not 1: a residual has a projection."""
NO_TYPE = TypeName("none")
"""What stands for the type of a layer that is left out."""

Presence = tuple[bool, ...]


def conditions(
    draft: Draft,
    solver: Solver,
    written: Sequence[Mapping[str, Argument]],
    columns: list[Column],
    outgoing: tuple[int, ...] | None,
) -> dict[Presence, Argument]:
    """For each presence of slots, when they are there; may add parameters to the solver.

    Args:
        draft: the template.
        solver: finds expressions.
        written: the arguments of each slot, as they are written.
        columns: all that vary.
        outgoing: the channels that come out, one an instance, where there are any.
    """
    slots: dict[Presence, list[int]] = {}
    for place in range(len(draft.slots)):
        slots.setdefault(draft.presence(place), []).append(place)
    tests = list(_tests(solver, written, columns, outgoing))
    found = {}
    for presence, places in slots.items():
        if all(presence):
            continue
        # An activation is left out for no reason that numbers could tell.
        plain = all(
            not isinstance(draft.slots[k].kind, Draft)
            and not written[k].keys() - {"type"}
            and len(draft.slots[k].reads) == 1
            for k in places
        )
        condition = None if plain else _by_tests(presence, tests)
        condition = condition or _by_absence(presence, solver)
        if condition is None:
            name = free_name(presence_name(draft, places[0]), solver.params)
            solver.params[name] = Column(places[0], name, presence, False)
            condition = Parameter(name)
        found[presence] = condition
    return found


def _by_tests(presence: Presence, tests: list[tuple[str, Presence]]) -> Argument:
    """One condition, or two, that hold just there; None where there are none."""
    for test, holds in tests:
        if holds == presence:
            return Expression(test)
    for (one, first), (other, second) in _pairs(tests):
        if tuple([a or b for a, b in zip(first, second, strict=True)]) == presence:
            return Expression(f"{one} or {other}")
        if tuple([a and b for a, b in zip(first, second, strict=True)]) == presence:
            return Expression(f"{one} and {other}")
    return None


def _by_absence(presence: Presence, solver: Solver) -> Argument:
    """By a parameter that has a value just there, and gets one that says so elsewhere."""
    for name, column in solver.params.items():
        if tuple([value is not ABSENT for value in column.values]) != presence:
            continue
        values = [value for value in column.values if value is not ABSENT]
        if column.argument == "type":
            solver.params[name] = column._replace(values=_filled(column, NO_TYPE))
            return Expression(f"{name} != '{NO_TYPE}'")
        counts = column.channels or TURNS in column.argument
        if counts and all(type(value) is int and value > 0 for value in values):
            solver.params[name] = column._replace(values=_filled(column, 0))
            return Expression(f"{name} > 0")
    return None


def _filled(column: Column, value: Any) -> tuple[Any, ...]:
    return tuple([value if each is ABSENT else each for each in column.values])


def _tests(
    solver: Solver,
    written: Sequence[Mapping[str, Argument]],
    columns: list[Column],
    outgoing: tuple[int, ...] | None,
) -> Iterator[tuple[str, Presence]]:
    """The conditions that could be asked, with where each holds."""
    for argument in DECIDING:
        for name, column in solver.params.items():
            if column.argument == argument and column.everywhere:
                yield f"{name} != 1", tuple([value != 1 for value in column.values])
                yield f"{name} == 1", tuple([value == 1 for value in column.values])
    if solver.incoming is None:
        return
    channels: dict[str, tuple[Any, ...]] = {}
    if outgoing is not None:
        known = solver.known(Column(-1, "", outgoing, channels=True))
        channels[_code(known)] = outgoing
    for column in columns:
        if column.channels and column.everywhere:
            channels.setdefault(_code(written[column.child][column.argument]), column.values)
    for text, values in channels.items():
        if text and "in_channels" not in text:
            same = [a == b for a, b in zip(solver.incoming, values, strict=True)]
            yield f"in_channels != {text}", tuple([not each for each in same])
            yield f"in_channels == {text}", tuple(same)


def _pairs(
    tests: list[tuple[str, Presence]],
) -> Iterator[tuple[tuple[str, Presence], tuple[str, Presence]]]:
    """Two conditions on different things: both that they change, or both that they stay."""
    for k, one in enumerate(tests):
        for other in tests[k + 1 :]:
            about, how, _ = one[0].split(" ", 2)
            if how in other[0] and not other[0].startswith(about):
                yield one, other


def _code(argument: Argument) -> str:
    if isinstance(argument, Parameter):
        return argument.name
    return argument.text if isinstance(argument, Expression) else ""
