"""Layers that a module uses and PyTorch does not know of, as in a plain list. Needs torch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torch import Tensor, nn

INSTEAD = {
    ("list", "layer"): "nn.ModuleList",
    ("dict", "layer"): "nn.ModuleDict",
    ("list", "parameter"): "nn.ParameterList",
    ("dict", "parameter"): "nn.ParameterDict",
}
"""What registers what a plain container holds."""


def why_unregistered(module: nn.Module, parameter: Tensor) -> str:
    """Where a parameter is, that is none of the module's, and what to do."""
    for path, inner in module.named_modules():
        for name, value in vars(inner).items():
            found = [each for each in _held(value) if _has(each, parameter)]
            if not found or name in ("_modules", "_parameters"):
                continue
            where = ".".join(filter(None, (path, name)))
            kind = "dict" if isinstance(value, dict) else "list"
            what = "layer" if isinstance(found[0], nn.Module) else "parameter"
            return (
                f"{where} is a plain {type(value).__name__} of {what}s, which PyTorch does not "
                f"register: they are neither trained nor saved; use {INSTEAD[kind, what]}"
            )
    return (
        "it uses a parameter that it does not hold, so that PyTorch neither trains nor saves it: "
        "make its layer an attribute of the module"
    )


def _held(value: Any) -> Iterator[Any]:
    """The modules and tensors in a container, and in containers in it."""
    if isinstance(value, (nn.Module, Tensor)):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _held(item)
    elif isinstance(value, (list, tuple, set)):
        for item in value:
            yield from _held(item)


def _has(value: Any, parameter: Tensor) -> bool:
    if isinstance(value, nn.Module):
        return any(each is parameter for each in nn.Module.parameters(value))
    return value is parameter
