"""The walk over a network that draws its boxes, areas and arrows at one depth."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from ..network import INPUT, Network, Node
from ..parts import Part, Run
from .boxes import Area, Arrow, Box, Outline
from .folding import Folding
from .look import Look
from .skips import mark_skips

FUSED_KINDS = frozenset({"normalization", "activation", "dropout"})
"""Kinds of layers that are drawn in the box of the layer that they follow."""


class Drawing:
    """The outline of a network at one depth."""

    def __init__(
        self, network: Network, whole: Part, folding: Folding, depth: int | None, look: Look
    ) -> None:
        self.network = network
        self.whole = whole
        self.folding = folding
        self.depth = depth
        self.look = look
        self.boxes: list[Box] = []
        self.box_of: dict[str, Box] = {}
        self.area_of: dict[Box, Area] = {}
        self.stands_for: dict[str, str] = {}
        self.hidden: dict[str, int] = {}

    def outline(self) -> Outline:
        root = Area("", "", "", 1)
        self._fill(root, self.whole, 1, "")
        order = {node.path: index for index, node in enumerate(self.network.layers)}
        self.boxes.sort(key=lambda box: order[box.layers[0].path])
        arrows = self._arrows()
        self._count_skips()
        outputs = list(dict.fromkeys(self._box(path) for path in self.network.outputs))
        box_of = {node.path: self._box(node.path) for node in self.network.layers}
        return Outline(
            self.network, root, self.boxes, arrows, outputs, self.depth, self.hidden, box_of
        )

    # Boxes and areas --------------------------------------------------------------------

    def _fill(self, area: Area, group: Part, level: int, prefix: str) -> None:
        """Draw a group's children into an area; `level` counts the names of their paths."""
        for run in self.folding.runs(group):
            first, times = run.first, run.times
            name = prefix + run.label
            self._note_copies(run)
            if first.node is not None:
                self._add_stack(area, [first.node], name, times)
            elif self._is_one_box(first):
                layers = list(first.leaves())
                self._add_stack(area, layers, name + _own_name(first.path, layers), times)
            elif self.depth is not None and level > self.depth:
                self._add_closed(area, first, name, times)
            elif times > 1 or level == 1 or self._type(first.path):
                inner = Area(first.path, name, self._type(first.path), times)
                self._fill(inner, first, level + 1, "")
                area.children.append(_without_shell(inner))
            else:
                self._fill(area, first, level + 1, f"{name}.")

    def _note_copies(self, run: Run) -> None:
        first = run.first.path
        for part in run.parts[1:]:
            for node in part.leaves():
                self.stands_for[node.path] = first + node.path[len(part.path) :]

    def _is_one_box(self, part: Part) -> bool:
        """Whether all of a group is a layer and what is drawn in its box."""
        return all(self._continues(node, before) for before, node in pairwise(part.leaves()))

    def _continues(self, node: Node, before: Node) -> bool:
        """Whether a layer is drawn in the box that ends with the layer `before`."""
        return (
            self.look.fuse
            and node.layer.kind in FUSED_KINDS
            and node.inputs == (before.path,)
            and self.folding.readers[before.path] == [node.path]
            and before.path not in self.folding.results
        )

    def _type(self, path: str) -> str:
        group = self.network.groups.get(path)
        return group.type if group else ""

    def _add_stack(self, area: Area, layers: list[Node], name: str, times: int) -> None:
        """Draw layers as one box, or in the box before where they go on with it."""
        before = self._box_before(layers[0])
        if times == 1 and before is not None and self.area_of[before] is area:
            before.layers += layers
            self.box_of.update((layer.path, before) for layer in layers)
        else:
            self._add(area, Box(layers[0].path, name, layers, layers[0].type, times=times))

    def _box_before(self, layer: Node) -> Box | None:
        """The box that a layer goes on with, if any."""
        box = self.box_of.get(layer.inputs[0])
        if box is None or box.closed or box.times > 1:
            return None
        return box if self._continues(layer, box.layers[-1]) else None

    def _add_closed(self, area: Area, part: Part, name: str, times: int) -> None:
        layers = list(part.leaves())
        self.hidden[part.path] = len(layers) * times
        self._add(area, Box(part.path, name, layers, self._type(part.path), True, times))

    def _add(self, area: Area, box: Box) -> None:
        area.children.append(box)
        self.boxes.append(box)
        self.area_of[box] = area
        for node in box.layers:
            self.box_of[node.path] = box

    # Arrows -----------------------------------------------------------------------------

    def _shown(self, path: str) -> str:
        """The path of the layer that is drawn for this one."""
        while path in self.stands_for:
            path = self.stands_for[path]
        return path

    def _box(self, path: str) -> Box:
        return self.box_of[self._shown(path)]

    def _source(self, path: str) -> str:
        """The path of the layer whose value is read: a head that is only trained passes it on."""
        while path != INPUT and (node := self.network.by_path[path]).layer.training_only:
            path = node.inputs[0]
        return path

    def _arrows(self) -> list[Arrow]:
        arrows: list[Arrow] = []
        for box in self.boxes:
            inside = {node.path for node in box.layers}
            seen: set[str] = set()
            inputs = []
            alike: dict[tuple[object, ...], Arrow] = {}
            for node in box.layers:
                sizes = node.layer.reads_size_of
                for index, path in enumerate(map(self._source, node.inputs)):
                    known = path in seen
                    if path in inside or (box.closed and known):
                        continue
                    seen.add(path)
                    source = None if path == INPUT else self._box(path)
                    shape, size_only = node.input_shapes[index], index in sizes
                    inputs.append(shape)
                    key = (source, shape, size_only)
                    if key in alike and not known:
                        alike[key].times += 1
                        continue
                    alike[key] = Arrow(source, box, shape, size_only=size_only)
                    arrows.append(alike[key])
            box.inputs = tuple(inputs)
        mark_skips(self.boxes, arrows)
        return arrows

    def _count_skips(self) -> None:
        """Note of each closed group how many skip connections it hides."""
        closed = [box for box in self.boxes if box.closed]
        if not closed or not any(len(node.inputs) > 1 for node in self.network.layers):
            return
        folding = Folding(self.network, fold=False)
        whole = Drawing(
            self.network, self.whole, folding, None, replace(self.look, fold=False)
        ).outline()
        for arrow in filter(lambda arrow: arrow.skip, whole.arrows):
            box = self.box_of.get(arrow.target.path)
            if box is None or not box.closed:
                continue
            read = INPUT if arrow.source is None else arrow.source.layers[-1].path
            readers = {self.box_of.get(path) for path in folding.readers[read]}
            if self.box_of.get(read) is box or readers == {box}:
                box.skips += arrow.times


def _own_name(group: str, layers: list[Node]) -> str:
    """What the only layer of a group is called in it, where a person chose the name; or ''."""
    if len(layers) > 1:
        return ""
    own = layers[0].path[len(group) :]
    usual = re.escape(layers[0].type.lower())
    return "" if re.fullmatch(rf"\.{usual}\d+", own) else own


def _without_shell(area: Area) -> Area | Box:
    """The area, or, where all that it holds is one other, that one under both names."""
    if len(area.children) != 1 or area.times > 1:
        return area
    child = area.children[0]
    child.name = f"{area.name}.{child.name}"
    return child
