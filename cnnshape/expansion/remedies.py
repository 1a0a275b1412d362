"""Fixes, tried: a layer in its place with a fix put in, and those fixes that cure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import Mark
from ..fixes import Fix
from ..layers.base import Layer, LayerError, register
from ..layers.shapes import Shape, Shapes
from ..network import Op

_MOST_TOLD = 4
"""The fixes that one help names."""


def cures(
    fault: LayerError,
    kind: type[Layer],
    arguments: Mapping[str, Any],
    shapes: Shapes | None,
    mark: Mark,
) -> tuple[Fix, ...]:
    """Those of a fault's fixes with which the layer can be, and reads these shapes.

    Where none does, because the layer has another fault beside this, those that leave but that:
    one of an argument that they do not write. Where the shapes are not known, because of a
    fault before it, none can be tried.
    """
    whole: dict[str, Fix] = {}
    partly: dict[str, Fix] = {}
    for fix in fault.fixes if shapes is not None else ():
        try:
            _with(fix, kind, arguments, shapes or ())
            whole.setdefault(fix.says, fix._replace(mark=mark))
        except LayerError as other:
            alone = not (fix.type or fix.before or fix.after)
            if alone and other.field not in (fault.field, *fix.arguments):
                partly.setdefault(fix.says, fix._replace(mark=mark))
        except OverflowError:
            continue
        if len(whole) == _MOST_TOLD:
            break
    return tuple((whole or partly).values())[:_MOST_TOLD]


def mended(fix: Fix, kind: type[Layer], arguments: Mapping[str, Any], shapes: Shapes) -> Op | None:
    """The layer with a fix put in; None where it still cannot be."""
    try:
        return _with(fix, kind, arguments, shapes)
    except (LayerError, OverflowError):
        return None


def _with(fix: Fix, kind: type[Layer], arguments: Mapping[str, Any], shapes: Shapes) -> Op:
    """The layer with a fix put in; raises LayerError or OverflowError where it cannot be."""
    reads = list(shapes)
    for layer in fix.before:
        of = layer.get("from", [fix.reads])
        reads[fix.reads] = _given(layer, tuple(reads[index] for index in of))
    kind = register()[fix.type] if fix.type else kind
    bound = kind(**fix.argued(arguments)).bind(tuple(reads))
    op = Op(bound, tuple(reads), bound.output_shape(tuple(reads)))
    shape = op.output_shape
    for layer in fix.after:
        shape = _given(layer, (shape,))
    return op


def _given(layer: Mapping[str, Any], shapes: Shapes) -> Shape:
    """What a layer that a fix puts in gives; raises LayerError."""
    arguments = {name: value for name, value in layer.items() if name not in ("type", "from")}
    bound: Layer = register()[layer["type"]](**arguments).bind(shapes)
    return bound.output_shape(shapes)
