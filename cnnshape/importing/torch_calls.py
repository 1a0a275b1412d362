"""What PyTorch calls: names of functions, tensors in arguments, lines of source. Needs torch."""

from __future__ import annotations

import os
import re
import sys
import sysconfig
from dataclasses import is_dataclass
from types import FrameType
from typing import Any

import torch
from torch import Tensor
from torch.overrides import resolve_name


def tensors_of(value: Any) -> list[Tensor]:
    """The tensors in a value, in lists, dictionaries and dataclasses too, in their order."""
    if isinstance(value, Tensor):
        return [value]
    if is_dataclass(value) and not isinstance(value, type):
        value = vars(value)
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
    return str(name).partition(".")[0].replace("_", "").lower()  # torch.ops: relu.default


def full_name(func: Any) -> str:
    """A function's name for people: 'torch.Tensor.add_'."""
    try:
        found = resolve_name(func)
    except Exception:
        found = None
    return str(found or getattr(func, "__name__", func))


_TORCH = os.path.join(os.path.dirname(torch.__file__), "")
_HERE = os.path.join(os.path.dirname(__file__), "")
_STANDARD = os.path.join(sysconfig.get_path("stdlib"), "")
_INSTALLED = os.path.join(sysconfig.get_path("purelib"), "")


def source_line() -> str:
    """Where in the user's source this is called: 'net.py:12'."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if _is_the_users(frame):
            return f"{_file_of(frame)}:{frame.f_lineno}"
        frame = frame.f_back
    return ""


def fault_line(fault: BaseException) -> str:
    """Where in the user's source a fault was met: 'net.py:12'; '' where it was not met there."""
    found = ""
    step = fault.__traceback__
    while step is not None:
        if _is_the_users(step.tb_frame):
            found = f"{_file_of(step.tb_frame)}:{step.tb_lineno}"
        step = step.tb_next
    return found


_CELL = re.compile(r"<ipython-input-(\d+)-")


def _file_of(frame: FrameType) -> str:
    """The name of its file, or the cell of a notebook."""
    folder, name = os.path.split(frame.f_code.co_filename)
    if cell := _CELL.match(name):
        return f"cell {cell[1]}"
    return "a cell" if os.path.basename(folder).startswith("ipykernel_") else name


def _is_the_users(frame: FrameType) -> bool:
    name = frame.f_code.co_filename
    if _CELL.match(name):
        return True
    standard = name.startswith(_STANDARD) and not name.startswith(_INSTALLED)
    return not (standard or name.startswith((_TORCH, _HERE)) or re.match(r"<.*>$", name))
