"""A run that is really killed, at any moment, and goes on as if it had not been."""

from __future__ import annotations

import random
import signal
import time
from pathlib import Path

import pytest

from cnnshape.training.run import Run

from .processes import SETTINGS, finish, start
from .runs import TINY

pytestmark = pytest.mark.slow

EPOCHS = 12
KILLS = 4
HOLD = 30
"""Saves after which a process stands still. With all kills a run does not come to its end: it is
killed however late the signal comes."""


@pytest.fixture
def spec(tmp_path) -> Path:
    file = tmp_path / "tiny.yaml"
    file.write_text(TINY)
    return file


@pytest.mark.parametrize("seed", range(3))
def test_killed_at_random_moments_it_ends_with_the_same_weights(tmp_path, spec, seed):
    chance = random.Random(seed)
    settings = (spec, *SETTINGS, "--epochs", EPOCHS, "--average", "0.9", "--seed", seed)
    whole, run = Run(tmp_path / "whole"), Run(tmp_path / "run")
    assert finish(start(*settings, "--out", whole.folder))[0] == 0
    begin, go_on = (*settings, "--out", run.folder), ("--resume", run.folder, "--quiet")
    for kill in range(KILLS):
        before = _saved(run)
        process = start(*(go_on if kill else begin), HOLD=str(HOLD))
        # Most of the time is Python's start: wait until the run moves, then a little more.
        while process.poll() is None and _saved(run) == before:
            time.sleep(0.001)
        time.sleep(chance.uniform(0, 0.1))
        process.send_signal(signal.SIGKILL)
        code, _, err = finish(process)
        assert code == -signal.SIGKILL, err
    assert not run.result.exists()
    assert finish(start(*go_on))[0] == 0
    assert run.model.read_bytes() == whole.model.read_bytes()
    assert run.read_result()["confusion"] == whole.read_result()["confusion"]
    assert not [*run.folder.glob(".checkpoint*")]


def _saved(run: Run) -> int | None:
    """When the run's state was saved."""
    return run.checkpoint.stat().st_mtime_ns if run.checkpoint.exists() else None


def test_killed_before_it_began_it_says_that_there_is_nothing(tmp_path):
    code, _, err = finish(start("--resume", tmp_path / "none"))
    assert code == 2
    assert "there is nothing to go on from" in err


@pytest.mark.parametrize(("number", "expected"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_is_asked_to_stop_saves_and_says_how_to_go_on(tmp_path, spec, number, expected):
    run = Run(tmp_path / "run")
    settings = (spec, *SETTINGS, "--epochs", "5000", "--out", run.folder)
    process = start(*settings)
    while not run.metrics.exists() and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(number)
    code, out, err = finish(process)
    assert code == expected
    assert out == ""
    assert "Traceback" not in err
    assert "interrupted in epoch" in err
    assert f"go on with: cnnshape train --resume {run.folder}" in err
    assert not run.result.exists()
    with pytest.raises(Exception, match="has not ended; cnnshape train --resume"):
        run.read_result()
