"""The command line under test: in this process where that is enough, else in its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from cnnshape.commands._app import app

from .. import forking

if TYPE_CHECKING:
    from torch import Tensor

SPEC = """\
name: tiny
input: [1, 32, 32]
params: {width: 6}
layers:
  - {name: C1, type: Conv2d, out_channels: $width, kernel_size: 5}
  - ReLU
  - {name: S2, type: MaxPool2d, kernel_size: 2}
"""

FAULTY = """\
name: faulty
input: [1, 32, 32]
layers:
  - {name: C1, type: Conv2d, out_channels: 6, kernel_size: 5}
  - {name: C2, type: Conv2d, out_channels: 6, kernel_size: 99}
  - Sigmoit
"""


@pytest.fixture(autouse=True)
def _own_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty cache, and an empty folder to stand in."""
    monkeypatch.setenv("CNNSHAPE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")


@pytest.fixture
def spec() -> Path:
    """A sound spec file, in the working folder."""
    return _written("tiny.yaml", SPEC)


@pytest.fixture
def faulty() -> Path:
    """A spec file with two faults in its second and third layers."""
    return _written("faulty.yaml", FAULTY)


def _written(name: str, text: str) -> Path:
    path = Path(name)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def cli() -> Callable[..., Any]:
    """Runs a command in this process: exit_code, stdout, stderr."""

    def run(*arguments: object) -> Any:
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture
def process() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a command in a process of its own, its output in pipes."""

    def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        command = ("-m", "cnnshape", *map(str, arguments))
        return forking.run(*command, env={**os.environ, **environment})

    return run


@pytest.fixture(scope="session")
def _trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trained") / "run"
    options = ["--epochs", "8", "--threads", "1", "--quiet", "--out", str(folder)]
    assert CliRunner().invoke(app, ["train", "lenet5", *options]).exit_code == 0
    return folder


@pytest.fixture
def run(_trained: Path) -> Path:
    """The folder of a run of LeNet-5 on digits, in the working folder; a test may change it."""
    return Path(shutil.copytree(_trained, "run"))


@pytest.fixture
def small_memory(monkeypatch: pytest.MonkeyPatch) -> int:
    """The images that a trained network can be given at once before PyTorch's memory ends."""
    from cnnshape.training.classifier import Classifier

    output, most = Classifier.output, 5

    def bounded(classifier: Classifier, pixels: Tensor) -> Tensor:
        if len(pixels) > most:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate")
        return output(classifier, pixels)

    monkeypatch.setattr(Classifier, "output", bounded)
    return most
