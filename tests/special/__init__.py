"""What tests of all layer types must know of those that have a package to themselves.

The test of such a package says it in `ONNX`, by the names of tables in the tests of ONNX files.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any


def said(table: str) -> list[Any]:
    """The parts of a table that the tests here hold."""
    modules = [import_module(f"{__name__}.{path.stem}") for path in _tests()]
    return [module.ONNX[table] for module in modules if table in module.ONNX]


def _tests() -> list[Path]:
    return sorted(Path(__file__).parent.glob("test_*.py"))
