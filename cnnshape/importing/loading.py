"""From what the user names to a torch module. It runs the user's code, and nothing else does."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module as import_python
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType
from typing import Any

import torch
from torch import nn

from ..errors import did_you_mean
from .importer import ImportFault, NotFound
from .surroundings import uncompiled
from .torch_calls import fault_line


def load_module(source: str, arguments: Mapping[str, Any]) -> tuple[nn.Module, str]:
    """The torch module that `source` names, and the name of what makes it.

    Args:
        source: 'package.module:callable' or 'file.py:callable'; the callable is a class, a
            function, or a module that is there already.
        arguments: what the callable is given.

    Raises:
        NotFound: there is no such file, module or callable.
        ImportFault: it does not give a torch module.
    """
    place, colon, called = source.rpartition(":")
    if not colon or not place or not called:
        raise NotFound(f"expected package.module:callable or file.py:callable, not {source!r}")
    with _as_a_program(place), uncompiled(), _unscripted():
        python = _from_file(place) if place.endswith(".py") else _from_package(place)
        value = _made(python, source, arguments)
    if not isinstance(value, nn.Module):
        raise ImportFault(f"{source} gives {type(value).__name__}, not a torch.nn.Module")
    return value, called.rpartition(".")[2]


SCRIPTING = ("script", "trace", "script_if_tracing", "freeze", "optimize_for_inference")
"""The functions of torch.jit that compile what they are given first."""


@contextmanager
def _unscripted() -> Iterator[None]:
    """Leave functions and modules as they are that code compiles by torch.jit when it is loaded:
    what a compiled one calls cannot be followed."""

    def as_it_is(function: Any, *options: Any, **more: Any) -> Any:
        return function

    names = vars(torch.jit)
    own = {name: names[name] for name in SCRIPTING}
    names.update(dict.fromkeys(SCRIPTING, as_it_is))
    try:
        yield
    finally:
        names.update(own)


@contextmanager
def _as_a_program(name: str) -> Iterator[None]:
    """Let the user's code find a command line with its own name and none of our options."""
    given, sys.argv = sys.argv, [name]
    try:
        yield
    finally:
        sys.argv = given


def _made(python: ModuleType, source: str, arguments: Mapping[str, Any]) -> Any:
    """What is named in a Python module, called where it is no torch module yet."""
    place, _, called = source.rpartition(":")
    value: Any = python
    for name in called.split("."):
        if not hasattr(value, name):
            near = did_you_mean(name, [other for other in dir(value) if not other.startswith("_")])
            help = f"; did you mean {near}?" if near else ""
            raise NotFound(f"{place} has no {called!r}{help}")
        value = getattr(value, name)
    if isinstance(value, nn.Module):
        return value
    if not callable(value):
        raise ImportFault(f"{source} is {type(value).__name__}, and cannot be called")
    try:
        return value(**arguments)
    except (Exception, SystemExit) as fault:
        given = ", ".join(f"{key}={value!r}" for key, value in arguments.items())
        raise ImportFault(f"{called}({given}) cannot be made: {_told(fault)}") from fault


def _told(fault: BaseException) -> str:
    """What the user's code raised, and where."""
    line = fault_line(fault)
    place = f" ({line})" if line else ""
    if isinstance(fault, SystemExit):
        return f"it ends the program{place}"
    return f"{type(fault).__name__}{place}: {fault}"


def _from_package(name: str) -> ModuleType:
    if "" not in sys.path and os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())  # as `python -m` does: the user's own packages
    try:
        return import_python(name)
    except (Exception, SystemExit) as fault:
        raise NotFound(f"cannot import {name}: {_told(fault)}") from fault


def _from_file(path: str) -> ModuleType:
    if not os.path.isfile(path):
        raise NotFound(f"there is no file {path}")
    name = os.path.basename(path).removesuffix(".py")
    spec = spec_from_file_location(f"cnnshape_import_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    python = module_from_spec(spec)
    folder = os.path.dirname(os.path.abspath(path))
    sys.path.insert(0, folder)  # what the file imports from beside it
    sys.modules[spec.name] = python
    try:
        spec.loader.exec_module(python)
    except (Exception, SystemExit) as fault:
        raise NotFound(f"cannot run {path}: {_told(fault)}") from fault
    finally:
        sys.path.remove(folder)
    return python
