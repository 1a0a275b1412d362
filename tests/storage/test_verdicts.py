"""A verdict is found again for just what it was given on, and for nothing else."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cnnshape
from cnnshape.network import Network
from cnnshape.storage import verdicts
from cnnshape.storage.cache import FOLDER_VARIABLE, cache_folder

pytestmark = pytest.mark.torch

SPEC = """
input: [3, 16, 16]
layers:
  - {type: Conv2d, out_channels: $width, kernel_size: 3}
  - ReLU
params: {width: 4}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache's folder, which is not there yet."""
    place = tmp_path / "cache"
    monkeypatch.setenv(FOLDER_VARIABLE, str(place))
    return place


def network(width: int = 4, **changes: Any) -> Network:
    return cnnshape.loads(SPEC, params={"width": width}, **changes)


def verdict(**changes: Any) -> dict[str, Any]:
    return {
        "status": "passed",
        "device": "cpu",
        "torch": "2.13.0",
        "layers_checked": 2,
        "mismatches": [],
        "reason": "",
        "skipped": [],
        "unknown_macs": [],
        "witness": None,
        "batch": 1,
        "seconds": 0.1,
        **changes,
    }


def the_file(folder: Path) -> Path:
    (file,) = (folder / "verdicts").iterdir()
    return file


def test_what_was_stored_is_found_again() -> None:
    assert verdicts.load(network(), "auto") is None
    verdicts.store(network(), "auto", verdict(seconds=0.1))
    assert verdicts.load(network(), "auto") == verdict(seconds=0.1)


def test_another_question_has_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    verdicts.store(network(), "auto", verdict())
    assert verdicts.load(network(), "cpu") is None
    assert verdicts.load(network(width=5), "auto") is None
    assert verdicts.load(network(input=(3, 17, 17)), "auto") is None
    with monkeypatch.context() as patch:
        patch.setattr("cnnshape.version.__version__", "9.9")
        assert verdicts.load(network(), "auto") is None
    with monkeypatch.context() as patch:
        patch.setattr(verdicts, "_torch_version", lambda: "9.9")
        assert verdicts.load(network(), "auto") is None
    with monkeypatch.context() as patch:
        patch.setattr(verdicts, "plugin_digests", lambda: {"Mine": "0123"})
        assert verdicts.load(network(), "auto") is None
    assert verdicts.load(network(), "auto") is not None


@pytest.mark.parametrize(
    ("method", "wrong"),
    [
        ("macs", lambda self, inputs, output: 1),
        ("output_shape", lambda self, inputs: (4, 9, 9)),
        ("parameters", lambda self: {"weight": (4, 3, 3, 3)}),
        ("buffers", lambda self: {"extra": (1,)}),
    ],
)
def test_a_changed_formula_finds_no_verdict(
    method: str, wrong: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    verdicts.store(network(), "auto", verdict())
    monkeypatch.setattr(type(network().layers[0].layer), method, wrong)
    assert verdicts.load(network(), "auto") is None


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "failed"},
        {"status": "skipped"},
        {"layers_checked": 1},
        {"mismatches": [{}]},
        {"device": None},
        {"torch": None},
        {"reason": None},
        {"skipped": [{"path": "a", "reason": "b"}]},
        {"unknown_macs": [{"path": "a"}]},
        {"witness": {"name": "torchinfo"}},
        {"seconds": "1"},
        {"layers_checked": True},
        {"more": 1},
    ],
)
def test_only_a_whole_and_passed_verdict_is_kept(changes: dict[str, Any], folder: Path) -> None:
    verdicts.store(network(), "auto", verdict(**changes))
    assert not folder.exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"{}",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        json.dumps(verdict(layers_checked=3)).encode(),
        json.dumps(verdict(status="failed")).encode(),
        json.dumps(verdict())[:-1].encode(),
        json.dumps(verdict()).encode(),
    ],
)
def test_a_damaged_file_is_no_verdict_and_is_mended(content: bytes, folder: Path) -> None:
    verdicts.store(network(), "auto", verdict())
    the_file(folder).write_bytes(content)
    assert verdicts.load(network(), "auto") is None
    verdicts.store(network(), "auto", verdict())
    assert verdicts.load(network(), "auto") == verdict()


@pytest.mark.slow
@pytest.mark.parametrize("part", list(verdict()))
def test_a_verdict_that_lacks_a_part_is_none(part: str, folder: Path) -> None:
    verdicts.store(network(), "auto", verdict())
    file = the_file(folder)
    kept = json.loads(file.read_text())
    del kept["verdict"][part]
    file.write_text(json.dumps(kept))
    assert verdicts.load(network(), "auto") is None


def test_a_verdict_on_another_network_is_none(folder: Path) -> None:
    verdicts.store(network(), "auto", verdict())
    first = the_file(folder)
    content = first.read_bytes()
    first.unlink()
    verdicts.store(network(width=5), "auto", verdict())
    the_file(folder).write_bytes(content)
    assert verdicts.load(network(width=5), "auto") is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_nothing_is_waited_for(folder: Path) -> None:
    verdicts.store(network(), "auto", verdict())
    file = the_file(folder)
    file.unlink()
    os.mkfifo(file)
    assert verdicts.load(network(), "auto") is None
    file.unlink()
    file.symlink_to("/dev/zero")
    assert verdicts.load(network(), "auto") is None


def test_a_folder_in_the_place_of_the_file_is_no_verdict(folder: Path) -> None:
    verdicts.store(network(), "auto", verdict())
    file = the_file(folder)
    file.unlink()
    file.mkdir()
    assert verdicts.load(network(), "auto") is None
    verdicts.store(network(), "auto", verdict())
    assert list(file.parent.iterdir()) == [file], "the temporary file is left behind"


def test_a_folder_that_cannot_be_made_is_no_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder")
    monkeypatch.setenv(FOLDER_VARIABLE, str(file))
    verdicts.store(network(), "auto", verdict())
    assert verdicts.load(network(), "auto") is None
    assert file.read_text() == "not a folder"


def test_nothing_but_the_verdict_is_left_in_the_folder(folder: Path) -> None:
    for _ in range(2):
        verdicts.store(network(), "auto", verdict())
    assert the_file(folder).suffix == ".json"


def test_without_torch_there_is_no_verdict(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr(verdicts, "find_spec", lambda name: None)
    verdicts.store(network(), "auto", verdict())
    assert verdicts.load(network(), "auto") is None
    assert not folder.exists()


def test_the_version_is_that_of_the_torch_that_would_be_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from importlib.machinery import ModuleSpec

    spec = ModuleSpec("torch", None, is_package=True)
    spec.submodule_search_locations = [str(tmp_path)]
    (tmp_path / "version.py").write_text("debug = False\n__version__ = '7.8.9+cpu'\n")
    monkeypatch.setattr(verdicts, "find_spec", lambda name: spec)
    assert verdicts._torch_version() == "7.8.9+cpu"


def test_it_is_the_version_that_torch_says_itself() -> None:
    import torch

    assert verdicts._torch_version() == str(torch.__version__)


def test_the_users_cache_folder_is_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(FOLDER_VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    if sys.platform == "linux":
        assert cache_folder() == os.path.join(tmp_path, "cnnshape")


def test_a_live_verdict_comes_back_as_it_was() -> None:
    net = network()
    report = cnnshape.verify(net, "cpu").to_dict()
    verdicts.store(net, "cpu", report)
    assert verdicts.load(net, "cpu") == report
