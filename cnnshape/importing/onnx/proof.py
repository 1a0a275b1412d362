"""Holding a spec against the ONNX file that it came from. Needs torch, and onnx to run it."""

from __future__ import annotations

from collections import Counter
from math import prod
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from ...network import Network
from ...torch_backend import build
from ...torch_backend.initialisation import draw_weights
from ..checking import Check, largest_difference, make_constants
from ..graph import Recorded
from ..importer import ImportFault
from .graph import Graph
from .operators import TRANSPOSED

if TYPE_CHECKING:
    from onnx import ModelProto

RUN = 2
"""Samples in the comparison, where the file leaves them open."""
TOLERANCE = 1e-4
"""How far outputs may be apart, as a part of the largest: the file runs in single precision."""


def check(model: ModelProto, graph: Graph, network: Network, layers: list[Recorded]) -> Check:
    """Compare a network with the file; `layers` say whose weights are whose.

    Weights are drawn anew, in the model too, so that every layer shows in the output; those
    that the file computes from others stay as they are.

    Raises:
        ImportFault: the model itself cannot be run.
    """
    with torch.device("meta"):
        ours = build(network).eval()
    named, tensors = _load(ours, graph, network, layers)
    make_constants(ours.nodes, network)
    _draw(ours, model, graph, layers)
    generator = torch.Generator().manual_seed(0)
    batch = RUN if graph.is_open else graph.batch
    x = torch.randn(batch, *graph.input_shape, generator=generator)
    try:
        expected = [torch.from_numpy(each) for each in _run(model, graph, x.numpy())]
    except Exception as fault:
        line = str(fault).strip().partition("\n")[0]
        raise ImportFault(f"the model itself cannot be run: {line}") from fault
    with torch.no_grad():
        found = ours(x)
    found = list(found) if isinstance(found, tuple) else [found]
    shapes = [tuple(each.shape) for each in found], [tuple(each.shape) for each in expected]
    same = shapes[0] == shapes[1]
    totals = network.totals
    return Check(
        (totals.params, None),  # the file does not tell weights from statistics
        (totals.macs, macs(graph)),
        shapes,
        max(map(largest_difference, found, expected)) if same else float("inf"),
        len(layers),
        named,
        tensors,
    )


def macs(graph: Graph) -> int:
    """Multiply-accumulates of the file's convolutions and matrix products, for one sample."""
    total = 0
    for node in graph.nodes:
        shapes = [_shape(graph, name) for name in (*node.inputs[:2], *node.outputs[:1])]
        if node.type == "Conv":
            total += prod(shapes[2]) * prod(shapes[1][1:])
        elif node.type == "ConvTranspose":
            total += prod(shapes[0]) * prod(shapes[1][1:])
        elif node.type in ("Gemm", "MatMul"):
            inner = shapes[0][0] if node.attributes.get("transA", 0) else shapes[0][-1]
            total += prod(shapes[2]) * inner
    return total // graph.batch


def _shape(graph: Graph, name: str) -> tuple[int, ...]:
    constant = graph.constants.get(name)
    return graph.shapes.get(name, ()) if constant is None else constant.shape


def _load(
    ours: nn.Module, graph: Graph, network: Network, layers: list[Recorded]
) -> tuple[int, int]:
    """Give the module the file's weights; how many have the same name there, and of how many."""
    state = {}
    named = 0
    for item in layers:
        node = network.by_path[".".join(item.path)]
        shapes = node.layer.parameters() | node.layer.buffers()
        for name, original in item.weights.items():
            tensor = _tensor(graph, original)
            state[f"{node.path}.{name}"] = tensor.reshape(shapes[name])
            named += f"{node.path}.{name}" == original.removeprefix(TRANSPOSED)
    ours.load_state_dict(state, assign=True, strict=False)
    return named, len(state)


def _tensor(graph: Graph, name: str) -> Tensor:
    """A weight of the file, as a tensor of its own."""
    import numpy as np

    array = graph.constants[name.removeprefix(TRANSPOSED)].array
    array = array.T if name.startswith(TRANSPOSED) else array
    return torch.from_numpy(np.array(array, dtype=np.float32))


def _draw(ours: nn.Module, model: ModelProto, graph: Graph, layers: list[Recorded]) -> None:
    """Draw the weights of both anew, as far as they lie in the file as layers have them."""
    from onnx import numpy_helper

    places = [
        (original, f"{'.'.join(item.path)}.{name}")
        for item in layers
        for name, original in item.weights.items()
    ]
    uses = Counter(original.removeprefix(TRANSPOSED) for original, _ in places)
    held = {tensor.name: tensor for tensor in model.graph.initializer}
    own = {name: tensor.clone() for name, tensor in ours.state_dict().items()}
    draw_weights(ours)
    drawn = ours.state_dict()
    for original, place in places:
        name = original.removeprefix(TRANSPOSED)
        if name not in held or name in graph.folded or uses[name] > 1:
            drawn[place].copy_(own[place])
            continue
        array = drawn[place].numpy()
        array = array.T if original.startswith(TRANSPOSED) else array
        array = array.reshape(graph.constants[name].shape)
        held[name].CopyFrom(numpy_helper.from_array(array, name))


def _run(model: ModelProto, graph: Graph, x: Any) -> list[Any]:
    """The model's own outputs, by onnxruntime where it is, else by onnx's reference."""
    try:
        import onnxruntime  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ImportError:
        from onnx.reference import ReferenceEvaluator

        return list(ReferenceEvaluator(model).run(None, {graph.input: x}))
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return list(session.run(None, {graph.input: x}))
