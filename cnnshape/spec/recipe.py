"""A spec, read: what the YAML says, before any shape is known.

The entries of a recipe hold values and templates with their marks; later stages never see
the YAML.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ..errors import Diagnostic, Mark
from .document import Source


class Written(NamedTuple):
    """A value as the spec holds it (with templates inside), and where."""

    value: Any
    mark: Mark


class Entry:
    """One item of a list of layers.

    Attributes:
        mark: where it stands.
        name, repeat, when: as written, or None.
        reads: what `from` names, or None.
        faulty: a fault was found while reading it, so that it has no meaning.
    """

    __slots__ = ("faulty", "mark", "name", "reads", "repeat", "when")

    def __init__(self, mark: Mark) -> None:
        self.mark = mark
        self.name: Written | None = None
        self.reads: tuple[Written, ...] | None = None
        self.repeat: Written | None = None
        self.when: Written | None = None
        self.faulty = False


class LayerEntry(Entry):
    """A layer or the use of a block: a type with arguments."""

    __slots__ = ("arguments", "constant", "type")

    def __init__(self, mark: Mark, type: Written) -> None:
        super().__init__(mark)
        self.type = type
        self.arguments: dict[str, Written] = {}
        self.constant = True


class ShareEntry(Entry):
    """The module of another layer, used again."""

    __slots__ = ("shares",)

    def __init__(self, mark: Mark, shares: Written) -> None:
        super().__init__(mark)
        self.shares = shares


class GroupEntry(Entry):
    """Layers under one name, or a branch."""

    __slots__ = ("layers",)

    def __init__(self, mark: Mark, layers: tuple[Entry, ...]) -> None:
        super().__init__(mark)
        self.layers = layers


class BranchesEntry(Entry):
    """Branches that read the same value, and the layer that joins them.

    Attributes:
        branches: each with its name, which is a level of paths, or with ''.
        join: what joins them.
    """

    __slots__ = ("branches", "join")

    def __init__(
        self, mark: Mark, branches: tuple[tuple[str, GroupEntry], ...], join: LayerEntry
    ) -> None:
        super().__init__(mark)
        self.branches = branches
        self.join = join


class Block(NamedTuple):
    """A reusable part: parameters with defaults (None: must be given), and layers."""

    name: str
    params: dict[str, Written]
    inputs: tuple[str, ...]
    layers: tuple[Entry, ...]
    mark: Mark


class Spec(NamedTuple):
    """A whole file, read. `faults` are those that reading found; expansion adds its own."""

    source: Source
    name: str
    reference: str
    description: str
    input: Written | None
    params: dict[str, Written]
    variants: dict[str, dict[str, Written]]
    blocks: dict[str, Block]
    layers: tuple[Entry, ...]
    outputs: tuple[Written, ...] | None
    train: dict[str, Any]
    mark: Mark
    faults: tuple[Diagnostic, ...]
