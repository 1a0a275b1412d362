"""What is drawn of a network: boxes, the areas around them, and the arrows between them.

A box is one layer, a stack of layers (a convolution with the normalization and activation
that follow it) or a closed group. Alike turns of a repeat are drawn once, with ×N. Styles
place and paint an outline; they decide nothing about the network.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from math import prod

from ..layers.shapes import Shape, Shapes
from ..network import INPUT, Network, Node, sum_known
from ..parts import Part, Run, runs, tree
from .look import DiagramError, Look

FUSED_KINDS = frozenset({"normalization", "activation", "dropout"})
"""Kinds of layers that are drawn in the box of the layer that they follow."""

READABLE_BOXES = 100
"""How many boxes depth 'auto' opens at most: about what fits a page at a readable size."""

MOST_BOXES = 1000
"""More are refused: no page holds them, and a layout takes longer than anyone waits."""


@dataclass(eq=False)
class Box:
    """A layer, a stack of layers, or a closed group.

    Attributes:
        path: of its first layer, or of the group.
        name: its path within the area that it stands in; '1–3' where it stands for several.
        layers: those of one turn, in order; one for a plain box.
        type: of a layer: its type; of a closed group: its block's name, or ''.
        closed: whether it is a group whose inside is not drawn.
        times: how many alike turns it stands for, itself and no area around it.
        inputs: the shapes that come in from other boxes.
    """

    path: str
    name: str
    layers: list[Node]
    type: str
    closed: bool = False
    times: int = 1
    inputs: Shapes = ()

    @property
    def kind(self) -> str:
        """The kind that colours it: that of its first layer; 'group' for a closed group."""
        return "group" if self.closed else self.layers[0].layer.kind

    @property
    def output_shape(self) -> Shape:
        """The shape that comes out, without the batch."""
        return self.layers[-1].output_shape

    @property
    def params(self) -> int:
        """Learnable elements of one turn."""
        return sum(layer.params for layer in self.layers)

    @property
    def macs(self) -> int | None:
        """Multiply-accumulates of one turn for one sample; None: not known."""
        return sum_known([layer.macs for layer in self.layers])

    @property
    def elements(self) -> int:
        """Elements of the output of one turn for one sample."""
        return prod(self.output_shape)


@dataclass(eq=False)
class Area:
    """A group whose inside is drawn: a block's use, a repeat, or several alike as one.

    Attributes:
        path: of the group.
        name: its path within the area around it; '1–3' where it stands for several.
        type: the block's name, or ''.
        times: how many alike turns it stands for.
        children: what stands in it, in the order of the data.
    """

    path: str
    name: str
    type: str
    times: int
    children: list[Box | Area] = field(default_factory=list)

    def boxes(self) -> Iterator[Box]:
        """The boxes in it and in the areas in it, in order."""
        for child in self.children:
            if isinstance(child, Area):
                yield from child.boxes()
            else:
                yield child


@dataclass(eq=False)
class Arrow:
    """A value on its way from one box to another.

    Attributes:
        source: the box that makes it; None: it is the network's input.
        target: the box that reads it.
        shape: of the value, without the batch.
        skip: whether it passes by layers that the value also goes through, as the identity of
            a residual block and the long arrows of a U-Net do.
        size_only: whether the target reads its size and no value of it, as CropLike does.
    """

    source: Box | None
    target: Box
    shape: Shape
    skip: bool = False
    size_only: bool = False


@dataclass(eq=False)
class Outline:
    """What is drawn of a network.

    Attributes:
        network: the network.
        root: the area of the whole network.
        boxes: all of them; each after all that it reads.
        arrows: in the order of their targets.
        outputs: the boxes whose values are the network's outputs, in order.
        depth: how many levels of groups are open; None: all.
        hidden: the groups that are drawn closed, by path, with how many layers each holds.
        box_of: the box that shows a layer, by the layer's path; alike turns share one.
    """

    network: Network
    root: Area
    boxes: list[Box]
    arrows: list[Arrow]
    outputs: list[Box]
    depth: int | None
    hidden: dict[str, int]
    box_of: Mapping[str, Box]

    @cached_property
    def reads(self) -> Mapping[Box, list[Arrow]]:
        """The arrows that end at each box."""
        found: dict[Box, list[Arrow]] = {box: [] for box in self.boxes}
        for arrow in self.arrows:
            found[arrow.target].append(arrow)
        return found

    @cached_property
    def main_path(self) -> list[Box]:
        """The longest way of the data from the input to the first output.

        Longest in layers (those of a closed group count), then in MACs. It does not lead
        through a gate, the 1×1 branch of squeeze-and-excitation.
        """
        best: dict[Box, tuple[int, int]] = {}
        previous: dict[Box, Box | None] = {}
        for box in self.boxes:
            length, macs, before = 0, 0, None
            for arrow in self.reads[box]:
                source = arrow.source
                if not source or arrow.size_only or self._is_gate(arrow):
                    continue
                if best[source] > (length, macs):
                    (length, macs), before = best[source], source
            best[box] = (length + len(box.layers), macs + (box.macs or 0))
            previous[box] = before
        path: list[Box] = []
        box_or_none: Box | None = self.outputs[0] if self.outputs else None
        while box_or_none is not None:
            path.append(box_or_none)
            box_or_none = previous[box_or_none]
        return path[::-1]

    def _is_gate(self, arrow: Arrow) -> bool:
        """Whether a value without extent is read beside a map, which it only scales."""
        return _is_point(arrow.shape) and any(
            not _is_point(other.shape) for other in self.reads[arrow.target]
        )

    def kinds(self) -> list[str]:
        """The kinds of the layers in the boxes that are drawn open, without repetition."""
        return list(
            dict.fromkeys(
                layer.layer.kind for box in self.boxes if not box.closed for layer in box.layers
            )
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What is not drawn, a sentence each."""
        if not self.hidden:
            return ()
        groups, layers = len(self.hidden), sum(self.hidden.values())
        deeper = (self.depth or 0) + 1
        return (
            f"{groups} {'group is' if groups == 1 else 'groups are'} drawn closed "
            f"({layers:,} layers): --depth {deeper} opens {'it' if groups == 1 else 'them'}.",
        )


def outline(network: Network, look: Look) -> Outline:
    """What is drawn of a network.

    Raises:
        DiagramError: more than MOST_BOXES boxes; it names the options that make it fit.
    """
    whole = tree(network)
    if look.depth != "auto":
        made = _Drawing(network, whole, look.depth, look).outline()
        if len(made.boxes) > MOST_BOXES:
            raise DiagramError(_too_many(made, whole, look))
        return made
    levels = max((node.path.count(".") for node in network.layers), default=0)
    best = _Drawing(network, whole, 0, look).outline()
    if len(best.boxes) > MOST_BOXES:
        raise DiagramError(_too_many(best, whole, look))
    for depth in range(1, levels + 1):
        deeper = _Drawing(network, whole, depth, look).outline()
        if len(deeper.boxes) > READABLE_BOXES:
            break
        # To open a repeat of closed groups only multiplies what cannot be seen into.
        if len(deeper.hidden) < len(best.hidden):
            best = deeper
    return best


def whole_outline(network: Network, look: Look) -> Outline:
    """The outline with every group open, however many boxes that is."""
    return _Drawing(network, tree(network), None, look).outline()


def _too_many(made: Outline, whole: Part, look: Look) -> str:
    count = f"{len(made.boxes):,} boxes are more than a diagram can hold ({MOST_BOXES:,})"
    helps = []
    if not look.fold:
        helps.append("--fold draws alike turns of a repeat once")
    if len(whole.children) <= MOST_BOXES and look.depth != 0:
        helps.append(f"--depth {0 if look.depth in (1, 'auto') else 1} closes groups")
    if not helps:
        helps.append(
            "write what belongs together as a group or block with a name, and --depth 0 draws "
            "each as one box"
        )
    return f"{count}; help: {', or '.join(helps)}"


class _Drawing:
    """The outline of a network at one depth."""

    def __init__(self, network: Network, whole: Part, depth: int | None, look: Look) -> None:
        self.network = network
        self.whole = whole
        self.depth = depth
        self.look = look
        self.readers: dict[str, list[str]] = {}
        for node in network.layers:
            for path in node.inputs:
                self.readers.setdefault(path, []).append(node.path)
        self.results = frozenset(network.outputs)
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
        outputs = list(dict.fromkeys(self._box(path) for path in self.network.outputs))
        box_of = {node.path: self._box(node.path) for node in self.network.layers}
        return Outline(
            self.network, root, self.boxes, arrows, outputs, self.depth, self.hidden, box_of
        )

    # Boxes and areas --------------------------------------------------------------------

    def _fill(self, area: Area, group: Part, level: int, prefix: str) -> None:
        """Draw a group's children into an area; `level` counts the names of their paths."""
        for run in self._runs(group):
            first, times = run.first, run.times
            name = prefix + run.label
            self._note_copies(run)
            if first.node is not None:
                self._add_stack(area, [first.node], name, times)
            elif self._is_one_box(first):
                self._add_stack(area, list(first.leaves()), name, times)
            elif self.depth is not None and level > self.depth:
                self._add_closed(area, first, name, times)
            elif times > 1 or level == 1 or self._type(first.path):
                inner = Area(first.path, name, self._type(first.path), times)
                self._fill(inner, first, level + 1, "")
                area.children.append(_without_shell(inner))
            else:
                self._fill(area, first, level + 1, f"{name}.")

    def _runs(self, group: Part) -> Iterator[Run]:
        for run in runs(list(group.children.values()), fold=self.look.fold):
            if run.times == 1 or self._is_chain(run):
                yield run
            else:
                yield from (Run((part,)) for part in run.parts)

    def _is_chain(self, run: Run) -> bool:
        """Whether each part reads the one before it alone, and is read by the next alone."""
        for before, part in pairwise(run.parts):
            for node, model in zip(part.leaves(), run.first.leaves(), strict=True):
                for path, expected in zip(node.inputs, model.inputs, strict=True):
                    inside = _within(path, part)
                    if inside != _within(expected, run.first):
                        return False
                    if inside:
                        if path[len(part.path) :] != expected[len(run.first.path) :]:
                            return False
                    elif not _within(path, before):
                        return False
            for node in before.leaves():
                if node.path in self.results:
                    return False
                for reader in self.readers.get(node.path, ()):
                    if not (_within(reader, before) or _within(reader, part)):
                        return False
        return True

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
            and self.readers[before.path] == [node.path]
            and before.path not in self.results
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

    def _arrows(self) -> list[Arrow]:
        arrows: list[Arrow] = []
        for box in self.boxes:
            inside = {node.path for node in box.layers}
            seen: set[str] = set()
            first = len(arrows)
            for node in box.layers:
                sizes = node.layer.reads_size_of
                for index, path in enumerate(node.inputs):
                    if path in inside or (box.closed and path in seen):
                        continue
                    seen.add(path)
                    source = None if path == INPUT else self._box(path)
                    shape = node.input_shapes[index]
                    arrows.append(Arrow(source, box, shape, size_only=index in sizes))
            box.inputs = tuple(arrow.shape for arrow in arrows[first:])
        _mark_skips(self.boxes, arrows)
        return arrows


def _is_point(shape: Shape) -> bool:
    return all(size == 1 for size in shape[1:])


def _without_shell(area: Area) -> Area | Box:
    """The area, or, where all that it holds is one other, that one under both names."""
    if len(area.children) != 1 or area.times > 1:
        return area
    child = area.children[0]
    child.name = f"{area.name}.{child.name}"
    return child


def _within(path: str, part: Part) -> bool:
    return path == part.path or path.startswith(f"{part.path}.")


def _mark_skips(boxes: Sequence[Box], arrows: Sequence[Arrow]) -> None:
    """Mark the arrows beside which the same value takes a longer way to the same box.

    A layer that only cuts or rearranges, such as the crop of a U-Net, is part of the way.
    """
    reads: dict[Box, list[Arrow]] = {box: [] for box in boxes}
    leaves: dict[Box | None, list[Arrow]] = {}
    for arrow in arrows:
        reads[arrow.target].append(arrow)
        leaves.setdefault(arrow.source, []).append(arrow)
    bit: dict[Box | None, int] = {None: 1}
    before: dict[Box | None, int] = {None: 0}
    for index, box in enumerate(boxes, start=1):
        bit[box] = 1 << index
        before[box] = 0
        for arrow in reads[box]:
            if not arrow.size_only:
                before[box] |= before[arrow.source] | bit[arrow.source]

    def ends_beside(arrow: Arrow, source: Box | None) -> bool:
        if any(
            other is not arrow and before[other.source] & bit[source]
            for other in reads[arrow.target]
        ):
            return True
        onward = leaves.get(arrow.target, [])
        passes = arrow.target.kind == "shape" and not arrow.target.closed and len(onward) == 1
        return passes and ends_beside(onward[0], source)

    for arrow in arrows:
        arrow.skip = not arrow.size_only and ends_beside(arrow, arrow.source)
