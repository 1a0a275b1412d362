"""How alike two layers are, or two groups of layers: what an alignment weighs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable
from functools import cached_property

from ..layers.base import Layer
from ..network import Node, Op
from ..parts import Part

# How alike two layers are; what is left alone counts nothing.
SAME = 12
SAME_ARGUMENTS = 9
SAME_TYPE = 2
SAME_SIZE = 3  # of the output, channels apart: the same stage of a network
AGREEING = 3  # by the share of arguments that agree
SAME_PLACE = 2
SAME_KIND = 1  # and as much more for the same size

RUN_WEIGHTS = (SAME, SAME, SAME_TYPE, SAME_KIND)
"""What each part of a run weighs, by the key that the run was found by."""


def likeness(op: Op, other: Op) -> int:
    """How alike two layers are; 0: one cannot stand for the other."""
    layer, twin = op.layer, other.layer
    same_size = op.output_shape[1:] == other.output_shape[1:]
    if type(layer) is not type(twin):
        return SAME_KIND * (1 + same_size) if _kind(layer) == _kind(twin) else 0
    if task(op) == task(other):
        return SAME
    arguments, others = own_arguments(layer), own_arguments(twin)
    agreeing = sum(arguments[name] == others[name] for name in arguments)
    if agreeing == len(arguments):
        return SAME_ARGUMENTS
    return SAME_TYPE + SAME_SIZE * same_size + AGREEING * agreeing // len(arguments)


def _kind(layer: Layer) -> str:
    """Equal for types that can take each other's place."""
    return layer.type_name if layer.kind in ("other", "shape") else layer.kind


def own_arguments(layer: Layer) -> dict[str, object]:
    """The arguments that do not follow from the incoming shapes."""
    return {
        name: value for name, value in layer.arguments.items() if not layer.fields[name].inferred
    }


def task(op: Op) -> Hashable:
    """What a layer does, equal for layers of two networks that do the same."""
    return op.layer, op.input_shapes


class Item:
    """A part of a network that is to be paired with one of another.

    Attributes:
        part: the layer or group.
        key: equal for parts that are alike under the same relative paths.
    """

    def __init__(self, part: Part) -> None:
        self.part = part
        self.key: Hashable = part.node.op if part.node else part.signature()

    @property
    def is_group(self) -> bool:
        """Whether it is a group of layers, and not a layer."""
        return self.part.node is None

    @cached_property
    def children(self) -> list[Item]:
        """The parts of a group."""
        return [Item(child) for child in self.part.children.values()]

    @cached_property
    def is_series(self) -> bool:
        """Whether it holds nothing but the turns of a repeat."""
        names = [*self.part.children]
        return all(name.isdecimal() for name in names) or (
            len(names) == 1 and self.children[0].is_series
        )

    @cached_property
    def has_own_name(self) -> bool:
        """Whether its name was chosen: it is neither a number nor a default such as relu1."""
        stem = self.part.node.type.lower() if self.part.node else ""
        return re.fullmatch(rf"(?:{stem})?[0-9]+", self.part.name) is None

    @cached_property
    def last_names(self) -> str:
        """'0.conv1' of 'layer1.0.conv1'."""
        return ".".join(self.part.path.split(".")[-2:])

    @cached_property
    def run_keys(self) -> tuple[Hashable, ...]:
        """What runs of parts are found by: its own name, what it does, its type, its kind."""
        tasks = tuple(task(node.op) for node in self.leaves)
        types = tuple(node.type for node in self.leaves)
        kinds = tuple(_kind(node.layer) for node in self.leaves)
        named = (self.part.path, types) if self.has_own_name else tasks
        return tuple((self.is_group, key) for key in (named, tasks, types, kinds))

    @cached_property
    def leaves(self) -> tuple[Node, ...]:
        """The layers in it."""
        return tuple(self.part.leaves())

    @cached_property
    def _counts(self) -> tuple[Counter[Hashable], ...]:
        """How many of its layers have each type; each type and size; and so on, to the task."""
        keys: list[tuple[Hashable, ...]] = [
            (
                node.type,
                (node.type, node.output_shape[1:]),
                (node.type, *own_arguments(node.layer).values()),
                task(node.op),
            )
            for node in self.leaves
        ]
        return tuple(map(Counter, zip(*keys, strict=True)))

    def likeness(self, other: Item, *, in_place: bool) -> int:
        """How alike two parts are; 0: one cannot stand for the other.

        A group is as alike to another as its layers are, whatever their order. Where both
        have one name of their own (`in_place`), other shapes alone make no difference.
        """
        node, twin = self.part.node, other.part.node
        if node and twin:
            found = likeness(node.op, twin.op)
            if in_place:
                return SAME if found == SAME_ARGUMENTS else max(found, SAME_PLACE)
            return found
        if node or twin:
            return 0
        types, sizes, arguments, tasks = (
            (count & counts).total()
            for count, counts in zip(self._counts, other._counts, strict=True)
        )
        if in_place:
            return max(SAME_PLACE, SAME_TYPE * (types - arguments) + SAME * arguments)
        most = max(len(self.leaves), len(other.leaves))
        if self.is_series != other.is_series or 2 * types < most:
            return 0
        rest = SAME_ARGUMENTS - SAME_TYPE - SAME_SIZE
        return (
            SAME_TYPE * types
            + SAME_SIZE * sizes
            + rest * arguments
            + (SAME - SAME_ARGUMENTS) * tasks
        )
