"""Standard streams as a shell may leave them: closed, full, cut off; and a spec on stdin."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ..patience import PATIENCE
from .conftest import FAULTY, SPEC

RUN = f"{sys.executable} -m cnnshape"
needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")


def shell(command: str, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        input=text,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


OUTPUTS = [
    "show lenet5 --verify off",
    "show lenet5 --verify off --format json",
    "show lenet5 --verify off --format csv",
    "show --help",
    "--help",
    "--version",
    "list",
    "schema",
    "explain lenet5",
    "compare lenet5 alexnet",
    "diagram --out - --format svg",
    "diagram --out - --format png",
]


@pytest.mark.slow
@pytest.mark.parametrize("end", [">&-", pytest.param(">/dev/full", marks=needs_full)])
@pytest.mark.parametrize("command", OUTPUTS)
def test_a_stdout_that_takes_nothing_is_one_line(command: str, end: str) -> None:
    result = shell(f"{RUN} {command} {end}")
    assert result.returncode == 2
    assert result.stderr.startswith("error: cannot write the output: ")
    assert result.stderr.count("\n") == 1


@pytest.mark.slow
@pytest.mark.parametrize("command", OUTPUTS)
def test_a_reader_that_leaves_is_no_fault(command: str) -> None:
    result = shell(f"{RUN} {command} | head -c 1 >/dev/null")
    assert result.returncode in (0, 141)
    assert result.stderr == ""


@pytest.mark.slow
def test_a_reader_that_leaves_before_the_verdict() -> None:
    result = shell(f"{RUN} show lenet5 --verify live | head -2")
    assert result.stdout.startswith("LeNet-5")
    assert (result.returncode, result.stderr) == (141, "")


@pytest.mark.slow
@pytest.mark.parametrize("end", ["2>&-", pytest.param("2>/dev/full", marks=needs_full)])
def test_what_cannot_be_told_is_lost(end: str) -> None:
    assert shell(f"{RUN} show lenet {end}").returncode == 2
    Path("faulty.yaml").write_text(FAULTY)
    result = shell(f"{RUN} show faulty.yaml {end}")
    assert result.returncode == 1
    assert "C1" in result.stdout


@pytest.mark.slow
def test_no_stream_at_all() -> None:
    result = shell(f"{RUN} diagram --out a.svg <&- >&- 2>&-")
    assert result.returncode == 0
    assert Path("a.svg").read_text().rstrip().endswith("</svg>"), "nothing else got into it"
    assert shell(f"{RUN} show - <&-").returncode == 1


SPEC_COMMANDS = [
    "show - --verify off",
    "explain - C1",
    "compare - --input 1x40x40",
    "compare - lenet5",
    "compare lenet5 -",
    "verify -",
    "diagram - --out - --format dot",
    "export - --to pytorch",
]


@pytest.mark.slow
@pytest.mark.parametrize("command", SPEC_COMMANDS)
def test_a_spec_from_stdin(command: str) -> None:
    result = shell(f"{RUN} {command}", SPEC)
    assert result.returncode == 0, result.stderr
    assert result.stdout
    faulty = shell(f"{RUN} {command}", FAULTY)
    assert faulty.returncode == 1
    assert "--> <stdin>:5:" in faulty.stderr


def test_stdin_is_not_watched(cli: Any) -> None:
    result = cli("show", "-", "--watch")
    assert result.exit_code == 2
    assert "stdin does not change" in result.stderr


@pytest.mark.torch
def test_verify_takes_a_folder(cli: Any) -> None:
    Path("nets").mkdir()
    for name in ("b.yaml", "a.yml", "notes.txt"):
        Path("nets", name).write_text(SPEC)
    result = cli("verify", "nets")
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["nets/a.yml", "nets/b.yaml"]
    Path("c.yaml").write_text(FAULTY)
    result = cli("verify", ".")
    assert result.exit_code == 1
    assert "./c.yaml" in result.stdout


def test_to_verify_nothing_is_an_error(cli: Any) -> None:
    for arguments in ([], ["--cached"], ["--format", "json"]):
        result = cli("verify", *arguments)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "nothing was verified" in result.stderr
    Path("empty").mkdir()
    result = cli("verify", "empty")
    assert result.exit_code == 2
    assert "there is no .yaml or .yml file in the folder empty" in result.stderr
