"""What is found out before the first step."""

from __future__ import annotations

import pytest
import torch
from PIL import Image

from cnnshape import Network, load, loads
from cnnshape.layers import listed, registry
from cnnshape.torch_backend import build
from cnnshape.training import checks, keeping
from cnnshape.training.checks import check_augmentation, check_memory, check_processes
from cnnshape.training.distributed import Group
from cnnshape.training.faults import TrainingError
from cnnshape.training.keeping import held_in_a_step
from cnnshape.training.memory import (
    Growth,
    TrainingMemory,
    measured_memory,
    training_memory,
)
from cnnshape.training.recipe import Recipe
from cnnshape.training.session import default_threads

from ..exporting.test_types import network_of
from .runs import CPU, begun

LENET = load("lenet5")


def test_the_bound_counts_every_output():
    outputs = [4704, 4704, 1176, 1600, 1600, 400, 120, 120, 120, 84, 84, 10, 10]
    memory = training_memory(LENET, Recipe())
    assert memory.fixed == 4 * 3 * 61_706
    assert memory.saved == Growth(0, 4 * (1024 + sum(outputs)))
    assert memory.held == (Growth(0, 4 * (1024 + sum(outputs) + 2 * 4704)),)
    assert training_memory(LENET, Recipe(optimizer="adamw", average=0.9)).fixed == 4 * 5 * 61_706
    assert memory.needed(10) == memory.fixed + 10 * memory.held[0].per_sample


def assert_as_autograd_keeps(net: Network, mixed: bool, samples: int = 3) -> TrainingMemory:
    """The estimate is what hooks see of a batch that it was not made from, or a little more."""
    module, seen = build(net).train(), {}
    own = {each.untyped_storage()._cdata for each in (*module.parameters(), *module.buffers())}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        seen[storage._cdata] = storage
        return tensor

    hooks = torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor)
    with hooks, torch.autocast("cpu", torch.bfloat16, enabled=mixed):
        module(torch.rand(samples, *net.input_shape))
    kept = sum(storage.nbytes() for number, storage in seen.items() if number not in own)
    memory = measured_memory(net, Recipe(), mixed=mixed)
    assert kept <= memory.saved.at(samples) <= 1.005 * kept, (memory.saved.at(samples), kept)
    assert memory.needed(samples) >= memory.fixed + kept
    return memory


TYPES = sorted(listed())


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
@pytest.mark.parametrize("mixed", [False, True])
@pytest.mark.parametrize("name", TYPES)
def test_what_a_layer_keeps_for_the_way_back_is_counted_as_autograd_keeps_it(name, mixed):
    assert_as_autograd_keeps(network_of(registry()[name], 0), mixed)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "input", "most"),
    [
        ("lenet5", (1, 32, 32), 1.3),  # its first maps are most of all that it keeps
        ("unet", (1, 188, 188), 1.4),  # gradients wait for the way down
        ("resnet18", (3, 32, 32), 1.1),
        ("resnet50", (3, 32, 32), 1.1),
        ("mobilenet_v2", (3, 32, 32), 1.1),
        ("densenet121", (3, 32, 32), 1.1),
    ],
)
def test_a_step_of_a_net_takes_what_autograd_keeps_and_few_gradients(name, input, most):
    params = {"width": 4} if name == "unet" else None
    memory = assert_as_autograd_keeps(load(name, input=input, params=params), False)
    assert memory.needed(64) - memory.fixed <= most * memory.saved.at(64)


def test_the_gradients_that_are_alive_are_those_of_values_that_are():
    net = loads(
        "input: [1, 4, 4]\n"
        "layers:\n"
        "  - {name: a, type: Conv2d, out_channels: 2, kernel_size: 1}\n"
        "  - {name: b, type: Sigmoid}\n"
        "  - {name: c, type: Sigmoid}\n"
        "  - {type: Add, from: [a, c]}\n"
    )
    held = held_in_a_step(net, 1, mixed=False)
    image, value = 4 * 16, 4 * 32
    # Kept: the image, b, c. Alive at c: the gradients of b, c, and of a, which Add reads too.
    kept = image + 2 * value
    assert held.saved == held.at_layers[-1] == kept
    assert held.at_layers[2] == held.at_layers[3] == kept + 3 * value


@pytest.mark.slow
def test_weights_that_are_computed_anew_in_each_step_are_counted_whatever_the_batch():
    net = loads(
        "input: [4, 6, 6]\n"
        "layers: [{type: Conv2d, out_channels: 4, kernel_size: 3, padding: 1}, ReLU, Flatten,"
        " {type: WeightNormLinear, out_features: 300}]"
    )
    memory = assert_as_autograd_keeps(net, False)
    assert memory.saved.base == pytest.approx(4 * 300 * 144, rel=0.01)


@pytest.mark.parametrize("mixed", [False, True])
def test_without_values_as_much_is_kept(mixed, monkeypatch):
    net = loads(
        "input: [3, 8, 8]\n"
        "layers:\n"
        "  - {type: Conv2d, out_channels: 8, kernel_size: 3}\n"
        "  - BatchNorm2d\n"
        "  - ReLU\n"
        "  - {type: MaxPool2d, kernel_size: 2}\n"
        "  - Flatten\n"
        "  - {type: Linear, out_features: 10}\n"
    )
    real = measured_memory(net, Recipe(), mixed=mixed)
    monkeypatch.setattr("cnnshape.training.memory.PROBE_MACS", 0)
    saved = measured_memory(net, Recipe(), mixed=mixed).saved
    assert saved.per_sample == real.saved.per_sample
    # The number of batches is a buffer too, and no statistic.
    assert 0 <= saved.base - real.saved.base <= 2


def test_where_a_net_cannot_be_run_on_a_few_samples_the_shapes_give_a_bound(monkeypatch):
    def refuse(*arguments: object, **options: object) -> None:
        raise TypeError("no values")

    monkeypatch.setattr(keeping, "held_in_a_step", refuse)
    assert measured_memory(LENET, Recipe()) == training_memory(LENET, Recipe())


def test_what_does_not_fit_is_told_with_what_would(monkeypatch):
    memory = measured_memory(LENET, Recipe())
    monkeypatch.setattr(checks, "free_memory_of", lambda device: memory.needed(64))
    told = check_memory(LENET, Recipe(), CPU, Group(), 0)
    assert told == "about 4.62 MB of memory needed, 4.62 MB free"
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


def test_what_one_sample_does_not_fit_into_is_told_before_images_are_read(tmp_path, monkeypatch):
    for name in "ab":
        (tmp_path / name).mkdir()
        Image.new("L", (8, 8)).save(tmp_path / name / "1.png")
    wide = loads(
        "input: [1, 30000, 30000]\nlayers: [{type: AdaptiveAvgPool2d, output_size: 1}, Flatten, "
        "{type: Linear, out_features: 2}]"
    )
    monkeypatch.setattr(checks, "free_memory_of", lambda device: 1 << 30)
    told: list[str] = []
    with pytest.raises(TrainingError, match="not even a batch of 1 would fit"):
        begun(tmp_path / "run", wide, dataset=f"folder:{tmp_path}", tell=told.append)
    assert told == []


def test_where_the_system_does_not_say_the_run_goes_on(monkeypatch):
    monkeypatch.setattr(checks, "free_memory_of", lambda device: None)
    assert check_memory(LENET, Recipe(), CPU, Group(), 0).endswith("of memory needed")


def test_images_count_where_they_will_be_in_memory(monkeypatch):
    monkeypatch.setattr(checks, "free_memory_of", lambda device: 10_000_000)
    # 1,000 of 32×32 are 1 MB; 6,000 are more than half of what is free, and so are streamed.
    assert "about 5.64 MB" in check_memory(LENET, Recipe(), CPU, Group(), 1_000)
    assert "about 4.62 MB" in check_memory(LENET, Recipe(), CPU, Group(), 6_000)


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
