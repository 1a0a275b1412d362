"""The data of an expansion: values, the layers of a scope, and a place in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ..errors import Mark
from ..layers.shapes import Shape, Shapes
from ..network import Group, Op
from ..spec.recipe import Entry


class Value(NamedTuple):
    """What a layer reads. `ref` ≥ 0: a layer of the scope; −1, −2 ...: the scope's inputs."""

    ref: int
    shape: Shape | None


UNKNOWN = Value(0, None)

TURN_WORK = 10
"""What it costs to look for a name in one turn of a repeat, as so many values made."""


class Record(NamedTuple):
    """A layer in a scope, with a path relative to it; `shares` is a reference too."""

    path: str
    op: Op
    refs: tuple[int, ...]
    mark: Mark
    shares: int | None


class Template(NamedTuple):
    """A block expanded for one set of arguments and incoming shapes.

    Attributes:
        records, groups: with relative paths.
        value: what the block gives; unknown where a fault leaves it so.
        cut: how many of the records stand before the first fault; None: there is none.
        longest_path: characters of the longest relative path.
        inside: the scope that it was made in, for names that reach into it.
    """

    records: tuple[Record, ...]
    groups: tuple[Group, ...]
    value: Value
    cut: int | None
    longest_path: int
    inside: Scope


class Scope:
    """The layers of one block (or of the whole network) while they are being made.

    Attributes:
        env: what expressions can name.
        inputs: what the block reads, by name.
        entries: the recipe's entries, for messages about names that come later.
        values: the value of each path so far; a container's is that of its last layer.
        turns: by the path of a repeat, the paths of its turns so far.
        stamps: by path, the blocks stamped here: the template, the reference of its first
            layer, and the references of what it reads.
        marks: where each path was written.
        absent: paths left out by `when`.
        cut: how many layers stand before the first fault, or None while there is none.
        broken_at: the path of what has that fault, or '' where it has none.
    """

    def __init__(
        self, env: dict[str, Any], inputs: dict[str, Value], entries: tuple[Entry, ...]
    ) -> None:
        self.env = env
        self.inputs = inputs
        self.entries = entries
        self.records: list[Record] = []
        self.groups: list[Group] = []
        self.values: dict[str, Value] = {}
        self.turns: dict[str, list[str]] = {}
        self.stamps: dict[str, tuple[Template, int, list[int]]] = {}
        self.marks: dict[str, Mark] = {}
        self.absent: set[str] = set()
        self.cut: int | None = None
        self.broken_at = ""
        self._counters: dict[tuple[str, str], int] = {}

    def break_off(self, before: int | None = None) -> None:
        """Note that a fault stands here, or `before` a layer: the table ends before it."""
        if self.cut is None:
            self.cut = len(self.records) if before is None else before

    def blame(self, path: str) -> None:
        """Note the path of what has the first fault, where there is none yet."""
        if path and not self.broken_at:
            stamped = self.stamps.get(path)
            inner = stamped[0].inside.broken_at if stamped else ""
            self.broken_at = f"{path}.{inner}" if inner else path

    def find(self, path: str) -> Value | None:
        """The value of a path, which may reach into blocks; None where there is none."""
        found = self.values.get(path)
        dot = -1
        while found is None and (dot := path.find(".", dot + 1)) >= 0:
            stamped = self.stamps.get(path[:dot])
            if stamped is not None:
                template, base, outer = stamped
                inner = template.inside.find(path[dot + 1 :])
                found = None if inner is None else moved(inner, base, outer)
        return found

    def find_all(self, path: str, spend: Callable[[int], None]) -> list[Value] | None:
        """The values of a path in which `*` stands for every turn of a repeat.

        None: there is no such repeat, or a turn of it has no such value. `spend` counts the
        turns that are looked at, and stops where they are too many.
        """
        parts = path.split(".")
        if "*" not in parts:
            found = self.find(path)
            return None if found is None else [found]
        star = parts.index("*")
        head, tail = ".".join(parts[:star]), parts[star + 1 :]
        whole = self.find(head)
        if whole is not None and whole.shape is None:
            return [whole]  # of a fault that is told already
        turns = self.turns_of(head)
        if turns is None:
            return None
        values = []
        for turn in turns:
            spend(TURN_WORK)
            inside = self.find_all(".".join([turn, *tail]), spend)
            if inside is None:
                return None
            values += inside
        return values

    def turns_of(self, path: str) -> list[str] | None:
        """The paths of the turns so far of the repeat at a path, which may be in a block."""
        found = self.turns.get(path)
        dot = -1
        while found is None and (dot := path.find(".", dot + 1)) >= 0:
            stamped = self.stamps.get(path[:dot])
            if stamped is not None:
                inner = stamped[0].inside.turns_of(path[dot + 1 :])
                found = None if inner is None else [f"{path[:dot]}.{turn}" for turn in inner]
        return found

    def default_path(self, prefix: str, stem: str, reserved: frozenset[str]) -> str:
        """A path for an entry without a name: relu1, relu2 ..., past the names written."""
        number = self._counters.get((prefix, stem), 0)
        while True:
            number += 1
            name = f"{stem}{number}"
            if name not in reserved and prefix + name not in self.marks:
                break
        self._counters[prefix, stem] = number
        return prefix + name


class Place(NamedTuple):
    """Where an entry is expanded: the scope, the path so far, and what can be named there."""

    scope: Scope
    prefix: str
    env: Mapping[str, Any]
    reserved: frozenset[str] = frozenset()

    def with_index(self, index: int) -> Place:
        """The same place inside a repeat, where `i` is the index."""
        return Place(self.scope, self.prefix, {**self.env, "i": index}, self.reserved)


def moved(value: Value, base: int, outer: list[int]) -> Value:
    """A template's value in the scope that it is stamped into."""
    ref, shape = value
    return Value(ref + base if ref >= 0 else outer[-1 - ref], shape)


def known_shapes(values: tuple[Value, ...]) -> Shapes | None:
    """The shapes of values, or None when any is unknown."""
    shapes = []
    for value in values:
        if value.shape is None:
            return None
        shapes.append(value.shape)
    return tuple(shapes)
