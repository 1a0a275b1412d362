"""Every layer type by its name: the families of this folder, and the packages of types that have
one to themselves, found by listing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType, ModuleType

from .base import Layer, register

_TYPES = MappingProxyType(register())
_families_loaded = False


def registry() -> Mapping[str, type[Layer]]:
    """Every layer type that is known, by name: a live, read-only view.

    The first call imports each public module beside this one, in alphabetical order, and then
    the packages of special types.
    """
    global _families_loaded  # noqa: PLW0603  (set once in a process, like sys.modules)
    if not _families_loaded:
        # os.listdir, since pkgutil takes as long to import as a family of layers.
        for file in sorted(os.listdir(os.path.dirname(__file__))):
            name, _, extension = file.partition(".")
            if extension == "py" and not name.startswith("_"):
                import_module(f"{__package__}.{name}")
        special()
        _families_loaded = True
    return _TYPES


def listed() -> dict[str, type[Layer]]:
    """The types that a spec's author may choose from, by name: all but the hidden ones."""
    return {name: kind for name, kind in registry().items() if not kind.hidden}


def special(part: str = "") -> list[ModuleType]:
    """The packages of types that have one to themselves, or that module of each that has it.

    They are found by name, as plugins are: how they are imported from PyTorch and ONNX stands in
    them too, above what reads these.
    """
    package = f"{__package__.rpartition('.')[0]}.special"
    folder = os.path.join(os.path.dirname(os.path.dirname(__file__)), "special")
    return [
        import_module(f"{package}.{name}.{part}".rstrip("."))
        for name in sorted(os.listdir(folder))
        if os.path.exists(os.path.join(folder, name, f"{part or '__init__'}.py"))
    ]
