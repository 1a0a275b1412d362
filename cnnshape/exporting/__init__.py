"""A network in other forms: Python for torch alone, ONNX, weights, torch's own programs.

Importing this package does not import torch.
"""

from .errors import ExportError
from .formats import to_exported_program, to_state_dict, to_torchscript
from .onnx_model import to_onnx
from .output_check import Made
from .python_file import root_class, to_python
from .source_check import check_python
from .weights import weighted_module

__all__ = [
    "ExportError",
    "Made",
    "check_python",
    "root_class",
    "to_exported_program",
    "to_onnx",
    "to_python",
    "to_state_dict",
    "to_torchscript",
    "weighted_module",
]
