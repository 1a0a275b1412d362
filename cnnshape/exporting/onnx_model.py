"""A network as an ONNX model, checked by onnx.checker and run by ONNX Runtime."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ..errors import first_line
from ..packages import PARTS, missing_text
from .errors import ExportError
from .formats import dynamic_shapes
from .libraries import quiet, refusals
from .onnx_graph import tidy
from .output_check import Made, Run, example, hold, no_run

if TYPE_CHECKING:
    from torch import Tensor, nn

    from ..network import Network

TOLERANCE = 1e-4
"""How far outputs of ONNX Runtime may be apart, as a part of the greatest of them."""
LIMIT = 2**31
"""Bytes that a file of protocol buffers may have."""


OPSET, OLDEST_OPSET, NEWEST_OPSET = 20, 18, 23
"""The version of ONNX's operators that is written, and those that can be asked for. torch (2.13)
writes 18 and newer for every network; to 16 and 17 it converts some networks, not GroupNorm."""


def to_onnx(network: Network, module: nn.Module, batch: int | None, opset: int = OPSET) -> Made:
    """An ONNX model with the module's weights.

    Args:
        network: what is written.
        module: the network's module, with its weights.
        batch: the batch that it is for; None: any.
        opset: the version of ONNX's operators, from OLDEST_OPSET to NEWEST_OPSET.

    Raises:
        ExportError: what it needs is not installed, the file would be too large, or torch has
            no ONNX for a layer.
    """
    onnx = _import_onnx()
    if not OLDEST_OPSET <= opset <= NEWEST_OPSET:
        raise ExportError(f"opset {opset}: choose one from {OLDEST_OPSET} to {NEWEST_OPSET}")
    if sum(tensor.nbytes for tensor in module.state_dict().values()) >= LIMIT:
        raise ExportError("an ONNX file holds less than 2 GB, and this network has more weights")
    proto = _written(network, module, batch, opset)
    with refusals("protobuf"):
        content: bytes = proto.SerializeToString()
    try:
        onnx.checker.check_model(onnx.load_model_from_string(content), full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as fault:
        raise ExportError(f"onnx.checker refuses what torch wrote: {first_line(fault)}") from None
    if why := no_run(network, batch):
        return Made(content, f"passes onnx.checker; {why}")
    try:
        runtime: Any = import_module("onnxruntime")
    except ImportError:
        return Made(content, "passes onnx.checker; not run, as onnxruntime is not installed")

    def given(state: Mapping[str, Tensor]) -> Run:
        drawn = {key: value for key, value in state.items() if value.is_floating_point()}
        held = {each.name: each for each in proto.graph.initializer}
        if any(key not in held or list(held[key].dims) != [*drawn[key].shape] for key in drawn):
            # torch has transposed a weight, or put several together: once more from there.
            return _running(runtime, _written(network, module, batch, opset).SerializeToString())
        for key, value in drawn.items():
            held[key].CopyFrom(onnx.numpy_helper.from_array(value.numpy(), key))
        return _running(runtime, proto.SerializeToString())

    with refusals("ONNX Runtime"):
        again = _running(runtime, content)
        found = hold(network, module, again, given, batch=batch, tolerance=TOLERANCE)
    return Made(content, f"passes onnx.checker; in ONNX Runtime, {found}")


def _written(network: Network, module: nn.Module, batch: int | None, opset: int) -> Any:
    """What torch.onnx writes, as a ModelProto."""
    import torch

    count = len(network.outputs)
    with quiet(), refusals("torch.onnx"):
        program: Any = torch.onnx.export(
            module,
            (example(network, batch or 2),),
            dynamo=True,
            dynamic_shapes=dynamic_shapes(batch),
            input_names=["input"],
            output_names=[f"output{k}" for k in range(count)] if count > 1 else ["output"],
            verbose=False,
            optimize=False,
            opset_version=opset,
        )
        tidy(program.model)
        proto = program.model_proto
        written = proto.opset_import[0].version
        if written != opset:
            raise ExportError(f"this torch writes opset {written} where {opset} was asked for")
        return proto


def _running(runtime: Any, model: bytes) -> Run:
    """What runs a model by ONNX Runtime."""
    import numpy as np
    import torch

    options = runtime.SessionOptions()
    options.log_severity_level = 4
    session = runtime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def run(x: Tensor) -> Sequence[Tensor]:
        found = session.run(None, {"input": x.numpy()})
        return [torch.from_numpy(np.asarray(each)) for each in found]

    return run


def _import_onnx() -> Any:
    """The onnx package; raises ExportError where it, or what torch needs beside it, is missing."""
    found = {}
    missing = []
    for name in ("onnx", "onnxscript"):
        try:
            found[name] = import_module(name)
        except ImportError:
            missing.append(name)
    if missing:
        raise ExportError(missing_text(*missing, *PARTS["onnx"]))
    return found["onnx"]
