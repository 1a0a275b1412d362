"""Which layers of the main path make a stack together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile

from ...layers.base import ELEMENTWISE
from ...layers.shapes import Shape
from ...network import Node
from ..look import Look
from ..outline import FUSED_KINDS, Area, Box, Outline

_MIXING_KINDS = frozenset({"convolution", "linear", "attention"})
"""Kinds of layers that always make a stack: they make each value of many."""
_COMPANIONS = FUSED_KINDS | {"shape"}
"""Kinds of layers that make none where the shape stays."""


def as_drawn(shape: Shape) -> Shape:
    """The shape, or (C,) of C×1×1, which looks the same."""
    return shape[:1] if all(n == 1 for n in shape[1:]) else shape


@dataclass(frozen=True)
class Step:
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

    @property
    def keeps_resolution(self) -> bool | None:
        """Whether neighbours stay neighbours: no stride, no scale. None: its layers do not say."""
        footprints = [
            node.layer.footprint(node.input_shapes, node.output_shape) for node in self.box.layers
        ]
        known = [steps for steps in footprints if steps]
        if any(step.scale != 1 for steps in known for step in steps):
            return False
        return True if len(known) == len(footprints) else None

    @property
    def passes(self) -> bool:
        """Whether its layers give each element its own place, or only come along."""
        return all(
            node.layer.kind in _COMPANIONS or _is_elementwise(node) for node in self.box.layers
        )


def _is_elementwise(node: Node) -> bool:
    if node.layer.kind in _MIXING_KINDS:
        return False
    steps = node.layer.footprint(node.input_shapes, node.output_shape)
    return all(step == ELEMENTWISE for step in steps) if steps else len(node.output_shape) == 1


@dataclass(frozen=True)
class Segment:
    """Steps that make one stack.

    Attributes:
        steps: in order.
        named: how many of them it is named after: all but the last ones that add nothing.
    """

    steps: tuple[Step, ...]
    named: int

    @classmethod
    def of(cls, steps: Iterable[Step]) -> Segment:
        """A segment that is named after all of its steps."""
        listed = tuple(steps)
        return cls(listed, len(listed))

    @property
    def layers(self) -> tuple[Node, ...]:
        """The layers of its steps, in order."""
        return tuple(node for step in self.steps for node in step.box.layers)

    @property
    def output_shape(self) -> Shape:
        """The shape that comes out."""
        return self.steps[-1].box.output_shape

    @property
    def adds_nothing(self) -> bool:
        """Whether what it gives is drawn as what it reads is, and only companions made it."""
        same = as_drawn(self.steps[0].incoming) == as_drawn(self.output_shape)
        return same and all(step.passes for step in self.steps)

    @property
    def name(self) -> str:
        """'C1' of one; of several their group, or 'stage3.conv.1–2' or 'C1–C3'."""
        steps = self.steps[: self.named]
        makers = [step.name for step in steps if not Segment.of([step]).adds_nothing]
        parts = [name.split(".") for name in makers or [steps[0].name]]
        first, last = parts[0], parts[-1]
        if first == last:
            return ".".join(first)
        shared = [names[0] for names in takewhile(_alike, zip(*parts, strict=False))]
        depth = len(shared)
        turns = all(len(part) == depth + 1 and part[-1].isdecimal() for part in parts)
        if shared and not turns:
            return ".".join(shared)
        return ".".join([*shared, f"{'.'.join(first[depth:])}–{'.'.join(last[depth:])}"])


def _alike(names: Sequence[str]) -> bool:
    return len(set(names)) == 1


def steps(outline: Outline) -> list[Step]:
    """The boxes of the main path with their names."""
    names = dict(_names(outline.root, ""))
    found = []
    shape = outline.network.input_shape
    for box in outline.main_path:
        found.append(Step(names[box], box, shape))
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


def segments(path: Sequence[Step], depth: int | None, look: Look) -> list[Segment]:
    """The steps of the main path by the stacks that they make.

    Args:
        path: the main path.
        depth: neighbours of one resolution are together where they stand in the same
            groups down to this level; None: each step is alone.
        look: its `fuse` says whether steps that add nothing join the stack before them, its
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
    steps = tuple(step for segment in run for step in segment.steps)
    return Segment(steps, len(steps) - len(run[-1].steps) + run[-1].named)


def _by_resolution(path: Sequence[Step], depth: int | None) -> list[Segment]:
    if depth is None:
        return [Segment.of([step]) for step in path]
    groups = groupby(path, lambda step: step.groups[:depth])
    return [Segment.of(run) for _, group in groups for run in _runs(list(group))]


def _runs(group: Sequence[Step]) -> Iterator[Sequence[Step]]:
    """The steps of a group: neighbours of one resolution together, every other one alone."""
    run: list[Step] = []
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


def _end_of_same(group: Sequence[Step], start: int) -> int:
    """The step after the first from `start` on that gives its resolution; `start` if none does.

    Layers that only rearrange, such as those that put the channels last and first again,
    lead away from the resolution and back.
    """
    size = group[start].incoming[1:]
    for index in range(start, len(group)):
        step = group[index]
        if not size or step.keeps_resolution is False:
            return start
        if step.box.output_shape[1:] == size or (index == start and step.keeps_resolution):
            return index + 1
    return start


def _joined(apart: Sequence[Segment]) -> list[Segment]:
    joined: list[Segment] = []
    for segment in apart:
        if joined and segment.adds_nothing:
            before = joined[-1]
            joined[-1] = Segment((*before.steps, *segment.steps), before.named)
        else:
            joined.append(segment)
    return joined
