"""A network in other forms: Python for torch alone, ONNX, weights, torch's own programs."""

from .errors import ExportError
from .python_file import root_class, to_python

__all__ = ["ExportError", "root_class", "to_python"]
