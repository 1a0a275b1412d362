"""The layer library: one class a type, one file a family, found by listing this folder.

A plugin needs nothing but this module::

    from cnnshape.layers import Integer, Layer, Shape, Shapes, required
"""

from ._plugins import PluginError, load_entry_points, load_plugin, plugin_digests
from ._python import Python
from ._registry import listed, registry, special
from .base import ELEMENTWISE, Example, Layer, LayerError, Step, function_module
from .fields import (
    Boolean,
    Choice,
    Either,
    Field,
    Integer,
    Kind,
    ListOf,
    Number,
    Optional,
    PerDimension,
    defaulted,
    inferred,
    required,
)
from .shapes import Shape, Shapes, format_shape

__all__ = [
    "ELEMENTWISE",
    "Boolean",
    "Choice",
    "Either",
    "Example",
    "Field",
    "Integer",
    "Kind",
    "Layer",
    "LayerError",
    "ListOf",
    "Number",
    "Optional",
    "PerDimension",
    "PluginError",
    "Python",
    "Shape",
    "Shapes",
    "Step",
    "defaulted",
    "format_shape",
    "function_module",
    "inferred",
    "listed",
    "load_entry_points",
    "load_plugin",
    "plugin_digests",
    "registry",
    "required",
    "special",
]
