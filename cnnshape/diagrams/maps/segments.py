"""Which layers of the main path make a stack together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile

from ...layers.base import ELEMENTWISE
from ...layers.shapes import Shape
from ...network import Node
from ..look import Look
from ..outline import Area, Box, Outline

MIXING_KINDS = frozenset({"convolution", "linear", "attention"})
"""Kinds of layers that always make a stack: they make each value of many."""


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
    def adds_nothing(self) -> bool:
        """Whether what it gives is drawn as what it reads, element for element."""
        first = self.box.layers[0].layer
        if first.flattens_space and all(n == 1 for n in self.incoming[1:]):
            return True
        return all(
            node.output_shape == self.incoming
            and node.layer.kind not in MIXING_KINDS
            and all(
                step == ELEMENTWISE
                for step in node.layer.footprint(node.input_shapes, node.output_shape) or ()
            )
            for node in self.box.layers
        )


class Segment(tuple[Step, ...]):
    """Steps that make one stack."""

    __slots__ = ()

    @property
    def layers(self) -> tuple[Node, ...]:
        """The layers of its steps, in order."""
        return tuple(node for step in self for node in step.box.layers)

    @property
    def name(self) -> str:
        """'C1' of one; of several their group, or 'stage3.conv.1–2' or 'C1–C3'."""
        makers = [step.name for step in self if not step.adds_nothing] or [self[0].name]
        first, last = makers[0].split("."), makers[-1].split(".")
        if first == last:
            return makers[0]
        parts = [name.split(".") for name in makers]
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
    return [Segment(step for segment in run for step in segment) for _, run in alike]


def _by_resolution(path: Sequence[Step], depth: int | None) -> list[Segment]:
    if depth is None:
        return [Segment([step]) for step in path]
    found: list[Segment] = []
    for _, steps_of_group in groupby(path, lambda step: step.groups[:depth]):
        group = list(steps_of_group)
        start = end = 0
        while end < len(group):
            after = _end_of_same(group, end)
            if after > end:
                end = after
                continue
            found += [Segment(each) for each in (group[start:end], [group[end]]) if each]
            start = end = end + 1
        found += [Segment(group[start:])] if start < len(group) else []
    return found


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
        if joined and all(step.adds_nothing for step in segment):
            joined[-1] = Segment((*joined[-1], *segment))
        else:
            joined.append(segment)
    return joined
