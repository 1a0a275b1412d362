"""How a layer is written in Python: what its type says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..abstraction.arguments import plain
from ..abstraction.conditions import NO_TYPE
from ..abstraction.program import Parameter, TypeName
from ..layers import registry
from .errors import ExportError
from .words import literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..abstraction import LayerCall
    from ..layers._python import Python
    from ..layers.base import Layer
    from ..network import Node

BY_POSITION = frozenset(
    ("in_channels", "out_channels", "in_features", "out_features", "num_features",
     "normalized_shape", "num_groups", "num_channels", "num_parameters", "centers", "table")
)  # fmt: skip
"""Arguments that are written without their names, where they come first."""
FIRST = ("in_channels", "in_features", "out_channels", "out_features")
"""The order of arguments in torch.nn, where a layer type declares them in another."""


class Form:
    """A layer type, as a Python file writes it."""

    def __init__(self, type: type[Layer]) -> None:
        python = type.python
        if _place_of(type, "module") < _place_of(type, "python"):
            raise ExportError(
                f"the layer type {type.__name__} does not say how it is written in Python: "
                "give it a `python`, beside its `module` (see docs/export.md)"
            )
        self.type = type
        self.python: Python = python
        self.make = f"nn.{type.__name__}" if python.make == "nn" else python.make

    @property
    def is_plain(self) -> bool:
        """Whether it is a module that is called with what it reads."""
        return bool(self.make) and self.python.call is None

    def made(self, arguments: Mapping[str, str]) -> str:
        """The expression that makes its module."""
        left = [name for name in FIRST if name in arguments]
        left += [name for name in arguments if name not in FIRST]
        texts: list[str] = []
        named = False
        for name in left:
            # nn.Bilinear has other sizes before its out_features.
            lost = name.startswith("out_") and not texts
            named = named or lost or name not in BY_POSITION
            texts.append(f"{name}={arguments[name]}" if named else arguments[name])
        texts += [f"{name}={text}" for name, text in self.python.fixed.items()]
        return f"{self.make}({', '.join(texts)})"

    def call(self, module: str, inputs: Sequence[str], arguments: Mapping[str, str]) -> str:
        """The expression of what it gives."""
        if self.python.call is not None:
            return self.python.call(module, inputs, arguments)
        return f"{module}({', '.join(inputs)})"

    def arguments(self, layer: Layer) -> dict[str, Any]:
        """The arguments that its text needs, as plain values."""
        values = {}
        for name, value in layer.arguments.items():
            field = layer.fields[name]
            if name in self.python.without:
                continue
            follows = field.inferred or field.required
            if self.make and not follows and value == field.default_for(type(layer)):
                continue
            if value is None and field.inferred:
                continue
            prepared = self.python.as_text.get(name)
            values[name] = plain(layer, name) if prepared is None else prepared(value)
        return values


_forms: dict[type[Layer], Form] = {}


def form_of(type_name: str) -> Form:
    """The form of a layer type; raises ExportError where it has none."""
    type = registry()[type_name]
    if type not in _forms:
        _forms[type] = Form(type)
    return _forms[type]


def form_of_call(call: LayerCall) -> Form:
    """The form of a call; of several types, which are plain modules, that of one."""
    return form_of("Identity" if isinstance(call.type, Parameter) else call.type)


def python_arguments(node: Node) -> dict[str, Any]:
    """What is written of a layer in Python."""
    return form_of(node.type).arguments(node.layer)


def value_text(value: Any) -> str:
    """A plain value as a text; a layer's type as its class."""
    if isinstance(value, TypeName):
        return "nn.Identity" if value == NO_TYPE else form_of(value).make
    return literal(value)


def literals(arguments: Mapping[str, Any]) -> dict[str, str]:
    """Plain values as texts."""
    return {name: literal(value) for name, value in arguments.items()}


def _place_of(type: type[Layer], attribute: str) -> int:
    """How far up among its bases a type has an attribute's definition."""
    return next(k for k, base in enumerate(type.__mro__) if attribute in vars(base))
