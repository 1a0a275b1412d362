"""From what the user names to a torch module. It runs the user's code, and nothing else does."""

from __future__ import annotations

import ast
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
from .faults import ImportFault, NotFound
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
    place, _, called = source.rpartition(":")
    if source.endswith((".py", ".ipynb")) or not place or not called:
        raise NotFound(_without_callable(source))
    if place.endswith(".ipynb"):
        raise NotFound(_NOTEBOOK)
    with _as_a_program(place), _beside(place), uncompiled(), _unscripted():
        python = _from_file(place, called) if place.endswith(".py") else _from_package(place)
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


_NOTEBOOK = (
    "a notebook is no Python file: call cnnshape.importing.import_module(net, (1, 28, 28)) in it, "
    "or save the class as a .py file"
)


def _without_callable(source: str) -> str:
    """What to say of a source that names no callable."""
    if source.endswith(".ipynb"):
        return _NOTEBOOK
    if not source.endswith(".py"):
        return f"expected package.module:callable or file.py:callable, not {source!r}"
    tree = _parsed(source)
    found = [
        f"{source}:{item.name}"
        for item in ast.iter_child_nodes(tree)
        if isinstance(item, ast.ClassDef) and item.bases
    ]
    if not found:
        return (
            f"{source} has no class that could be a module; a function is named {source}:function"
        )
    return f"which class of it? {', '.join(found)}"


def _parsed(path: str) -> ast.Module:
    """A Python file; raises NotFound where there is none."""
    try:
        with open(path, "rb") as file:
            return ast.parse(file.read(), filename=path)
    except OSError:
        raise NotFound(f"there is no file {path}") from None
    except (SyntaxError, ValueError, RecursionError, MemoryError) as fault:
        raise NotFound(f"cannot run {path}: {_told(fault)}") from fault


@contextmanager
def _beside(place: str) -> Iterator[None]:
    """Let the user's code find what lies beside it and, as with `python -m`, in the folder in
    which the command is run."""
    own = [os.getcwd()]
    if place.endswith(".py"):
        own.insert(0, os.path.dirname(os.path.abspath(place)))
    before = list(sys.path)
    sys.path[:0] = [folder for folder in own if folder not in before]
    try:
        yield
    finally:
        sys.path[:] = before


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
    try:
        return import_python(name)
    except (Exception, SystemExit) as fault:
        raise NotFound(f"cannot import {name}: {_told(fault)}") from fault


def _from_file(path: str, called: str) -> ModuleType:
    levels = max(
        (item.level for item in ast.walk(_parsed(path)) if isinstance(item, ast.ImportFrom)),
        default=0,
    )
    if levels:
        return _from_its_package(path, levels, called)
    name = os.path.basename(path).removesuffix(".py")
    spec = spec_from_file_location(f"cnnshape_import_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    python = module_from_spec(spec)
    sys.modules[spec.name] = python
    try:
        spec.loader.exec_module(python)
    except (Exception, SystemExit) as fault:
        raise NotFound(f"cannot run {path}: {_told(fault)}") from fault
    return python


def _from_its_package(path: str, levels: int, called: str) -> ModuleType:
    """A file that imports from its package by `from .`, as the package's module.

    Args:
        path: the file.
        levels: how many folders up it asks for.
        called: the name of the class or function in it.
    """
    names = [os.path.basename(path).removesuffix(".py")]
    folder = os.path.dirname(os.path.abspath(path))
    while len(names) <= levels or os.path.isfile(os.path.join(folder, "__init__.py")):
        folder, name = os.path.split(folder)
        names.insert(0, name)
    dotted = ".".join(names)
    sys.path.insert(0, folder)
    try:
        python = import_python(dotted)
        if not os.path.samefile(python.__file__ or "", path):
            raise ImportError(f"{dotted} is {python.__file__} here")
    except (Exception, SystemExit) as fault:
        raise NotFound(
            f"cannot import {path} as {dotted}: {_told(fault)}; where its package can be "
            f"imported, it is named {dotted}:{called}"
        ) from fault
    return python
