"""Batches from memory and streamed, and the figures that are counted over them."""

from __future__ import annotations

import os
import signal
from warnings import catch_warnings, simplefilter

import pytest
import torch

from cnnshape.training import batches as module
from cnnshape.training.averaging import MovingAverage
from cnnshape.training.batches import Resident, Streamed, open_samples
from cnnshape.training.data import load_data
from cnnshape.training.data.preparation import Preparation
from cnnshape.training.distributed import Group
from cnnshape.training.evaluation import Evaluation, evaluation_batches, measure
from cnnshape.training.seeds import derived_seed, epoch_order
from cnnshape.training.tally import Tally

from .runs import CPU, begun

SHAPE = (1, 32, 32)


@pytest.fixture(scope="module")
def digits():
    data = load_data("digits", input_shape=SHAPE)
    return data.train, Preparation.fit(data.train, SHAPE)


@pytest.mark.slow
def test_memory_and_workers_give_the_same_batches(digits, monkeypatch):
    images, preparation = digits
    resident = open_samples(images, preparation, SHAPE, CPU, 2)
    assert isinstance(resident, Resident)
    monkeypatch.setattr(module, "free_memory_of", lambda device: len(images) * 1024)
    streamed = open_samples(images, preparation, SHAPE, CPU, 2)
    assert isinstance(streamed, Streamed)
    assert len(streamed) == len(resident) == len(images)
    order = torch.split(epoch_order(0, 0, 100), 32)
    pairs = list(zip(resident.batches(order), streamed.batches(order), strict=True))
    assert [len(labels) for (_, labels), _ in pairs] == [32, 32, 32, 4]
    for here, there in pairs:
        assert here.pixels.dtype == torch.uint8
        assert torch.equal(here.pixels, there.pixels)
        assert torch.equal(here.labels, there.labels)


@pytest.mark.slow
def test_a_run_that_streams_ends_as_one_that_does_not(tmp_path, monkeypatch):
    from cnnshape.training.progress import Silent
    from cnnshape.training.run import Run
    from cnnshape.training.start import carry_out

    carry_out(begun(tmp_path / "memory"), Silent())
    monkeypatch.setattr(module, "MEMORY_SHARE", 0.0)
    training = begun(tmp_path / "streamed")
    assert isinstance(training.job.train, Streamed)
    carry_out(training, Silent())
    weights = [Run(tmp_path / name).model.read_bytes() for name in ("memory", "streamed")]
    assert weights[0] == weights[1]


class _Interrupted:
    """Images whose reading is interrupted, as by Ctrl-C in the terminal."""

    def __init__(self, images):
        self.images = images
        self.labels = images.labels

    def pixels(self, index):
        os.kill(os.getpid(), signal.SIGINT)
        return self.images.pixels(index)


def test_ctrl_c_does_not_end_the_workers(digits):
    images, preparation = digits
    order = torch.split(torch.arange(96), 32)
    streamed = Streamed(_Interrupted(images), preparation, CPU, workers=1)
    assert [len(batch.labels) for batch in streamed.batches(order)] == [32, 32, 32]


@pytest.mark.slow
def test_more_workers_than_cores_are_as_many_as_were_asked_for(digits, monkeypatch):
    monkeypatch.setattr("os.sched_getaffinity", lambda process: {0}, raising=False)
    monkeypatch.setattr("torch._utils.cpu_count", lambda: 1, raising=False)
    streamed = Streamed(*digits, CPU, workers=2)
    with catch_warnings():
        simplefilter("error")
        (batch,) = streamed.batches([torch.arange(8)])
    assert torch.equal(batch.labels, torch.from_numpy(digits[0].labels[:8]))


def test_the_order_follows_from_the_seed_and_the_epoch():
    first = epoch_order(7, 0, 50)
    assert torch.equal(first, epoch_order(7, 0, 50))
    assert first.sort().values.tolist() == list(range(50))
    assert not torch.equal(first, epoch_order(7, 1, 50))
    assert not torch.equal(first, epoch_order(8, 0, 50))


def test_seeds_of_different_places_differ():
    seeds = {
        derived_seed(seed, purpose, place)
        for seed in (0, 1, 12)
        for purpose in ("order", "step")
        for place in (0, 1, 2)
    }
    assert len(seeds) == 18
    assert all(0 <= seed < 2**63 for seed in seeds)


def test_a_tally_is_the_mean_and_the_sum():
    tally = Tally(3, CPU)
    labels = torch.tensor([0, 1, 2])
    tally.add(0, torch.tensor(1.0), torch.tensor([0, 1, 0]), labels)
    tally.add(1, torch.tensor(4.0), torch.tensor([0, 1, 2]), labels)
    assert tally.gather(2, False, Group()) is False
    assert (tally.loss(), int(tally.correct), tally.gathered) == (2.5, 5, 2)
    tally.add(2, torch.tensor(float("nan")), labels, labels)
    assert tally.first_not_finite(0) is None
    assert tally.gather(3, True, Group()) is True
    assert tally.first_not_finite(0) == tally.first_not_finite(2) == 2
    tally.reset()
    assert (int(tally.correct), tally.gathered) == (0, 0)


@pytest.mark.slow
def test_an_evaluation_is_the_same_in_batches_of_any_size(tmp_path):
    job = begun(tmp_path, dataset="synthetic:300").job
    found = [
        measure(job.answering, evaluation_batches(job.test, batch, Group()), Group())
        for batch in (1, 7, 1000)
    ]
    assert len({evaluation.confusion for evaluation in found}) == 1
    assert [evaluation.loss for evaluation in found] == pytest.approx([found[0].loss] * 3)
    assert found[0].samples == len(job.test)


def test_what_an_evaluation_says():
    evaluation = Evaluation(0.5, ((8, 2, 0), (1, 3, 0), (0, 0, 0)))
    assert evaluation.samples == 14
    assert evaluation.accuracy == 11 / 14
    assert evaluation.class_accuracy == (0.8, 0.75, None)


def test_the_average_follows_slower_and_slower():
    module = torch.nn.BatchNorm1d(2)
    average = MovingAverage(module, 0.5)
    with torch.no_grad():
        module.weight.fill_(11.0)
        module.running_mean.fill_(10.0)
        module.num_batches_tracked.fill_(4)
    average.update(0)  # (1 + 0) / (10 + 0): a tenth of the old
    assert average.module.weight.tolist() == pytest.approx([1 + 0.9 * 10] * 2)
    assert average.module.running_mean.tolist() == pytest.approx([9.0] * 2)
    assert average.module.num_batches_tracked == 4
    average.update(1000)  # the decay is reached
    assert average.module.weight.tolist() == pytest.approx([10.5] * 2)
    assert module.weight.tolist() == [11.0, 11.0]
