"""What each tensor of a run is: the value of a layer, a parameter, or a constant. Needs torch."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import unset_fake_temporarily

from .operations import KEEPS_ORDER, Indices, Value
from .origins import Origins
from .samples import FIRST, divided
from .torch_calls import plain_name, tensors_of

FORM_ALONE = {
    "newzeros": 0, "newones": 0, "newfull": 0, "newempty": 0, "newtensor": 0,
    "typeas": 1, "to": 1, "expandas": 1, "viewas": 1, "reshapeas": 1,
}  # fmt: skip
"""Functions that read of one argument, which is the one at this place, the shape and the type."""


class Tensors:
    """The tensors of a run.

    Attributes:
        origins: of those that do not follow from the input.
        learned: the names of the module's parameters.
        sizes: of its parameters and buffers, by name.
    """

    def __init__(self, module: nn.Module) -> None:
        self.origins = Origins(module)
        own: dict[str, Tensor] = dict(module.named_parameters())
        self.learned = frozenset(own)
        own |= dict(module.named_buffers())
        self.sizes = {name: tensor.numel() for name, tensor in own.items()}
        self._names = {id(tensor): name for name, tensor in own.items()}
        self._keys: dict[int, str] = {}
        self._pooled: dict[int, Value] = {}
        self._alive: list[Any] = []  # so that no id is used twice

    def name(self, tensor: Tensor) -> str:
        """The name of the parameter or buffer that a tensor is; '' where it is none."""
        return self._names.get(id(tensor), "")

    def key(self, tensor: Tensor) -> str:
        """The key of the layer whose value a tensor is; '' where it is none's."""
        return self._keys.get(id(tensor), "")

    def is_known(self, result: Any) -> bool:
        """Whether it is the value of a layer already."""
        return id(result) in self._keys

    def know(self, tensor: Tensor, key: str) -> None:
        """This tensor is the value of a layer from now on."""
        self._keys[id(tensor)] = key
        self._alive.append(tensor)

    def copied(self, tensor: Tensor) -> Tensor:
        """A tensor of which the same is known, and that shares no numbers with another."""
        copy = torch.empty(tensor.shape, dtype=tensor.dtype)
        self.become(copy, tensor)
        return copy

    def become(self, tensor: Tensor, other: Tensor) -> None:
        """What is known of another tensor is known of this one from now on."""
        self._alive += (tensor, other)
        self.origins.become(tensor, other)
        self._keys.pop(id(tensor), None)
        self._names.pop(id(tensor), None)
        if key := self.key(other):
            self._keys[id(tensor)] = key
        if name := self.name(other):
            self._names[id(tensor)] = name

    def know_indices(self, name: str, outputs: Sequence[Tensor], pooled: Value) -> None:
        """The second output of a max pool is where the maxima are in what it pooled."""
        if name.startswith("maxpool") and len(outputs) == 2:
            self._pooled[id(outputs[1])] = pooled
            self._alive.append(outputs[1])

    def know_apart(
        self, func: Any, args: Sequence[Any], kwargs: dict[str, Any], outputs: list[Tensor]
    ) -> None:
        """These are what a call gives that reads nothing that follows from the input."""
        read = tensors_of([*args, *kwargs.values()])
        self.origins.note(func, args, kwargs, outputs, self.form(func, args))
        self._alive += outputs
        name = self.name(read[0]) if len(read) == 1 else ""
        if name and plain_name(func) in KEEPS_ORDER:
            (tensor,) = outputs
            if tensor.numel() == prod(read[0].shape):
                self._names[id(tensor)] = name

    def without_masks(self, func: Any, args: Sequence[Any]) -> Sequence[Any]:
        """The arguments of x[mask], or of x[mask] = y, with the positions where it is true.

        It is a mask of fixed values. Without values, a mask gives no number of positions.
        """
        if plain_name(func) not in ("getitem", "setitem") or not self.key(args[0]):
            return args
        index = args[1] if isinstance(args[1], tuple) else (args[1],)
        found: list[Any] = []
        for item in index:
            origin = self.origins.of(item) if isinstance(item, Tensor) else None
            if origin is None or item.dtype != torch.bool or origin.learned:
                found.append(item)
                continue
            with unset_fake_temporarily():
                found += origin.value({}).nonzero(as_tuple=True)
        self._alive += found
        return args[0], tuple(found), *args[2:]

    def form(self, func: Any, args: Sequence[Any]) -> Tensor | None:
        """The argument of which a function reads nothing but the shape and the type."""
        place = FORM_ALONE.get(plain_name(func))
        found = args[place] if place is not None and place < len(args) else None
        return found if isinstance(found, Tensor) and self.key(found) else None

    def value(self, tensor: Tensor) -> Value:
        """What is known of a tensor."""
        if key := self.key(tensor):
            return shaped(tensor)._replace(key=key)
        origin = self.origins.of(tensor)
        return Value("", tuple(tensor.shape), self.name(tensor), origin=origin)

    def shown(self, argument: Any) -> Any:
        """An argument as a rule reads it: with values in place of tensors."""
        if isinstance(argument, Tensor):
            pooled = self._pooled.get(id(argument))
            return self.value(argument) if pooled is None else Indices(pooled)
        if type(argument) in (list, tuple):
            return type(argument)(self.shown(item) for item in argument)
        if type(argument) is dict:
            return {name: self.shown(item) for name, item in argument.items()}
        return argument


def shaped(tensor: Tensor) -> Value:
    """A tensor that follows from the input, as a network has it; its key is not known here."""
    shape = tuple(tensor.shape)
    shape, samples = divided(shape) or (shape, FIRST)
    return Value("", shape, samples=samples)


def _version(tensor: Tensor) -> int:
    """How often it has been written into; in inference mode that is not known."""
    return 0 if tensor.is_inference() else tensor._version


def versions_of(inputs: Any) -> dict[int, int]:
    """How often each tensor has been written into, by its id."""
    return {id(tensor): _version(tensor) for tensor in tensors_of(inputs)}


def apart(output: Any, versions: dict[int, int]) -> Any:
    """What came out; where it is what went in, as dropout gives it, as a tensor of its own.

    So `x + dropout(x)` reads two values. What was written into, as by `relu_`, is one.
    """
    if isinstance(output, Tensor) and versions.get(id(output)) == _version(output):
        return output.view(output.shape)
    return output
