"""Reading an ONNX file into memory, and what is said where it is none. Needs onnx."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import first_line
from ...packages import missing_package
from ...text.counts import few
from ..faults import ImportFault, NotFound
from ..graph import Recorded
from .graph import Graph
from .limits import check_nodes
from .places import COPY

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto

LARGEST = 2**31
"""Bytes that a file of protocol buffers may have."""


def read_model(path: str) -> ModelProto:
    """The model of a file, with its weights, its functions written out, in single precision.

    Raises:
        NotFound: there is no such file.
        ImportFault: it is no ONNX model, or not a whole one.
    """
    try:
        import onnx
        from onnx import inliner
    except ImportError as fault:
        raise ImportFault(missing_package(fault) or str(fault)) from fault
    if not os.path.isfile(path):
        raise NotFound(f"there is no file {path}")
    size = os.path.getsize(path)
    if not size:
        raise ImportFault(f"{path} is empty")
    if size >= LARGEST:
        raise ImportFault(
            f"{path} has {size:,} bytes, and an ONNX file less than {LARGEST:,}: "
            "onnx.save(..., save_as_external_data=True) puts the weights into a file beside it"
        )
    try:
        model: ModelProto = onnx.ModelProto.FromString(Path(path).read_bytes())
    except Exception as fault:
        raise ImportFault(f"{path} is no ONNX file, or is cut off: {first_line(fault)}") from fault
    if not model.opset_import or not model.graph.output:
        raise ImportFault(f"{path} is no ONNX file, or is cut off: it has no graph with an output")
    try:
        onnx.external_data_helper.load_external_data_for_model(
            model, os.path.dirname(os.path.abspath(path))
        )
    except Exception as fault:
        raise ImportFault(
            f"the weights of {path} lie in a file beside it, which cannot be read: "
            f"{first_line(fault)}"
        ) from fault
    try:
        check_nodes(model)
        if model.functions:
            model = inliner.inline_local_functions(model)
    except ImportFault as fault:
        raise ImportFault(f"{path} cannot be read: {fault}") from None
    except Exception as fault:
        raise ImportFault(
            f"the functions of {path} cannot be written out: {first_line(fault)}"
        ) from fault
    _leave_out_unread(model.graph)
    try:
        _check_names(model.graph)
        _to_single_precision(model.graph)
        _part_equal_weights(model.graph)
    except (KeyError, TypeError, ValueError) as fault:
        raise ImportFault(f"{path} is damaged: {first_line(fault)}") from fault
    if quantised := sorted({node.op_type for node in model.graph.node if _is_quantised(node)}):
        raise ImportFault(
            f"{path} is quantised ({', '.join(quantised)}): import the model as it was before that"
        )
    return model


def _is_quantised(node: Any) -> bool:
    """Whether a node computes with whole numbers in place of reals, or makes them."""
    beginnings = ("QuantizeLinear", "DynamicQuantize", "QLinear", "QGemm", "QAttention")
    name: str = node.op_type
    return name.startswith(beginnings) or name in ("ConvInteger", "MatMulInteger")


def names_read(graph: GraphProto) -> set[str]:
    """The names of the values that something in a graph reads, or that come out of it."""
    found = {item.name for item in graph.output}
    for node in graph.node:
        found |= _reads(node)
    return found


def _reads(node: NodeProto) -> set[str]:
    found = set(node.input)
    for attribute in node.attribute:
        if attribute.HasField("g"):
            found |= names_read(attribute.g)
    return found


def _leave_out_unread(graph: GraphProto) -> None:
    """Remove the nodes that no output depends on, so that they are neither read nor run."""
    wanted = {item.name for item in graph.output}
    kept = []
    for node in reversed(graph.node):
        if wanted.intersection(node.output):
            kept.append(node)
            wanted |= _reads(node)
    if len(kept) < len(graph.node):
        copies = [type(node).FromString(node.SerializeToString()) for node in reversed(kept)]
        del graph.node[:]
        graph.node.extend(copies)


def _check_names(graph: GraphProto) -> None:
    """Raise ValueError where a name is no text."""
    for node in graph.node:
        for name in (node.op_type, node.domain, node.name, *node.input, *node.output):
            if not isinstance(name, str):
                raise ValueError(f"the name {name!r} is no text")


def _to_single_precision(graph: GraphProto) -> None:
    """Every half and double in the graph as a float, so that it can be held against PyTorch."""
    for tensor in graph.initializer:
        _to_float(tensor)
    for value in (*graph.input, *graph.output, *graph.value_info):
        kind = value.type.tensor_type
        if kind.elem_type in _other_floats():
            kind.elem_type = _FLOAT
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.name in ("to", "dtype") and attribute.i in _other_floats():
                attribute.i = _FLOAT
            elif attribute.HasField("t"):
                _to_float(attribute.t)
            elif attribute.HasField("g"):
                _to_single_precision(attribute.g)


_FLOAT = 1
"""The number of float32 among ONNX's element types."""


def _other_floats() -> tuple[int, ...]:
    from onnx import TensorProto

    return TensorProto.FLOAT16, TensorProto.BFLOAT16, TensorProto.DOUBLE


def _to_float(tensor: Any) -> None:
    from onnx import numpy_helper

    if tensor.data_type in _other_floats():
        array = numpy_helper.to_array(tensor).astype("float32")
        tensor.CopyFrom(numpy_helper.from_array(array, tensor.name))


def _part_equal_weights(graph: GraphProto) -> None:
    """Give each node its own copy of a weight that is one number all over.

    Exporters store equal weights once, and so they are, of norms for example, before they are
    trained. That does not make the layers one. Nor does a weight of other numbers, where all
    else that the layers learn is their own.
    """
    from onnx import numpy_helper

    uniform = {}
    for tensor in graph.initializer:
        array = numpy_helper.to_array(tensor)
        if array.size > 1 and (array == array.flat[0]).all():
            uniform[tensor.name] = tensor
    uses: Counter[str] = Counter()
    aliases = []
    for node in graph.node:
        for place, name in enumerate(node.input):
            if name not in uniform:
                continue
            uses[name] += 1
            if node.op_type == "Identity":
                aliases.append(node)
                graph.initializer.add().CopyFrom(uniform[name])
                graph.initializer[-1].name = node.output[0]
            elif uses[name] > 1:
                graph.initializer.add().CopyFrom(uniform[name])
                graph.initializer[-1].name = node.input[place] = f"{name}{COPY}{uses[name]}"
    for node in aliases:
        graph.node.remove(node)
    _part_what_else_differs(graph)


WEIGHTED = ("BatchNormalization", "Conv", "ConvTranspose", "Gemm", "InstanceNormalization")
"""Operators that read all that a layer learns."""


def _part_what_else_differs(graph: GraphProto) -> None:
    """Give layers that share some of their weights, and not all, copies of those."""
    held = {tensor.name: tensor for tensor in graph.initializer}
    source = {name: name for name in held}
    for node in graph.node:
        if node.op_type == "Identity" and node.input[0] in source:
            source[node.output[0]] = source[node.input[0]]
    users: dict[str, dict[tuple[str, ...], list[NodeProto]]] = {}
    others: set[str] = set()
    for node in graph.node:
        weights = tuple(source[name] for name in node.input if name in source)
        if node.op_type in WEIGHTED and len(weights) < len(node.input):
            for name in weights:
                users.setdefault(name, {}).setdefault((node.op_type, *weights), []).append(node)
        elif node.op_type != "Identity":
            others.update(weights)
    for name, layers in users.items():
        for number, nodes in enumerate([*layers.values()][1:], 2):
            if name in others:
                break
            copy = graph.initializer.add()
            copy.CopyFrom(held[name])
            copy.name = f"{name}{COPY}{number}"
            for node in nodes:
                place = next(k for k, read in enumerate(node.input) if source.get(read) == name)
                node.input[place] = copy.name


def shared_in_part(graph: Graph, layers: Iterable[Recorded]) -> list[str]:
    """What is said of weights of which layers have copies."""
    names = {name for item in layers for name in item.weights.values() if COPY in name}
    found = sorted(
        {name.partition(COPY)[0] for name in names if not graph.constants[name].is_uniform}
    )
    if not found:
        return []
    named = few(found, 1)
    return [f"that layers share {named}, and nothing else: each has, and counts, a copy"]
