"""The nodes of a graph as layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from ...layers.shapes import Shape
from ...network import INPUT
from ..faults import ImportFault
from ..graph import NotSaid, Recorded, Unsupported
from ..ledger import Ledger
from ..operations import Answer, Chain, Indices, Layer, Value, of_parts
from ..samples import FIRST, divided
from .graph import Graph, Node
from .idioms import with_idioms
from .inference import infer
from .operators import RULES, Input, Operator, why_not
from .places import module_of
from .sources import Sources, computed_with

if TYPE_CHECKING:
    from onnx import ModelProto


class Reading(NamedTuple):
    """What was read.

    Attributes:
        layers: in the order of the nodes.
        outputs: the keys of what comes out.
        classes: the class of each module, by its path, where the file says it.
    """

    layers: list[Recorded]
    outputs: tuple[str, ...]
    classes: dict[str, str]

    @property
    def is_whole(self) -> bool:
        """Whether there is a layer type for everything."""
        return not any(item.unsupported for item in self.layers)


def read(model: ModelProto, input_shape: Shape | None) -> tuple[Graph, Reading]:
    """The graph of a model, as `infer` gives it, and its layers.

    A file may leave its batch open, and have a 1 for it in a Reshape behind. Such a file is
    read as what it is, one for single samples. Where a file for single samples moves their
    dimension, it is followed as if there were many.

    Raises:
        ImportFault: it cannot be read.
    """
    graph = infer(model, input_shape)
    found, refusal = None, None
    try:
        found = graph, read_layers(graph)
    except ImportFault as fault:
        refusal = fault
    if found and found[1].is_whole and (graph.keeps_samples or not graph.is_open):
        return found
    ways: list[dict[str, Any]] = [{"batch": 1}] if graph.is_open else []
    if graph.is_open or graph.batch == 1:
        ways.append({"single": True})
    for way in ways:
        try:
            alone = replace(infer(model, input_shape, **way), is_single=graph.is_open)
            reading = read_layers(alone)
        except ImportFault:
            continue
        if reading.is_whole:
            return alone, reading
    if found is None:
        assert refusal is not None
        raise refusal
    return found


def read_layers(graph: Graph) -> Reading:
    """The layers of a graph.

    Raises:
        ImportFault: an output does not follow from the input.
    """
    return _Reader(graph).reading()


class _Reader:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        nodes = with_idioms(graph)
        self.ledger = Ledger(graph.input_shape, graph.batch, computed_with(graph, nodes))
        self.sources = Sources(self.ledger)
        first = Value(INPUT, (graph.batch, *graph.input_shape))
        self.values: dict[str, Value | Indices] = {graph.input: first}
        self.classes: dict[str, str] = {}
        for node in nodes:
            self._node(node)

    def reading(self) -> Reading:
        """What was read."""
        outputs = []
        for name in self.graph.outputs:
            value = self.values.get(name)
            if not isinstance(value, Value):
                raise ImportFault(f"the output {name} does not follow from the input")
            if value.samples != FIRST:
                raise ImportFault(
                    f"the output {name} does not have the batch first", (*self.ledger.unsupported,)
                )
            outputs.append(value.key)
        return Reading(self.ledger.layers, tuple(dict.fromkeys(outputs)), self.classes)

    def _node(self, node: Node) -> None:
        self.classes.update(node.place.classes)
        inputs = [self._input(name) for name in node.inputs]
        given = [value.pooled if isinstance(value, Indices) else value for value in inputs]
        reads = [value for value in given if isinstance(value, Value)]
        names = [name for name in node.outputs if name]
        try:
            said = self._said(node, inputs)
            if not isinstance(said, list):
                self._one(said, node, reads, names[0])
                if node.type == "MaxPool" and len(names) == 2:
                    self.values[names[1]] = Indices(reads[0])
                return
        except NotSaid as reason:
            if not self._with_sources(node, inputs, names[0]):
                self._unsaid(node, str(reason), reads, names)
            return
        for each, name in zip(said, names, strict=False):
            try:
                self._add(each, node, name)
            except NotSaid as reason:
                self._unsaid(node, str(reason), reads, [name])

    def _one(
        self, said: Layer | Chain | Value | str, node: Node, reads: list[Value], name: str
    ) -> None:
        """Record what gives one value; raises NotSaid."""
        if isinstance(said, str):
            value = self._shaped(name)
            if value.shape[:1] != (self.graph.batch,):
                raise NotSaid("mixes the batch with other dimensions")
            self.values[name] = value._replace(key=reads[0].key)
        elif isinstance(said, Value):
            self.values[name] = self._shaped(name)._replace(key=said.key)
        else:
            self._add(said, node, name)

    def _with_sources(self, node: Node, inputs: Sequence[Input], name: str) -> bool:
        """Record a node with layers in place of the constants that it reads, if it can."""
        path = (*node.place.path, "")
        try:
            with self.sources.all_or_nothing():
                said = self._said(node, self.sources.beside(node, inputs, path))
                if not isinstance(said, (Layer, Chain)):
                    return False
                self._add(said, node, name)
        except NotSaid:
            return False
        return True

    def _said(self, node: Node, inputs: Sequence[Input]) -> Answer:
        if node.type not in RULES:
            raise NotSaid(why_not(node.type))
        if node.type != "MaxUnpool" and any(isinstance(given, Indices) for given in inputs):
            raise NotSaid("with the places of a pool's maxima")
        outputs = tuple(self._shaped(name) for name in node.outputs if name)
        op = Operator(node, inputs, outputs, self.graph.opset)
        try:
            if node.type == "Pow" and all(isinstance(given, Value) for given in inputs):
                return op.as_torch(self.ledger.rule_of_power(op.x), *inputs)
            return RULES[node.type](op)
        except (IndexError, KeyError, TypeError, ValueError, AttributeError) as fault:
            raise NotSaid(f"its arguments: {fault}") from fault

    def _input(self, name: str) -> Input:
        if name in self.graph.constants:
            return self.graph.constants[name]
        return self.values.get(name) if name else None

    def _shaped(self, name: str) -> Value:
        """A value that follows from the input, as a network has it; its key is not known here."""
        shape = self.graph.shapes.get(name)
        if shape is None:
            raise NotSaid("the shape that it gives is not known")
        shape, samples = divided(shape) or (shape, FIRST)
        return Value("", shape, samples=samples)

    # Layers -----------------------------------------------------------------------------

    def _add(self, said: Layer | Chain, node: Node, name: str) -> None:
        value = self._shaped(name)
        said = of_parts(said, value)
        layers = said.layers if isinstance(said, Chain) else [said]
        self.ledger.refuse_partly_shared(layers)
        if isinstance(said, Chain):
            path = self._path(said.layers[said.named], node)
            key = self.ledger.add_chain(said, value.shape, path)
        else:
            key = self.ledger.add(said, value.shape, self._path(said, node))
        self.values[name] = value._replace(key=key)

    def _path(self, layer: Layer, node: Node) -> tuple[str, ...]:
        """Its weight's module, or, without a name of its own, the module that it is in."""
        weight = layer.weights.get("weight", "")
        module = module_of(weight) if self.ledger.shares(layer) is None else ()
        return module or (*node.place.path, "")

    def _unsaid(self, node: Node, reason: str, reads: list[Value], names: list[str]) -> None:
        """Record what no layer type says, as something unknown with the shape that it gives."""
        place = node.place.path
        unsupported = Unsupported(f"ONNX's {node.type}", ".".join(place), node.name, reason)
        params = self._learned_by(node)
        for name in names:
            if name not in self.graph.shapes or not reads:
                what = "gives is not known" if reads else "is computed from is not the input"
                raise ImportFault(
                    f"what {node.type} {what}, and so nothing after it can be read",
                    (*self.ledger.unsupported, unsupported),
                )
            value = self._shaped(name)
            keys = [read.key for read in reads]
            key = self.ledger.add_unknown(
                unsupported, keys, value.shape[1:], (*place, ""), params=params
            )
            self.values[name] = value._replace(key=key)
            params = 0

    def _learned_by(self, node: Node) -> int:
        """Learned numbers that a node reads, and no layer has yet."""
        constants = [
            self.graph.constants[name] for name in node.inputs if name in self.graph.constants
        ]
        own = {
            each.weight: each.array.size
            for each in constants
            if each.learned and each.array.dtype.kind == "f" and each.weight not in self.ledger.used
        }
        self.ledger.used.update(dict.fromkeys(own, ""))
        return sum(own.values())
