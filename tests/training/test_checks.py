"""What is found out before the first step."""

from __future__ import annotations

import pytest

from cnnshape import load, loads
from cnnshape.training import checks
from cnnshape.training.checks import check_augmentation, check_memory, check_processes
from cnnshape.training.distributed import Group
from cnnshape.training.faults import TrainingError
from cnnshape.training.memory import training_memory
from cnnshape.training.recipe import Recipe
from cnnshape.training.session import default_threads

from .runs import CPU

LENET = load("lenet5")


def test_the_estimate_counts_what_a_run_holds():
    outputs = [4704, 4704, 1176, 1600, 1600, 400, 120, 120, 120, 84, 84, 10, 10]
    memory = training_memory(LENET, Recipe())
    assert memory.fixed == 4 * 3 * 61_706
    assert memory.per_sample == 4 * (1024 + sum(outputs) + 2 * 4704)
    assert training_memory(LENET, Recipe(optimizer="adamw", average=0.9)).fixed == 4 * 5 * 61_706
    assert memory.needed(10) == memory.fixed + 10 * memory.per_sample


def test_what_does_not_fit_is_told_with_what_would(monkeypatch):
    memory = training_memory(LENET, Recipe())
    monkeypatch.setattr(checks, "free_memory_of", lambda device: memory.needed(64))
    told = check_memory(LENET, Recipe(), CPU, Group(), 0)
    assert told == "about 7.18 MB of memory needed, 7.18 MB free"
    with pytest.raises(TrainingError) as caught:
        check_memory(LENET, Recipe(batch=65), CPU, Group(), 0)
    assert "a batch of 65 needs about" in str(caught.value)
    assert "--batch 56 would fit" in str(caught.value)
    check_memory(LENET, Recipe(batch=56), CPU, Group(), 0)
    # Two processes share the batch, and on one machine the memory.
    check_memory(LENET, Recipe(batch=128), CPU, Group(0, 2), 0)
    with pytest.raises(TrainingError, match="--batch 48 would fit"):
        check_memory(LENET, Recipe(batch=128), CPU, Group(0, 2, local_size=2), 0)


def test_where_nothing_fits_that_is_told(monkeypatch):
    monkeypatch.setattr(checks, "free_memory_of", lambda device: 1000)
    with pytest.raises(TrainingError, match="not even a batch of 1 would fit"):
        check_memory(LENET, Recipe(batch=1), CPU, Group(), 0)


def test_where_the_system_does_not_say_the_run_goes_on(monkeypatch):
    monkeypatch.setattr(checks, "free_memory_of", lambda device: None)
    assert check_memory(LENET, Recipe(), CPU, Group(), 0).endswith("of memory needed")


def test_images_count_where_they_will_be_in_memory(monkeypatch):
    monkeypatch.setattr(checks, "free_memory_of", lambda device: 10_000_000)
    # 1,000 of 32×32 are 1 MB; 6,000 are more than half of what is free, and so are streamed.
    assert "about 8.21 MB" in check_memory(LENET, Recipe(), CPU, Group(), 1_000)
    assert "about 7.18 MB" in check_memory(LENET, Recipe(), CPU, Group(), 6_000)


def test_images_alone_are_augmented():
    signals = loads("input: [2, 9]\nlayers: [Flatten, {type: Linear, out_features: 10}]")
    check_augmentation(Recipe(augment=("flip",)), LENET)
    check_augmentation(Recipe(augment=()), signals)
    with pytest.raises(TrainingError, match="flip can be done to images, C×H×W, and the network"):
        check_augmentation(Recipe(augment=("flip",)), signals)


@pytest.mark.parametrize(("batch", "size", "fits"), [(64, 2, None), (65, 2, 64), (3, 4, 4)])
def test_processes_share_a_batch_alike(batch, size, fits):
    if fits is None:
        check_processes(Recipe(batch=batch), Group(0, size))
        return
    with pytest.raises(TrainingError, match=f"try --batch {fits}"):
        check_processes(Recipe(batch=batch), Group(0, size))


def test_a_resumed_run_names_the_numbers_of_processes_that_share_its_batch():
    with pytest.raises(TrainingError) as caught:
        check_processes(Recipe(batch=64), Group(0, 3), resumed=True)
    assert str(caught.value) == (
        "a batch of 64 cannot be shared by 3 processes alike, and --resume keeps the batch: "
        "start 1, 2 or 4 processes"
    )
    for count in (1, 2, 4):
        check_processes(Recipe(batch=64), Group(0, count), resumed=True)


def test_a_small_step_has_few_threads(monkeypatch):
    monkeypatch.setattr("torch.get_num_threads", lambda: 64)
    assert default_threads(LENET, Recipe(batch=8), Group()) == 1
    assert 1 < default_threads(LENET, Recipe(batch=64), Group()) < 8
    assert default_threads(load("resnet18"), Recipe(batch=64), Group()) == 64
    assert default_threads(LENET, Recipe(batch=8), Group(0, 2)) == 64
