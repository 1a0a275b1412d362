"""An output never overwrites what it is made from, however it is spelled."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

NET = """\
from torch import nn
from parts import act

class Net(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Conv2d(1, 2, 3), act())
"""


def link(file: Path) -> str:
    """Another name for the file: a link."""
    os.symlink(file, "link" + file.suffix)
    return "link" + file.suffix


def hard_link(file: Path) -> str:
    """Another name for the file: a second entry in the folder."""
    os.link(file, "other" + file.suffix)
    return "other" + file.suffix


def detour(file: Path) -> str:
    """Another spelling of the path."""
    Path("down").mkdir()
    return f"./down/../{file}"


SPELLINGS = [str, link, hard_link, detour, os.path.abspath]


def refused(result: Any, file: Path, content: bytes) -> None:
    """The command ends before any work, and the file is as it was."""
    assert result.exit_code == 2
    assert "would be overwritten" in result.stderr
    assert result.stdout == ""
    assert file.read_bytes() == content


@pytest.mark.slow
@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize(
    "command",
    [
        ("diagram", "tiny.yaml", "--format", "svg"),
        ("diagram", "tiny.yaml"),  # said before that its ending names no form
        ("export", "tiny.yaml"),
        ("diagram", "tiny.yaml", "--out", "a.svg", "--format", "dot"),
        ("export", "tiny.yaml", "--to", "pytorch"),
        ("export", "tiny.yaml", "--to", "onnx"),
    ],
)
def test_a_spec(cli: Any, spec: Path, spelling: Callable[[Path], str], command: Any) -> None:
    content = spec.read_bytes()
    refused(cli(*command, "--out", spelling(spec)), spec, content)
    assert not Path("a.svg").exists()


@pytest.mark.parametrize("command", [("diagram", "--format", "svg"), ("export", "--to", "pytorch")])
def test_a_plugin(cli: Any, command: Any) -> None:
    plugin = Path("own.py")
    plugin.write_text("x = 1\n")
    refused(cli(*command, "--plugin", plugin, "--out", "./own.py"), plugin, b"x = 1\n")


def test_a_spec_of_the_zoo(cli: Any) -> None:
    from cnnshape import shipped

    file = shipped.folder() / "lenet5.yaml"
    refused(cli("export", "lenet5", "--to", "pytorch", "--out", file), file, file.read_bytes())


def test_weights_and_the_files_of_their_run(cli: Any) -> None:
    weights, run = Path("w.safetensors"), Path("run")
    weights.write_bytes(b"w")
    refused(cli("export", "--weights", weights, "--out", weights), weights, b"w")
    run.mkdir()
    (run / "result.json").write_bytes(b"{}")
    result = cli("export", "--to", "onnx", "--weights", run, "--out", run / "result.json")
    refused(result, run / "result.json", b"{}")


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_the_source_of_an_import(cli: Any, spelling: Callable[[Path], str]) -> None:
    source = Path("net.py")
    source.write_text(NET)
    result = cli("import", "net.py:Net", "--input", "1x8x8", "--out", spelling(source))
    refused(result, source, NET.encode())


@pytest.mark.slow
def test_what_the_source_imports(process: Any) -> None:
    Path("net.py").write_text(NET)
    parts = Path("parts.py")
    parts.write_text("from torch.nn import ReLU as act\n")
    result = process("import", "net.py:Net", "--input", "1x8x8", "--out", parts)
    assert result.returncode == 2
    assert "parts.py is read, and would be overwritten" in result.stderr
    assert "act" in parts.read_text()


@pytest.mark.parametrize("name", ["net.onnx", "net.weights"])
def test_an_onnx_file_and_its_weights(cli: Any, name: str) -> None:
    Path("net.onnx").write_bytes(b"\x00location\x12\x0bnet.weights\x00")
    Path("net.weights").write_bytes(b"weights")
    content = Path(name).read_bytes()
    refused(cli("import", "net.onnx", "--out", f"./{name}"), Path(name), content)


def test_the_spec_of_a_run_that_is_replaced(cli: Any, spec: Path) -> None:
    run = Path("run")
    run.mkdir()
    file = spec.rename(run / "spec.yaml")
    content = file.read_bytes()
    refused(cli("train", file, "--out", "run/../run", "--force"), file, content)


def test_one_output_twice(cli: Any) -> None:
    result = cli("diagram", "--out", "a.svg", "--out", "./a.svg")
    assert result.exit_code == 2
    assert "is named twice" in result.stderr


def test_an_output_that_is_there_is_replaced(cli: Any, spec: Path) -> None:
    Path("a.svg").write_text("old")
    assert cli("diagram", spec, "--out", "a.svg").exit_code == 0
    assert "<svg" in Path("a.svg").read_text()


@pytest.mark.parametrize("out", ["photos", "photos/run", "photos/a/run", "x/../photos/run"])
def test_a_run_among_the_images_that_it_reads_is_refused(cli, out):
    Path("photos", "a").mkdir(parents=True)
    result = cli("train", "lenet5", "--dataset", "folder:photos", "--out", out)
    assert result.exit_code == 2
    assert f"{out} is in photos, whose images are read" in result.stderr
    assert [*Path("photos").rglob("*")] == [Path("photos", "a")]


@pytest.mark.parametrize("folder", [".", "..", "runs"])
def test_a_run_without_a_folder_of_its_own_is_refused_among_the_images_too(cli, folder):
    before = [*Path().rglob("*")]
    result = cli("train", "lenet5", "--dataset", f"folder:{folder}")
    assert result.exit_code == 2
    assert f"without --out the run stands in runs/, which is in {folder}" in " ".join(
        result.stderr.split()
    )
    assert [*Path().rglob("*")] == before


def test_a_run_beside_the_images_is_not(cli):
    Path("photos").mkdir()
    result = cli("train", "lenet5", "--dataset", "folder:photos", "--out", "photos2")
    assert "whose images are read" not in result.stderr
