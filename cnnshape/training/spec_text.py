"""A network as the text of a spec: every layer written out, no block, expression or default.

Read again, it gives the very same network, whatever params, variant or input shape the first
was made with.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import yaml

from ..api import loads
from ..errors import SpecError
from ..network import INPUT
from ..parts import Part, tree

if TYPE_CHECKING:
    from ..layers.base import Layer
    from ..network import Network, Node

INDENT = "  "


class NotWritable(Exception):
    """A network that cannot be written as a spec: a plugin's argument is of a foreign kind."""


def spec_text(network: Network, train: Mapping[str, Any] | None = None) -> str:
    """The spec of a network, with `train` as its recipe.

    Raises:
        NotWritable: what is read back is not the same network.
    """
    head: dict[str, Any] = {"name": network.name}
    if network.reference:
        head["reference"] = network.reference
    if network.description:
        head["description"] = network.description
    head["input"] = list(network.input_shape)
    lines = [f"{key}: {_flow(value)}" for key, value in head.items()]
    lines += ["layers:", *_Writer(network).part(tree(network), INDENT)]
    if not _outputs_are_plain(network):
        lines.append(f"outputs: {_flow(list(network.outputs))}")
    if train:
        lines += ["train:", *(f"{INDENT}{key}: {_flow(value)}" for key, value in train.items())]
    text = "\n".join([*lines, ""])
    try:
        same = loads(text).canonical() == network.canonical()
    except SpecError as fault:
        raise NotWritable(str(fault.diagnostics[0].message)) from None
    if not same:
        raise NotWritable("what is read back is another network")
    return text


class _Writer:
    def __init__(self, network: Network) -> None:
        self.before = {
            node.path: before
            for node, before in zip(
                network.layers, [INPUT, *(node.path for node in network.layers)], strict=False
            )
        }
        self.paths: set[str] = set()

    def part(self, part: Part, indent: str) -> list[str]:
        """The lines of a group's children."""
        lines: list[str] = []
        for child in part.children.values():
            if child.node is not None:
                lines.append(f"{indent}- {_flow(self._entry(child.node))}")
            else:
                lines += [f"{indent}- name: {_flow(child.name)}", f"{indent}  layers:"]
                lines += self.part(child, f"{indent}{INDENT}{INDENT}")
            self.paths.add(child.path)
        return lines

    def _entry(self, node: Node) -> dict[str, Any]:
        entry: dict[str, Any] = {"name": node.name}
        if node.shares is None:
            entry["type"] = node.type
        else:
            entry["share"] = self._reference(node, node.shares)
        if node.inputs != (self.before[node.path],):
            names = [self._reference(node, path) for path in node.inputs]
            entry["from"] = names[0] if len(names) == 1 else names
        if node.shares is None:
            entry.update(_arguments(node))
        self.paths.add(node.path)
        return entry

    def _reference(self, node: Node, path: str) -> str:
        """What `from` calls a path: looked up in the list of the layer, then outwards.

        The whole path does, unless a list on the way outwards has a path of the same name.
        """
        if path == INPUT:
            return INPUT
        around = node.path.split(".")[:-1]
        names = path.split(".")
        shared = 0
        while shared < min(len(around), len(names) - 1) and around[shared] == names[shared]:
            shared += 1
        for left_out in range(shared + 1):
            reference = ".".join(names[left_out:])
            if self._found(around, reference) == path:
                return reference
        raise NotWritable(f"{node.path} cannot name {path}")

    def _found(self, around: list[str], reference: str) -> str | None:
        for depth in range(len(around), -1, -1):
            candidate = ".".join([*around[:depth], reference])
            if candidate in self.paths:
                return candidate
        return None


def _arguments(node: Node) -> dict[str, Any]:
    """The arguments that make this layer here: those that follow from the shapes are left out
    where they do follow."""
    layer = node.layer
    written = {
        name: value
        for name, value in layer.arguments.items()
        if not layer.fields[name].inferred and value != layer.fields[name].default_for(type(layer))
    }
    if not _makes(written, node):
        written = {name: value for name, value in layer.arguments.items() if value is not None}
    return {name: _plain(value) for name, value in written.items()}


def _makes(arguments: dict[str, Any], node: Node) -> bool:
    """Whether these arguments, for these incoming shapes, give this very layer."""
    from ..layers.base import LayerError

    faults: list[LayerError] = []
    layer: Layer | None = type(node.layer).read(arguments, faults)
    if layer is None:
        return False
    try:
        return layer.bind(node.input_shapes) == node.layer
    except LayerError:
        return False


def _plain(value: Any) -> Any:
    """Tuples as lists, all the way down: YAML has no tuples."""
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def _outputs_are_plain(network: Network) -> bool:
    """Whether the outputs are what a spec without `outputs:` has: the last layer alone."""
    if network.outputs != (network.layers[-1].path,):
        return False
    read = {path for node in network.layers for path in node.inputs}
    return all(node.path in read for node in network.layers[:-1])


def _flow(value: Any) -> str:
    """A value on one line of YAML."""
    text: str = yaml.safe_dump(
        value, default_flow_style=True, sort_keys=False, allow_unicode=True, width=float("inf")
    )
    return text.removesuffix("\n").removesuffix("\n...")
