"""Holding a spec against the ONNX file that it came from. Needs torch, and onnx to run it."""

from __future__ import annotations

from collections import Counter
from math import inf, prod
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import Tensor, nn

from ...layers.shapes import Shape
from ...network import Network
from ...torch_backend import build
from ...torch_backend.devices import shortage
from ...torch_backend.initialisation import draw_weights, level
from ..checking import LARGE, TOLERANCE, Check, largest_difference, make_constants, no_room
from ..faults import ImportFault
from ..graph import Recorded
from .graph import Graph
from .limits import MACS, SECONDS
from .waiting import Limit, interruptible

if TYPE_CHECKING:
    from onnx import ModelProto

    from ...torch_backend.network_module import NetworkModule

RUN = 2
"""Samples in the comparison, where the file leaves them open."""
COARSER = 50
"""How many times as far off ONNX Runtime may be as PyTorch: its sigmoid is, for one."""
LARGEST_ROUNDING = 1e-2
"""Beyond this difference, as a part of the largest output, no rounding is an excuse."""


def check(model: ModelProto, graph: Graph, network: Network, layers: list[Recorded]) -> Check:
    """Compare a network with the file; `layers` say whose weights are whose.

    Weights are drawn anew, in the model too, so that every layer shows in the output; those
    that the file computes from others stay as they are.

    Raises:
        ImportFault: the model itself cannot be run.
    """
    with torch.device("meta"):
        ours = build(network).eval()
    weights = _weights(network, layers)
    _load(ours, graph, weights)
    make_constants(ours.nodes, network)
    generator = torch.Generator().manual_seed(0)
    batch = _samples(graph, network)
    limit = Limit(SECONDS)
    x = torch.randn(batch, *graph.input_shape, generator=generator)
    _draw(ours, model, graph, weights, x, limit)
    try:
        expected = [torch.from_numpy(each) for each in _run(model, graph, x.numpy(), limit)]
    except Exception as fault:
        line = str(fault).strip().partition("\n")[0]
        raise ImportFault(f"the model itself cannot be run: {line}") from fault
    found = _outputs(ours, x, limit)
    shapes = [tuple(each.shape) for each in found], [tuple(each.shape) for each in expected]
    difference = inf
    if shapes[0] == shapes[1]:
        difference = max(map(largest_difference, found, expected))
    totals = network.totals
    return Check(
        (totals.params, None),  # the file does not tell weights from statistics
        (totals.macs, macs(graph)),
        shapes,
        difference,
        len(layers),
        sum(weight.place == weight.constant for weight in weights),
        len(weights),
        TOLERANCE if difference <= TOLERANCE else _tolerance(ours, x, found, limit),
    )


def _samples(graph: Graph, network: Network) -> int:
    """How many samples are compared; raises ImportFault where there is no memory for any."""
    total = network.totals.macs or 0
    if total > MACS:
        raise ImportFault(
            f"it has {total:,} MACs for one sample, more than the {MACS:,} that are run "
            "to hold it against the file: give a smaller --input"
        )
    choices = ((RUN, 1) if total < LARGE else (1,)) if graph.is_open else (graph.samples,)
    lack = ""
    for batch in choices:
        lack = shortage(network, batch, times=2)  # the file takes as much again
        if not lack:
            return batch
    raise no_room("model", lack)


def _tolerance(ours: NetworkModule, x: Tensor, found: list[Tensor], limit: Limit) -> float:
    """How far outputs may be apart: the file runs in single precision, as ours did.

    How much rounding grows in this network, it shows where it is run in double precision.
    """
    exact = _outputs(ours.double(), x.double(), limit)
    rounding = max(map(largest_difference, found, exact))
    return min(max(TOLERANCE, COARSER * rounding), LARGEST_ROUNDING)


def macs(graph: Graph) -> int:
    """Multiply-accumulates of the file's convolutions and matrix products, for one sample."""
    total = 0
    for node in graph.nodes:
        shapes = [_shape(graph, name) for name in (*node.inputs[:2], *node.outputs[:1])]
        if node.type == "Conv":
            total += prod(shapes[2]) * prod(shapes[1][1:])
        elif node.type == "ConvTranspose":
            total += prod(shapes[0]) * prod(shapes[1][1:])
        elif node.type in ("Gemm", "MatMul") and len(shapes[1]) > 1:  # as PyTorch counts
            inner = shapes[0][0] if node.attributes.get("transA", 0) else shapes[0][-1]
            total += prod(shapes[2]) * inner
    return total // graph.batch


def _shape(graph: Graph, name: str) -> tuple[int, ...]:
    constant = graph.constants.get(name)
    return graph.shapes.get(name, ()) if constant is None else constant.shape


class _Weight(NamedTuple):
    """A layer's tensor: its name in the module, and the constant of the file that it is."""

    place: str
    constant: str
    shape: Shape
    transposed: bool


def _weights(network: Network, layers: list[Recorded]) -> list[_Weight]:
    found = []
    for item in layers:
        node = network.by_path[".".join(item.path)]
        shapes = node.layer.parameters() | node.layer.buffers()
        for name, original in item.weights.items():
            transposed = item.transposed and name == next(iter(item.weights))
            found.append(_Weight(f"{node.path}.{name}", original, shapes[name], transposed))
    return found


def _load(ours: NetworkModule, graph: Graph, weights: list[_Weight]) -> None:
    """Give the module the file's weights."""
    import numpy as np

    state = {}
    for weight in weights:
        array = graph.constants[weight.constant].array
        array = array.reshape(weight.shape[::-1]).T if weight.transposed else array
        # A copy: the weights are drawn into it.
        tensor = torch.from_numpy(np.array(array, dtype=np.float32))
        state[weight.place] = tensor.reshape(weight.shape)
    ours.load_state_dict(state, assign=True, strict=False)


def _draw(
    ours: NetworkModule,
    model: ModelProto,
    graph: Graph,
    weights: list[_Weight],
    x: Tensor,
    limit: Limit,
) -> None:
    """Draw the weights of both anew, as far as they lie in the file as layers have them."""
    from onnx import numpy_helper

    held = {tensor.name: tensor for tensor in model.graph.initializer}
    makers = {node.output[0]: node for node in model.graph.node if node.op_type in MADE}
    uses = Counter(weight.constant for weight in weights)
    own = {place: tensor.clone() for place, tensor in ours.state_dict().items()}
    interruptible(lambda: draw_weights(ours, x), limit)
    state = ours.state_dict()
    drawn, kept = [], set()
    for weight in weights:
        name = weight.constant
        is_float = graph.constants[name].array.dtype.kind == "f"
        own_use = is_float and name not in graph.folded and uses[name] == 1
        if own_use and (name in held or name in makers):
            if name not in held:  # a node holds it: from now on it is a weight of the file
                model.graph.node.remove(makers[name])
                held[name] = model.graph.initializer.add()
            drawn.append(weight)
        else:
            state[weight.place].copy_(own[weight.place])
            kept.add(weight.place.rpartition(".")[0])
    # Where numbers grow from layer to layer, a gate's sigmoid makes a great difference of the
    # rounding of single precision.
    nodes = ours.nodes.items()
    layers = [each for path, each in nodes if isinstance(each, AFFINE) and path not in kept]
    interruptible(lambda: level(ours, x, layers), limit)
    for weight in drawn:
        array = state[weight.place].numpy()
        array = array.T if weight.transposed else array
        array = array.reshape(graph.constants[weight.constant].shape)
        held[weight.constant].CopyFrom(numpy_helper.from_array(array, weight.constant))


MADE = ("Constant", "ConstantOfShape")
"""Operators that hold a constant themselves."""
AFFINE = (nn.modules.conv._ConvNd, nn.Linear, nn.modules.batchnorm._BatchNorm)
"""Modules whose output has the scale of their weight and bias."""


def _outputs(ours: NetworkModule, x: Tensor, limit: Limit) -> list[Tensor]:
    """What a network gives; Ctrl-C need not wait for a layer."""

    def run() -> Any:
        with torch.no_grad():
            return ours(x)

    found = interruptible(run, limit)
    return list(found) if isinstance(found, tuple) else [found]


def _run(model: ModelProto, graph: Graph, x: Any, limit: Limit) -> list[Any]:
    """The model's own outputs, by onnxruntime where it is, else by onnx's reference."""
    try:
        import onnxruntime  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ImportError:
        from onnx.reference import ReferenceEvaluator

        evaluator = ReferenceEvaluator(model)
        return interruptible(lambda: list(evaluator.run(None, {graph.input: x})), limit)
    options, running = onnxruntime.SessionOptions(), onnxruntime.RunOptions()
    options.log_severity_level = running.log_severity_level = 4

    def run() -> list[Any]:
        session = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        return list(session.run(None, {graph.input: x}, running))

    def stop() -> None:
        running.terminate = True

    return interruptible(run, limit, stop)
