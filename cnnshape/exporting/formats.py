"""Files of torch's own forms, each loaded again and run before it is handed out."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from ..text.counts import count_of
from .errors import ExportError
from .libraries import quiet, refusals
from .output_check import Made, example, hold, no_run, with_state

if TYPE_CHECKING:
    from torch import nn

    from ..network import Network


def to_state_dict(network: Network, module: nn.Module) -> Made:
    """The weights alone, as safetensors."""
    import torch
    from safetensors.torch import load, save

    state = {key: value.contiguous() for key, value in module.state_dict().items()}
    content = save(state, metadata={"format": "pt"})
    read = load(content)
    if read.keys() != state.keys() or not all(torch.equal(read[key], state[key]) for key in state):
        raise ExportError("the weights that were written are not those that are read again")
    return Made(content, f"{count_of(len(state), 'tensor')}, read again")


def to_torchscript(network: Network, module: nn.Module, batch: int | None) -> Made:
    """A TorchScript program, traced; it runs without Python."""
    import torch

    from ..torch_backend.devices import shortage

    jit: Any = torch.jit
    if lack := shortage(network, batch or 2):
        raise ExportError(f"to trace it takes {lack}; ONNX and torch.export need no run")
    buffer = io.BytesIO()
    with quiet(), refusals("torch.jit.trace"):
        # Its own check refuses graphs that are written otherwise and do the same.
        traced = jit.trace(module, example(network, batch or 2), check_trace=False)
        jit.save(traced, buffer)
        again: Any = jit.load(io.BytesIO(buffer.getvalue()))
    if why := no_run(network, batch):
        return Made(buffer.getvalue(), why)
    return Made(buffer.getvalue(), hold(network, module, again, with_state(again), batch=batch))


def to_exported_program(network: Network, module: nn.Module, batch: int | None) -> Made:
    """A program of torch.export, as torch.export.save writes it."""
    import torch

    buffer = io.BytesIO()
    shapes = dynamic_shapes(batch)
    with quiet(), refusals("torch.export"):
        given = (example(network, batch or 2),)
        program = torch.export.export(module, given, dynamic_shapes=shapes, strict=False)
        torch.export.save(program, buffer)
        again = torch.export.load(io.BytesIO(buffer.getvalue())).module()
    if why := no_run(network, batch):
        return Made(buffer.getvalue(), f"loaded again; {why}")
    return Made(buffer.getvalue(), hold(network, module, again, with_state(again), batch=batch))


def dynamic_shapes(batch: int | None) -> Any:
    """What torch.export is told of the input's dimensions: any batch, unless one is given."""
    import torch

    return ({0: torch.export.Dim("batch")},) if batch is None else None
