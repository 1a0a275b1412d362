"""A network: the nodes of a spec after blocks are expanded, with shapes and costs.

It is what every view, check and export reads, and knows none of them; what users meet, with
methods, is `cnnshape.api.Network`. Nothing in it refers back to the YAML text but the
marks that say where a layer was written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from .layers.base import Layer
from .layers.shapes import Shape, Shapes

if TYPE_CHECKING:
    from .errors import Diagnostic, Mark

INPUT = "input"
"""The path by which layers name the network's own input."""

Known = TypeVar("Known", int, float)

BYTES_PER_ELEMENT = 4
"""Bytes of a float32, in which sizes in memory are given."""


class Op:
    """A layer for the shapes that it reads, with its costs. Alike layers share one Op.

    Attributes:
        layer: the bound layer.
        input_shapes, output_shape: without the batch.
        params: learnable elements. buffers: elements saved but not learned.
        macs: multiply-accumulates of one sample; None: not known.
        connections: uses of a weight or bias (LeCun et al., 1998); None: not known.
    """

    __slots__ = (
        "buffers",
        "connections",
        "input_shapes",
        "layer",
        "macs",
        "output_shape",
        "params",
    )

    def __init__(self, layer: Layer, input_shapes: Shapes, output_shape: Shape) -> None:
        self.layer = layer
        self.input_shapes = input_shapes
        self.output_shape = output_shape
        self.params = layer.parameter_count()
        self.buffers = layer.buffer_count()
        self.macs = layer.macs(input_shapes, output_shape)
        self.connections = layer.connections(input_shapes, output_shape)


class Node:
    """One layer of a network, after blocks are expanded.

    Attributes:
        path: where it stands, 'layer1.0.conv1'; unique in the network.
        op: what it is and costs; shared by alike layers.
        inputs: the paths of what it reads; 'input' is the network's own input.
        mark: where it was written, or None.
        shares: the path of the layer whose module (and so whose weights) it uses, or None.
    """

    __slots__ = ("inputs", "mark", "op", "path", "shares")

    def __init__(
        self,
        path: str,
        op: Op,
        inputs: tuple[str, ...],
        mark: Mark | None = None,
        shares: str | None = None,
    ) -> None:
        self.path = path
        self.op = op
        self.inputs = inputs
        self.mark = mark
        self.shares = shares

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition(".")[2]

    @property
    def layer(self) -> Layer:
        """The bound layer: its type and arguments."""
        return self.op.layer

    @property
    def type(self) -> str:
        """The layer's type as the spec names it."""
        return self.op.layer.type_name

    @property
    def input_shapes(self) -> Shapes:
        """The shapes it reads, one an input, without the batch."""
        return self.op.input_shapes

    @property
    def output_shape(self) -> Shape:
        """The shape that comes out, without the batch."""
        return self.op.output_shape

    @property
    def params(self) -> int:
        """Learnable elements; 0 where the weights are another layer's."""
        return 0 if self.shares else self.op.params

    @property
    def buffers(self) -> int:
        """Elements saved but not learned; 0 where the module is another layer's."""
        return 0 if self.shares else self.op.buffers

    @property
    def macs(self) -> int | None:
        """Multiply-accumulates of one sample; None: not known."""
        return self.op.macs

    @property
    def connections(self) -> int | None:
        """Uses of a weight or bias for one sample; None: not known."""
        return self.op.connections

    def __repr__(self) -> str:
        return f"<{self.path}: {self.op.layer!r}>"


class Group(NamedTuple):
    """A part of a network that the spec wrote as one: a block's use, a repeat, a branch.

    Attributes:
        path: the path under which its layers stand.
        type: the block's name, or '' for a repeat, a branch or a plain group.
    """

    path: str
    type: str


class Totals(NamedTuple):
    """Sums over a network. macs, flops and connections are None where any part is unknown."""

    params: int
    trainable_params: int
    buffers: int
    macs: int | None
    flops: int | None
    connections: int | None


class Network:
    """A whole network, as data: what can be done with it is in the rooms above.

    Its attributes are described where users meet them, at `cnnshape.api.Network`.
    """

    def __init__(
        self,
        *,
        name: str,
        input_shape: Shape,
        layers: tuple[Node, ...],
        outputs: tuple[str, ...],
        groups: Mapping[str, Group] | None = None,
        reference: str = "",
        description: str = "",
        params: Mapping[str, Any] | None = None,
        train: Mapping[str, Any] | None = None,
        warnings: tuple[Diagnostic, ...] = (),
        source: str = "",
        fault: str | None = None,
    ) -> None:
        self.name = name
        self.input_shape = input_shape
        self.layers = layers
        self.outputs = outputs
        self.groups = dict(groups or {})
        self.reference = reference
        self.description = description
        self.params = dict(params or {})
        self.train = dict(train or {})
        self.warnings = warnings
        self.source = source
        self.fault = fault

    @cached_property
    def by_path(self) -> dict[str, Node]:
        """The nodes by their paths."""
        return {node.path: node for node in self.layers}

    @property
    def output_shapes(self) -> Shapes:
        """The shapes of the outputs, in order."""
        return tuple(self.shape_of(path) for path in self.outputs)

    def shape_of(self, path: str) -> Shape:
        """The shape of a value: a node's output, or the network's input."""
        return self.input_shape if path == INPUT else self.by_path[path].output_shape

    @cached_property
    def totals(self) -> Totals:
        """Parameters, MACs, FLOPs (2 × MACs) and connections of the whole network."""
        macs = sum_known([node.macs for node in self.layers])
        params = sum(node.params for node in self.layers)
        return Totals(
            params=params,
            trainable_params=params,
            buffers=sum(node.buffers for node in self.layers),
            macs=macs,
            flops=None if macs is None else 2 * macs,
            connections=sum_known([node.connections for node in self.layers]),
        )

    def canonical(self) -> list[Any]:
        """The network as plain data that depends on nothing but what it computes.

        Two specs with the same canonical form build the same modules in the same graph.
        """
        return [
            list(self.input_shape),
            [
                [
                    node.path,
                    node.type,
                    sorted(node.layer.arguments.items()),
                    node.inputs,
                    node.shares,
                ]
                for node in self.layers
            ],
            list(self.outputs),
        ]

    def __repr__(self) -> str:
        return (
            f"<Network {self.name}: {len(self.layers):,} layer{'s' * (len(self.layers) != 1)}, "
            f"{self.totals.params:,} parameters>"
        )


def sum_known(values: Sequence[Known | None]) -> Known | int | None:
    """The sum, or None where any part is not known."""
    total: Known | int = 0
    for value in values:
        if value is None:
            return None
        total += value
    return total
