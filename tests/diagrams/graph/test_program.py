"""The program that places boxes: which one is used, and what goes wrong with it."""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
import time
from pathlib import Path

import pytest

from cnnshape import load
from cnnshape.diagrams import DiagramError, Look
from cnnshape.diagrams.graph import draw, program

from ...patience import PATIENCE

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the fake programs are scripts")


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Put a `dot` of our own on an otherwise empty PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))

    def write(script: str) -> Path:
        path = tmp_path / "dot"
        path.write_text(script)
        path.chmod(0o755)
        return path

    return write


def failure(timeout: float = 30) -> str:
    with pytest.raises(DiagramError) as caught:
        draw(load("lenet5"), Look(timeout=timeout))
    return str(caught.value)


def test_without_dot_the_program_of_graphviz_pure_is_used(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert Path(program.find()).stem == "graphviz-pure"


def test_the_systems_dot_is_used_where_there_is_one(fake, tmp_path):
    pure = program.find()
    used = tmp_path / "used"
    path = fake(f'#!/bin/sh\necho "$@" > "{used}"\nexec "{pure}" "$@"\n')
    assert program.find() == str(path)
    drawn = draw(load("lenet5"), Look())
    assert used.read_text() == "-Tjson0\n"
    path.unlink()
    assert draw(load("lenet5"), Look()) == drawn


def test_without_any_program_the_error_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sysconfig, "get_path", lambda *_: str(tmp_path))
    assert "pip install graphviz-pure" in failure()


def test_graphviz_pure_is_found_on_path_where_it_is_not_in_the_environment(monkeypatch, tmp_path):
    shutil.copy(program.find(), tmp_path / "graphviz-pure")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sysconfig, "get_path", lambda *_: str(tmp_path / "nowhere"))
    assert program.find() == str(tmp_path / "graphviz-pure")


@pytest.mark.slow
def test_a_slow_program_is_killed_with_all_that_it_started(fake, tmp_path):
    pids = tmp_path / "pids"
    fake(f'#!/bin/sh\n/bin/sleep 3600 &\necho $$ $! > "{pids}"\nwait\n')
    for timeout in (0.5, 5, 50):  # as long as the script needs to begin
        start = time.monotonic()
        said = failure(timeout)
        assert time.monotonic() - start < timeout + PATIENCE
        if pids.exists() and pids.read_text().endswith("\n"):
            break
    assert f"was not done after {timeout:g} s" in said
    assert "--depth 1" in said
    assert "--timeout" in said
    for pid in map(int, pids.read_text().split()):
        assert _is_gone(pid)


def _is_gone(pid: int) -> bool:
    """Whether a process has ended, or does so now; perhaps it is not yet buried."""
    end = time.monotonic() + PATIENCE / 10
    while time.monotonic() < end:
        try:
            os.kill(pid, 0)
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.02)
    return False


def test_a_failing_program_is_quoted(fake):
    fake('#!/bin/sh\necho "Error: <stdin>: syntax error" >&2\nexit 3\n')
    said = failure()
    assert "exit code 3" in said
    assert "Error: <stdin>: syntax error" in said


def test_a_program_that_says_nothing_or_nonsense_is_no_traceback(fake):
    fake("#!/bin/sh\nexit 1\n")
    assert "did not say why" in failure()
    fake("#!/bin/sh\necho no graph\n")
    assert "no JSON, but 'no graph'" in failure()
    fake("\x7fELF is not enough")
    assert "cannot be run" in failure()
