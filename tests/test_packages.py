"""The line that installs what is missing, and the parts as pyproject.toml has them."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from cnnshape import packages
from cnnshape.packages import (
    BASE,
    PARTS,
    MissingPackage,
    install_line,
    missing_package,
    missing_text,
    require,
)

PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The modules that are installed: those that a test adds."""
    found: set[str] = set()
    monkeypatch.setattr(packages, "find_spec", lambda name: name if name in found else None)
    return found


def test_the_parts_are_the_extras() -> None:
    tomllib = pytest.importorskip("tomllib")  # from Python 3.11 on
    project = tomllib.loads(PYPROJECT.read_text("utf-8"))["project"]

    def names(requirements: list[str]) -> tuple[str, ...]:
        found = [re.match(r"[\w-]+", each)[0] for each in requirements]  # type: ignore[index]
        return tuple(name for name in found if name != "cnnshape")

    extras = project["optional-dependencies"]
    assert names(project["dependencies"]) == BASE
    assert {part: names(extras[part]) for part in PARTS} == PARTS
    assert extras["all"] == [f"cnnshape[{','.join(PARTS)}]"]


def test_what_is_missing_of_all_parts_is_named_at_once(there: set[str]) -> None:
    there.add("numpy")
    with pytest.raises(MissingPackage) as caught:
        require("torch", "onnx")
    told = str(caught.value)
    assert told.startswith("this needs torch, which is not installed; help: ")
    assert told.endswith(" -m pip install torch torchinfo safetensors onnx onnxruntime onnxscript")
    assert missing_package(caught.value) == told


def test_where_the_first_is_there_the_others_are_asked_for_when_they_are_used(
    there: set[str],
) -> None:
    there.add("torch")
    require("torch", "train")


def test_a_failed_import_names_its_part(there: set[str]) -> None:
    there.add("onnxruntime")
    told = missing_package(ModuleNotFoundError(name="onnx.checker"))
    assert told.endswith(" -m pip install onnx onnxscript")
    told = missing_package(ModuleNotFoundError(name="PIL"))
    assert told.endswith(" -m pip install pillow")


def test_a_package_that_is_broken_is_not_called_missing() -> None:
    told = missing_package(ImportError("libcudart.so.13: cannot open", name="torch"))
    assert told.startswith("the package torch cannot be imported: libcudart.so.13: cannot open; ")
    assert told.endswith(" -m pip install torch")


def test_another_failed_import_is_no_missing_package() -> None:
    assert missing_package(ModuleNotFoundError(name="cnnshape.nothing")) == ""
    assert missing_package(ImportError("cannot import name 'x'")) == ""


def test_the_line_names_the_python_that_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "a b" / "python"))
    assert install_line("typst") == "'a b/python' -m pip install typst"
    monkeypatch.setattr(sys, "executable", "/opt/python3")
    assert install_line("typst", "pillow") == "/opt/python3 -m pip install typst pillow"
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    assert install_line("typst") == "uv pip install --python /opt/python3 typst"


def test_nothing_is_named_twice() -> None:
    assert missing_text("cnnshape-x", "cnnshape-x").count("cnnshape-x") == 2
