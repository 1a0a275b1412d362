"""The code goes one way: no circle of imports, and no import against the order of the rooms.

The order is written once, in docs/architecture.md. An import inside a function counts as any
other; one for type checking alone need not follow the order between rooms, and is not run.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def order() -> dict[str, int]:
    """The rooms of docs/architecture.md, each with its floor from the ground up."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    block = re.search(r"<!-- rooms -->\n```text\n(.*?)```", page, re.DOTALL)
    assert block is not None
    floors = block[1].splitlines()[::-1]
    return {room: floor for floor, line in enumerate(floors) for room in line.split()}


def modules(root: Path) -> dict[str, Path]:
    """The Python files of the package, by what an import calls them."""
    found = {}
    for file in sorted((root / "cnnshape").rglob("*.py")):
        parts = file.relative_to(root).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


def imported(root: Path, *, for_types: bool = False) -> dict[str, set[str]]:
    """For each module, the modules of the package that it imports when it, or a function of it,
    runs; with `for_types` those that a type checker alone reads."""
    known = modules(root)
    return {
        name: {other for other, types in _imports(name, file, known) if types == for_types}
        for name, file in known.items()
    }


def _imports(name: str, file: Path, known: dict[str, Path]) -> Iterator[tuple[str, bool]]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for statement in node.body
        for inner in ast.walk(statement)
    }
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(tree):
        found: list[str] = []
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            start = ".".join([*(above if node.level else []), *filter(None, [node.module])])
            found = [f"{start}.{alias.name}" for alias in node.names]
            found = [each if each in known else start for each in found]
        for each in found:
            if each in known and each != name:
                yield each, id(node) in for_types


def room(module: str) -> str:
    """The room that a module stands in: a folder or a file of the package."""
    return module.split(".")[1] if "." in module else module


def against(imports: dict[str, set[str]], floors: dict[str, int]) -> list[str]:
    """The imports that do not lead down."""
    return [
        f"{name} imports {other}"
        for name, others in imports.items()
        for other in sorted(others)
        if room(name) != room(other) and floors[room(name)] <= floors[room(other)]
    ]


def test_no_files_import_each_other_in_a_circle() -> None:
    try:
        TopologicalSorter(imported(ROOT)).prepare()
    except CycleError as fault:
        pytest.fail(" imports ".join(reversed(fault.args[1])))


def test_every_room_is_in_the_order_and_on_the_map() -> None:
    rooms = {room(name) for name in modules(ROOT)}
    assert set(order()) == rooms
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = "".join(line for line in page.splitlines() if line.startswith("| `"))
    missing = [name for name in rooms if not re.search(rf"`{name}(/|\.py)", rows)]
    assert sorted(missing) == ["__main__", "cnnshape"]


def test_rooms_import_what_is_below_them_alone() -> None:
    assert against(imported(ROOT), order()) == []


def test_an_import_against_the_order_and_a_circle_are_seen(tmp_path: Path) -> None:
    package = tmp_path / "cnnshape"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "low.py").write_text("def f():\n    from . import high\n")
    (package / "high.py").write_text("if TYPE_CHECKING:\n    from .other import y\nimport os\n")
    (package / "other.py").write_text("from cnnshape.low import f\nimport cnnshape.high\n")
    floors = {"low": 0, "high": 1, "other": 2, "cnnshape": 3}
    assert against(imported(tmp_path), floors) == ["cnnshape.low imports cnnshape.high"]
    assert imported(tmp_path)["cnnshape.other"] == {"cnnshape.low", "cnnshape.high"}
    assert imported(tmp_path, for_types=True)["cnnshape.high"] == {"cnnshape.other"}
