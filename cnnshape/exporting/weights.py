"""The module that is exported: a network with weights from a run, from a file, or drawn."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..text.counts import few
from .errors import ExportError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor, nn

    from ..network import Network


def weighted_module(network: Network, weights: str | None, seed: int) -> nn.Module:
    """The network as a torch module in eval mode.

    Args:
        network: what is built.
        weights: the folder of a run, or a file of weights (safetensors, or a state_dict that
            torch.save wrote); None: as PyTorch initialises, from `seed`.
        seed: where the drawing of weights begins.

    Raises:
        ExportError: the file cannot be read, or its weights are not this network's.
        BuildError: a layer's module cannot be made.
    """
    import torch

    from ..torch_backend import build
    from ..torch_backend.devices import shortage

    if lack := shortage(network, 0):
        raise ExportError(f"the weights take {lack}")
    state = None if weights is None else read_weights(weights)
    torch.manual_seed(seed)
    module: nn.Module = build(network)
    if state is not None:
        assert weights is not None
        _check(module.state_dict(), state, weights)
        module.load_state_dict(dict(state))
    return module.eval()


def read_weights(weights: str) -> Mapping[str, Tensor]:
    """The tensors of a run's folder or of a file, by name; nothing in it is run."""
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load, load_file

    path = Path(weights)
    try:
        if path.is_dir():
            return load(_weights_of_run(path))
        if path.suffix == ".safetensors":
            return load_file(path)
        state: Any = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as fault:
        raise ExportError(f"cannot read {path}: {fault.strerror or fault}") from None
    except (ExportError, MemoryError):
        raise
    except SafetensorError as fault:
        raise ExportError(f"{path} is damaged: {fault}") from None
    except Exception as fault:  # what a file's damage raises is not foreseeable
        raise ExportError(
            f"{path} is no file of weights: expected safetensors, or a state_dict that "
            f"torch.save wrote ({type(fault).__name__})"
        ) from None
    named = isinstance(state, dict) and all(isinstance(key, str) for key in state)
    if not named or not all(isinstance(value, torch.Tensor) for value in state.values()):
        raise ExportError(f"{path} is no state_dict: expected tensors by name")
    found: dict[str, Tensor] = state
    return found


def _weights_of_run(folder: Path) -> bytes:
    """The content of a run's file of weights, held to its checksum where the run has ended."""
    from ..training.faults import CheckpointError
    from ..training.run import Run, RunError
    from ..training.trained import check_digest, content_of

    run = Run(folder)
    if not run.model.exists():
        raise ExportError(f"{folder} holds no {run.model.name}: it is not the folder of a run")
    try:
        content = content_of(run.model)
        if run.result.exists():
            check_digest(run, run.model, content, run.read_result())
    except (CheckpointError, RunError) as fault:
        raise ExportError(str(fault)) from None
    return content


def _check(own: Mapping[str, Tensor], given: Mapping[str, Tensor], weights: str) -> None:
    """Raise ExportError where weights are not a network's."""
    faults = []
    for words, keys in (
        ("lacks", [key for key in own if key not in given]),
        ("has also", [key for key in given if key not in own]),
    ):
        if keys:
            faults.append(f"it {words} {few(keys)}")
    for key in own:
        if key in given and own[key].shape != given[key].shape:
            shapes = f"{tuple(given[key].shape)} where the network has {tuple(own[key].shape)}"
            faults.append(f"{key} is {shapes}")
            break
    if faults:
        raise ExportError(f"the weights in {weights} are not of this network: {'; '.join(faults)}")
