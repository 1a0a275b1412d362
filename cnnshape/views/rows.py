"""The rows of a network's table, as data: groups, folding of alike parts, notes.

Views render rows; they compute nothing. The numbers of the rows at depth 0 add up to the
network's totals.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import NamedTuple

from ..layers.shapes import Shape, Shapes
from ..network import Network, Node, sum_known
from ..parts import Part, runs, tree

FAULT = "✗"
"""What stands before the name of what is faulty."""


class Row(NamedTuple):
    """One line of a table.

    Attributes:
        depth: how far it is indented.
        label: the name, relative to the group that it stands in; '1–3' where alike
            neighbours are folded into one row.
        times: how many alike parts it stands for; its sums are over all of them.
        node: the layer, or None for a group, and for what is faulty.
        type: the layer's type, or the block's name, or ''.
        input_shapes, output_shape: those of one part; None: not known, for a fault is in it.
        params, buffers, macs, connections, elements: sums over all `times` parts, for one
            sample; None: not known.
        notes: what is easily missed, such as rows that are never read.
    """

    depth: int
    label: str
    times: int
    node: Node | None
    type: str
    input_shapes: Shapes
    output_shape: Shape | None
    params: int | None
    buffers: int | None
    macs: int | None
    connections: int | None
    elements: int | None
    notes: tuple[str, ...]


def rows(network: Network, *, depth: int | None = None, fold: bool = True) -> list[Row]:
    """The rows of a network's table.

    Args:
        network: the network.
        depth: how many levels of groups to open; groups below are one row each. None: all.
        fold: alike neighbours, such as the repeats of a block, become one row with ×N.
    """
    root = tree(network)
    if network.fault:
        root.put(network.fault)
    return list(_Rows(network, depth, fold).of(root, 0, 1))


def layer_rows(network: Network) -> list[Row]:
    """A row for each layer, labelled by its path."""
    found = [row for row in rows(network, fold=False) if row.node is not None]
    return [row._replace(depth=0, label=row.node.path) for row in found if row.node is not None]


class _Rows:
    def __init__(self, network: Network, depth: int | None, fold: bool) -> None:
        self.network = network
        self.depth = depth
        self.fold = fold

    def of(self, group: Part, indent: int, level: int, prefix: str = "") -> Iterator[Row]:
        """The rows of a group's children; `level` counts the names of their paths."""
        for run in runs(list(group.children.values()), fold=self.fold):
            first, times = run.first, run.times
            label = prefix + run.label
            closed = self.depth is not None and level > self.depth
            if first.path == self.network.fault or (closed and self._is_faulty(first)):
                yield _faulty(indent, f"{FAULT} {label}", self._type(first.path))
                if not closed:
                    yield from self.of(first, indent + 1, level + 1)
            elif first.node is not None:
                yield self._row([first.node], indent, label, times, first.node)
            elif closed or self._has_heading(first, times, level):
                if self._is_faulty(first):
                    yield _faulty(indent, label, self._type(first.path))
                else:
                    leaves = list(first.leaves())
                    yield self._row(leaves, indent, label, times, None, first.path)
                if not closed:
                    yield from self.of(first, indent + 1, level + 1)
            else:
                yield from self.of(first, indent, level + 1, f"{label}.")

    def _is_faulty(self, part: Part) -> bool:
        """Whether the fault at which the network ends is in a part."""
        return f"{self.network.fault or ''}.".startswith(f"{part.path}.")

    def _type(self, path: str) -> str:
        group = self.network.groups.get(path)
        return group.type if group else ""

    def _has_heading(self, part: Part, times: int, level: int) -> bool:
        """Whether a group has a row of its own, or only lends its name to its layers' labels.

        A heading has what is folded, what the spec's own list of layers holds, and each
        repeat in it.
        """
        if times > 1:
            return True
        several = sum(1 for _ in part.leaves()) > 1
        return several and (level == 1 or (level == 2 and part.name.isdecimal()))

    def _row(
        self,
        leaves: list[Node],
        indent: int,
        label: str,
        times: int,
        node: Node | None,
        path: str = "",
    ) -> Row:
        first, last = leaves[0], leaves[-1]
        notes: list[str] = []
        if node is not None:
            notes = node.layer.notes(node.input_shapes, node.output_shape)
            if node.shares:
                notes.append(f"the weights are those of {node.shares}")
        return Row(
            depth=indent,
            label=label,
            times=times,
            node=node,
            type=node.type if node else self._type(path),
            input_shapes=first.input_shapes,
            output_shape=last.output_shape,
            params=times * sum(leaf.params for leaf in leaves),
            buffers=times * sum(leaf.buffers for leaf in leaves),
            macs=_times(times, [leaf.macs for leaf in leaves]),
            connections=_times(times, [leaf.connections for leaf in leaves]),
            elements=times * sum(prod(leaf.output_shape) for leaf in leaves),
            notes=tuple(notes),
        )


def _faulty(indent: int, label: str, type_: str) -> Row:
    """The row of what has the fault, or has it inside: nothing of it is known as a whole."""
    return Row(indent, label, 1, None, type_, (), None, None, None, None, None, None, ())


def _times(times: int, values: list[int | None]) -> int | None:
    total = sum_known(values)
    return None if total is None else times * total
