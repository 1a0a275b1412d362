"""A finished run as a classifier, from its files alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors

from ..api import load
from ..torch_backend import build
from ..torch_backend.comparison import is_out_of_memory
from .classifier import Classifier
from .data.preparation import Preparation
from .faults import CheckpointError, TrainingError
from .loss import leave_out_last, objective_for
from .recipe import Recipe, RecipeFault
from .run import Run, RunError

if TYPE_CHECKING:
    from ..network import Network


USED = ("data_dir", "precision", "seed", "test_accuracy")
"""What those who measure again need of result.json, beside what makes the classifier."""


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
    try:
        network = load(run.spec)
        recipe = Recipe.from_dict(result["recipe"])
        preparation = Preparation.from_dict(result["preparation"])
        classes = tuple(result["classes"])
        state = load_tensors(run.model.read_bytes())
        for key in USED:
            result[key]
    except OSError as fault:
        raise RunError(f"cannot read {fault.filename}: {fault.strerror}") from None
    except SafetensorError as fault:
        raise CheckpointError(f"{run.model} is damaged: {fault}") from None
    except (KeyError, TypeError, RecipeFault) as fault:
        raise RunError(f"{run.result} is not whole: {fault}") from None
    module = build(network)
    try:
        module.load_state_dict(state)
    except RuntimeError:
        raise CheckpointError(
            f"the weights in {run.model} are not of the network in {run.spec}"
        ) from None
    objective = objective_for(network, len(classes), recipe)
    if objective.from_logits:
        leave_out_last(module)
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
