"""What a program is: templates with parameters, and the calls inside them. Plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias


class TypeName(str):
    """The type of a layer, where it is the value of a parameter."""

    __slots__ = ()


@dataclass(frozen=True)
class Parameter:
    """The value of a parameter of the template around."""

    name: str


@dataclass(frozen=True)
class Expression:
    """Arithmetic over the parameters of the template around, in the syntax that Python and
    the spec language share. `in_channels` is what comes in by the template's first input."""

    text: str


@dataclass(frozen=True)
class PerTurn:
    """An argument that is not the same in all turns of a repeat: one for each turn."""

    values: tuple[Argument, ...]


Argument: TypeAlias = Any
"""A Parameter, an Expression, a PerTurn, or else a plain value: number, text, list ..."""


@dataclass(frozen=True)
class Reference:
    """A value that a call reads.

    Attributes:
        child: the name of an earlier child of the same template; '' for the template's own
            input.
        place: the input's number; for a child that is a group the path, inside it, of the
            layer whose value is meant; '' for a child that is a layer.
    """

    child: str
    place: str | int = ""

    @property
    def path(self) -> str:
        """The path inside the template; of a value that a child gives."""
        return f"{self.child}.{self.place}" if self.place != "" else self.child


@dataclass(frozen=True)
class LayerCall:
    """A layer.

    Attributes:
        name: by which references call it.
        type: its type, or a Parameter that says it.
        arguments: the layer's own.
        reads: what it reads.
        shares: the layer whose module it uses, by its path inside the same template, after a
            dot, or else by its path in the network.
        when: whether it is there at all.
        passes: the number of the read that those after it read instead where it is not.
        called: what it is really called, where that depends on what is left out before it.
        unnamed: whether it needs no name: it is called as it would be without one.
    """

    name: str
    type: Argument
    arguments: Mapping[str, Argument]
    reads: tuple[Reference, ...]
    shares: str | None = None
    when: Argument = True
    passes: int = 0
    called: Expression | None = None
    unnamed: bool = False


@dataclass(frozen=True)
class GroupCall:
    """The use of a template: once, or in a row under several names.

    Each turn after the first reads the one before it. Parameters that have their defaults
    are left out.

    Attributes:
        names: one a turn.
        template: the template's name.
        arguments: of the template's parameters.
        reads: one for each input of the template; of the first turn, where there are more.
        when, passes, called, unnamed: as those of a layer.
        turns: how many there are, where that is an argument: of the two names, the second then
            stands for all after the first.
    """

    names: tuple[str, ...]
    template: str
    arguments: Mapping[str, Argument]
    reads: tuple[Reference, ...]
    when: Argument = True
    passes: int = 0
    called: Expression | None = None
    unnamed: bool = False
    turns: Argument = None


Call: TypeAlias = LayerCall | GroupCall


def turns_of(call: GroupCall, count: int | None) -> list[tuple[str, int]]:
    """The name of each turn, and which of the call's names it goes by.

    Args:
        call: the call of a group.
        count: what `turns` is in this place.
    """
    if count is None:
        return [(name, turn) for turn, name in enumerate(call.names)]
    return [(str(turn), min(turn, 1)) for turn in range(count)]


def names_of(call: Call) -> tuple[str, ...]:
    """The names of a child: one, or of a repeat one a turn."""
    return (call.name,) if isinstance(call, LayerCall) else call.names


@dataclass(frozen=True)
class Param:
    """A parameter of a template; `required`: there is no default."""

    name: str
    default: Any = None
    required: bool = True


@dataclass(frozen=True)
class Template:
    """Layers that a network has at one place or at several, with what differs as parameters.

    Attributes:
        name: a word in small letters, '' for the whole network.
        class_name: what the network (or the module that it came from) calls it, or ''.
        params: what differs from use to use.
        inputs: how many values it reads; the first is what its first layer reads.
        children: its layers and groups, each after all that it reads.
        outputs: the paths, inside it, of the layers that are read from outside.
        result: the path, inside it, of its last layer.
        uses: at how many places of the network it stands.
        inline: it is written at one place (or is no more than one repeat): a writer may
            write it where it is used, with its parameters replaced.
    """

    name: str
    class_name: str
    params: tuple[Param, ...]
    inputs: int
    children: tuple[Call, ...]
    outputs: tuple[str, ...]
    result: str
    uses: int
    inline: bool


@dataclass(frozen=True)
class Program:
    """A network as templates.

    Attributes:
        root: the whole network.
        templates: the others by name, each after all that it uses.
    """

    root: Template
    templates: Mapping[str, Template]
