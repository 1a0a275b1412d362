"""What two networks differ in, layer by layer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from typing import Literal, NamedTuple, TypeAlias, get_args

from ..network import INPUT, Network, Node
from .alignment import Pairs, align
from .likeness import own_arguments, task

Status: TypeAlias = Literal["same", "renamed", "changed", "added", "removed"]
"""What became of a layer. 'renamed': it is the same under another path."""
STATUSES: tuple[Status, ...] = get_args(Status)


class Change(NamedTuple):
    """What was one thing and is another, both as text."""

    name: str
    before: str
    after: str


class LayerPair(NamedTuple):
    """A layer of the first network and the one that stands for it in the second.

    Attributes:
        first, second: the layers; None: there is none.
        changes: what differs by itself: the type, arguments, what it reads, whose weights it
            has. Sizes and costs follow, from these or from those of the layers before.
    """

    first: Node | None
    second: Node | None
    changes: tuple[Change, ...] = ()

    @property
    def node(self) -> Node:
        """The layer as it is, or as it was where it is no more."""
        node = self.second or self.first
        assert node is not None
        return node

    @property
    def status(self) -> Status:
        """What became of the layer."""
        if self.first is None:
            return "added"
        if self.second is None:
            return "removed"
        if self.changes or task(self.first.op) != task(self.second.op):
            return "changed"
        return "same" if self.first.path == self.second.path else "renamed"


class Difference:
    """What one network differs in from another.

    Attributes:
        first, second: the networks.
    """

    def __init__(self, first: Network, second: Network) -> None:
        self.first = first
        self.second = second

    @cached_property
    def _pairs(self) -> Pairs:
        return align(self.first, self.second)

    @cached_property
    def layers(self) -> tuple[LayerPair, ...]:
        """All layers of both, in the order of the second, each removed one where it was."""
        return tuple(self._in_order())

    @cached_property
    def counts(self) -> Counter[Status]:
        """How many layers there are of each status."""
        return Counter(pair.status for pair in self.layers)

    @cached_property
    def outputs(self) -> Change | None:
        """What the networks give, where that is not the same layers in the same order."""
        first, second = self.first.outputs, self.second.outputs
        if tuple([self._pairs.get(path) for path in first]) == second:
            return None
        return Change("outputs", ", ".join(first), ", ".join(second))

    @property
    def is_same(self) -> bool:
        """Whether both compute the same: all layers, what they read, and the outputs.

        Names do not count.
        """
        inputs = self.first.input_shape == self.second.input_shape
        return inputs and {*self.counts} <= {"same", "renamed"} and self.outputs is None

    def _in_order(self) -> Iterator[LayerPair]:
        named = {other: path for path, other in self._pairs.items()}
        firsts = {node.path: place for place, node in enumerate(self.first.layers)}
        sources = _Sources(self.first, set(self._pairs)), _Sources(self.second, set(named))
        told = 0

        def removed(until: int) -> Iterator[LayerPair]:
            for node in self.first.layers[told:until]:
                if node.path not in self._pairs:
                    yield LayerPair(node, None)

        for node in self.second.layers:
            path = named.get(node.path)
            end = _end_of_unpaired(self.first, self._pairs, told) if path is None else firsts[path]
            yield from removed(end)
            told = max(told, end)
            if path is None:
                yield LayerPair(None, node)
                continue
            told = max(told, end + 1)
            first = self.first.by_path[path]
            yield LayerPair(first, node, tuple(self._changes(first, node, *sources)))
        yield from removed(len(firsts))

    def _changes(
        self, first: Node, second: Node, sources: _Sources, others: _Sources
    ) -> Iterator[Change]:
        if first.type != second.type:
            yield Change("type", first.type, second.type)
        else:
            yield from _changed_arguments(first, second)
        read = [{self._pairs[path] for path in values} for values in map(sources.of, first.inputs)]
        reads = [*map(others.of, second.inputs)]
        together = len(read) == len(reads) and all(
            before & after for before, after in zip(read, reads, strict=True)
        )
        if not together:
            yield Change("reads", ", ".join(first.inputs), ", ".join(second.inputs))
        if (first.shares and self._pairs.get(first.shares)) != second.shares:
            yield Change("weights", _whose(first), _whose(second))


class _Sources:
    """What a value is made of: itself, if its layer is paired, else what that layer reads."""

    def __init__(self, network: Network, paired: set[str]) -> None:
        self.found: dict[str, frozenset[str]] = {INPUT: frozenset({INPUT})}
        for node in network.layers:
            self.found[node.path] = (
                frozenset({node.path})
                if node.path in paired
                else frozenset().union(*(self.found[path] for path in node.inputs))
            )

    def of(self, path: str) -> frozenset[str]:
        return self.found[path]


def _end_of_unpaired(network: Network, pairs: Pairs, start: int) -> int:
    """Where the layers without a partner end that begin at `start`."""
    end = start
    while end < len(network.layers) and network.layers[end].path not in pairs:
        end += 1
    return end


def _changed_arguments(first: Node, second: Node) -> Iterator[Change]:
    if first.op is second.op:
        return
    before, after = own_arguments(first.layer), own_arguments(second.layer)
    written, rewritten = first.layer.written_arguments, second.layer.written_arguments
    for name, value in before.items():
        if value != after[name]:
            yield Change(name, written[name], rewritten[name])


def _whose(node: Node) -> str:
    return f"those of {node.shares}" if node.shares else "its own"
