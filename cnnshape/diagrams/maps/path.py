"""What is drawn of a network: the values of its main path, neighbours as one stack.

A layer that keeps the shape and looks at no other position (an activation, a norm, an
addition) makes no stack of its own: it is named with the operation before it. Alike
neighbours are one stack. Where more are left than a page holds, all neighbours of one
resolution are one stack, first those of one group, then of the whole network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...layers.shapes import Shape
from ...network import INPUT, Network, Node, sum_known
from ..look import DiagramError, Look
from ..outline import whole_outline
from .segments import Segment, Stage, as_drawn, segments, stages

MOST_WHOLE = 16
"""How many stacks depth 'auto' draws at most where every layer has its own: two rows."""
MOST_BY_GROUPS = 26
"""How many it draws at most where those of a group and resolution are one: three rows."""
MOST_STACKS = 100
"""More are refused: no page holds them."""

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
        return as_drawn(self.shape)[1:]

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
        depth: the level of groups that keeps stacks apart; None: every layer has its own.
        deeper: the next level that draws more stacks, if any.
        folded: whether a stack stands for alike neighbours.
    """

    network: Network
    stacks: tuple[Stack, ...]
    depth: int | None
    deeper: int | None
    folded: bool

    @property
    def layers(self) -> list[Node]:
        """Those of all stacks, in order."""
        return [layer for stack in self.stacks for layer in stack.layers]


def main_path(network: Network, look: Look) -> Path:
    """What is drawn of a network.

    Raises:
        DiagramError: it has more than MOST_STACKS; the text says which option helps.
    """
    path = stages(whole_outline(network, replace(look, fold=False)))
    depth, found = _chosen(path, look)
    if len(found) > MOST_STACKS:
        raise DiagramError(_too_many(len(found), look))
    stacks = [Stack(segment.name, segment.output_shape, segment.layers) for segment in found]
    return Path(
        network,
        (Stack(INPUT, network.input_shape), *stacks),
        depth,
        _deeper(path, depth, len(found), look),
        len(found) < len(segments(path, depth, replace(look, fold=False))),
    )


def _chosen(path: Sequence[Stage], look: Look) -> tuple[int | None, list[Segment]]:
    """The depth, and what makes the stacks at it."""
    if look.depth != "auto":
        return look.depth, segments(path, look.depth, look)
    for depth, most in ((None, MOST_WHOLE), (1, MOST_BY_GROUPS)):
        found = segments(path, depth, look)
        if len(found) < most:
            return depth, found
    return 0, segments(path, 0, look)


def _deeper(path: Sequence[Stage], depth: int | None, count: int, look: Look) -> int | None:
    if depth is None:
        return None
    levels = max((len(stage.groups) for stage in path), default=0)
    for level in range(depth + 1, levels + 1):
        if count < len(segments(path, level, look)) <= MOST_STACKS:
            return level
    return None


def _too_many(count: int, look: Look) -> str:
    if look.depth in (0, "auto"):
        help = "--style graph can close groups"
    else:
        help = "--depth 0 draws neighbours of one resolution as one"
    return (
        f"{count:,} stacks of feature maps are more than a figure can hold "
        f"({MOST_STACKS}); help: {help}"
    )
