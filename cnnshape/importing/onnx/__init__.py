"""From an ONNX file to layers, and the proof.

The file is read (`file.py`), its constants and shapes are computed (`inference.py`), what it
says in several operators is put together (`idioms.py`), and each operator becomes a layer
(`operators`, `reading.py`). Then the network is held against the file (`proof.py`). Of these,
`file`, `inference` and `proof` need onnx.
"""

from .file import read_model
from .inference import infer
from .operators import RULES
from .reading import Reading, read_layers

__all__ = ["RULES", "Reading", "infer", "read_layers", "read_model"]
