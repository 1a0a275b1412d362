"""Without a package, a command that needs it says so in one line, and what to install."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from cnnshape.commands._packages import PACKAGES

from ..patience import PATIENCE

WITHOUT = """\
import sys
sys.modules[sys.argv[1]] = None
from cnnshape.commands import main
main(sys.argv[2:])
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
COMMANDS = [
    pytest.param(package, command, id=f"{package}: {' '.join(command)}")
    for package, commands in NEEDS.items()
    for command in commands
]


def without(package: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", WITHOUT, package, *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )


@pytest.fixture(autouse=True)
def files(run: Path) -> None:
    """What the commands read: a run, a module, an ONNX file and images."""
    Path("net.py").write_text("from torch import nn\nclass Net(nn.ReLU): pass\n")
    Path("net.onnx").write_bytes(b"\x08\x07")
    for kind in ("a", "b"):
        Path("photos", kind).mkdir(parents=True)
        for number in range(4):
            Image.new("L", (32, 32), number).save(Path("photos", kind, f"{number}.png"))


@pytest.mark.parametrize(("package", "command"), COMMANDS)
def test_it_is_told_in_one_line(package: str, command: list[str]) -> None:
    result = without(package, *command)
    assert result.returncode in (1, 2)
    (line,) = result.stderr.splitlines()
    assert line.startswith("error: ")
    assert "pip install" in line
    assert package in line or PACKAGES[package] in line


def test_without_onnxruntime_a_file_is_written_and_not_run() -> None:
    result = without("onnxruntime", "export", "--out", "a.onnx")
    assert result.returncode == 0
    (line,) = result.stderr.splitlines()
    assert line.endswith("passes onnx.checker; not run, as onnxruntime is not installed")


@pytest.mark.parametrize("package", ["torch", "torchinfo", "onnx", "graphviz", "PIL", "sklearn"])
@pytest.mark.parametrize("command", ["show lenet5", "explain lenet5 C1", "compare lenet5 alexnet"])
def test_what_needs_no_package_works_without(package: str, command: str) -> None:
    result = without(package, *command.split())
    assert (result.returncode, result.stderr) == (0, "")


def test_without_torch_the_verdict_says_so() -> None:
    result = without("torch", "verify", "lenet5")
    assert (result.returncode, result.stderr) == (1, "")
    assert "not verified: PyTorch cannot be imported" in result.stdout
    assert "pip install torch" in result.stdout


def test_another_failed_import_is_no_missing_package() -> None:
    from cnnshape.commands._packages import missing_package

    assert missing_package(ModuleNotFoundError(name="cnnshape.nothing")) == ""
    assert missing_package(ImportError("cannot import name 'x'")) == ""
    assert "torch, which cannot be imported (no libc)" in missing_package(
        ImportError("no libc", name="torch._C")
    )
