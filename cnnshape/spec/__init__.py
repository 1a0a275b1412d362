"""The spec language: YAML with marks, expressions, and the recipe that a file is read into."""

from .document import Source, decode
from .recipe import Spec, read_spec

__all__ = ["Source", "Spec", "decode", "read_spec"]
