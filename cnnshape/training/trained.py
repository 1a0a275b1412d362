"""A finished run as a classifier, from its files alone."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors

from ..loading import loads
from ..spec import decode
from ..torch_backend import build
from ..torch_backend.devices import free_memory
from ..torch_backend.layer_check import is_out_of_memory
from .classifier import Classifier
from .data import DataError
from .data.preparation import Preparation
from .faults import CheckpointError, TrainingError
from .loss import leave_out, objective_for
from .reading import NotWhole, digest_of, read_bytes
from .recipe import Recipe
from .run import Run, RunError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor

    from ..network import Network
    from ..torch_backend.network_module import NetworkModule


@dataclass(frozen=True)
class Trained:
    """What a run left.

    Attributes:
        run: its folder.
        network: what was trained.
        classifier: it, with its weights, in evaluation mode.
        recipe: how it was trained.
        result: result.json.
    """

    run: Run
    network: Network
    classifier: Classifier
    recipe: Recipe
    result: dict[str, Any]


def load_trained(run: Run, result: dict[str, Any], device: torch.device) -> Trained:
    """The classifier of a run on a device.

    Args:
        run: its folder.
        result: its result.json.
        device: where it will run.

    Raises:
        RunError: a file is missing or is not what it should be.
        CheckpointError: the weights are not the network's.
        SpecError: spec.yaml is faulty.
        TrainingError: the weights do not fit into the device's memory.
    """
    spec, weights = content_of(run.spec), content_of(run.model)
    check_digest(run, run.model, weights, result)
    try:
        state = load_tensors(weights)
    except (SafetensorError, ValueError, KeyError, MemoryError) as fault:
        raise CheckpointError(f"{run.model} is damaged: {fault}") from None
    network = loads(decode(spec, str(run.spec)).text, str(run.spec))
    recipe = Recipe.from_dict(result["recipe"])
    preparation = _preparation(run, network, result)
    classes = tuple(result["classes"])
    module = _module(run, network, state)
    # Last of all: what is wrong with a spec that was changed says more.
    check_digest(run, run.spec, spec, result)
    objective = objective_for(network, len(classes), recipe)
    if objective.from_logits:
        leave_out(module, objective.answering)
    try:
        module.to(device)
    except RuntimeError as fault:
        if not is_out_of_memory(fault):
            raise
        raise TrainingError(f"{device} has no room for the network; try --device cpu") from fault
    classifier = Classifier(
        module.eval(), objective, preparation, classes, device,
        result["precision"] == "bfloat16",
    )  # fmt: skip
    return Trained(run, network, classifier, recipe, result)


def content_of(file: Path) -> bytes:
    """The content of a file of a run; raises RunError, or CheckpointError where it is damaged."""
    try:
        return read_bytes(file, free_memory() or sys.maxsize)
    except OSError as fault:
        raise RunError(f"cannot read {file}: {fault.strerror}") from None
    except (NotWhole, MemoryError) as fault:
        raise CheckpointError(f"{file} is damaged: {fault or 'too large'}") from None


def check_digest(run: Run, file: Path, content: bytes, result: Mapping[str, Any]) -> None:
    """Raise CheckpointError where a file is not the one whose checksum result.json holds.

    Runs of earlier versions have none.
    """
    expected = result.get("sha256", {}).get(file.name)
    if expected not in (None, digest_of(content)):
        raise CheckpointError(
            f"{file} is damaged, or of another run: its checksum is not the one in "
            f"{run.result.name}; {run.resumption} writes it anew"
        )


def _preparation(run: Run, network: Network, result: Mapping[str, Any]) -> Preparation:
    """How images become what the network reads."""
    try:
        preparation = Preparation.from_dict(result["preparation"])
    except (DataError, OverflowError) as fault:
        raise RunError(f"{run.result} is not whole: {fault}") from None
    if preparation.output_shape != network.input_shape:
        raise RunError(f"{run.result} is not whole: it is of another input than {run.spec}")
    return preparation


def _module(run: Run, network: Network, state: dict[str, Tensor]) -> NetworkModule:
    """The network with its weights; raises CheckpointError where they are not of it."""
    others = CheckpointError(f"the weights in {run.model} are not of the network in {run.spec}")
    # Before room is made for a network of any size.
    if sum(each.numel() for each in state.values()) < network.totals.params:
        raise others
    module = build(network)
    try:
        module.load_state_dict(state)
    except RuntimeError:
        raise others from None
    spoiled = next(
        (name for name, each in module.named_parameters() if not each.isfinite().all()), None
    )
    if spoiled is not None:
        raise CheckpointError(
            f"{run.model} is damaged: {spoiled} holds values that are no finite numbers"
        )
    return module
