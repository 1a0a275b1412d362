"""Where the templates of a program stand in the network, and with which values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..abstraction import (
    Expression,
    LayerCall,
    Parameter,
    PerTurn,
    Program,
    Template,
    TypeName,
    called_in,
)
from ..abstraction.program import turns_of
from ..network import INPUT
from ..spec.expressions import value_of as value_of_expression


@dataclass(frozen=True)
class Place:
    """One use of a template.

    Attributes:
        prefix: of its paths.
        values: of its parameters.
        inputs: the paths of what it reads.
        paths: of each value in it, by the path inside; of what is left out, the value that
            is passed on.
    """

    prefix: str
    values: Mapping[str, Any]
    inputs: Sequence[str]
    paths: dict[str, str] = field(default_factory=dict)


def places(program: Program) -> dict[str, list[Place]]:
    """Where each template stands, by its name; the root's is ''."""
    found: dict[str, list[Place]] = {name: [] for name in ("", *program.templates)}

    def visit(template: Template, place: Place) -> Place:
        found[template.name].append(place)
        paths = place.paths
        there = [call for call in template.children if value_of(call.when, 0, place.values)]
        called = called_in(there, place.values)
        present = set(map(id, there))
        for call in template.children:
            reads = [
                paths[read.path] if read.child else place.inputs[int(read.place)]
                for read in call.reads
            ]
            if isinstance(call, LayerCall):
                own = f"{place.prefix}{called.get(call.name, call.name)}"
                paths[call.name] = own if id(call) in present else reads[call.passes]
                continue
            inner = program.templates[call.template]
            if id(call) not in present:
                paths[f"{call.names[0]}.{inner.result}"] = reads[call.passes]
                continue
            for name, turn in turns_of(call, value_of(call.turns, 0, place.values)):
                values = turn_values(call.arguments, turn, inner, place.values)
                used = visit(inner, Place(f"{place.prefix}{name}.", values, reads))
                for written in (name,) if call.turns is None else call.names:
                    paths.update((f"{written}.{path}", each) for path, each in used.paths.items())
                reads = [used.paths[inner.result]]
        return place

    visit(program.root, Place("", {}, [INPUT]))
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
    if isinstance(value, TypeName):
        return "type[nn.Module]"
    return "tuple" if isinstance(value, (list, tuple)) else type(value).__name__
