"""A network: the nodes of a spec after blocks are expanded, with shapes and costs.

It is what every view, check and export reads. Nothing in it refers back to the YAML text
but the marks that say where a layer was written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from .layers.base import Layer
from .layers.shapes import Shape, Shapes

if TYPE_CHECKING:
    from torch import nn

    from .diagrams import Depth, Direction, Style
    from .errors import Diagnostic, Mark

INPUT = "input"
"""The path by which layers name the network's own input."""

BYTES_PER_ELEMENT = 4
"""Bytes of a float32, in which sizes in memory are given."""

SCHEMA_VERSION = 1
"""The version of the JSON contract of :meth:`Network.to_dict`."""


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
    """A whole network. Made by :func:`cnnshape.load` and :func:`cnnshape.loads`.

    Attributes:
        name: the spec's name (a variant's, where one was chosen).
        input_shape: the network's input, without the batch.
        layers: the nodes, each after all that it reads.
        outputs: the paths of the outputs, in order.
        groups: the parts that the spec wrote as one, by path, outermost first.
        reference, description: the spec's own words, or ''.
        params: the spec's parameters with the values used.
        train: the spec's own quick-train recipe, as written.
        warnings: what a careful reader would want to be told; never an error.
        source: the file that the spec was read from, or ''.
        fault: None; of a faulty spec, whose layers are those before its first fault, the path of
            what has it ('' where that is not known).
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

    @cached_property
    def receptive_fields(self) -> dict[str, tuple[int, ...] | None]:
        """For each path, the input positions that one output can depend on; None: not known."""
        from .analysis.receptive_field import receptive_fields

        return receptive_fields(self)

    def to_dict(self) -> dict[str, Any]:
        """The JSON contract, without its verification. See docs/json.md."""
        fields = self.receptive_fields
        totals = self.totals
        return {
            "schema": SCHEMA_VERSION,
            "name": self.name,
            "input_shape": list(self.input_shape),
            "layers": [
                {
                    "name": node.name,
                    "type": node.type,
                    "path": node.path,
                    "inputs": list(node.inputs),
                    "input_shapes": [list(shape) for shape in node.input_shapes],
                    "output_shape": list(node.output_shape),
                    "params": node.params,
                    "trainable_params": node.params,
                    "macs": node.macs,
                    "connections": node.connections,
                    "receptive_field": _as_list(fields[node.path]),
                }
                for node in self.layers
            ],
            "outputs": list(self.outputs),
            "totals": {
                "params": totals.params,
                "trainable_params": totals.trainable_params,
                "buffers": totals.buffers,
                "macs": totals.macs,
                "flops": totals.flops,
                "connections": totals.connections,
            },
        }

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

    def to_module(self) -> nn.Module:
        """A real torch.nn.Module that computes this network, freshly initialised."""
        from .torch_backend import build

        return build(self)

    def to_svg(
        self,
        style: Style = "graph",
        *,
        theme: str = "light",
        depth: Depth = "auto",
        fold: bool = True,
        fuse: bool = True,
        facts: Sequence[str] | None = None,
        direction: Direction | None = None,
        legend: bool = True,
    ) -> str:
        """The network as a picture, an SVG file. The options are those of `cnnshape diagram`.

        Args:
            style: 'graph', 'maps' or 'volumes'.
            theme: 'light', 'dark' or 'print'.
            depth: how many levels of groups to open; 'auto': what can be read; None: all.
            fold: whether alike turns of a repeat are drawn once, with ×N.
            fuse: whether norms, activations and dropout are drawn in the box before.
            facts: what a box says, of :data:`cnnshape.diagrams.FACTS`; None: the usual.
            direction: 'down' or 'right'; None: what suits the style.
            legend: whether the colours are explained.

        Raises:
            DiagramError: it cannot be drawn; the text says why and which option helps.
            ValueError: there is no such style, theme, fact or direction.
        """
        from .diagrams import draw, make_look

        look = make_look(
            theme=theme,
            depth=depth,
            fold=fold,
            fuse=fuse,
            facts=facts,
            direction=direction,
            legend=legend,
        )
        return draw(self, style, look).svg

    def explain(self, *names: str) -> str:
        """Why the numbers of layers are what they are, as `cnnshape explain` says it.

        Args:
            names: paths, groups, names, types or patterns of layers; none: all.

        Raises:
            ValueError: a name means no layer.
        """
        from .analysis.explanation import explain
        from .views.explanation import to_text

        return to_text(explain(self, names), self)

    def _repr_html_(self) -> str:
        """A notebook shows the table and the diagram under it."""
        from html import escape

        from .diagrams import DiagramError
        from .diagrams.svg import image
        from .views.text import to_html

        try:
            drawn = image(self.to_svg(), alt=f"Diagram of {self.name}")
        except DiagramError as fault:
            drawn = f"<p>{escape(str(fault))}</p>"
        return to_html(self) + drawn

    def __repr__(self) -> str:
        return (
            f"<Network {self.name}: {len(self.layers):,} layer{'s' * (len(self.layers) != 1)}, "
            f"{self.totals.params:,} parameters>"
        )


def _as_list(shape: tuple[int, ...] | None) -> list[int] | None:
    return None if shape is None else list(shape)


def sum_known(values: list[int | None]) -> int | None:
    """The sum, or None where any part is not known."""
    total = 0
    for value in values:
        if value is None:
            return None
        total += value
    return total
