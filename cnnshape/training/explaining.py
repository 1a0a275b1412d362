"""What is said where PyTorch fails in a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import torch

from ..torch_backend.devices import shortage
from ..torch_backend.layer_check import is_out_of_memory, named_line
from .distributed import Group, tells_of_a_lost_peer
from .faults import TrainingError

if TYPE_CHECKING:
    from ..network import Network
    from .plan import Plan


@contextmanager
def faults_explained(plan: Plan, group: Group, device: torch.device) -> Iterator[None]:
    """Turn what PyTorch raises in a run into a TrainingError of one line."""
    try:
        yield
    except (MemoryError, RuntimeError, ValueError) as fault:
        if isinstance(fault, RuntimeError) and not group.alone and tells_of_a_lost_peer(fault):
            raise
        if is_out_of_memory(fault):
            message = _out_of_memory(device, plan.recipe.batch, group.size)
        elif plan.compile:
            message = f"torch.compile failed; leave --compile out: {named_line(fault)}"
        else:
            message = f"PyTorch cannot train this network: {named_line(fault)}"
        raise TrainingError(message) from fault


@contextmanager
def running_explained(device: torch.device, batch: int) -> Iterator[None]:
    """Turn what PyTorch raises where a trained network is run into a TrainingError of one line."""
    try:
        yield
    except (MemoryError, RuntimeError) as fault:
        if is_out_of_memory(fault):
            raise TrainingError(_out_of_memory(device, batch)) from fault
        raise TrainingError(f"PyTorch cannot run this network: {named_line(fault)}") from fault


def fitting_batch(
    network: Network, batch: int, device: torch.device, report: Callable[[str], None]
) -> int:
    """How many images are run at once: `batch`, or as many as there is memory for.

    Raises:
        TrainingError: there is none for a single one.
    """
    fits = batch
    while lack := shortage(network, fits, device=device):
        if fits == 1:
            raise TrainingError(f"to run the network on one image takes {lack}")
        fits = (fits + 1) // 2
    if fits < batch:
        lack = shortage(network, batch, device=device)
        report(f"{fits:,} images are run at once, as {batch:,} take {lack}")
    return fits


def _out_of_memory(device: torch.device, batch: int, processes: int = 1) -> str:
    """What was too much, and a batch of about half that processes can share."""
    told = f"{device} ran out of memory with a batch of {batch}"
    half = batch // 2 // processes * processes
    if half:
        return f"{told}; try a smaller one, such as --batch {half}"
    return told if device.type == "cpu" else f"{told}, the smallest one; try --device cpu"
