"""What is said where PyTorch fails."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from cnnshape.training.distributed import Group
from cnnshape.training.explaining import faults_explained, running_explained
from cnnshape.training.faults import TrainingError
from cnnshape.training.plan import Plan

from .runs import CPU, begun

CUDA = torch.device("cuda", 1)
FULL = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")


@pytest.fixture
def plan(tmp_path) -> Plan:
    return begun(tmp_path).plan


def _training(plan: Plan, fault: Exception, processes: int = 1) -> str:
    group = Group(0, processes)
    with pytest.raises(TrainingError) as caught, faults_explained(plan, group, CUDA):
        raise fault
    return str(caught.value)


def _running(fault: Exception, batch: int, device: torch.device = CUDA) -> str:
    with pytest.raises(TrainingError) as caught, running_explained(device, batch):
        raise fault
    return str(caught.value)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("batch", "size", "smaller"), [(32, 1, 16), (3, 1, 1), (24, 4, 12), (12, 4, 4), (20, 4, 8)]
)
def test_a_smaller_batch_is_one_that_the_processes_can_share(plan, batch, size, smaller):
    plan = replace(plan, recipe=replace(plan.recipe, batch=batch))
    assert _training(plan, FULL, size) == (
        f"cuda:1 ran out of memory with a batch of {batch}; "
        f"try a smaller one, such as --batch {smaller}"
    )


def test_where_no_batch_is_smaller_none_is_named(plan):
    plan = replace(plan, recipe=replace(plan.recipe, batch=4))
    told = "cuda:1 ran out of memory with a batch of {}, the smallest one; try --device cpu"
    assert _training(plan, FULL, 4) == told.format(4)
    assert _running(FULL, 1) == told.format(1)
    assert _running(MemoryError(), 1, CPU) == "cpu ran out of memory with a batch of 1"


def test_other_faults_are_a_line_each(plan):
    fault = RuntimeError("CUDA error: an illegal address\nCompile with TORCH_USE_CUDA_DSA")
    line = "RuntimeError: CUDA error: an illegal address"
    assert _running(fault, 8) == f"PyTorch cannot run this network: {line}"
    assert _training(plan, fault) == f"PyTorch cannot train this network: {line}"
    compiled = replace(plan, compile=True)
    assert _training(compiled, fault) == f"torch.compile failed; leave --compile out: {line}"


def test_a_lost_process_is_not_explained_here(plan):
    lost = RuntimeError("[gloo] Connection closed by peer")
    with pytest.raises(RuntimeError) as caught, faults_explained(plan, Group(0, 2), CPU):
        raise lost
    assert caught.value is lost
