"""What docstrings say of parameters, exceptions and numbers is true."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import cnnshape

PACKAGE = Path(cnnshape.__file__).parent
FILES = sorted(
    path for path in PACKAGE.rglob("*.py") if "modules" not in path.relative_to(PACKAGE).parts
)
ENTRY = re.compile(r"^ {4}(\w+): ", re.MULTILINE)


def functions(path: Path) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """The functions of a file that have a section of arguments, with their places."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            text = ast.get_docstring(node) or ""
            if "\nArgs:\n" in text:
                yield f"{path.relative_to(PACKAGE)}:{node.lineno} {node.name}", node


def parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    given = node.args
    found = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
    return [each.arg for each in found if each is not None and each.arg not in ("self", "cls")]


def section(text: str, name: str) -> str:
    """The indented lines under a heading."""
    found = re.search(rf"^{name}:\n((?: .*\n|\n(?= ))*)", text + "\n", re.MULTILINE)
    return found[1] if found else ""


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_section_of_arguments_names_them_all_in_their_order(path: Path) -> None:
    for place, node in functions(path):
        told = ENTRY.findall(section(ast.get_docstring(node) or "", "Args"))
        assert told == parameters(node), place
