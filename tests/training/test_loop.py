"""The loop: the same bits twice, and after every kind of stop."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
from dataclasses import replace

import numpy as np
import pytest
import torch
import yaml
from PIL import Image

from cnnshape import load
from cnnshape.training import batches, loop, session
from cnnshape.training import result as result_module
from cnnshape.training.batches import Resident, Streamed
from cnnshape.training.curves import curves_svg
from cnnshape.training.distributed import Group
from cnnshape.training.events import EpochDone, Looked
from cnnshape.training.faults import CheckpointError, Interrupted, TrainingError
from cnnshape.training.loop import steps_of_epoch, train
from cnnshape.training.progress import Progress, Silent
from cnnshape.training.run import Run
from cnnshape.training.session import copies_on_disk
from cnnshape.training.start import carry_out

from .data.conftest import bad_inside, write_image
from .runs import TINY, begun, network, resumed, trained


def _digest(folder) -> str:
    return hashlib.sha256(Run(folder).model.read_bytes()).hexdigest()


@pytest.fixture
def always(monkeypatch):
    """Look, and save, after every step."""
    monkeypatch.setattr(loop, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(loop, "SAVE_SECONDS", 0.0)
    monkeypatch.setattr(loop, "SAVE_SHARE", 1e9)


class _StopAfter(Progress):
    """Raises KeyboardInterrupt's cause, a SIGINT, after so many looks."""

    def __init__(self, looks: int) -> None:
        self.left = looks

    def show(self, event) -> None:
        if isinstance(event, Looked):
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGINT)


class _Collect(Progress):
    def __init__(self) -> None:
        self.events = []

    def show(self, event) -> None:
        self.events.append(event)


RECIPES = [
    {},
    {"optimizer": "adamw", "average": 0.9, "augment": "shift:1,flip,distort"},
]


@pytest.mark.slow
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("recipe", RECIPES)
def test_the_same_seed_gives_the_same_bits_and_another_seed_others(tmp_path, recipe, threads):
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        trained(tmp_path / name, seed=seed, threads=threads, **recipe)
    assert _digest(tmp_path / "a") == _digest(tmp_path / "b") != _digest(tmp_path / "c")


@pytest.mark.slow
@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize(
    ("stop", "place"), [(1, (0, 1)), (4, (0, 4)), (10, (0, 10)), (11, (1, 1)), (14, (1, 4))]
)
def test_a_run_that_was_stopped_ends_as_one_that_was_not(tmp_path, always, recipe, stop, place):
    # 300 images in batches of 32 are 10 steps an epoch: stops are within, at and after its end.
    trained(tmp_path / "whole", **recipe)
    with pytest.raises(Interrupted):
        carry_out(begun(tmp_path / "stopped", **recipe), _StopAfter(stop))
    again = resumed(tmp_path / "stopped")
    assert (again.position.epoch, again.position.step) == place
    result = carry_out(again, Silent())
    assert _digest(tmp_path / "stopped") == _digest(tmp_path / "whole")
    whole = Run(tmp_path / "whole").read_result()
    for figure in ("test_accuracy", "test_loss", "confusion", "class_accuracy"):
        assert result[figure] == whole[figure]
    metrics = [Run(tmp_path / name).metrics.read_text() for name in ("stopped", "whole")]
    rows = [[line.split(",")[:6] for line in text.splitlines()] for text in metrics]
    assert rows[0] == rows[1]


@pytest.mark.slow
@pytest.mark.parametrize("kind", [Resident, Streamed])
def test_a_broken_image_is_named_left_out_and_may_be_removed_meanwhile(
    tmp_path, always, monkeypatch, kind
):
    if kind is Streamed:
        for module in (session, batches):
            monkeypatch.setattr(module, "MEMORY_SHARE", 0)
    for name, level in (("a", 40), ("b", 200)):
        for number in range(40):
            write_image(tmp_path / "photos" / name / f"{number}.png", level + number, (8, 8))
    bad = tmp_path / "photos" / "a" / "bad.jpg"
    bad_inside(bad)
    lines, settings = [], {"dataset": f"folder:{tmp_path / 'photos'}", "batch": 8}
    stopped = begun(tmp_path / "stopped", network(classes=2), tell=lines.append, **settings)
    assert sum("left out as broken, 1 of 81 images: a/bad.jpg" in line for line in lines) == 1
    assert type(stopped.job.train) is kind
    with pytest.raises(Interrupted):
        carry_out(stopped, _StopAfter(3))
    bad.unlink()
    carry_out(resumed(tmp_path / "stopped"), Silent())
    trained(tmp_path / "whole", network(classes=2), **settings)
    assert _digest(tmp_path / "stopped") == _digest(tmp_path / "whole")


@pytest.mark.slow
def test_what_is_saved_is_never_half_a_step(tmp_path, always):
    # Whatever state is on disk after any step, going on from it gives the same weights.
    trained(tmp_path / "whole")
    training = begun(tmp_path / "cut")
    states = []
    for event in train(training.job, training.position, training.tally):
        if isinstance(event, Looked):
            states.append(training.run.checkpoint.read_bytes())
    for state in (states[0], states[5], states[9], states[-1]):
        training.run.checkpoint.write_bytes(state)
        carry_out(resumed(tmp_path / "cut"), Silent())
        assert _digest(tmp_path / "cut") == _digest(tmp_path / "whole")


@pytest.mark.parametrize(
    ("samples", "batch", "processes", "sizes"),
    [
        (96, 64, 1, [48, 48]),
        (128, 64, 1, [64, 64]),
        (300, 128, 1, [100, 100, 100]),
        (65, 64, 1, [33, 32]),
        (5, 2, 1, [3, 2]),  # never one alone
        (3, 2, 1, [3]),
        (3, 1, 1, [1, 1, 1]),
        (1, 1, 1, [1]),
        (9, 8, 4, [9]),
        (5, 4, 4, [5]),  # never none
        (20, 8, 2, [7, 7, 6]),
    ],
)
def test_an_epoch_is_a_pass_over_all_images(samples, batch, processes, sizes):
    steps = steps_of_epoch(samples, batch, processes)
    batches = torch.tensor_split(torch.arange(samples), steps)
    assert [len(each) for each in batches] == sizes
    assert sum(sizes) == samples
    shares = [len(Group(rank, processes).share(each)) for each in batches
              for rank in range(processes)]  # fmt: skip
    assert min(shares) >= min(2, batch // processes)


def test_every_image_is_learned_from_in_every_epoch(tmp_path):
    training = begun(tmp_path, batch=128)
    job = training.job
    assert job.steps == 3
    assert [job.images_after(step) for step in range(4)] == [0, 100, 200, 300]
    seen: list[torch.Tensor] = []

    class Noting(Resident):
        def batches(self, order):
            seen.extend(order)
            return super().batches(order)

    noting = Noting(job.train.pixels, job.train.labels)
    carry_out(replace(training, job=replace(job, train=noting)), Silent())
    epochs = torch.cat(seen).view(2, 300)
    assert torch.equal(epochs.sort(1).values, torch.arange(300).expand(2, 300))
    rows = Run(tmp_path).metrics.read_text().splitlines()[1:]
    assert all(float(row.split(",")[3]) * 300 % 1 < 1e-9 for row in rows)


def test_batch_norm_and_one_image_left_over(tmp_path):
    layers = ["Flatten", {"type": "Linear", "out_features": 10}, "BatchNorm1d"]
    text = yaml.safe_dump({"input": [1, 8, 8], "layers": layers})
    result = trained(tmp_path, network(text), dataset="synthetic:33", batch=2, epochs=1)
    assert result["samples"]["train"] == 33


def test_files_that_are_others_than_at_the_start_are_refused(tmp_path, always):
    chance, photos = np.random.default_rng(0), tmp_path / "photos"
    for part, count in (("train", 8), ("test", 4)):
        for name in ("dark", "light"):
            (photos / part / name).mkdir(parents=True)
            for number in range(count):
                pixels = chance.integers(0, 256, (8, 8), np.uint8)
                Image.fromarray(pixels).save(photos / part / name / f"{part}{number}.png")
    run, net = tmp_path / "run", network(classes=2)
    with pytest.raises(Interrupted):
        carry_out(begun(run, net, dataset=f"folder:{photos}", batch=4), _StopAfter(1))
    train, test = photos / "train/dark/train0.png", photos / "test/dark/test0.png"
    shutil.move(train, photos / "train0.png")
    shutil.move(test, train.with_name("test0.png"))
    shutil.move(photos / "train0.png", test.with_name("train0.png"))
    with pytest.raises(CheckpointError, match="the data set has changed: there are as many"):
        resumed(run)
    shutil.move(test.with_name("train0.png"), train)
    shutil.move(train.with_name("test0.png"), test)
    carry_out(resumed(run), Silent())


@pytest.mark.slow
def test_events_tell_of_steps_and_epochs(tmp_path, always):
    progress = _Collect()
    carry_out(begun(tmp_path), progress)
    looks = [event for event in progress.events if isinstance(event, Looked)]
    epochs = [event for event in progress.events if isinstance(event, EpochDone)]
    assert [(look.epoch, look.step) for look in looks] == [
        (epoch, step) for epoch in (1, 2) for step in range(1, 11)
    ]
    assert [epoch.epoch for epoch in epochs] == [1, 2]
    assert looks[9].loss == epochs[0].train_loss
    assert looks[9].accuracy == epochs[0].train_accuracy
    assert looks[-1].seconds_left == 0
    assert all(0 <= look.accuracy <= 1 and look.images_per_second > 0 for look in looks)


def test_ctrl_c_at_the_end_of_the_last_epoch_changes_nothing(tmp_path, monkeypatch):
    def interrupted(*arguments):
        os.kill(os.getpid(), signal.SIGINT)
        return curves_svg(*arguments)

    monkeypatch.setattr(result_module, "curves_svg", interrupted)
    trained(tmp_path)
    assert Run(tmp_path).confusion.exists()
    assert Run(tmp_path).result.exists()


def test_a_loss_that_is_no_number_ends_the_run_and_keeps_the_last_good_state(tmp_path, always):
    training = begun(tmp_path, lr=1e12, warmup=0.5)
    with pytest.raises(TrainingError) as caught:
        carry_out(training, Silent())
    text = str(caught.value)
    assert "the loss is nan at step" in text or "the loss is inf at step" in text
    assert "of epoch 1, with a learning rate of" in text
    assert "try a lower one, such as --lr 0.08" in text
    assert all(
        tensor.isfinite().all()
        for name, tensor in _tensors(tmp_path).items()
        if name.startswith("tally")
    )


def test_a_last_step_that_spoils_the_weights_ends_the_run(tmp_path):
    training = begun(tmp_path, batch=300, epochs=1, lr=1e30, warmup=0.0, augment="none")
    assert training.job.steps == 1
    with pytest.raises(TrainingError) as caught:
        carry_out(training, Silent())
    assert "the test loss is nan after epoch 1, with learning rates up to" in str(caught.value)
    assert not training.run.result.exists()


def _tensors(folder):
    from cnnshape.training.checkpoint import read_checkpoint

    return read_checkpoint(Run(folder).checkpoint).tensors


@pytest.mark.slow
def test_a_disk_that_is_full_is_told_with_what_is_left(tmp_path, monkeypatch):
    def full(file, checkpoint):
        raise OSError(28, "No space left on device", str(file))

    training = begun(tmp_path / "begun")
    progress = _StopAfter(1)
    with pytest.raises(Interrupted):
        carry_out(training, progress)
    monkeypatch.setattr(loop, "write_checkpoint", full)
    told = r"cannot save the run's state in .*: No space left on device; "
    with pytest.raises(TrainingError, match=told + "what was saved before is whole"):
        carry_out(resumed(tmp_path / "begun"), Silent())
    with pytest.raises(TrainingError, match=told + "choose another folder by --out"):
        carry_out(begun(tmp_path / "new"), Silent())


@pytest.mark.slow
@pytest.mark.parametrize("recipe", RECIPES)
def test_the_room_that_is_asked_for_is_what_the_files_take(tmp_path, recipe):
    net = network(TINY.replace("out_channels: 4", "out_channels: 400"))
    training = begun(tmp_path, net, **recipe, epochs=1)
    weights = sum(each.nbytes for each in training.job.network.parameters())
    carry_out(training, Silent())
    run = training.run
    most = 2 * run.checkpoint.stat().st_size + run.model.stat().st_size
    assert most == pytest.approx(copies_on_disk(training.job.recipe) * weights, rel=0.05)


@pytest.mark.slow
def test_lenet5_1998_learns(tmp_path):
    recipe = {"dataset": "digits", "epochs": 4, "batch": 32}
    result = trained(tmp_path, load("lenet5_1998"), **recipe)
    assert result["test_accuracy"] > 0.8


def test_what_torch_refuses_is_one_line(tmp_path):
    # One sample and a norm over it: torch wants more than one value a channel.
    layers = ["Flatten", {"type": "Linear", "out_features": 10}, "BatchNorm1d"]
    text = yaml.safe_dump({"input": [1, 8, 8], "layers": layers})
    with pytest.raises(TrainingError, match="PyTorch cannot train this network: ValueError"):
        trained(tmp_path, network(text), batch=1)


def test_a_network_without_parameters_is_refused(tmp_path):
    with pytest.raises(TrainingError, match="no parameters: there is nothing to learn"):
        trained(tmp_path, network("input: [10]\nlayers: [ReLU]\n"))


def test_any_input_of_synthetic_data(tmp_path):
    convolution = {"type": "Conv1d", "out_channels": 4, "kernel_size": 3}
    layers = [convolution, "Flatten", {"type": "Linear", "out_features": 3}]
    text = yaml.safe_dump({"input": [2, 20], "layers": layers})
    result = trained(tmp_path, network(text), epochs=4)
    assert len(result["classes"]) == 3
    assert result["test_accuracy"] > 0.5


@pytest.mark.slow
def test_torch_s_own_generator_plays_no_part(tmp_path):
    trained(tmp_path / "a")
    torch.rand(100)
    trained(tmp_path / "b")
    assert _digest(tmp_path / "a") == _digest(tmp_path / "b")
