"""What is said where PyTorch fails in a run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import torch

from ..torch_backend.comparison import first_line, is_out_of_memory
from .distributed import Group, tells_of_a_lost_peer
from .faults import TrainingError

if TYPE_CHECKING:
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
            half = max(group.size, plan.recipe.batch // 2)
            message = f"{device} ran out of memory; try a smaller batch, such as --batch {half}"
        elif plan.compile:
            message = f"torch.compile failed; leave --compile out: {first_line(fault)}"
        else:
            message = f"PyTorch cannot train this network: {first_line(fault)}"
        raise TrainingError(message) from fault
