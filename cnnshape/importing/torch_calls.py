"""What PyTorch calls: names of functions, tensors in arguments, lines of source. Needs torch."""

from __future__ import annotations

import os
import re
import sys
from types import FrameType
from typing import Any

import torch
from torch import Tensor
from torch.overrides import resolve_name


def tensors_of(value: Any) -> list[Tensor]:
    """The tensors in a value, in lists and dictionaries too, in their order."""
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [tensor for item in value for tensor in tensors_of(item)]
    return []


def plain_name(func: Any) -> str:
    """A function's name as rules have it: 'add' for torch.Tensor.add_."""
    name = getattr(func, "__name__", "")
    if name == "__get__":  # of x.mT, by the descriptor that it is a method of
        name = getattr(func.__self__, "__name__", "")
    return name.replace("_", "").lower()


def full_name(func: Any) -> str:
    """A function's name for people: 'torch.Tensor.add_'."""
    try:
        found = resolve_name(func)
    except Exception:
        found = None
    return str(found or getattr(func, "__name__", func))


_TORCH = os.path.join(os.path.dirname(torch.__file__), "")
_HERE = os.path.join(os.path.dirname(__file__), "")


def source_line() -> str:
    """Where in the user's source this is called: 'net.py:12'."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if not name.startswith((_TORCH, _HERE)) and not re.match(r"<.*>$", name):
            return f"{os.path.basename(name)}:{frame.f_lineno}"
        frame = frame.f_back
    return ""
