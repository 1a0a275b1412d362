"""What is drawn, as data: boxes, the areas around them, and the arrows between them.

A box is one layer, a stack of layers (a convolution with the normalization and activation
that follow it) or a closed group.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import prod

from ..layers.shapes import Shape, Shapes
from ..network import Network, Node, sum_known


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
        skips: of a closed group: how many skip connections one turn has inside, unseen.
        inputs: the shapes that come in from other boxes.
    """

    path: str
    name: str
    layers: list[Node]
    type: str
    closed: bool = False
    times: int = 1
    skips: int = 0
    inputs: Shapes = ()

    @property
    def kind(self) -> str:
        """The kind that colours it: that of its first layer; 'group' for a closed group."""
        return "group" if self.closed else self.layers[0].layer.kind

    @property
    def training_only(self) -> bool:
        """Whether it is a head beside the way of the data, which training alone computes."""
        return not self.closed and self.layers[0].layer.training_only

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
    """A value on its way from one box to another, or several alike from one box.

    Attributes:
        source: the box that makes it; None: it is the network's input.
        target: the box that reads it.
        shape: of the value, without the batch.
        skip: whether it passes by layers that the value also goes through, as the identity of
            a residual block and the long arrows of a U-Net do.
        size_only: whether the target reads its size and no value of it, as CropLike does.
        times: how many values of this shape go this way.
    """

    source: Box | None
    target: Box
    shape: Shape
    skip: bool = False
    size_only: bool = False
    times: int = 1


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
        """What is not drawn, or not used as it is drawn, a sentence each."""
        said = [
            f"{box.name} is a side branch that training alone computes."
            for box in self.boxes
            if box.training_only
        ]
        if self.hidden:
            groups, layers = len(self.hidden), sum(self.hidden.values())
            deeper = (self.depth or 0) + 1
            said.append(
                f"{groups} {'group is' if groups == 1 else 'groups are'} drawn closed "
                f"({layers:,} layers): --depth {deeper} opens {'it' if groups == 1 else 'them'}."
            )
        return tuple(said)


def _is_point(shape: Shape) -> bool:
    return all(size == 1 for size in shape[1:])
