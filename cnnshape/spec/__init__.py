"""The spec language: YAML with marks, expressions, and the recipe that a file is read into."""

from .document import Source, decode
from .reading import read_spec
from .recipe import Spec

__all__ = ["Source", "Spec", "decode", "read_spec"]
