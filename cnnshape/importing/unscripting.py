"""What torch.jit has compiled, as it was written. Needs torch.

What a compiled module or function calls cannot be followed. One that torch.jit.script made
knows the class or function that it is made of, and holds all that this one's forward reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn


def unscripted(module: torch.jit.ScriptModule) -> nn.Module | None:
    """The module that was compiled, with the same tensors; None where that is not known, as of
    one that torch.jit.trace or torch.jit.load made."""
    known: Any = getattr(module, "_concrete_type", None)
    python = getattr(known, "py_class", None)
    if not (isinstance(python, type) and issubclass(python, nn.Module)):
        return None
    if "forward" not in dir(python) or python.__module__.startswith("torch.jit"):
        return None
    new: Any = object.__new__(python)
    nn.Module.__init__(new)
    own = vars(new)
    own.update(known.get_constants())
    own["training"] = module.training
    for name in known.get_attributes():
        own.setdefault(name, getattr(module, name))
    for kind, tensors in (
        ("_parameters", nn.Module.named_parameters(module, recurse=False)),
        ("_buffers", nn.Module.named_buffers(module, recurse=False)),
        ("_modules", nn.Module.named_children(module)),
    ):
        for name, value in tensors:
            own.pop(name, None)
            own[kind][name] = value
    found: nn.Module = new
    return found


@contextmanager
def unscripted_functions(otherwise: Callable[[str], Exception]) -> Iterator[None]:
    """Let functions that torch.jit has compiled run as they were written.

    Args:
        otherwise: what is raised for one that was loaded, given its name.
    """
    kind: Any = torch.jit.ScriptFunction
    compiled = kind.__call__

    def as_written(self: Any, *args: Any, **kwargs: Any) -> Any:
        written = getattr(self, "_torchdynamo_inline", None)
        if written is None:
            raise otherwise(self.name)
        return written(*args, **kwargs)

    kind.__call__ = as_written
    try:
        yield
    finally:
        kind.__call__ = compiled
