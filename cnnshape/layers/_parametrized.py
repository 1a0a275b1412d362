"""Layers of torch.nn whose weight is computed by torch.nn.utils.parametrizations."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ._python import Python
from .base import Layer

if TYPE_CHECKING:
    from torch import nn

PLACE = "parametrizations.weight"
"""Under which the module holds what the weight is computed from."""


class Parametrized(Layer, abstract=True):
    """A layer of torch.nn with a parametrization of its weight."""

    prefix: ClassVar[str]
    """What its type's name has before that of torch.nn's class."""
    function: ClassVar[str]
    """Of torch.nn.utils.parametrizations."""

    def module(self) -> nn.Module:
        from torch import nn
        from torch.nn.utils import parametrizations

        plain = getattr(nn, self.type_name.removeprefix(self.prefix))
        module: nn.Module = getattr(parametrizations, self.function)(plain(**self.arguments))
        return module


def parametrized(plain: str, function: str, words: str) -> Python:
    """A function that makes the layer of torch.nn, and gives it a parametrization.

    Args:
        plain: torch.nn's class.
        function: of torch.nn.utils.parametrizations.
        words: what the weight is then.
    """
    name = f"{function}_{plain.lower()}"
    source = (
        f"def {name}(*arguments, **options):\n"
        f'    """{plain} whose weight is {words}."""\n'
        f"    layer = nn.{plain}(*arguments, **options)\n"
        f"    return nn.utils.parametrizations.{function}(layer)\n"
    )
    return Python(make=name, source=source)
