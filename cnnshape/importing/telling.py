"""Why a module cannot be run, in words and sizes that its writer knows. Needs torch."""

from __future__ import annotations

import inspect
from contextlib import suppress
from math import prod
from typing import Any

import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import (
    DataDependentOutputException,
    DynamicOutputShapeException,
    FakeTensorMode,
)

from ..errors import first_line
from ..layers.shapes import Shape, format_shape
from ..text.counts import count_of
from .preparing import input_type
from .samples import FIRST
from .tensors import shaped
from .torch_calls import fault_line

ASKS_FOR_VALUES = (DataDependentOutputException, DynamicOutputShapeException)
"""What PyTorch raises where the values of a tensor are asked for that has none."""


def without_values() -> FakeTensorMode:
    """A context in which tensors have shapes and no values."""
    return FakeTensorMode(allow_non_fake_inputs=True)


def seen_of_few(module: nn.Module, input_shape: Shape, fault: Exception) -> Exception:
    """The fault as a batch of 1 shows it, or else of 2: in sizes that its reader knows."""
    if isinstance(fault, ASKS_FOR_VALUES):
        return fault
    for batch in (1, 2):
        with without_values():
            try:
                module(torch.empty(batch, *input_shape, dtype=input_type(module)))
            except Exception as seen:
                if batch == 2:
                    seen.args = (f"it takes one sample alone; of 2, {first_line(seen)}",)
                return seen
    return fault


def other_shape(module: nn.Module, input_shape: Shape) -> str:
    """The input with which a module runs, where the one given has the batch too, or has its
    channels last; else ''."""
    batch, last = input_shape[1:], (*input_shape[-1:], *input_shape[:-1])
    for says, shape in (("without the batch", batch), ("channels first", last)):
        if len(shape) > 1 and (shape is last or input_shape[0] == 1):
            with without_values(), suppress(Exception):
                module(torch.empty(2, *shape, dtype=input_type(module)))
                return f"; give the input {says}: {format_shape(shape)}"
    return ""


class _Asked(Exception):
    """What a forward asks of what is no tensor; the text is how, "['image']"."""


class _NoTensor(dict[Any, Any]):
    """Tells by a fault that it is used as a dict or a list is."""

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str):
            raise _Asked(f"[{key!r}]")
        raise TypeError

    def __iter__(self) -> Any:
        raise _Asked("")

    def get(self, key: Any, default: Any = None) -> Any:
        raise _Asked(f"[{key!r}]")

    pop = get

    def items(self) -> Any:
        raise _Asked("")

    keys = values = items


def other_input(module: nn.Module) -> str:
    """Why a module cannot be run whose forward takes a dict or a list of tensors; else ''."""
    try:
        module(_NoTensor())
    except _Asked as asked:
        name = next(iter(inspect.signature(module.forward).parameters))
        key = str(asked)[1:-1]
        line = fault_line(asked)
        place = f" ({line})" if line else ""
        what = f"a dict of tensors: {name}[{key}]" if key else f"several tensors of {name}"
        given = f"{{{key}: x}}" if key else "..."
        return (
            f"its forward reads {what}{place}, and a spec has one input: wrap it in a module "
            f"whose forward takes a tensor, `def forward(self, x): return self.net({given})`"
        )
    except Exception:
        return ""
    return ""


def told(fault: Exception, around: str, module: nn.Module, given: Tensor | None) -> str:
    """Why a run ended, and where.

    Args:
        fault: what was raised.
        around: the path of the innermost module that ran.
        module: that innermost module.
        given: the input, where it is known.
    """
    line = fault_line(fault)
    place = (f" in {around}" if around else "") + (f" ({line})" if line else "")
    if isinstance(fault, ASKS_FOR_VALUES):
        return f"it asks for the values of a tensor{place}, which no shape tells"
    if ".numpy() is not supported" in str(fault):
        return f"it computes in numpy{place}, where nothing can be followed: use torch"
    if isinstance(module, nn.Linear) and (found := _misfit(module, given)):
        return f"Linear{place} {found}"
    return f"{type(fault).__name__}{place}: {first_line(fault)}"


def _misfit(module: nn.Linear, given: Tensor | None) -> str:
    """What is wrong with the size of what a Linear is given; '' where that fits."""
    if not isinstance(given, Tensor):
        return ""
    value, needed = shaped(given), module.in_features
    size = value.shape[1:]
    if value.samples != FIRST or not size or size[-1] == needed:
        return ""
    found = f"reads {count_of(needed, 'feature')} of each sample, and gets {format_shape(size)}"
    if len(size) == 1:
        return f"{found}: in_features={size[0]} fits"
    fits = "" if prod(size) == needed else f", and in_features={prod(size)} then fits"
    return f"{found}: flatten it first, by x.flatten(1){fits}"
