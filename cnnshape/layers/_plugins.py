"""Layer types of the user's own: from a file that they name, or from an installed package.

A plugin's classes register themselves by being defined, as cnnshape's own do. Code is run
only where the user asked for it: ``--plugin FILE``, or a package they installed that
declares the entry point group ``cnnshape.layers``.
"""

from __future__ import annotations

import os
import sys
from importlib.machinery import SourceFileLoader
from typing import NamedTuple

from ._registry import registry
from .base import register

_OWN = f"{__package__.partition('.')[0]}."
ENTRY_POINT_GROUP = "cnnshape.layers"


class PluginError(Exception):
    """A plugin that cannot be loaded; the text names the file, the line and the cause."""


class _Plugin(NamedTuple):
    digest: str
    types: frozenset[str]


_loaded: dict[str, _Plugin] = {}
_entry_points_loaded = False


def load_plugin(path: str) -> frozenset[str]:
    """Run a Python file that defines layer types; returns their names.

    A file that was loaded before and has not changed is not run again; one that has
    changed replaces the types that it defined (``show --watch`` relies on it).

    Raises:
        PluginError: the file cannot be read or run, defines a type that exists already,
            or defines none. Nothing of it stays registered.
    """
    registry()
    source = _read(path)
    key, digest = os.path.realpath(path), _digest(source)
    before = _loaded.get(key)
    if before is not None:
        if before.digest == digest:
            return before.types
        _forget(before.types)
        del _loaded[key]
    known = set(register())
    try:
        _run(key, source)
    except (Exception, SystemExit) as fault:
        _forget(set(register()) - known)
        raise PluginError(f"cannot load the plugin {path}: {_cause(fault, key)}") from fault
    types = frozenset(set(register()) - known)
    if not types:
        raise PluginError(
            f"the plugin {path} defines no layer type: "
            "expected a class that inherits from cnnshape.layers.Layer"
        )
    _loaded[key] = _Plugin(digest, types)
    return types


def load_entry_points() -> None:
    """Load the layer types of installed packages, once.

    Meant to be called when a type is unknown: to look through the installed packages takes
    longer than to show a small net.

    Raises:
        PluginError: a package's entry point cannot be loaded.
    """
    global _entry_points_loaded  # noqa: PLW0603  (set once in a process, like sys.modules)
    if _entry_points_loaded:
        return
    from importlib.metadata import entry_points

    registry()
    for entry in entry_points(group=ENTRY_POINT_GROUP):
        try:
            entry.load()
        except Exception as fault:
            raise PluginError(
                f"cannot load the layers {entry.name!r} ({entry.value}) of an installed "
                f"package: {_cause(fault)}"
            ) from fault
    _entry_points_loaded = True


def plugin_digests() -> dict[str, str]:
    """For each type that is not cnnshape's own, the SHA-256 of the file that defines it.

    A cached verdict is keyed by it, so that an edited plugin is verified anew.
    """
    digests = {name: plugin.digest for plugin in _loaded.values() for name in plugin.types}
    for name, layer in register().items():
        file = getattr(sys.modules.get(layer.__module__), "__file__", None)
        if name not in digests and not layer.__module__.startswith(_OWN) and file:
            digests[name] = _digest(_read(file))
    return digests


class _Loader(SourceFileLoader):
    """Runs the very bytes that were digested, and leaves no __pycache__ beside a user's file."""

    def __init__(self, name: str, path: str, source: bytes) -> None:
        super().__init__(name, path)
        self.source = source

    def get_data(self, path: str) -> bytes:
        return self.source

    def path_stats(self, path: str) -> dict[str, float]:
        raise OSError("bytecode is not cached")


def _run(path: str, source: bytes) -> None:
    from importlib.util import module_from_spec, spec_from_file_location

    stem = os.path.basename(path).partition(".")[0]
    name = f"cnnshape_plugin_{stem}_{_digest(path.encode())[:8]}"
    spec = spec_from_file_location(name, path, loader=_Loader(name, path, source))
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise PluginError(f"cannot read the plugin {path}: {reason}") from fault


def _forget(types: set[str] | frozenset[str]) -> None:
    for name in types:
        del register()[name]


def _digest(source: bytes) -> str:
    from hashlib import sha256

    return sha256(source).hexdigest()


def _cause(fault: BaseException, path: str = "") -> str:
    """'line 3: ZeroDivisionError: division by zero'; the line is that of the plugin's file."""
    from traceback import extract_tb

    lines = [frame.lineno for frame in extract_tb(fault.__traceback__) if frame.filename == path]
    line = fault.lineno if isinstance(fault, SyntaxError) else (lines or [None])[-1]
    text = fault.msg if isinstance(fault, SyntaxError) else str(fault)
    cause = ": ".join(filter(None, [type(fault).__name__, text]))
    return f"line {line}: {cause}" if line else cause
