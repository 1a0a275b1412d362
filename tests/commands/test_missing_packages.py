"""Without a package, a command that needs it says so in one line, and what to install."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from PIL import Image

from ..patience import PATIENCE

WITHOUT = """\
import json, os, sys
first, *more = sys.argv[1:]
if first:
    sys.modules[first] = None  # before anything imports it
from cnnshape.commands import main
if more:
    import torch  # once, for all the commands
    torch.set_num_threads(1)
for number, (package, words) in enumerate(json.load(sys.stdin)):
    if os.fork() == 0:
        assert not sys.modules.get(package)
        sys.modules[package] = None
        for stream in (1, 2):
            os.dup2(os.open(f"{number}.{stream}", os.O_WRONLY | os.O_CREAT), stream)
        main(words)
    code = os.waitstatus_to_exitcode(os.wait()[1])
    with open(f"{number}.code", "w") as file:
        file.write(str(code))
"""
PICTURE = ["diagram", "--out", "a.svg"]
TRAIN = ["train", "lenet5", "--epochs", "1", "--out", "new"]
NEEDS = {
    "torch": [
        TRAIN, ["export", "--to", "pytorch"], ["export", "--out", "a.onnx"],
        ["import", "net.py:Net", "--input", "1x8x8"],
        ["evaluate", "run"], ["predict", "run", "photos"],
    ],
    "graphviz": [PICTURE, ["diagram", "--out", "a.dot"]],
    "typst": [["diagram", "--out", "a.png"], ["diagram", "--out", "a.pdf"]],
    "onnx": [["export", "--out", "a.onnx"], ["import", "net.onnx"]],
    "onnxscript": [["export", "--out", "a.onnx"]],
    "numpy": [TRAIN, ["predict", "run", "photos"], ["export", "--out", "a.safetensors"]],
    "sklearn": [TRAIN],
    "safetensors": [TRAIN, ["export", "--out", "a.safetensors"]],
    "PIL": [["train", "lenet5", "--dataset", "folder:photos", "--epochs", "1", "--out", "new"]],
    "pooch": [["train", "lenet5", "--dataset", "mnist", "--epochs", "1", "--out", "new"]],
    "yaml": [["show", "lenet5", "--verify", "off"], PICTURE, ["list"]],
    "rich": [["show", "lenet5", "--verify", "off"], ["explain", "lenet5"]],
}  # fmt: skip
NAMES = {"sklearn": "scikit-learn", "PIL": "pillow", "yaml": "pyyaml"}
"""What the index calls a package that is imported by another name."""
WITH_TORCH = {"numpy", "onnxruntime"}
"""Those that are missed by a command which needs torch too."""
BESIDE_TORCH = {"onnx", "onnxscript", "sklearn", "safetensors", "pooch"}
"""Those of them that torch does not import itself, so that all can be tried beside one torch."""
SHOWN = ["show lenet5", "explain lenet5 C1", "compare lenet5 alexnet"]


class Result(NamedTuple):
    """How a command ended, and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


def without(package: str, *commands: Sequence[str]) -> Iterator[tuple[str, Result]]:
    """Each command, and what it does in a process where the package cannot be imported."""
    torch = ["torch"] if package in WITH_TORCH else []
    yield from _ran([(package, command) for command in commands], package, *torch)


def _ran(
    cases: Sequence[tuple[str, Sequence[str]]], *arguments: str
) -> Iterator[tuple[str, Result]]:
    """What each command does without its package, in forks of one process."""
    subprocess.run(
        [sys.executable, "-c", WITHOUT, *arguments],
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    for number, (package, command) in enumerate(cases):
        code, out, err = (
            Path(f"{number}.{part}").read_text(encoding="utf-8") for part in ("code", 1, 2)
        )
        yield f"{package}: {' '.join(command)}", Result(int(code), out, err)


@pytest.fixture(autouse=True)
def files(run: Path) -> None:
    """What the commands read: a run, a module, an ONNX file and images."""
    Path("net.py").write_text("from torch import nn\nclass Net(nn.ReLU): pass\n")
    Path("net.onnx").write_bytes(b"\x08\x07")
    for kind in ("a", "b"):
        Path("photos", kind).mkdir(parents=True)
        for number in range(4):
            Image.new("L", (32, 32), number).save(Path("photos", kind, f"{number}.png"))


def tell_in_one_line(package: str, ran: Iterator[tuple[str, Result]]) -> None:
    for command, result in ran:
        assert result.returncode in (1, 2), command
        assert result.stderr.count("\n") == 1, (command, result.stderr)
        assert result.stderr.startswith("error: "), command
        assert f" -m pip install {NAMES.get(package, package)}" in result.stderr, command


@pytest.mark.slow
@pytest.mark.parametrize("package", sorted(NEEDS.keys() - BESIDE_TORCH))
def test_it_is_told_in_one_line(package: str) -> None:
    tell_in_one_line(package, without(package, *NEEDS[package]))


@pytest.mark.slow
def test_what_is_missed_beside_torch_is_told_in_one_line() -> None:
    cases = [(package, words) for package in sorted(BESIDE_TORCH) for words in NEEDS[package]]
    for (package, _), ran in zip(cases, _ran(cases, "", "torch"), strict=True):
        tell_in_one_line(package, iter([ran]))


@pytest.mark.slow
def test_without_onnxruntime_a_file_is_written_and_not_run() -> None:
    ((_, result),) = without("onnxruntime", ["export", "--out", "a.onnx"])
    assert result.returncode == 0
    (line,) = result.stderr.splitlines()
    assert line.endswith("passes onnx.checker; not run, as onnxruntime is not installed")


@pytest.mark.slow
def test_what_needs_no_package_works_without() -> None:
    commands = [words.split() for words in SHOWN]
    others = ("torchinfo", "graphviz", "PIL")
    cases = [(package, commands[0]) for package in others]  # the one that may import them
    for case, result in (*_ran(cases, "", "torch"), *without("torch", *commands)):
        assert (result.returncode, result.stderr) == (0, ""), case


@pytest.mark.slow
def test_without_torch_the_verdict_says_so() -> None:
    ((_, result),) = without("torch", ["verify", "lenet5"])
    assert (result.returncode, result.stderr) == (1, "")
    assert "not verified: this needs torch, which is not installed; help: " in result.stdout
    assert "-m pip install torch" in result.stdout
