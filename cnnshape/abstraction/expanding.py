"""A program back to the layers that it stands for: what every writer of programs must mean."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from typing import Any, NamedTuple

from ..spec.expressions import value_of as value_of_expression
from .program import (
    Argument,
    Call,
    Expression,
    GroupCall,
    LayerCall,
    Parameter,
    PerTurn,
    Program,
    Template,
    names_of,
    turns_of,
)


class Layer(NamedTuple):
    """A layer of the expanded program, by its path from the root."""

    path: str
    type: str
    arguments: dict[str, Any]
    inputs: tuple[str, ...]
    shares: str | None


def expand(
    program: Program, channels: Callable[[str], int] | None = None, input: str = "input"
) -> Iterator[Layer]:
    """The layers of a program, in order.

    Args:
        program: the templates and their calls.
        channels: the channels of the value of a path, for expressions with `in_channels`.
        input: what the network's own input is called.
    """
    yield from _Expansion(program, channels).layers(program.root, "", [input], {})


class _Expansion:
    def __init__(self, program: Program, channels: Callable[[str], int] | None) -> None:
        self.program = program
        self.channels = channels

    def layers(
        self, template: Template, prefix: str, inputs: list[str], values: Mapping[str, Any]
    ) -> Generator[Layer, None, dict[str, str]]:
        """The layers of a template; at the end the paths of the values in it, as it calls them."""
        names = dict(values)
        if self.channels is not None:
            names["in_channels"] = self.channels(inputs[0])
        paths: dict[str, str] = {}
        there = {id(c): bool(_value(c.when, names)) for c in template.children}
        called = called_in([c for c in template.children if there[id(c)]], names)
        for call in template.children:
            reads = [
                paths[reference.path] if reference.child else inputs[int(reference.place)]
                for reference in call.reads
            ]
            if isinstance(call, GroupCall):
                inner = self.program.templates[call.template]
                turns = turns_of(call, _value(call.turns, names)) if there[id(call)] else []
                for name, turn in turns:
                    given = {p.name: p.default for p in inner.params}
                    given |= {k: _value(v, names, turn) for k, v in call.arguments.items()}
                    path = f"{prefix}{called.get(name, name)}."
                    inside = yield from self.layers(inner, path, reads, given)
                    written = {name} if call.turns is None else {*call.names}
                    paths |= {f"{n}.{own}": each for n in written for own, each in inside.items()}
                    reads = [inside[inner.result]]
                if not turns:
                    paths[f"{call.names[0]}.{inner.result}"] = reads[call.passes]
                continue
            if not there[id(call)]:
                paths[call.name] = reads[call.passes]
                continue
            own = {name: _value(argument, names) for name, argument in call.arguments.items()}
            shares = call.shares and _shared(prefix, call.shares)
            paths[call.name] = path = f"{prefix}{called.get(call.name, call.name)}"
            yield Layer(path, _value(call.type, names), own, tuple(reads), shares)
        return paths


def called_in(calls: list[Call], names: Mapping[str, Any]) -> dict[str, str]:
    """What children are really called that have not their own names.

    Args:
        calls: those that are there.
        names: the values of the template's parameters.
    """
    found: dict[str, str] = {}
    for call in calls:
        if call.called:
            found[names_of(call)[0]] = str(_value(call.called, names))
    as_written = [call for call in calls if call.called is None and not call.unnamed]
    written = {name for call in as_written for name in names_of(call)}
    counts: dict[str, int] = {}
    for call in calls:
        if isinstance(call, LayerCall) and call.unnamed:
            stem = str(_value(call.type, names)).lower()
            counts[stem] = counts.get(stem, 0) + 1
            while f"{stem}{counts[stem]}" in written:
                counts[stem] += 1
            found[call.name] = f"{stem}{counts[stem]}"
    return found


def _value(argument: Argument, names: Mapping[str, Any], turn: int = 0) -> Any:
    if isinstance(argument, PerTurn):
        return _value(argument.values[turn], names)
    if isinstance(argument, Parameter):
        return names[argument.name]
    if not isinstance(argument, Expression):
        return argument
    return value_of_expression(argument.text, names)


def _shared(prefix: str, shares: str) -> str:
    return f"{prefix}{shares[1:]}" if shares.startswith(".") else shares
