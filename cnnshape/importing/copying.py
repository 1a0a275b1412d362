"""A copy of a module to work on, so that the one that is handed in stays as it is. Needs torch.

copy.deepcopy refuses tensors that are computed (a pruned weight), locks and files, and leaves
functions as they are: a hook or lambda that holds a part of the module would run the original's.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from copy import deepcopy
from functools import partial
from types import CellType, FunctionType, MethodType
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from .unscripting import unscripted

CONTAINERS = (list, tuple, set, deque)
MAPPINGS = (dict, OrderedDict)


def copied(module: nn.Module, *, tensors: bool = True) -> nn.Module:
    """A copy of a module on the cpu, with all that it holds; what was compiled is not.

    Parameters on the meta device have no values, and get zeros.

    Args:
        module: the caller's.
        tensors: whether these are copied too, and not the original's.
    """
    found: nn.Module = _Copier(tensors=tensors).of(module)
    return found


class _Copier:
    """The copies made so far, by the id of the original, as copy.deepcopy keeps them."""

    def __init__(self, *, tensors: bool) -> None:
        self._copies_tensors = tensors
        self._memo: dict[int, Any] = {}
        self._alive: list[Any] = []  # so that no id is used twice

    def of(self, value: Any) -> Any:
        """The copy of a value."""
        if id(value) not in self._memo:
            found = self._made(value)
            self._know(value, found)
        return self._memo[id(value)]

    def _know(self, value: Any, copy: Any) -> Any:
        self._memo[id(value)] = copy
        self._alive.append(value)
        return copy

    def _made(self, value: Any) -> Any:
        if isinstance(value, torch.jit.ScriptModule):
            written = unscripted(value)
            return value if written is None else self.of(written)
        original = _uncompiled(value)
        if original is not value:
            return self.of(original)
        for kind, make in self._makers:
            if isinstance(value, kind):
                return make(self, value)
        if type(value) in MAPPINGS:
            mapping = self._know(value, type(value)())
            mapping.update((key, self.of(item)) for key, item in value.items())
            return mapping
        if type(value) in CONTAINERS:
            return self._container(value)
        return self._otherwise(value)

    def _module(self, module: nn.Module) -> nn.Module:
        new: nn.Module = self._know(module, object.__new__(type(module)))
        vars(new).update({name: self.of(value) for name, value in vars(module).items()})
        if vars(new).get("_compiled_call_impl") is not None:  # by module.compile()
            vars(new)["_compiled_call_impl"] = None
        return new

    def _tensor(self, tensor: Tensor) -> Tensor:
        if is_lazy(tensor):
            lazy: Any = type(tensor)
            new = lazy(requires_grad=tensor.requires_grad, device="cpu", dtype=tensor.data.dtype)
            return cast(Tensor, new)
        if type(tensor) not in (Tensor, nn.Parameter):
            return cast(Tensor, self._otherwise(tensor))
        own = tensor.detach()
        if own.is_meta:  # weights are drawn anew; a buffer's numbers are lost
            own = torch.zeros_like(own, device="cpu") if type(tensor) is nn.Parameter else own
        elif own.device.type != "cpu":
            own = own.cpu()
        elif self._copies_tensors or own.is_inference():
            own = own.clone()
        if type(tensor) is nn.Parameter:
            return nn.Parameter(own, tensor.requires_grad)
        return own

    def _container(self, value: Any) -> Any:
        if type(value) is tuple:
            return tuple([self.of(item) for item in value])
        new = self._know(value, type(value)())
        add = new.add if isinstance(value, set) else new.append
        for item in value:
            add(self.of(item))
        return new

    def _function(self, function: FunctionType) -> FunctionType:
        cells = function.__closure__ or ()
        if not cells and not function.__defaults__:
            return function
        new = FunctionType(
            function.__code__,
            function.__globals__,
            function.__name__,
            closure=tuple([CellType() for _ in cells]) or None,
        )
        self._know(function, new)
        new.__defaults__ = self.of(function.__defaults__)
        new.__kwdefaults__ = function.__kwdefaults__
        vars(new).update({name: self._held(value) for name, value in vars(function).items()})
        for cell, other in zip(cells, new.__closure__ or (), strict=True):
            try:
                other.cell_contents = self._held(cell.cell_contents)
            except ValueError:  # nothing is in it yet
                continue
        return new

    def _held(self, value: Any) -> Any:
        """What a function holds: copied where a module's run may go through it."""
        kinds = (nn.Module, Tensor, FunctionType, MethodType, partial, dict, *CONTAINERS)
        return self.of(value) if isinstance(value, kinds) else value

    def _method(self, method: MethodType) -> MethodType:
        return MethodType(self.of(method.__func__), self._held(method.__self__))

    def _partial(self, value: partial[Any]) -> partial[Any]:
        named = {name: self.of(item) for name, item in value.keywords.items()}
        return partial(self.of(value.func), *map(self.of, value.args), **named)

    def _otherwise(self, value: Any) -> Any:
        try:
            return deepcopy(value, self._memo)
        except Exception:  # a lock, a file, a Python module: there is one of it
            return value

    _makers: tuple[tuple[type, Callable[[_Copier, Any], Any]], ...] = (
        (nn.Module, _module),
        (Tensor, _tensor),
        (FunctionType, _function),
        (MethodType, _method),
        (partial, _partial),
    )


def _uncompiled(value: Any) -> Any:
    """What torch.compile was given, where this is what it gave."""
    original = value
    if isinstance(value, nn.Module):
        original = vars(value).get("_modules", {}).get("_orig_mod", value)
    elif isinstance(value, FunctionType):
        original = vars(value).get("_torchdynamo_orig_callable", value)
    return original
