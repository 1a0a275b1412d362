"""In which precision a module is held against its spec, and how far it rounds. Needs torch.

The proof runs in float64, so that no rounding hides a fault. A module that names a type of
numbers in its forward (`x.float()`, a kernel made there, autocast) may not run so, or rounds
all the same. It is then run as it is, against the spec in float64.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_leaves

from ..torch_backend.counting import MacCounter
from ..torch_backend.network_module import NetworkModule

GROWTH = 4
"""How many times as far apart outputs may be as rounding every layer's output moves the spec's:
the module rounds what lies within a layer too, such as the terms of a norm."""
MOST = 0.05
"""Beyond this difference, as a part of the largest output, no rounding is an excuse."""


@contextmanager
def in_type(module: nn.Module, dtype: torch.dtype) -> Iterator[None]:
    """Let the module's parameters and buffers be of a type, and then again of their own."""
    own = {}
    for inner in nn.Module.modules(module):
        for name, tensor in (*inner._parameters.items(), *inner._buffers.items()):
            if tensor is not None and tensor.is_floating_point():
                own[inner, name] = tensor.dtype
    _cast(own.keys(), dict.fromkeys(own, dtype))
    try:
        yield
    finally:
        _cast(own.keys(), own)


def _cast(places: Any, dtypes: dict[tuple[nn.Module, str], torch.dtype]) -> None:
    for inner, name in places:
        dtype = dtypes[inner, name]
        parameter = inner._parameters.get(name)
        if parameter is not None:
            parameter.data = parameter.data.to(dtype)
        else:
            buffer = inner._buffers[name]
            inner._buffers[name] = buffer if buffer is None else buffer.to(dtype)


class TypeCounter(MacCounter):  # type: ignore[no-untyped-call]
    """Counts multiply-accumulates, and sees in what types of numbers a module computes."""

    def __init__(self) -> None:
        super().__init__()
        self.types: set[torch.dtype] = set()

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        result = super().__torch_dispatch__(func, types, args, kwargs)
        for value in tree_leaves(result):
            if isinstance(value, Tensor) and value.is_floating_point():
                self.types.add(value.dtype)
        return result

    @property
    def coarsest(self) -> torch.dtype:
        """The type that rounds most."""
        return max(self.types, key=lambda dtype: torch.finfo(dtype).eps)


def rounded(network: NetworkModule, x: Tensor, dtype: torch.dtype) -> Sequence[Tensor]:
    """The outputs of a network in float64, with what each layer gives rounded to a type."""

    def call(position: int, module: nn.Module, inputs: Sequence[Tensor]) -> Tensor:
        output: Tensor = module(*inputs)
        return output.to(dtype).to(x.dtype)

    found = network.run(x.to(dtype).to(x.dtype), call)
    return found if isinstance(found, tuple) else (found,)
