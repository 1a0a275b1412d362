"""Where the templates of a program stand in the network, and with which values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ..spec.expressions import value_of as value_of_expression
from ..structure import Expression, GroupCall, Parameter, PerTurn, Program, Template


class Place(NamedTuple):
    """One use of a template: the prefix of its paths, and its parameters' values."""

    prefix: str
    values: Mapping[str, Any]


def places(program: Program) -> dict[str, list[Place]]:
    """Where each template stands, by its name; the root's is ''."""
    found: dict[str, list[Place]] = {name: [] for name in ("", *program.templates)}
    waiting = [(program.root, Place("", {}))]
    while waiting:
        template, place = waiting.pop()
        found[template.name].append(place)
        for call in reversed(template.children):
            if isinstance(call, GroupCall):
                inner = program.templates[call.template]
                for turn in reversed(range(len(call.names))):
                    values = turn_values(call.arguments, turn, inner, place.values)
                    waiting.append((inner, Place(f"{place.prefix}{call.names[turn]}.", values)))
    return found


def turn_values(
    arguments: Mapping[str, Any], turn: int, template: Template, around: Mapping[str, Any]
) -> dict[str, Any]:
    """The parameters of a template in one turn of its use."""
    values = {param.name: param.default for param in template.params}
    return values | {name: value_of(each, turn, around) for name, each in arguments.items()}


def value_of(argument: Any, turn: int, around: Mapping[str, Any]) -> Any:
    """The plain value of an argument."""
    if isinstance(argument, PerTurn):
        return value_of(argument.values[turn], 0, around)
    if isinstance(argument, Parameter):
        return around[argument.name]
    if not isinstance(argument, Expression):
        return argument
    return value_of_expression(argument.text, around)


def hint(values: list[Any]) -> str:
    """The type of a parameter that has these values."""
    words = sorted({_type(value) for value in values}, key=lambda word: (word == "None", word))
    if words == ["float", "int"]:
        return "float"
    return " | ".join(words)


def _type(value: Any) -> str:
    if value is None:
        return "None"
    return "tuple" if isinstance(value, (list, tuple)) else type(value).__name__
