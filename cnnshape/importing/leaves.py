"""Modules that are one layer, of torch.nn or by their name. Needs torch."""

from __future__ import annotations

from typing import Any, NamedTuple

from torch import Tensor, nn
from torch.nn.utils.parametrize import is_parametrized

from ..layers import registry
from ..layers.shapes import Shape
from .graph import NotSaid, bound
from .operations import module_arguments


def leaf_type(module: nn.Module) -> str | None:
    """The layer type that a module is, whose forward is that of torch.nn's class.

    None also where its weights are computed before it runs, by torch.nn.utils.
    """
    if is_parametrized(module) or any(isinstance(value, Tensor) for value in vars(module).values()):
        return None
    for base in type(module).__mro__:
        if base.__module__.startswith("torch.nn.modules") and base.__name__ in registry():
            same = type(module).forward is getattr(base, "forward", None)
            return base.__name__ if same else None
    return None


class NamedLeaf(NamedTuple):
    """A module whose class has the name of a layer type that torch.nn does not have.

    It says that it is this layer, and the proof tells whether it is. So what an export writes
    comes back as what it was.
    """

    module: nn.Module
    type: str
    arguments: dict[str, Any]

    def fits(self, inputs: tuple[Shape, ...]) -> bool:
        """Whether the layer reads inputs of these shapes, and has the module's tensors."""
        try:
            layer, _ = bound(self.type, self.arguments, inputs)
        except NotSaid:
            return False
        tensors = dict(self.module.named_parameters()) | dict(self.module.named_buffers())
        shapes = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
        return shapes == {**layer.parameters(), **layer.buffers()}


def named_leaf(module: nn.Module) -> NamedLeaf | None:
    """The layer that a module is by its class's name; its attributes give all arguments."""
    name = type(module).__name__
    layer = registry().get(name)
    if layer is None or layer.python.make != name:  # torch.nn's, or no module in Python at all
        return None
    needed = [key for key, field in layer.fields.items() if not field.inferred]
    if not all(hasattr(module, key) for key in needed):
        return None
    return NamedLeaf(module, name, module_arguments(name, module))
