"""Which values of a network are drawn: those of its main path, neighbours as one.

A layer that keeps the shape and looks at no other position (an activation, a norm, an
addition) makes no stack of its own: it is named with the operation before it. Alike
neighbours are one stack. Where more stacks are left than a page holds, neighbours of one
resolution are one stack, first those of one group, then of all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, takewhile

from ...layers.base import ELEMENTWISE, Step
from ...layers.shapes import Shape
from ...network import INPUT, Network, Node, sum_known
from ..look import DiagramError, Look
from ..outline import Area, Box, Outline, whole_outline

READABLE_STACKS = 20
"""How many stacks depth 'auto' draws at most: about what fits a page in two or three rows."""

MOST_STACKS = 100
"""More are refused: no page holds them."""

MIXING_KINDS = frozenset({"convolution", "linear", "attention"})
"""Kinds of layers that always make a stack: they make each value of many."""

_PASSING_KINDS = frozenset({"merge", "normalization", "activation", "dropout", "shape"})
"""Kinds of layers that do not colour a stack that another layer colours."""


@dataclass(frozen=True)
class Stack:
    """A value of the main path, with the layers that make it of the one before.

    Attributes:
        name: of the layer, or of the group, that makes it.
        shape: without the batch.
        layers: in order; none for the network's input.
    """

    name: str
    shape: Shape
    layers: tuple[Node, ...] = ()

    @property
    def kind(self) -> str:
        """The kind that colours it: of its last layer that does more than pass maps on."""
        kinds = [layer.layer.kind for layer in self.layers]
        makers = [kind for kind in kinds if kind not in _PASSING_KINDS]
        return [*kinds[:1], *makers][-1] if kinds else INPUT

    @property
    def spatial(self) -> Shape:
        """The size of each map; () for a vector, which 1×1 maps are, too."""
        size = self.shape[1:]
        return () if all(n == 1 for n in size) else size

    @property
    def params(self) -> int:
        """Learnable elements of its layers."""
        return sum(layer.params for layer in self.layers)

    @property
    def macs(self) -> int | None:
        """Multiply-accumulates of its layers for one sample; None: not known."""
        return sum_known([layer.macs for layer in self.layers])


@dataclass(frozen=True)
class Path:
    """What is drawn of a network.

    Attributes:
        network: the network.
        stacks: from the input to the first output.
        depth: how many levels of groups keep stacks apart; None: every layer has its own.
        levels: how many levels there are.
        folded: whether a stack stands for alike neighbours.
        merges: how many layers of the path read values that are not drawn.
    """

    network: Network
    stacks: tuple[Stack, ...]
    depth: int | None
    levels: int
    folded: bool
    merges: int

    @property
    def layers(self) -> int:
        """How many layers stand on the path."""
        return sum(len(stack.layers) for stack in self.stacks)


@dataclass(frozen=True)
class _Step:
    """A box of the main path.

    Attributes:
        name: its path with the groups around it.
        incoming: the shape that it reads along the path.
    """

    name: str
    box: Box
    incoming: Shape

    @property
    def groups(self) -> list[str]:
        """The groups that its first layer stands in, outermost first."""
        return self.box.layers[0].path.split(".")[:-1]

    @property
    def keeps_resolution(self) -> bool:
        """Whether neighbours stay neighbours in all of its layers: no stride, no scale."""
        return all(len(node.output_shape) > 1 and _has_scale_1(node) for node in self.box.layers)

    @property
    def passes(self) -> bool:
        """Whether each element comes of the one in its place, and so the shape stays."""
        return all(
            node.output_shape == self.incoming
            and node.layer.kind not in MIXING_KINDS
            and all(step == ELEMENTWISE for step in _footprint(node))
            for node in self.box.layers
        )

    @property
    def flattens_points(self) -> bool:
        """Whether it turns C×1×1 into C, which is drawn the same."""
        first = self.box.layers[0].layer
        return first.flattens_space and all(n == 1 for n in self.incoming[1:])


def _footprint(node: Node) -> tuple[Step, ...]:
    return node.layer.footprint(node.input_shapes, node.output_shape) or ()


def _has_scale_1(node: Node) -> bool:
    steps = _footprint(node)
    return bool(steps) and all(scale == 1 for _, scale in steps)


def main_path(network: Network, look: Look) -> Path:
    """What is drawn of a network.

    Raises:
        DiagramError: it has more than MOST_STACKS; the text says which option helps.
    """
    outline = whole_outline(network, replace(look, fold=False))
    steps = _steps(outline)
    levels = max((len(step.groups) for step in steps), default=0)
    depths: Sequence[int | None] = (
        (look.depth,)
        if look.depth != "auto"
        else (
            None,
            *range(levels, -1, -1),
        )
    )
    segments: list[list[_Step]] = []
    folded = False
    for depth in depths:
        apart = _joined(_segments(steps, depth), look)
        segments = _folded(apart) if look.fold else apart
        folded = len(segments) < len(apart)
        if len(segments) < READABLE_STACKS:
            break
    if len(segments) > MOST_STACKS:
        raise DiagramError(_too_many(len(segments), look))
    first = Stack(INPUT, network.input_shape)
    stacks = (first, *map(_stack, segments))
    return Path(network, stacks, depth, levels, folded, _merges(outline))


def _too_many(count: int, look: Look) -> str:
    if look.depth in (0, "auto"):
        helps = "--style graph, which can close groups"
    else:
        helps = "--depth 0 draws neighbours of one resolution as one"
    return (
        f"{count:,} stacks of feature maps are more than a figure can hold "
        f"({MOST_STACKS}); help: {helps}"
    )


def _steps(outline: Outline) -> list[_Step]:
    names = dict(_names(outline.root, ""))
    steps = []
    shape = outline.network.input_shape
    for box in outline.main_path:
        steps.append(_Step(names[box], box, shape))
        shape = box.output_shape
    return steps


def _names(area: Area, prefix: str) -> Iterator[tuple[Box, str]]:
    """Each box with its path: its name within its area, and the names of the areas around."""
    for child in area.children:
        name = prefix + child.name
        if isinstance(child, Area):
            yield from _names(child, f"{name}.")
        else:
            yield child, name


def _segments(steps: Sequence[_Step], depth: int | None) -> list[list[_Step]]:
    """The boxes by stacks: each alone, or those of one resolution in one group together."""
    if depth is None:
        return [[step] for step in steps]
    segments: list[list[_Step]] = []
    for (keeps, _), run in groupby(
        steps, lambda step: (step.keeps_resolution, step.groups[:depth])
    ):
        together = list(run)
        segments += [together] if keeps else [[step] for step in together]
    return segments


def _joined(segments: list[list[_Step]], look: Look) -> list[list[_Step]]:
    """The segments, those that change no element's place joined to the one before."""
    joined: list[list[_Step]] = []
    for segment in segments:
        adds_nothing = all(step.passes or step.flattens_points for step in segment)
        if look.fuse and joined and adds_nothing:
            joined[-1] = joined[-1] + segment
        else:
            joined.append(segment)
    return joined


def _folded(segments: list[list[_Step]]) -> list[list[_Step]]:
    """The segments, neighbours of the same layers and shapes as one."""
    alike = groupby(segments, lambda segment: [node.op for node in _layers(segment)])
    return [[step for segment in run for step in segment] for _, run in alike]


def _layers(segment: Sequence[_Step]) -> list[Node]:
    return [node for step in segment for node in step.box.layers]


def _stack(segment: Sequence[_Step]) -> Stack:
    makers = [step for step in segment if not (step.passes or step.flattens_points)] or segment
    name = _common_name([step.name for step in makers])
    return Stack(name, segment[-1].box.output_shape, tuple(_layers(segment)))


def _common_name(names: Sequence[str]) -> str:
    """'C1' of one; of several the group that they stand in, 'stage3.conv.1–2' or 'C1–C3'."""
    parts = [name.split(".") for name in names]
    if len(set(names)) == 1:
        return names[0]
    shared = [names[0] for names in takewhile(_alike, zip(*parts, strict=False))]
    first, last = parts[0][len(shared) :], parts[-1][len(shared) :]
    turns = all(len(part) == len(shared) + 1 and part[-1].isdecimal() for part in parts)
    if shared and not turns:
        return ".".join(shared)
    return ".".join([*shared, f"{'.'.join(first)}–{'.'.join(last)}"])


def _alike(names: Sequence[str]) -> bool:
    return len(set(names)) == 1


def _merges(outline: Outline) -> int:
    """How many layers of the main path read more than one value."""
    return sum(len(set(node.inputs)) > 1 for box in outline.main_path for node in box.layers)
