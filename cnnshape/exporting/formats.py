"""Files of a network with its weights. Each is loaded again and run before it is handed out."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from .errors import ExportError

if TYPE_CHECKING:
    from torch import Tensor, nn

    from ..network import Network

EXACT = 1e-5
ONNX = 1e-4
"""How far outputs may be apart, as a part of the greatest of them."""
SMALLEST = 1e-3
"""What the greatest output is taken for, at least."""
ONNX_LIMIT = 2**31
"""Bytes that a file of protocol buffers may have."""
LARGE_PARAMS = 100_000_000
LARGE_MACS = 20_000_000_000
"""From these sizes on, Python source is checked by its shapes, and not run."""


class Made(NamedTuple):
    """What is to be written, and what was checked of it."""

    content: bytes
    checked: str


def to_state_dict(network: Network, module: nn.Module) -> Made:
    """The weights alone, as safetensors."""
    import torch
    from safetensors.torch import load, save

    state = {key: value.contiguous() for key, value in module.state_dict().items()}
    content = save(state, metadata={"format": "pt"})
    read = load(content)
    if read.keys() != state.keys() or not all(torch.equal(read[key], state[key]) for key in state):
        raise ExportError("the weights that were written are not those that are read again")
    return Made(content, f"{len(state)} tensors, read again")


def to_torchscript(network: Network, module: nn.Module, batch: int | None) -> Made:
    """A TorchScript program, traced; it runs without Python."""
    import torch

    jit: Any = torch.jit
    example = _example(network, batch or 2)
    buffer = io.BytesIO()
    with _quiet(), _refusals("torch.jit.trace"):
        jit.save(jit.trace(module, example), buffer)
        again: Any = jit.load(io.BytesIO(buffer.getvalue()))
    checked = _held(network, module, again, batch, EXACT, partial(_with_weights, again))
    return Made(buffer.getvalue(), checked)


def to_exported_program(network: Network, module: nn.Module, batch: int | None) -> Made:
    """A program of torch.export, as torch.export.save writes it."""
    import torch

    buffer = io.BytesIO()
    with _quiet(), _refusals("torch.export"):
        program = torch.export.export(
            module, (_example(network, batch or 2),), dynamic_shapes=_dynamic(batch), strict=False
        )
        torch.export.save(program, buffer)
        again = torch.export.load(io.BytesIO(buffer.getvalue())).module()
    checked = _held(network, module, again, batch, EXACT, partial(_with_weights, again))
    return Made(buffer.getvalue(), checked)


def to_onnx(network: Network, module: nn.Module, batch: int | None) -> Made:
    """An ONNX model, checked by onnx.checker and run by ONNX Runtime.

    Raises:
        ExportError: what it needs is not installed, or torch has no ONNX for a layer.
    """
    onnx = _import_onnx()
    import numpy as np
    import torch

    names = [f"output{k}" for k in range(len(network.outputs))] if len(network.outputs) > 1 else []

    def written() -> Any:
        with _quiet(), _refusals("torch.onnx"):
            program: Any = torch.onnx.export(
                module,
                (_example(network, batch or 2),),
                dynamo=True,
                dynamic_shapes=_dynamic(batch),
                input_names=["input"],
                output_names=names or ["output"],
                verbose=False,
            )
            return program.model_proto

    proto = written()
    if proto.ByteSize() >= ONNX_LIMIT:
        raise ExportError("an ONNX file holds less than 2 GB, and this network has more weights")
    content: bytes = proto.SerializeToString()
    try:
        onnx.checker.check_model(onnx.load_model_from_string(content), full_check=True)
    except onnx.checker.ValidationError as fault:
        raise ExportError(f"onnx.checker refuses what torch wrote: {_line(fault)}") from None
    try:
        onnxruntime: Any = import_module("onnxruntime")
    except ImportError:
        return Made(content, "passes onnx.checker; not run, as onnxruntime is not installed")
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4

    def running(model: bytes) -> Callable[[Tensor], Sequence[Tensor]]:
        session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

        def again(x: Tensor) -> Sequence[Tensor]:
            found = session.run(None, {"input": x.numpy()})
            return [torch.from_numpy(np.asarray(each)) for each in found]

        return again

    def given(state: Mapping[str, Tensor]) -> Callable[[Tensor], Sequence[Tensor]]:
        drawn = {key: value for key, value in state.items() if value.is_floating_point()}
        held = {each.name: each for each in proto.graph.initializer}
        if any(key not in held or list(held[key].dims) != [*drawn[key].shape] for key in drawn):
            # torch put weights together, those of norms into convolutions: once more from there.
            return running(written().SerializeToString())
        for key, value in drawn.items():
            held[key].CopyFrom(onnx.numpy_helper.from_array(value.numpy(), key))
        return running(proto.SerializeToString())

    with _refusals("ONNX Runtime"):
        compared = _held(network, module, running(content), batch, ONNX, given)
    return Made(content, f"passes onnx.checker; in ONNX Runtime, {compared}")


def check_python(network: Network, source: str) -> str:
    """Load a file of :func:`to_python`, and hold it against the network.

    Returns what was checked: the keys and shapes of the state_dict, and the outputs for the
    same weights, or the shapes alone where the network is large.

    Raises:
        ExportError: they differ, or the file cannot be loaded.
    """
    import torch

    from ..torch_backend import build
    from .python_file import root_class

    large = network.totals.params > LARGE_PARAMS or (network.totals.macs or 0) > LARGE_MACS
    made = _loaded(source, root_class(source))
    with torch.device("meta" if large else "cpu"):
        torch.manual_seed(0)
        module = build(network).eval()
        again: nn.Module = made().eval()
    own, other = module.state_dict(), again.state_dict()
    if {k: v.shape for k, v in own.items()} != {k: v.shape for k, v in other.items()}:
        raise ExportError("the file that was written has other parameters than the network")
    if large:
        with torch.device("meta"), torch.no_grad():
            x = torch.empty(2, *network.input_shape)
            for want, have in zip(_tuple(module(x)), _tuple(again(x)), strict=True):
                if want.shape != have.shape:
                    raise ExportError("the file that was written gives other shapes")
        return f"loaded again: the same {len(own)} tensors and shapes (not run: it is large)"
    again.load_state_dict(own)
    compared = _held(network, module, again, None, EXACT, partial(_with_weights, again))
    return f"loaded again: the same {len(own)} tensors, {compared}"


def _loaded(source: str, name: str) -> Callable[[], nn.Module]:
    """The class of this name in a Python file that was written here."""
    from importlib.util import module_from_spec, spec_from_file_location
    from pathlib import Path
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="cnnshape-") as folder:
        path = Path(folder) / "exported.py"
        path.write_text(source, encoding="utf-8")
        spec = spec_from_file_location("cnnshape_exported", path)
        assert spec is not None
        assert spec.loader is not None
        file = module_from_spec(spec)
        with _refusals("Python"):
            spec.loader.exec_module(file)
    made: Callable[[], nn.Module] = getattr(file, name)
    return made


def _with_weights(again: Any, state: Mapping[str, Tensor]) -> Callable[[Tensor], Any]:
    again.load_state_dict(dict(state))
    loaded: Callable[[Tensor], Any] = again
    return loaded


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


def _example(network: Network, batch: int, seed: int = 0) -> Tensor:
    import torch

    generator = torch.Generator().manual_seed(seed)
    return torch.randn(batch, *network.input_shape, generator=generator)


def _dynamic(batch: int | None) -> Any:
    if batch is not None:
        return None
    import torch

    return ({0: torch.export.Dim("batch")},)


def _held(
    network: Network,
    module: nn.Module,
    again: Callable[[Tensor], Any],
    batch: int | None,
    tolerance: float,
    given: Callable[[Mapping[str, Tensor]], Callable[[Tensor], Any]],
) -> str:
    """As :func:`_compared`, and once more with weights that are drawn so that every layer shows.

    Through many layers that PyTorch has just initialised, hardly anything of the input comes
    out, and a difference would not be seen.

    Args:
        given: what was loaded again, with other weights.
    """
    from ..torch_backend.initialisation import draw_weights

    found = _compared(network, module, again, batch, tolerance)
    own = {key: value.clone() for key, value in module.state_dict().items()}
    try:
        draw_weights(module)
        _compared(network, module, given(module.state_dict()), batch, tolerance)
    finally:
        module.load_state_dict(own)
    return found


def _compared(
    network: Network,
    module: nn.Module,
    again: Callable[[Tensor], Any],
    batch: int | None,
    tolerance: float,
) -> str:
    """Hold what was loaded again against the module; for any batch, with another than before."""
    import torch

    x = _example(network, batch or 3, seed=1)
    with torch.no_grad():
        wanted, found = _tuple(module(x.clone())), _tuple(again(x.clone()))
    worst = 0.0
    for want, have in zip(wanted, found, strict=True):
        if want.shape != have.shape:
            raise ExportError(
                f"what was written gives {tuple(have.shape)}, where PyTorch gives "
                f"{tuple(want.shape)}"
            )
        scale = max(SMALLEST, float(want.abs().max())) if want.numel() else 1.0
        apart = float((want - have).abs().max()) / scale if want.numel() else 0.0
        if not apart <= tolerance:
            raise ExportError(
                f"what was written gives other outputs than PyTorch: {apart:.2g} apart, where "
                f"{tolerance:g} is allowed"
            )
        worst = max(worst, apart)
    return "the same outputs" if worst == 0 else f"outputs within {worst:.1g} of PyTorch's"


def _tuple(values: Any) -> tuple[Tensor, ...]:
    return tuple(values) if isinstance(values, (tuple, list)) else (values,)


@contextmanager
def _refusals(who: str) -> Iterator[None]:
    """Turn whatever a library raises into an ExportError with its first line."""
    try:
        yield
    except ExportError:
        raise
    except Exception as fault:
        cause = fault
        while cause.__cause__ is not None and isinstance(cause.__cause__, Exception):
            cause = cause.__cause__
        raise ExportError(f"{who} cannot take this network: {_line(cause)}") from fault


def _line(fault: Exception) -> str:
    lines = [line.strip() for line in str(fault).splitlines() if line.strip()]
    return lines[0][:300] if lines else type(fault).__name__


@contextmanager
def _quiet() -> Iterator[None]:
    """Let torch's exporters say nothing of their own deprecations and of what is not there."""
    import logging

    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
