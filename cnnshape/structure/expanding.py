"""A program back to the layers that it stands for: what every writer of programs must mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from ..spec.expressions import value_of as value_of_expression
from .program import Expression, GroupCall, Parameter, PerTurn, Program, Reference, Template


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
        channels: the channels of the value of a path, for expressions with `in_channels`.
        input: what the network's own input is called.
    """
    return _expanded(program, program.root, "", [input], {}, channels)


def _expanded(
    program: Program,
    template: Template,
    prefix: str,
    inputs: list[str],
    values: Mapping[str, Any],
    channels: Callable[[str], int] | None,
) -> Iterator[Layer]:
    def value_of(argument: Any, turn: int) -> Any:
        if isinstance(argument, PerTurn):
            return value_of(argument.values[turn], 0)
        if isinstance(argument, Parameter):
            return values[argument.name]
        if not isinstance(argument, Expression):
            return argument
        names = dict(values)
        if channels is not None and "in_channels" in argument.text:
            names["in_channels"] = channels(inputs[0])
        return value_of_expression(argument.text, names)

    def path_of(reference: Reference) -> str:
        if not reference.child:
            return inputs[int(reference.place)]
        place = f".{reference.place}" if reference.place else ""
        return f"{prefix}{reference.child}{place}"

    for call in template.children:
        reads = [path_of(reference) for reference in call.reads]
        if not isinstance(call, GroupCall):
            own = {name: value_of(argument, 0) for name, argument in call.arguments.items()}
            shares = call.shares and _shared(prefix, call.shares)
            yield Layer(f"{prefix}{call.name}", call.type, own, tuple(reads), shares)
            continue
        inner = program.templates[call.template]
        for turn, name in enumerate(call.names):
            given = {p.name: p.default for p in inner.params}
            given |= {key: value_of(argument, turn) for key, argument in call.arguments.items()}
            yield from _expanded(program, inner, f"{prefix}{name}.", reads, given, channels)
            reads = [f"{prefix}{name}.{inner.result}"]


def _shared(prefix: str, shares: str) -> str:
    return f"{prefix}{shares[1:]}" if shares.startswith(".") else shares
