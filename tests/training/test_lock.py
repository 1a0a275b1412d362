"""One process at a time trains into a folder."""

from __future__ import annotations

import errno
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from cnnshape.commands._app import app
from cnnshape.training import lock
from cnnshape.training.run import Run, RunError, new_run

from .processes import SETTINGS, finish, start
from .runs import TINY, trained

HOLDER = """
import sys
from pathlib import Path
from cnnshape.training.lock import take_lock
taken = take_lock(Path(sys.argv[1]), print)
print("taken", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def held(tmp_path):
    """A folder that another process has locked, and the process."""
    yield from _held(tmp_path)


def _held(folder):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "taken\n"
    try:
        yield folder, process
    finally:
        process.kill()
        process.communicate()


def test_a_second_process_is_refused_until_the_first_is_killed(held):
    folder, process = held
    for claim in (lambda: new_run(str(folder), "n", "d", force=True), Run(folder).locked):
        with pytest.raises(
            RunError, match=rf"another process trains into .*\(process {process.pid}"
        ):
            claim()
    process.kill()
    process.wait()
    run = Run(folder).locked()
    run.close()
    assert list(folder.iterdir()) == []


@pytest.mark.slow
def test_a_run_that_is_trained_into_can_be_read(tmp_path):
    trained(tmp_path / "run", epochs=1)
    image = tmp_path / "image.png"
    Image.new("L", (8, 8)).save(image)
    with closing(_held(tmp_path / "run")) as holding:
        next(holding)
        for command in (["evaluate", str(tmp_path / "run")],
                        ["predict", str(tmp_path / "run"), str(image)]):  # fmt: skip
            outcome = CliRunner().invoke(app, command)
            assert outcome.exit_code == 0, outcome.output


def test_a_lock_is_given_back_and_leaves_nothing(tmp_path):
    run = new_run(str(tmp_path), "n", "d", force=False)
    assert (tmp_path / lock.NAME).exists()
    run.close()
    run.close()
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_can_be_locked_that_is_said_and_the_run_goes_on(tmp_path, monkeypatch):
    def unsupported(handle):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(lock, "_lock", unsupported)
    told: list[str] = []
    run = new_run(str(tmp_path), "n", "d", force=False, tell=told.append)
    assert told == [f"{tmp_path} cannot be locked here: see that no other process trains into it"]
    run.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_folder_that_is_trained_into_can_be_neither_replaced_nor_resumed(tmp_path):
    spec, run = tmp_path / "net.yaml", Run(tmp_path / "run")
    spec.write_text(TINY, encoding="utf-8")
    settings = (spec, *SETTINGS, "--epochs", "2", "--out", run.folder)
    first = start(*settings, HOLD="3")
    while not run.checkpoint.exists() and first.poll() is None:
        time.sleep(0.02)
    for arguments in ((*settings, "--force"), ("--resume", run.folder)):
        code, _, err = finish(start(*arguments))
        assert code == 2
        assert f"another process trains into {run.folder} (process {first.pid} on " in err
        assert "Traceback" not in err
    state = run.checkpoint.read_bytes()
    first.kill()
    finish(first)
    assert run.checkpoint.read_bytes() == state
    code, _, err = finish(start("--resume", run.folder, "--quiet"))
    assert (code, err) == (0, "")
    assert not Path(run.folder, lock.NAME).exists()


@pytest.mark.parametrize("left", [".spec.yaml.x1", ".checkpoint.safetensors.x1", lock.NAME])
def test_what_a_killed_run_left_before_its_first_state_is_replaced(tmp_path, left):
    (tmp_path / left).write_text("half")
    run = new_run(str(tmp_path), "n", "d", force=False)
    run.close()
    assert list(tmp_path.iterdir()) == []
