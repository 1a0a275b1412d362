"""Finding which groups of a network are the same but for the arguments of their layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any, TypeAlias

from ..parts import Part, tree
from .groups import PLAIN_CLASSES, Draft, Group, Slot
from .merging import merged
from .program import Reference
from .side_by_side import Variant
from .turns import cut

if TYPE_CHECKING:
    from ..network import Network, Node

Kind: TypeAlias = Any
"""Groups of one kind may be one draft, though some lack what others have."""


def drafts_of(
    network: Network,
    names: Mapping[str, str],
    arguments: Callable[[Node], dict[str, Any]],
    *,
    templates: bool,
    optional: bool,
    modules: bool,
) -> list[Draft]:
    """The drafts of a network, each after those that it uses; the last is the whole.

    Args:
        network: the flat network.
        names: what groups are called, by path.
        arguments: what is written of a layer.
        templates: whether groups that are alike are one draft at all.
        optional: whether groups are alike, too, where some lack what others have.
        modules: whether they must then have the same names for what holds tensors.
    """
    groups = _Groups(network, names)
    variant = partial(Variant, arguments=arguments, modules=modules)
    grouping = _Grouping(groups, templates, variant)
    for kinds, last in _in_order(groups.all):
        if modules and optional and not last:
            cut(kinds, arguments)
        grouping.describe(kinds, optional=optional and not last)
    found: dict[Draft, None] = {}
    _collect(groups.all[-1].draft, found)
    order = {id(group): place for place, group in enumerate(groups.all)}
    for draft in found:
        draft.instances.sort(key=lambda group: order[id(group)])
        for k, slot in enumerate(draft.slots):
            if isinstance(slot.kind, Draft):
                slot.kind.places += 2 if draft.in_turns else 1
                slot.kind.optional = slot.kind.places == 1 and not all(draft.presence(k))
    return list(found)


def _collect(draft: Draft, found: dict[Draft, None]) -> None:
    for inner in draft.drafts():
        if inner not in found:
            _collect(inner, found)
    found[draft] = None


class _Groups:
    """All groups of a network, each after those inside it."""

    def __init__(self, network: Network, names: Mapping[str, str]) -> None:
        self.names = names
        self.index = {node.path: place for place, node in enumerate(network.layers)}
        self.last_read = dict.fromkeys(self.index, -1)
        for place, node in enumerate(network.layers):
            for path in node.inputs:
                self.last_read[path] = place
        for path in network.outputs:
            self.last_read[path] = len(network.layers)
        self.all: list[Group] = []
        self._made(tree(network))

    def _made(self, part: Part, around: str = "") -> Group:
        name = self.names.get(part.path, "")
        group = Group(part.path, name, around)
        around = around if name in PLAIN_CLASSES else name
        for child in part.children.values():
            inner = child.node if child.node is not None else self._made(child, around)
            group.children.append((child.name, inner))
        leaves = list(part.leaves())
        last = self.index[leaves[-1].path]
        start = _start(group)
        inside = {leaf.path for leaf in leaves}
        read = dict.fromkeys(path for leaf in leaves for path in leaf.inputs)
        group.inputs = [path for path in read if path not in inside]
        group.outputs = tuple([p.path[start:] for p in leaves if self.last_read[p.path] > last])
        group.result = leaves[-1].path[start:]
        self.all.append(group)
        return group


def _start(group: Group) -> int:
    """Where the paths inside a group begin."""
    return len(group.path) + 1 if group.path else 0


def _in_order(groups: list[Group]) -> Iterator[tuple[list[Group], bool]]:
    """The groups kind by kind, each kind after those that stand inside it.

    At last, and marked so, those of kinds that stand inside themselves.
    """
    kinds: dict[Kind, list[Group]] = {}
    inside: dict[Kind, set[Kind]] = {}
    for group in groups:
        kind = _kind(group)
        kinds.setdefault(kind, []).append(group)
        inner = {_kind(child) for _, child in group.children if isinstance(child, Group)}
        inside.setdefault(kind, set()).update(inner)
    sorter = TopologicalSorter(inside)
    with suppress(CycleError):  # what stands in no cycle is sorted all the same
        sorter.prepare()
    while ready := sorter.get_ready():
        for kind in ready:
            yield kinds.pop(kind), False
        sorter.done(*ready)
    left = {id(group) for same in kinds.values() for group in same}
    yield [group for group in groups if id(group) in left], True


def _kind(group: Group) -> Kind:
    """The class of a group, or where that says nothing, that of the group around it and what
    its name begins with."""
    if group.class_name not in PLAIN_CLASSES:
        return group.class_name
    names = group.path.split(".")
    stems = [name.rstrip("0123456789_") for name in names]
    depth = next((depth for depth, stem in enumerate(reversed(stems)) if stem), len(stems))
    return (group.around, depth, stems[-1 - depth] if depth < len(stems) else "")


class _Grouping:
    """Finds the drafts of groups, kind by kind."""

    def __init__(self, groups: _Groups, templates: bool, variant: Callable[..., Variant]) -> None:
        self.groups = groups
        self.templates = templates
        self.variant = variant
        self._variants: dict[Any, Variant] = {}

    def describe(self, groups: list[Group], *, optional: bool) -> None:
        """Give each group of one kind its draft; those inside them have theirs."""
        new: list[Variant] = []
        for group in groups:
            alike, slots, outputs, result = self._described(group)
            variant = self._variants.get(alike) if self.templates else None
            if variant is None:
                variant = self.variant(group.class_name, len(group.inputs), slots, outputs, result)
                self._variants[alike] = variant
                new.append(variant)
            if variant.draft is None:
                variant.groups.append(group)
            else:
                variant.draft.add(group, variant.places)
            if not optional and variant.draft is None:
                merged([variant])
        if optional:
            merged(new)

    def _described(
        self, group: Group
    ) -> tuple[Any, tuple[Slot, ...], tuple[Reference, ...], Reference]:
        """What a group is but for arguments: equal for groups that are alike, and the parts."""
        start = _start(group)
        places = {path: place for place, path in enumerate(group.inputs)}
        inner = {name: child for name, child in group.children if isinstance(child, Group)}

        def reference(path: str) -> Reference:
            if path in places:
                return Reference("", places[path])
            child, _, rest = path[start:].partition(".")
            if group.turns and child not in inner:
                child = group.children[-1][0]
            return Reference(child, inner[child].reference(rest).path if rest else "")

        slots = []
        for name, child in group.children:
            reads = tuple([reference(path) for path in child.inputs])
            if isinstance(child, Group):
                slots.append(Slot(name, child.draft, reads))
            else:
                slots.append(Slot(name, child.type, reads, _shares(child, group)))
        prefix = group.path[: start - 1] + "." if start else ""
        outputs = tuple([reference(prefix + path) for path in group.outputs])
        result = reference(prefix + group.result)
        alike = (group.class_name, tuple(slots), len(places), outputs, group.kept)
        return alike, tuple(slots), outputs, result


def _shares(node: Node, group: Group) -> Any:
    """Equal for layers that share alike; a module from outside makes a group unlike all."""
    if node.shares is None:
        return None
    inside = f"{group.path}." if group.path else ""
    return (
        node.shares[len(inside) :] if node.shares.startswith(inside) else (node.path, node.shares)
    )
