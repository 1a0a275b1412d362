"""What the page knows of a network, as plain data for JSON.

Which boxes, areas and arrows there are is decided by the outline with every group open. The
browser only opens and closes its areas, so each area carries the arrows among its own
children: they are the same whether a child is open or closed.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any

from ...analysis.receptive_field import receptive_fields
from ...layers.shapes import format_shape
from ...network import INPUT, Network, Node
from ...views.rows import rows
from ...views.table import conventions
from ..boxes import Area, Arrow, Box, Outline
from ..look import Look
from ..outline import MOST_BOXES, outline, whole_outline
from ..themes import KIND_TITLES

SKIP, SIZE_ONLY = 1, 2
"""The bits of an edge's flags."""

OWN = -1
"""In an edge: the area's own ports, where the index of a child would stand."""


def page_data(network: Network, look: Look) -> dict[str, Any]:
    """The whole data of a page. Alike layers share an entry of 'ops'.

    Raises:
        DiagramError: more boxes than a drawing can hold even with all groups closed.
    """
    depth = outline(network, look).depth
    whole = whole_outline(network, look)
    ops = _Ops()
    index = {node.path: place for place, node in enumerate(network.layers)}
    totals = network.totals
    return {
        "network": {
            "name": network.name,
            "reference": network.reference,
            "description": network.description,
            "input": format_shape(network.input_shape),
            "space": list(network.input_shape[1:]),
            "outputs": [index[path] for path in network.outputs],
            "params": totals.params,
            "buffers": totals.buffers,
            "macs": totals.macs,
        },
        "conventions": _conventions(network),
        "layers": [_layer(node, ops, index, whole) for node in network.layers],
        "ops": ops.found,
        "root": _Tree(whole, index, depth).area(whole.root),
        "kinds": KIND_TITLES,
        "facts": list(look.facts),
        "legend": look.legend,
        "mostBoxes": MOST_BOXES,
    }


def _conventions(network: Network) -> list[str]:
    """What the numbers mean, in the words of the table, a sentence or a few each."""
    keys = ("formula", "macs", "connections", "rf")
    told = conventions(network, keys, rows(network, fold=False))
    return [
        "Shapes are without the batch: channels first, then the positions.",
        *(line for line, _ in told),
        "FLOPs are those that torch.utils.flop_counter counts.",
    ]


class _Ops:
    """The different layers of a network, each once."""

    def __init__(self) -> None:
        self.found: list[dict[str, Any]] = []
        self._places: dict[int, int] = {}

    def place(self, node: Node) -> int:
        """The index of a layer's entry."""
        key = id(node.op)
        if key not in self._places:
            self._places[key] = len(self.found)
            self.found.append(_op(node))
        return self._places[key]


def _op(node: Node) -> dict[str, Any]:
    op, layer = node.op, node.layer
    return {
        "type": node.type,
        "kind": layer.kind if layer.kind in KIND_TITLES else "other",
        "summary": layer.summary(),
        "arguments": list(layer.written_arguments.items()),
        "inputs": [format_shape(shape) for shape in op.input_shapes],
        "output": format_shape(op.output_shape),
        "elements": prod(op.output_shape),
        "formula": layer.formula(op.input_shapes, op.output_shape),
        "notes": layer.notes(op.input_shapes, op.output_shape),
        "weights": [
            [name, format_shape(shape), prod(shape)] for name, shape in layer.parameters().items()
        ],
        "params": op.params,
        "buffers": op.buffers,
        "macs": op.macs,
        "connections": op.connections,
    }


def _layer(node: Node, ops: _Ops, index: dict[str, int], whole: Outline) -> list[Any]:
    """Path, op, what it reads, receptive field, whose weights it uses, and its box's first layer.

    -1 stands for the network's input, and for weights of its own.
    """
    field = receptive_fields(whole.network)[node.path]
    return [
        node.path,
        ops.place(node),
        [OWN if path == INPUT else index[path] for path in node.inputs],
        None if field is None else list(field),
        OWN if node.shares is None else index[node.shares],
        index[whole.box_of[node.path].layers[0].path],
    ]


class _Tree:
    """The areas and boxes of an outline, each area with its ports and edges.

    A port is where a value passes an area's border. An edge runs from a child or an in-port
    to a child or an out-port: [child, its port, child, its port, flags].
    """

    def __init__(self, whole: Outline, index: dict[str, int], depth: int | None) -> None:
        self.index = index
        self.depth = depth
        self.homes: dict[Box | Area, tuple[Area, int]] = {}
        self.ins: dict[Area, dict[Box | None, int]] = {}
        self.outs: dict[Area, dict[Box, int]] = {}
        self.edges: dict[Area, dict[tuple[int, int, int, int], int]] = {}
        self._settle(whole.root)
        for arrow in whole.arrows:
            self._route(whole.root, arrow)
        for box in whole.outputs:
            place, port = self._lead_out(box, whole.root, 0)
            exit_ = self.outs[whole.root].setdefault(box, len(self.outs[whole.root]))
            self._add(whole.root, (place, port, OWN, exit_), 0)

    def area(self, area: Area) -> dict[str, Any]:
        """An area as data, and all that is in it."""
        return {
            "path": area.path,
            "name": area.name,
            "type": area.type,
            "times": area.times,
            "open": self._is_open(area.path),
            "ins": len(self.ins[area]),
            "outs": len(self.outs[area]),
            "edges": [[*ends, flags] for ends, flags in self.edges[area].items()],
            "children": [
                self.area(child) if isinstance(child, Area) else self._box(child)
                for child in area.children
            ],
        }

    def _box(self, box: Box) -> dict[str, Any]:
        return {
            "name": box.name,
            "times": box.times,
            "layers": [self.index[node.path] for node in box.layers],
        }

    def _is_open(self, path: str) -> bool:
        return self.depth is None or not path or path.count(".") < self.depth

    def _settle(self, area: Area) -> None:
        self.ins[area], self.outs[area], self.edges[area] = {}, {}, {}
        for place, child in enumerate(area.children):
            self.homes[child] = (area, place)
            if isinstance(child, Area):
                self._settle(child)

    def _around(self, child: Box | Area) -> Iterator[Area]:
        """The areas around it, innermost first."""
        while child in self.homes:
            child = self.homes[child][0]
            yield child

    def _route(self, root: Area, arrow: Arrow) -> None:
        """Lead an arrow out of the areas around its source and into those around its target."""
        flags = SKIP * arrow.skip | SIZE_ONLY * arrow.size_only
        source, target = arrow.source, arrow.target
        around_source = set(self._around(source)) if source is not None else {root}
        entered = [area for area in self._around(target) if area not in around_source]
        common = next(area for area in self._around(target) if area in around_source)
        if source is None:
            start, port = OWN, self.ins[root].setdefault(None, 0)
        else:
            start, port = self._lead_out(source, common, flags)
        area = common
        for inner in reversed(entered):
            entry = self.ins[inner].setdefault(source, len(self.ins[inner]))
            self._add(area, (start, port, self.homes[inner][1], entry), flags)
            area, start, port = inner, OWN, entry
        self._add(area, (start, port, self.homes[target][1], 0), flags)

    def _lead_out(self, source: Box, common: Area, flags: int) -> tuple[int, int]:
        """Lead a value out of the areas below `common`: the child that it leaves, and its port."""
        area, place = self.homes[source]
        port = 0
        while area is not common:
            exit_ = self.outs[area].setdefault(source, len(self.outs[area]))
            self._add(area, (place, port, OWN, exit_), flags)
            port = exit_
            area, place = self.homes[area]
        return place, port

    def _add(self, area: Area, ends: tuple[int, int, int, int], flags: int) -> None:
        """Several values on one edge: it is a skip only if all of them are."""
        edges = self.edges[area]
        edges[ends] = edges.get(ends, flags) & flags
