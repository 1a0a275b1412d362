"""Which layers of the main path make a stack together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, takewhile

from ...layers.base import ELEMENTWISE, Step
from ...layers.shapes import Shape
from ...network import Node
from ..boxes import Area, Box, Outline
from ..look import Look
from ..outlining import FUSED_KINDS

_MIXING_KINDS = frozenset({"convolution", "linear", "attention"})
"""Kinds of layers that always make a stack: they make each value of many."""
_COMPANIONS = FUSED_KINDS | {"shape"}
"""Kinds of layers that make none where the shape stays."""


def as_drawn(shape: Shape) -> Shape:
    """The shape, or (C,) of C×1×1, which looks the same."""
    return shape[:1] if all(n == 1 for n in shape[1:]) else shape


@dataclass(frozen=True)
class Stage:
    """A box of the main path.

    Attributes:
        name: its path.
        incoming: the shape that it reads along the main path.
    """

    name: str
    box: Box
    incoming: Shape

    @property
    def groups(self) -> list[str]:
        """The groups that its first layer stands in, outermost first."""
        return self.box.layers[0].path.split(".")[:-1]

    @cached_property
    def footprints(self) -> list[tuple[Step, ...] | None]:
        """How each of its layers looks back along the main path."""
        nodes = self.box.layers
        reads = [self.incoming, *(node.output_shape for node in nodes)]
        return [footprint(node, incoming) for node, incoming in zip(nodes, reads, strict=False)]

    @cached_property
    def keeps_resolution(self) -> bool | None:
        """Whether neighbours stay neighbours: no stride, no scale. None: its layers do not say."""
        known = [steps for steps in self.footprints if steps]
        if any(step.scale != 1 for steps in known for step in steps):
            return False
        return True if len(known) == len(self.box.layers) else None

    @cached_property
    def passes(self) -> bool:
        """Whether its layers give each element its own place, or only come along."""
        return all(
            node.layer.kind in _COMPANIONS or _is_elementwise(node, steps)
            for node, steps in zip(self.box.layers, self.footprints, strict=True)
        )


def footprint(node: Node, incoming: Shape) -> tuple[Step, ...] | None:
    """How a layer looks back at a value that it reads, of a given shape; None: not known.

    A layer that reads maps of two sizes, such as MaxUnpool2d, tells it of those that are as
    large as its output.
    """
    size = node.output_shape[1:]
    if incoming[1:] != size and any(shape[1:] == size for shape in node.input_shapes):
        return None
    return node.layer.footprint(node.input_shapes, node.output_shape)


def _is_elementwise(node: Node, steps: tuple[Step, ...] | None) -> bool:
    if node.layer.kind in _MIXING_KINDS:
        return False
    return all(step == ELEMENTWISE for step in steps) if steps else len(node.output_shape) == 1


@dataclass(frozen=True)
class Segment:
    """Steps that make one stack.

    Attributes:
        stages: in order.
        named: how many of them it is named after: all but the last ones that add nothing.
    """

    stages: tuple[Stage, ...]
    named: int

    @classmethod
    def of(cls, stages: Iterable[Stage]) -> Segment:
        """A segment that is named after all of its stages."""
        listed = tuple(stages)
        return cls(listed, len(listed))

    @property
    def layers(self) -> tuple[Node, ...]:
        """The layers of its stages, in order."""
        return tuple(node for stage in self.stages for node in stage.box.layers)

    @property
    def output_shape(self) -> Shape:
        """The shape that comes out."""
        return self.stages[-1].box.output_shape

    @property
    def adds_nothing(self) -> bool:
        """Whether what it gives is drawn as what it reads is, and only companions made it."""
        same = as_drawn(self.stages[0].incoming) == as_drawn(self.output_shape)
        return same and all(stage.passes for stage in self.stages)

    @property
    def name(self) -> str:
        """'C1' of one; of several their group, or 'stage3.conv.1–2' or 'C1–C3'."""
        stages = self.stages[: self.named]
        makers = [stage.name for stage in stages if not Segment.of([stage]).adds_nothing]
        parts = [name.split(".") for name in makers or [stages[0].name]]
        first, last = parts[0], parts[-1]
        if first == last:
            return ".".join(first)
        shared = [names[0] for names in takewhile(_alike, zip(*parts, strict=False))]
        depth = len(shared)
        turns = all(len(part) == depth + 1 and part[-1].isdecimal() for part in parts)
        if shared and not turns:
            return ".".join(shared)
        return ".".join([*shared, f"{first[depth]}–{last[depth]}"])


def _alike(names: Sequence[str]) -> bool:
    return len(set(names)) == 1


def stages(outline: Outline) -> list[Stage]:
    """The boxes of the main path with their names."""
    names = dict(_names(outline.root, ""))
    found = []
    shape = outline.network.input_shape
    for box in outline.main_path:
        found.append(Stage(names[box], box, shape))
        shape = box.output_shape
    return found


def _names(area: Area, prefix: str) -> Iterator[tuple[Box, str]]:
    """Each box with its path: the names of the areas around it and its own."""
    for child in area.children:
        name = prefix + child.name
        if isinstance(child, Area):
            yield from _names(child, f"{name}.")
        else:
            yield child, name


def segments(path: Sequence[Stage], depth: int | None, look: Look) -> list[Segment]:
    """The stages of the main path by the stacks that they make.

    Args:
        path: the main path.
        depth: neighbours of one resolution are together where they stand in the same
            groups down to this level; None: each stage is alone.
        look: its `fuse` says whether stages that add nothing join the stack before them, its
            `fold` whether alike neighbours are one.
    """
    apart = _by_resolution(path, depth)
    if look.fuse:
        apart = _joined(apart)
    if not look.fold:
        return apart
    alike = groupby(apart, lambda segment: [node.op for node in segment.layers])
    return [_as_one(list(run)) for _, run in alike]


def _as_one(run: Sequence[Segment]) -> Segment:
    stages = tuple(stage for segment in run for stage in segment.stages)
    return Segment(stages, len(stages) - len(run[-1].stages) + run[-1].named)


def _by_resolution(path: Sequence[Stage], depth: int | None) -> list[Segment]:
    if depth is None:
        return [Segment.of([stage]) for stage in path]
    groups = groupby(path, lambda stage: stage.groups[:depth])
    return [Segment.of(run) for _, group in groups for run in _runs(list(group))]


def _runs(group: Sequence[Stage]) -> Iterator[Sequence[Stage]]:
    """The stages of a group: neighbours of one resolution together, every other one alone."""
    run: list[Stage] = []
    index = 0
    while index < len(group):
        end = _end_of_same(group, index)
        run += group[index:end]
        if end == index:
            if run:
                yield run
            yield [group[index]]
            run, end = [], index + 1
        index = end
    if run:
        yield run


def _end_of_same(group: Sequence[Stage], start: int) -> int:
    """The stage after the first from `start` on that gives its resolution; `start` if none does.

    Layers that only rearrange, such as those that put the channels last and first again,
    lead away from the resolution and back.
    """
    size = group[start].incoming[1:]
    for index in range(start, len(group)):
        stage = group[index]
        if not size or stage.keeps_resolution is False:
            return start
        if stage.box.output_shape[1:] == size or (index == start and stage.keeps_resolution):
            return index + 1
    return start


def _joined(apart: Sequence[Segment]) -> list[Segment]:
    joined: list[Segment] = []
    for segment in apart:
        if joined and segment.adds_nothing:
            before = joined[-1]
            joined[-1] = Segment((*before.stages, *segment.stages), before.named)
        else:
            joined.append(segment)
    return joined
