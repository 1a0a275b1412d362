"""The tree of a network's paths: what the spec wrote as one, and where neighbours are alike.

Tables and diagrams walk over this tree; each decides what of it to show.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol, TypeVar

from .network import Network, Node, Op


class Part:
    """A node of the tree of paths: a layer, or a group of parts.

    Attributes:
        name: the last part of the path; '' for the whole network.
        path: 'layer1.0.conv1'; '' for the whole network.
        node: the layer, or None for a group.
        children: the parts of a group, by name, in order.
    """

    __slots__ = ("children", "name", "node", "path")

    def __init__(self, name: str, path: str, node: Node | None = None) -> None:
        self.name = name
        self.path = path
        self.node = node
        self.children: dict[str, Part] = {}

    def put(self, path: str) -> None:
        """Add what has a path under this part, and no layer."""
        part, whole = self, self.path
        for name in path.split("."):
            whole = f"{whole}.{name}" if whole else name
            part = part.children.setdefault(name, Part(name, whole))

    def leaves(self) -> Iterator[Node]:
        """The layers in it, in order."""
        if self.node is not None:
            yield self.node
        for child in self.children.values():
            yield from child.leaves()

    def signature(self) -> tuple[tuple[str, Op, bool], ...]:
        """Equal for parts that are alike: the same layers under the same relative paths."""
        start = len(self.path)
        return tuple(
            [(node.path[start:], node.op, node.shares is not None) for node in self.leaves()]
        )


def tree(network: Network) -> Part:
    """The whole network as a part."""
    return tree_of(network.layers)


def tree_of(layers: Iterable[Node]) -> Part:
    """Some layers of a network as a part."""
    root = Part("", "")
    for node in layers:
        part = root
        names = node.path.split(".")
        path = ""
        for name in names[:-1]:
            path = f"{path}.{name}" if path else name
            part = part.children.setdefault(name, Part(name, path))
        part.children[names[-1]] = Part(names[-1], node.path, node)
    return root


class Run(NamedTuple):
    """Neighbours that are alike: the turns of a repeat with the same layers and shapes."""

    parts: tuple[Part, ...]

    @property
    def first(self) -> Part:
        """The part that stands for all of them."""
        return self.parts[0]

    @property
    def times(self) -> int:
        """How many there are."""
        return len(self.parts)

    @property
    def label(self) -> str:
        """The name of one, or '1–3' of several."""
        return label(self.parts)


def runs(parts: Sequence[Part], *, fold: bool) -> Iterator[Run]:
    """The parts in order, alike turns of a repeat together (each alone if not `fold`)."""
    return map(Run, alike_neighbours(parts, fold=fold))


class Turn(Protocol):
    """What may be one of the turns of a repeat, if its name is a number."""

    name: str

    def signature(self) -> Hashable:
        """Equal for those that are alike."""


AnyTurn = TypeVar("AnyTurn", bound=Turn)


def alike_neighbours(parts: Sequence[AnyTurn], *, fold: bool) -> Iterator[tuple[AnyTurn, ...]]:
    """The parts in order, alike turns of a repeat together (each alone if not `fold`)."""
    index = 0
    while index < len(parts):
        end = index + 1
        if fold and parts[index].name.isdecimal():
            signature = parts[index].signature()
            while end < len(parts) and parts[end].signature() == signature:
                end += 1
        yield tuple(parts[index:end])
        index = end


def label(parts: Sequence[Turn]) -> str:
    """The name of one, or '1–3' of several."""
    first, last = parts[0].name, parts[-1].name
    return first if len(parts) == 1 else f"{first}–{last}"
