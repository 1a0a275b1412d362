"""Every layer type by its name: the families of this folder, found by listing it."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from .base import Layer, register

_TYPES = MappingProxyType(register())
_families_loaded = False


def registry() -> Mapping[str, type[Layer]]:
    """Every layer type that is known, by name: a live, read-only view.

    The first call imports each public module beside this one, in alphabetical order.
    """
    global _families_loaded  # noqa: PLW0603  (set once in a process, like sys.modules)
    if not _families_loaded:
        package = import_module(__package__)
        for module in iter_modules(package.__path__):
            if not module.name.startswith("_"):
                import_module(f"{__package__}.{module.name}")
        _families_loaded = True
    return _TYPES
