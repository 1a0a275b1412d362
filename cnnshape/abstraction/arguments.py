"""Which arguments of a layer a person would write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..layers.base import LayerError
from ..layers.fields import Optional

if TYPE_CHECKING:
    from ..layers.base import Layer
    from ..network import Node


def spec_arguments(node: Node) -> dict[str, Any]:
    """The arguments that a spec needs for this layer in its place.

    What has its default, or follows from the incoming shapes, is left out where it does
    follow. Values are plain: lists for tuples, one number for a window of equal sides.
    """
    layer = node.layer
    written = {
        name: value
        for name, value in layer.arguments.items()
        if not layer.fields[name].inferred and value != layer.fields[name].default_for(type(layer))
    }
    if not _makes(written, node):
        everything = {name: value for name, value in layer.arguments.items() if value is not None}
        written = _needed(everything, node)
    return {name: plain(layer, name) for name in written}


def _needed(arguments: dict[str, Any], node: Node) -> dict[str, Any]:
    """Those of the arguments without which it would be another layer."""
    needed = dict(arguments)
    for name in arguments:
        fewer = {key: value for key, value in needed.items() if key != name}
        if _makes(fewer, node):
            needed = fewer
    return needed


def written_arguments(node: Node) -> dict[str, Any]:
    """Every argument, also what is inferred, in the same plain form."""
    return {name: plain(node.layer, name) for name in node.layer.arguments}


def plain(layer: Layer, name: str) -> Any:
    """The value of an argument as it is written."""
    value = layer.arguments[name]
    kind = layer.fields[name].kind
    if isinstance(kind, Optional):
        kind = kind.inner
    if isinstance(value, tuple):
        alike = len(value) > 1 and all(type(v) is type(value[0]) for v in value)
        one = value[0] if value and alike and len(set(value)) == 1 else None
        single = value[0] if len(value) == 1 else one
        if single is not None and not isinstance(single, tuple) and _reads_as(layer, name, single):
            return single
    return _as_lists(value)


def _reads_as(layer: Layer, name: str, value: Any) -> bool:
    """Whether one value, in the place of a list, means the same."""
    try:
        return bool(layer.fields[name].read(value, type(layer)) == layer.arguments[name])
    except ValueError:
        return False


def _makes(arguments: dict[str, Any], node: Node) -> bool:
    """Whether these arguments, for these incoming shapes, give this very layer."""
    faults: list[LayerError] = []
    layer = type(node.layer).read(arguments, faults)
    if layer is None:
        return False
    try:
        return layer.bind(node.input_shapes) == node.layer
    except LayerError:
        return False


def _as_lists(value: Any) -> Any:
    return [_as_lists(item) for item in value] if isinstance(value, tuple) else value
