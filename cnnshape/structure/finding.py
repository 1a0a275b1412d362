"""Finding the structure of a network: which groups are the same but for their arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..parts import Part, tree
from .arguments import spec_arguments
from .naming import name_drafts
from .parameters import infer
from .program import Call, GroupCall, Program, Reference, Template
from .repeats import fold

if TYPE_CHECKING:
    from ..network import Network, Node

Arguments = Callable[["Node"], dict[str, Any]]


class Group:
    """A group of a network, as an instance of a draft.

    Attributes:
        path: where it stands, '' for the whole.
        children: layers and groups, in order.
        inputs: the paths of the values from outside that it reads, in the order of use.
        reads: for each child, what it reads.
        draft: the template that it is an instance of.
        values: the parameters' values here, once they are known.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.children: list[tuple[str, Node | Group]] = []
        self.inputs: list[str] = []
        self.reads: list[tuple[Reference, ...]] = []
        self.draft: Draft
        self.values: dict[str, Any] = {}

    def leaves(self) -> Iterator[Node]:
        """The layers in it, in order."""
        for _, child in self.children:
            if isinstance(child, Group):
                yield from child.leaves()
            else:
                yield child


class Draft:
    """A template while it is being made; `instances` are the groups that it stands for."""

    def __init__(self, class_name: str, outputs: tuple[str, ...], result: str) -> None:
        self.class_name = class_name
        self.outputs = outputs
        self.result = result
        self.instances: list[Group] = []
        self.places = 0
        self.channel_params: set[str] = set()
        self.name = ""
        self.template: Template

    @property
    def first(self) -> Group:
        """The instance that stands for all."""
        return self.instances[0]


def program(
    network: Network,
    *,
    arguments: Arguments = spec_arguments,
    class_names: Mapping[str, str] | None = None,
    incoming: bool = True,
    templates: bool = True,
) -> Program:
    """The structure of a network.

    Args:
        network: its layers, by their paths, are the leaves.
        arguments: what is written of a layer.
        class_names: what groups are called, by path; those of the network where left out.
        incoming: whether an expression may name `in_channels`, as in a spec.
        templates: whether groups that are alike become one template at all.
    """
    names = (
        {path: group.type for path, group in network.groups.items()}
        if class_names is None
        else class_names
    )
    finder = _Finder(network, names, templates)
    root = finder.describe(tree(network))
    drafts = finder.drafts
    for draft in drafts:
        for _, child in draft.first.children:
            if isinstance(child, Group):
                child.draft.places += 1
    name_drafts(drafts)
    for draft in drafts:
        used = {other.name: other.template for other in _used(draft)}
        # Where a template is written inside another, in_channels would be the other's.
        asks = incoming and draft.places > 1
        params, calls = infer(draft, network, arguments, incoming=asks)
        children = fold(calls, draft, used)
        if asks and _is_one_repeat(children):
            params, calls = infer(draft, network, arguments, incoming=False)
            children = fold(calls, draft, used)
        draft.template = Template(
            name=draft.name,
            class_name=draft.class_name,
            params=params,
            inputs=len(draft.first.inputs),
            children=children,
            outputs=draft.outputs,
            result=draft.result,
            uses=len(draft.instances),
            inline=draft.places == 1 or _is_one_repeat(children),
        )
    repeated = {
        call.template
        for draft in drafts
        for call in draft.template.children
        if isinstance(call, GroupCall) and len(call.names) > 1
    }
    made = [
        replace(draft.template, inline=draft.template.inline and draft.name not in repeated)
        for draft in drafts
        if draft is not root.draft
    ]
    return Program(root.draft.template, {template.name: template for template in made})


def _is_one_repeat(children: tuple[Call, ...]) -> bool:
    return len(children) == 1 and isinstance(children[0], GroupCall) and len(children[0].names) > 1


def _used(draft: Draft) -> list[Draft]:
    return [child.draft for _, child in draft.first.children if isinstance(child, Group)]


class _Finder:
    """Walks over the tree of paths from the leaves up, and finds equal groups."""

    def __init__(self, network: Network, names: Mapping[str, str], templates: bool) -> None:
        self.names = names
        self.templates = templates
        self.index = {node.path: place for place, node in enumerate(network.layers)}
        self.by_path = network.by_path
        self.last_read = dict.fromkeys(self.index, -1)
        for place, node in enumerate(network.layers):
            for path in node.inputs:
                self.last_read[path] = place
        for path in network.outputs:
            self.last_read[path] = len(network.layers)
        self.drafts: list[Draft] = []
        self._by_key: dict[Any, Draft] = {}

    def describe(self, part: Part) -> Group:
        """The group of a part, with the draft that it is an instance of."""
        group = Group(part.path)
        for child in part.children.values():
            inner = child.node if child.node is not None else self.describe(child)
            group.children.append((child.name, inner))
        leaves = list(part.leaves())
        last = self.index[leaves[-1].path]
        start = len(part.path) + 1 if part.path else 0
        inside = {leaf.path for leaf in leaves}
        places = {path: place for place, path in enumerate(self._inputs(leaves, inside))}
        group.inputs = list(places)
        key: list[Any] = []
        for name, inner in group.children:
            read = inner.inputs
            reads = tuple(self._reference(path, places, start) for path in read)
            group.reads.append(reads)
            if isinstance(inner, Group):
                key.append((name, inner.draft, reads))
            else:
                key.append((name, inner.type, reads, self._shares(inner, inside, start)))
        outputs = tuple([p.path[start:] for p in leaves if self.last_read[p.path] > last])
        class_name = self.names.get(part.path, "")
        alike = (class_name, tuple(key), len(places), outputs)
        draft = self._by_key.get(alike) if self.templates else None
        if draft is None:
            draft = Draft(class_name, outputs, leaves[-1].path[start:])
            self.drafts.append(draft)
            self._by_key[alike] = draft
        draft.instances.append(group)
        group.draft = draft
        return group

    def _inputs(self, leaves: list[Node], inside: set[str]) -> list[str]:
        found: dict[str, None] = {}
        for leaf in leaves:
            for path in leaf.inputs:
                if path not in inside:
                    found[path] = None
        return list(found)

    def _reference(self, path: str, places: dict[str, int], start: int) -> Reference:
        if path in places:
            return Reference("", places[path])
        child, _, rest = path[start:].partition(".")
        return Reference(child, rest)

    def _shares(self, node: Node, inside: set[str], start: int) -> Any:
        """Equal for layers that share alike; a module from outside makes a group unlike all."""
        if node.shares is None:
            return None
        return node.shares[start:] if node.shares in inside else (node.path, node.shares)
