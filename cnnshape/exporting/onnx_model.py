"""A network as an ONNX model, checked by onnx.checker and run by ONNX Runtime."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from .comparison import Made, Run, example, hold
from .errors import ExportError
from .formats import dynamic_shapes
from .libraries import first_line, quiet, refusals

if TYPE_CHECKING:
    from torch import Tensor, nn

    from ..network import Network

TOLERANCE = 1e-4
"""How far outputs of ONNX Runtime may be apart, as a part of the greatest of them."""
LIMIT = 2**31
"""Bytes that a file of protocol buffers may have."""


def to_onnx(network: Network, module: nn.Module, batch: int | None) -> Made:
    """An ONNX model with the module's weights.

    Raises:
        ExportError: what it needs is not installed, the file would be too large, or torch has
            no ONNX for a layer.
    """
    onnx = _import_onnx()
    if sum(tensor.nbytes for tensor in module.state_dict().values()) >= LIMIT:
        raise ExportError("an ONNX file holds less than 2 GB, and this network has more weights")
    proto = _written(network, module, batch)
    with refusals("protobuf"):
        content: bytes = proto.SerializeToString()
    try:
        onnx.checker.check_model(onnx.load_model_from_string(content), full_check=True)
    except onnx.checker.ValidationError as fault:
        raise ExportError(f"onnx.checker refuses what torch wrote: {first_line(fault)}") from None
    try:
        runtime: Any = import_module("onnxruntime")
    except ImportError:
        return Made(content, "passes onnx.checker; not run, as onnxruntime is not installed")

    def given(state: Mapping[str, Tensor]) -> Run:
        drawn = {key: value for key, value in state.items() if value.is_floating_point()}
        held = {each.name: each for each in proto.graph.initializer}
        if any(key not in held or list(held[key].dims) != [*drawn[key].shape] for key in drawn):
            # torch has transposed a weight, or put several together: once more from there.
            return _running(runtime, _written(network, module, batch).SerializeToString())
        for key, value in drawn.items():
            held[key].CopyFrom(onnx.numpy_helper.from_array(value.numpy(), key))
        return _running(runtime, proto.SerializeToString())

    with refusals("ONNX Runtime"):
        again = _running(runtime, content)
        found = hold(network, module, again, given, batch=batch, tolerance=TOLERANCE)
    return Made(content, f"passes onnx.checker; in ONNX Runtime, {found}")


def _written(network: Network, module: nn.Module, batch: int | None) -> Any:
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
        )
        _tidy(program.model)
        return program.model_proto


def _tidy(model: Any) -> None:
    """Take out of a model of onnxscript what torch only leaves there: sizes, biases of zeros.

    torch's own optimisation would put norms into the convolutions before them, and equal weights
    together: the file's weights would not be the network's. ONNX Runtime does that by itself.
    """
    from onnxscript import optimizer, rewriter
    from onnxscript.rewriter.rules import common

    def may_be_folded(node: Any) -> bool | None:
        """None leaves it to onnxscript."""
        return False if any(value and value.is_initializer() for value in node.inputs) else None

    optimizer.inline(model)
    optimizer.fold_constants(model, should_fold=may_be_folded)
    rewriter.rewrite(
        model,
        [
            common.remove_optional_bias_from_conv_rule,
            common.remove_optional_bias_from_conv_transpose_rule,
            common.remove_optional_bias_from_gemm_rule,
        ],
    )


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
        raise ExportError(
            f"to write ONNX, torch needs {' and '.join(missing)}: pip install 'cnnshape[onnx]'"
        )
    return found["onnx"]
