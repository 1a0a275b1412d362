"""What is found out before the first step."""

from __future__ import annotations

from math import prod

import pytest
import torch

from cnnshape import load, loads
from cnnshape.torch_backend import build
from cnnshape.training import checks
from cnnshape.training.checks import check_augmentation, check_memory, check_processes
from cnnshape.training.distributed import Group
from cnnshape.training.faults import TrainingError
from cnnshape.training.keeping import Kept
from cnnshape.training.memory import measured_memory, training_memory
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


NETS = [
    LENET,
    load("lenet5_1998"),
    load("resnet18", input=(3, 32, 32)),
    load("mobilenet_v2", input=(3, 32, 32)),
    loads("name: own\ninput: [3, 9, 9]\nlayers: [{type: Conv2d, out_channels: 4, kernel_size: 3},"
          " GELU, {type: Dropout, p: 0.5}, {type: AvgPool2d, kernel_size: 2}, Flatten, SiLU]"),
]  # fmt: skip


@pytest.mark.parametrize("net", NETS, ids=lambda net: net.name)
@pytest.mark.parametrize("mixed", [False, True])
def test_what_is_kept_for_the_way_back_is_counted_as_autograd_keeps_it(net, mixed):
    samples = 8
    module = build(net).train()
    with Kept(module) as kept, torch.autocast("cpu", torch.bfloat16, enabled=mixed):
        module(torch.rand(samples, *net.input_shape))
    memory = measured_memory(net, Recipe(), mixed=mixed)
    gradients = 2 * 4 * max(prod(node.output_shape) for node in net.layers)
    images = 4 * prod(net.input_shape)
    step = memory.needed(samples) - training_memory(net, Recipe()).fixed
    assert kept.total <= step <= 1.05 * kept.total + samples * (gradients + images)


def test_weights_that_are_computed_anew_in_each_step_are_counted_whatever_the_batch():
    net = loads(
        "input: [4, 6, 6]\n"
        "layers: [{type: Conv2d, out_channels: 4, kernel_size: 3, padding: 1}, ReLU, Flatten,"
        " {type: WeightNormLinear, out_features: 300}]"
    )
    memory, weights = measured_memory(net, Recipe()), 4 * 300 * 144
    assert weights <= memory.fixed - training_memory(net, Recipe()).fixed <= 2.05 * weights
    module = build(net).train()
    with Kept(module) as kept:
        module(torch.rand(8, 4, 6, 6))
    assert memory.needed(8) - training_memory(net, Recipe()).fixed >= kept.total


def test_where_measuring_could_take_too_much_the_shapes_give_a_bound():
    bound = training_memory(LENET, Recipe())
    assert measured_memory(LENET, Recipe(), free=bound.needed(4)) == bound
    assert measured_memory(LENET, Recipe(), free=10**10).per_sample < bound.per_sample


def test_what_does_not_fit_is_told_with_what_would(monkeypatch):
    memory = measured_memory(LENET, Recipe())
    monkeypatch.setattr(checks, "free_memory_of", lambda device: memory.needed(64))
    told = check_memory(LENET, Recipe(), CPU, Group(), 0)
    assert told == "about 4.88 MB of memory needed, 4.88 MB free"
    with pytest.raises(TrainingError) as caught:
        check_memory(LENET, Recipe(batch=65), CPU, Group(), 0)
    assert "a batch of 65 needs about" in str(caught.value)
    assert "--batch 56 would fit" in str(caught.value)
    check_memory(LENET, Recipe(batch=56), CPU, Group(), 0)
    # Two processes share the batch, and on one machine the memory.
    check_memory(LENET, Recipe(batch=128), CPU, Group(0, 2), 0)
    with pytest.raises(TrainingError, match="--batch 44 would fit"):
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
    assert "about 5.9 MB" in check_memory(LENET, Recipe(), CPU, Group(), 1_000)
    assert "about 4.88 MB" in check_memory(LENET, Recipe(), CPU, Group(), 6_000)


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
