"""Several processes, by torch's own launcher: one result, and a clear end where one dies."""

from __future__ import annotations

import csv
import json
import os
import signal
import time
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cnnshape.commands._app import app
from cnnshape.training import session
from cnnshape.training.checkpoint import read_checkpoint
from cnnshape.training.distributed import TIMEOUT, Group, this_process
from cnnshape.training.recipe import Recipe
from cnnshape.training.run import Run

from .processes import SETTINGS, finish, start
from .runs import TINY, network

OPTIONS = ("--nproc-per-node=2", "--master-port=0",
           "--rdzv-backend=c10d", "--rdzv-endpoint=localhost:0")  # fmt: skip
TORCHRUN = ("-m", "torch.distributed.run")
LAUNCHER = (str(Path(__file__).parent / "launching.py"), *OPTIONS)
"""torchrun, but for that what it starts is forked; the first test has torchrun itself."""
END_SECONDS = TIMEOUT.total_seconds() / 2
"""Within which all processes have ended after one has died: none waits for it in vain."""


@pytest.fixture
def spec(tmp_path) -> Path:
    # Without dropout, whose draws are each process's own, and without a norm over its batch.
    layers = [line for line in TINY.splitlines() if "Dropout" not in line and "Norm" not in line]
    file = tmp_path / "tiny.yaml"
    file.write_text("\n".join(layers))
    return file


def _rows(run: Run) -> list[dict[str, float]]:
    with run.metrics.open() as file:
        return [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]


@pytest.mark.slow
def test_two_processes_see_the_same_order_and_give_one_result(tmp_path, spec):
    settings = (spec, *SETTINGS, "--epochs", "2", "--lr", "0.01", "--augment", "none")
    one, two = Run(tmp_path / "one"), Run(tmp_path / "two")
    assert finish(start(*settings, "--out", one.folder))[0] == 0
    code, out, err = finish(start(*settings, "--out", two.folder, launcher=(*TORCHRUN, *OPTIONS)))
    assert code == 0, err
    assert out.count("test images after") == 1
    alone, together = _rows(one), _rows(two)
    # The same batches and the same mean of the gradients: all but the rounding is alike.
    for key in ("train_loss", "train_accuracy", "test_loss", "test_accuracy"):
        assert [row[key] for row in together] == pytest.approx(
            [row[key] for row in alone], rel=1e-3
        )
    result = two.read_result()
    assert result["device"]["processes"] == 2
    assert sum(map(sum, result["confusion"])) == result["samples"]["test"]


@pytest.mark.slow
def test_reading_may_take_longer_than_processes_wait_for_each_other(tmp_path, spec):
    settings = (spec, *SETTINGS, "--epochs", "1", "--out", tmp_path / "run")
    code, out, err = finish(start(*settings, launcher=LAUNCHER, SLOW="12"))
    assert code == 0, err
    assert "test images after 1 epoch" in out


@pytest.mark.parametrize(
    ("dataset", "order"),
    [("digits", ["wait", "load", "wait"]), ("folder:photos", ["load", "wait", "wait"])],
)
def test_one_downloads_before_the_others_and_all_read_a_folder_at_once(monkeypatch, dataset, order):
    done = []
    waiting = nullcontext(lambda: done.append("wait"))
    monkeypatch.setattr(Group, "patient", lambda group: waiting)
    monkeypatch.setattr(session, "load_data", lambda *_, **__: done.append("load") or "the images")
    load = partial(session.load_for, recipe=Recipe(dataset=dataset), network=network())
    assert load(Group(1, 2), data_dir=None, seed=0, strict=False, report=print) == "the images"
    assert done == order


@pytest.mark.slow
def test_what_was_measured_together_is_what_the_run_gives(tmp_path):
    # A norm counts in each process's own part of a batch; the run's weights are the first's.
    file = tmp_path / "tiny.yaml"
    file.write_text(TINY)
    run = Run(tmp_path / "run")
    settings = (file, *SETTINGS, "--epochs", "2", "--average", "0.9", "--out", run.folder)
    code, _, err = finish(start(*settings, launcher=LAUNCHER))
    assert code == 0, err
    evaluated = CliRunner().invoke(app, ["evaluate", str(run.folder), "--format", "json"])
    found, recorded = json.loads(evaluated.stdout), run.read_result()
    assert found["test_loss"] == pytest.approx(recorded["test_loss"], rel=1e-5)
    assert found["confusion"] == recorded["confusion"]


@pytest.mark.slow
@pytest.mark.parametrize("rank", [0, 1])
def test_where_one_dies_the_other_says_so_and_ends_in_time(tmp_path, spec, rank):
    run = Run(tmp_path / "run")
    settings = (spec, *SETTINGS, "--epochs", "5000", "--out", run.folder)
    process = start(*settings, launcher=LAUNCHER, PIDS=str(tmp_path))
    while not run.metrics.exists() and process.poll() is None:
        time.sleep(0.05)
    os.kill(int((tmp_path / str(rank)).read_text()), signal.SIGKILL)
    code, _, err = finish(process, END_SECONDS)
    assert code == 1
    assert err.count("error: another process of the run has ended or does not answer") == 1
    assert run.checkpoint.exists()


@pytest.mark.slow
def test_sigterm_saves_for_all_and_says_how_to_go_on(tmp_path, spec):
    run = Run(tmp_path / "run")
    settings = (spec, *SETTINGS, "--epochs", "5000", "--out", run.folder)
    process = start(*settings, launcher=LAUNCHER)
    while not run.metrics.exists() and process.poll() is None:
        time.sleep(0.05)
    process.terminate()
    code, _, err = finish(process, END_SECONDS)
    assert code != 0
    saved = read_checkpoint(run.checkpoint).position
    place = f"interrupted in epoch {saved.epoch + 1} after step {saved.step} of"
    assert err.count("interrupted in epoch") == err.count(place) == 1
    assert f"go on with: cnnshape train --resume {run.folder}" in err
    assert not run.result.exists()


@pytest.mark.slow
def test_a_batch_that_cannot_be_shared_is_told(tmp_path, spec):
    settings = [spec, *SETTINGS, "--out", tmp_path / "run"]
    settings[settings.index("--batch") + 1] = "33"
    code, _, err = finish(start(*settings, launcher=LAUNCHER))
    assert code == 1
    assert "a batch of 33 cannot be shared by 2 processes alike; try --batch 32" in err
    assert err.count("cannot be shared") == 1


@pytest.mark.slow
def test_a_faulty_spec_is_told_once(spec):
    spec.write_text(spec.read_text().replace("kernel_size: 3", "kernel_size: 99"))
    code, _, err = finish(start(spec, *SETTINGS, launcher=LAUNCHER))
    assert code == 1
    assert err.count("kernel_size: 99") == 1


@pytest.mark.slow
@pytest.mark.parametrize("launcher", [LAUNCHER, (LAUNCHER[0], OPTIONS[0], "--standalone")])
def test_a_usage_error_is_told_once(spec, launcher):
    code, _, err = finish(start(spec, *SETTINGS, "--epochs", "0", launcher=launcher))
    assert code == 1
    assert err.count("epochs must be a whole number of at least 1, not 0") == 1
    assert err.count("Usage: cnnshape train") == 1


def test_what_torchrun_says_of_a_process(monkeypatch):
    names = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE")
    for name in names:
        monkeypatch.delenv(name, raising=False)
    assert this_process() == Group()
    assert (Group().leads, Group().alone) == (True, True)
    for name, value in zip(names, "3412", strict=True):
        monkeypatch.setenv(name, value)
    group = this_process()
    assert group == Group(rank=3, size=4, local_rank=1, local_size=2)
    assert (group.leads, group.alone) == (False, False)


def test_the_shares_of_a_batch_are_all_of_it():
    import torch

    batch = torch.arange(12)
    shares = [Group(rank, 3).share(batch) for rank in range(3)]
    assert {len(share) for share in shares} == {4}
    assert torch.cat(shares).sort().values.tolist() == batch.tolist()
