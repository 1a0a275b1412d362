"""From an ONNX file to layers. Needs onnx, which `pip install cnnshape[onnx]` brings."""

from __future__ import annotations

import os
from typing import Any

from ..layers.shapes import Shape
from ..network import INPUT, Network
from .graph import NotSaid, Recorded, Unsupported
from .importer import ImportFault, NotFound
from .ledger import Ledger
from .onnx_operations import TRANSPOSED, Given, Operator, answer
from .operations import Layer

SMALL = 64
"""Elements of a constant up to which its value may be an argument."""


class OnnxGraph:
    """The graph of a file, with the shapes of its values."""

    def __init__(self, path: str, input_shape: Shape | None) -> None:
        try:
            import onnx
            from onnx import numpy_helper, shape_inference
        except ImportError as fault:
            raise ImportFault(
                f"reading {path} needs the package onnx: pip install cnnshape[onnx] ({fault})"
            ) from fault
        if not os.path.isfile(path):
            raise NotFound(f"there is no file {path}")
        try:
            model = onnx.load(path)
        except Exception as fault:
            raise ImportFault(f"{path} cannot be read as ONNX: {fault}") from fault
        graph = model.graph
        self.constants = {item.name: numpy_helper.to_array(item) for item in graph.initializer}
        self.learned = set(self.constants)
        inputs = [item for item in graph.input if item.name not in self.constants]
        if len(inputs) != 1:
            raise ImportFault(f"the model has {len(inputs)} inputs; a spec has one")
        self.input = inputs[0].name
        sizes = [dim.dim_value for dim in inputs[0].type.tensor_type.shape.dim]
        shape = input_shape or tuple(sizes[1:])
        if not all(shape):
            raise ImportFault(
                "the model leaves its input's size open: give it, as --input 3x224x224"
            )
        self.input_shape: Shape = shape
        self.batch = sizes[0] or 1
        for dim, size in zip(
            inputs[0].type.tensor_type.shape.dim, (self.batch, *shape), strict=True
        ):
            dim.dim_value = size
        del graph.value_info[:]
        for item in graph.output:
            for dim in item.type.tensor_type.shape.dim:
                dim.Clear()
        inferred = shape_inference.infer_shapes(model, data_prop=True)
        self.shapes: dict[str, Shape] = {self.input: (self.batch, *shape)}
        for item in [*inferred.graph.value_info, *inferred.graph.output]:
            found = tuple(d.dim_value for d in item.type.tensor_type.shape.dim)
            if all(found):
                self.shapes[item.name] = found
        self.nodes = list(inferred.graph.node)
        self.outputs = [item.name for item in graph.output]
        self.opset = next(
            (o.version for o in model.opset_import if o.domain in ("", "ai.onnx")), 13
        )
        self.model = model
        self._attribute = onnx.helper.get_attribute_value
        self._to_array = numpy_helper.to_array

    def attributes(self, node: Any) -> dict[str, Any]:
        """The attributes of a node as plain values."""
        found = {}
        for attribute in node.attribute:
            value = self._attribute(attribute)
            found[attribute.name] = value.decode() if isinstance(value, bytes) else value
            if not isinstance(found[attribute.name], (str, int, float, list)):
                found[attribute.name] = list(value) if hasattr(value, "__iter__") else value
        return found


class OnnxReader:
    """Reads the nodes of a graph as layers."""

    def __init__(self, graph: OnnxGraph) -> None:
        self.graph = graph
        self.ledger = Ledger(graph.input_shape, graph.batch)
        self.keys = {graph.input: INPUT}
        for node in graph.nodes:
            self._node(node)
        missing = [name for name in graph.outputs if name not in self.keys]
        if missing:
            raise ImportFault(f"the output {missing[0]} does not follow from the input")
        self.outputs = tuple(dict.fromkeys(self.keys[name] for name in graph.outputs))

    def _node(self, node: Any) -> None:
        graph = self.graph
        inputs = tuple(self._given(name) if name else None for name in node.input)
        follows = [given for given in inputs if given is not None and given.key]
        if node.op_type == "Constant":
            graph.constants[node.output[0]] = graph._to_array(node.attribute[0].t)
            return
        if not follows or node.op_type in ("Shape", "Size"):
            self._fold(node, inputs)
            return
        output = graph.shapes.get(node.output[0])
        try:
            if output is None:
                raise NotSaid("the shape that it gives is not known")
            attributes = graph.attributes(node)
            said = answer(Operator(node.op_type, inputs, attributes, output, graph.opset))
            if isinstance(said, str):
                self.keys[node.output[0]] = follows[0].key
                return
            layers = said if isinstance(said, list) else [said]
            for layer, name in zip(layers, node.output, strict=False):
                self._add(layer, node, name)
        except NotSaid as reason:
            self._unsaid(node, str(reason), follows)

    def _fold(self, node: Any, inputs: tuple[Given | None, ...]) -> None:
        """Arithmetic of sizes: shape inference has done it where it matters."""

    def _given(self, name: str) -> Given:
        if name in self.keys:
            key = self.keys[name]
            return Given(key, (self.graph.batch, *self.ledger.shapes[key]))
        array = self.graph.constants.get(name)
        if array is None:
            return Given("", ())
        value = array.tolist() if array.size <= SMALL else None
        if isinstance(value, list) and array.size == 1 and array.ndim == 0:
            value = value[0]
        learned = name if name in self.graph.learned and array.dtype.kind == "f" else ""
        return Given("", tuple(array.shape), learned, value)

    def _add(self, layer: Layer, node: Any, name: str) -> None:
        shape = self.graph.shapes.get(name)
        if shape is None:
            raise NotSaid("the shape that it gives is not known")
        path = self._path(layer, node, self.ledger.shares(layer))
        self.keys[name] = self.ledger.add(layer, shape, path)

    def _path(self, layer: Layer, node: Any, shares: str | None) -> tuple[str, ...]:
        weight = layer.weights.get("weight", "").removeprefix(TRANSPOSED)
        if weight.endswith((".weight", ".gamma")) and shares is None:
            return tuple(weight.rpartition(".")[0].split("."))
        return (*_scope(node.name), "")

    def _unsaid(self, node: Any, reason: str, reads: list[Given]) -> None:
        around = ".".join(_scope(node.name))
        unsupported = Unsupported(f"ONNX's {node.op_type}", around, node.name, reason)
        path = (*_scope(node.name), "")
        for name in node.output:
            shape = self.graph.shapes.get(name)
            if shape is not None:
                keys = [read.key for read in reads]
                self.keys[name] = self.ledger.add_unknown(unsupported, keys, shape[1:], path)


def _scope(name: str) -> tuple[str, ...]:
    """'/layer1/layer1.0/relu/Relu', as torch names a node, as ('layer1', '0')."""
    if not name.startswith("/"):
        return ()
    path: tuple[str, ...] = ()
    for part in name.split("/")[1:-1]:
        names = tuple(part.split("."))
        path = names if names[: len(path)] == path and path else (*path, *names)
    module = name.rpartition("/")[2]
    if path and path[-1].rstrip("0123456789_").lower() == module.rstrip("0123456789_").lower():
        path = path[:-1]  # a function's own module: relu of Relu
    return tuple(part for part in path if part)


def difference(graph: OnnxGraph, network: Network, layers: list[Recorded]) -> tuple[float, int]:
    """How far the outputs are apart for the file's own weights, and how many tensors there are."""
    import numpy as np
    import torch

    from ..torch_backend import build

    with torch.device("meta"):
        ours = build(network).eval()
    state = {}
    for item in layers:
        node = network.by_path[".".join(item.path)]
        shapes = node.layer.parameters() | node.layer.buffers()
        for name, original in item.weights.items():
            array = graph.constants[original.removeprefix(TRANSPOSED)]
            array = array.T if original.startswith(TRANSPOSED) else array
            tensor = torch.from_numpy(np.array(array)).float()
            state[f"{node.path}.{name}"] = tensor.reshape(shapes[name])
    ours.load_state_dict(state, assign=True, strict=False)
    for name, tensor in list(ours.state_dict().items()):
        if tensor.is_meta:
            owner, _, last = name.rpartition(".")
            assert last == "num_batches_tracked", name
            ours.get_submodule(owner)._buffers[last] = torch.zeros((), dtype=torch.long)
    generator = np.random.default_rng(0)
    x = generator.standard_normal((graph.batch, *graph.input_shape)).astype(np.float32)
    try:
        expected = _run(graph, x)
    except Exception as fault:
        raise ImportFault(f"the model itself cannot be run: {fault}") from fault
    with torch.no_grad():
        found = ours(torch.from_numpy(x))
    found = found if isinstance(found, tuple) else (found,)
    apart = 0.0
    for ours_, theirs in zip(found, expected, strict=True):
        if tuple(ours_.shape) != theirs.shape:
            return float("inf"), len(state)
        largest = float(np.abs(theirs).max()) or 1.0
        apart = max(apart, float(np.abs(ours_.numpy() - theirs).max()) / largest)
    return apart, len(state)


def _run(graph: OnnxGraph, x: Any) -> list[Any]:
    """The model's own outputs, by onnxruntime where it is, else by onnx's reference."""
    data = graph.model.SerializeToString()
    try:
        import onnxruntime  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ImportError:
        from onnx.reference import ReferenceEvaluator

        return list(ReferenceEvaluator(graph.model).run(None, {graph.input: x}))
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    return list(session.run(None, {graph.input: x}))
