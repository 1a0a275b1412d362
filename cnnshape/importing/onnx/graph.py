"""What an ONNX graph computes from its input: nodes, shapes and constants, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from ...layers.shapes import Shape
from ..operations.values import Origin
from ..samples import BATCH, divided
from .places import Place, is_made_up

LARGEST_CONSTANT = 100_000
"""Elements of a constant beyond which its numbers are not looked at: no spec would hold them."""

VIEWS = ("Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze")
"""Operators whose result holds the numbers of their first input in the same order."""


@dataclass(frozen=True)
class Constant(Origin):
    """A value that does not follow from the input.

    Attributes:
        name: of the value in the file.
        array: a numpy array.
        learned: whether it is a weight, or computed from one, and not a number of a computation.
        source: the name of the weight that it holds in another shape; '' where it is none.
        transposed: whether it is that weight, a matrix, transposed.
        before: the shape that was stretched, where it is that weight with dimensions stretched.
    """

    name: str
    array: Any
    learned: bool
    source: str = ""
    transposed: bool = False
    before: Shape | None = None

    @property
    def shape(self) -> Shape:
        """Its dimensions."""
        return tuple(self.array.shape)

    @property
    def is_named(self) -> bool:
        """Whether somebody gave it a name."""
        return not is_made_up(self.name)

    @property
    def takes_no_memory(self) -> bool:
        """Whether it is one number that is read again and again."""
        return bool(self.array.size) and not any(self.array.strides)

    @property
    def is_uniform(self) -> bool:
        """Whether all its elements are the same."""
        return self.takes_no_memory or bool(
            self.array.size and (self.array == self.array.flat[0]).all()
        )

    def constant(self) -> Any:
        """Its numbers, as nested lists or one number; None where they are learned, or many."""
        if self.learned or self.array.size > LARGEST_CONSTANT:
            return None
        return written(self.array.tolist())

    def fixed(self) -> Constant:
        """The same, as numbers of a computation."""
        return replace(self, learned=False)

    @property
    def weight(self) -> str:
        """The name of the weight whose numbers it has, in their order."""
        changed = self.transposed or self.before is not None
        return self.name if changed else self.source or self.name

    def matrix(self) -> tuple[str, bool]:
        """The weight that it is, and whether it is transposed."""
        return self.source or self.name, self.transposed

    def stretched(self) -> tuple[str, Shape] | None:
        """The weight whose numbers it repeats along dimensions, and its shape before, or None."""
        return None if self.before is None else (self.source, self.before)

    def viewed(
        self, name: str, array: Any, operator: str, order: list[int] | None
    ) -> Constant | None:
        """What an operator gives that reads it and computes nothing, or None.

        Args:
            name: of what it gives.
            array: what it gives.
            operator: its name.
            order: in which it puts the dimensions, where it is a Transpose.
        """
        if not self.learned or self.before is not None:
            return None
        source, transposed = self.matrix()
        if operator == "Transpose" and len(self.shape) == 2:
            return Constant(name, array, True, source, transposed != (order != [0, 1]))
        if operator in VIEWS and not transposed:
            return Constant(name, array, True, source)
        if operator == "Expand" and not transposed:
            before = (1,) * (len(array.shape) - len(self.shape)) + self.shape
            return Constant(name, array, True, source, before=before)
        return None


class Node(NamedTuple):
    """An operator in the graph.

    Attributes:
        type: the operator's name, with its domain before it where that is not ONNX's own.
        inputs: the names of the values that it reads, '' for one that is left out.
        outputs: the names of those that it gives.
        attributes: as plain values: numbers, texts, lists of them, numpy arrays.
        name: its own.
        place: where it stands.
    """

    type: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: dict[str, Any]
    name: str = ""
    place: Place = Place()


@dataclass
class Graph:
    """A graph with one input.

    Attributes:
        input: the name of the value that the network reads.
        input_shape: of one sample.
        batch: samples, as the shapes have them. is_open: whether there may be any number.
        is_single: whether the file leaves their number open, and only 1 fits.
        outputs: the names of the values that it gives.
        opset: the version of ONNX's operators.
        nodes: those that follow from the input, each after what it reads.
        constants: every other value, by name.
        shapes: of the values that follow from the input, with the batch; those that are known.
        folded: the names of the constants from which other constants were computed.
    """

    input: str
    input_shape: Shape
    batch: int
    is_open: bool
    outputs: tuple[str, ...]
    opset: int
    nodes: list[Node] = field(default_factory=list)
    constants: dict[str, Constant] = field(default_factory=dict)
    shapes: dict[str, Shape] = field(default_factory=dict)
    folded: set[str] = field(default_factory=set)
    is_single: bool = False

    @property
    def samples(self) -> int:
        """How many the file reads, where their number is not open."""
        return 1 if self.batch == BATCH else self.batch

    @property
    def keeps_samples(self) -> bool:
        """Whether all that the outputs depend on has an open batch in one of its dimensions."""
        names = {name for node in needed(self.nodes, self.outputs) for name in node.outputs}
        return all(divided(shape) for name, shape in self.shapes.items() if name in names)


def needed(nodes: list[Node], outputs: tuple[str, ...]) -> list[Node]:
    """The nodes that an output depends on."""
    wanted = set(outputs)
    kept = []
    for node in reversed(nodes):
        if wanted.intersection(node.outputs):
            kept.append(node)
            wanted.update(node.inputs)
    return kept[::-1]


def written(value: Any) -> Any:
    """Numbers as they were written, where they are a single float's: 0.485, not 0.48500001."""
    if isinstance(value, list):
        return [written(item) for item in value]
    return float(f"{value:.7g}") if isinstance(value, float) else value
