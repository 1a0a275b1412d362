"""The groups of a network and what they are instances of, while a program is being made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from .program import Reference

if TYPE_CHECKING:
    from ..network import Node
    from .program import Template


class _Absent:
    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = _Absent()
"""The value of an argument in a group where the child that has it is left out."""

PLAIN_CLASSES = frozenset(("", "Sequential", "ModuleList", "ModuleDict"))
"""Classes whose name says nothing of what they hold."""


class Group:
    """A group of a network, as an instance of a draft.

    Attributes:
        path: where it stands, '' for the whole.
        class_name: what the network calls it, or ''.
        around: the class of the nearest group around it that has a telling one.
        children: layers and groups, in order.
        inputs: the paths of the values from outside that it reads, in the order of use.
        outputs: the paths, inside it, of the layers that are read from outside.
        result: the path, inside it, of its last layer.
        draft: what it is an instance of.
        places: for each slot of the draft the number of the child in it; None: it is absent.
        values: the parameters' values here, once they are known.
        turns: how many children it had, where it is cut to those that stand for all; else 0.
        kept: how many may stand for all: 1 where all are alike, 2 where the first is another.
    """

    def __init__(self, path: str, class_name: str, around: str = "") -> None:
        self.path = path
        self.class_name = class_name
        self.around = around
        self.children: list[tuple[str, Node | Group]] = []
        self.inputs: list[str] = []
        self.outputs: tuple[str, ...] = ()
        self.result = ""
        self.draft: Draft
        self.places: tuple[int | None, ...] = ()
        self.values: dict[str, Any] = {}
        self.turns = 0
        self.kept = 0

    def leaves(self) -> Iterator[Node]:
        """The layers in it, in order."""
        for _, child in self.children:
            if isinstance(child, Group):
                yield from child.leaves()
            else:
                yield child

    def child(self, slot: int) -> Node | Group | None:
        """What stands in a slot here."""
        place = self.places[slot]
        return None if place is None else self.children[place][1]

    def reference(self, path: str) -> Reference:
        """What the draft calls a value in it, of which this is the path inside."""
        if path == self.result:
            return self.draft.result
        name, _, rest = path.partition(".")
        place = next(k for k, (own, _) in enumerate(self.children) if own == name)
        slot = self.draft.slots[self.places.index(place)]
        child = self.children[place][1]
        return Reference(slot.name, child.reference(rest).path if isinstance(child, Group) else "")


class Slot(NamedTuple):
    """A child of a draft.

    Attributes:
        name: unlike those of the other slots; what the child is called, unless `counted`.
        kind: the type of a layer, or the draft of a group; '' for layers of several types.
        reads: what it reads.
        shares: what tells apart the layers that share another's module.
        passes: which of its reads what follows reads where it is left out.
        unnamed: it has the name that it would have if none was written: relu1, relu2 ...
        counted: it is called by a number, which is smaller where slots before it are left
            out: the number without all of them, and which slots these are.
    """

    name: str
    kind: str | Draft
    reads: tuple[Reference, ...]
    shares: Any = None
    passes: int = 0
    unnamed: bool = False
    counted: tuple[int, tuple[int, ...]] | None = None


@dataclass(eq=False)
class Pattern:
    """What groups have in common that are the same but for arguments.

    Attributes:
        class_name: what the network calls such groups.
        inputs: how many values they read.
        slots: their children.
        outputs: the values in them that are read from outside. result: that of the last.
    """

    class_name: str
    inputs: int
    slots: tuple[Slot, ...]
    outputs: tuple[Reference, ...]
    result: Reference


@dataclass(eq=False)
class Draft(Pattern):
    """A template while it is being made.

    Attributes:
        instances: the groups that it stands for.
        places: at how many places of other drafts it stands.
        optional: it stands at one, and is left out in some of their instances.
        channel_params: those of its parameters that count channels.
        name, template: what it becomes.
    """

    instances: list[Group] = field(default_factory=list)
    places: int = 0
    optional: bool = False
    channel_params: set[str] = field(default_factory=set)
    name: str = ""
    template: Template = field(init=False)

    @property
    def first(self) -> Group:
        """The instance that stands for all."""
        return self.instances[0]

    @property
    def in_turns(self) -> bool:
        """Whether its instances are cut to what stands for all turns."""
        return self.first.turns > 0

    def add(self, group: Group, places: tuple[int | None, ...]) -> None:
        """One more instance; `places`: the number of its child in each slot."""
        group.draft = self
        group.places = places
        self.instances.append(group)

    def drafts(self) -> list[Draft]:
        """The drafts of its slots that are groups."""
        return [slot.kind for slot in self.slots if isinstance(slot.kind, Draft)]

    def presence(self, slot: int) -> tuple[bool, ...]:
        """For each instance, whether it has a child in this slot."""
        return tuple([group.places[slot] is not None for group in self.instances])
