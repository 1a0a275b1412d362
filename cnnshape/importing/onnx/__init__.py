"""From an ONNX file to layers, and the proof.

The file is read (`file.py`), its constants and shapes are computed (`inference.py`), what it
says in several operators is put together (`idioms`), and each operator becomes a layer
(`operators`, `reading.py`), under its own name where it is a module's only one
(`own_places.py`). Then the network is held against the file (`proof.py`). Of these,
`file`, `inference` and `proof` need onnx.
"""

from ...layers import special
from .file import read_model, shared_in_part
from .operators import RULES
from .own_places import with_own_places
from .reading import Reading, read

for _each in special("from_onnx"):
    RULES.update(_each.rules)

__all__ = ["RULES", "Reading", "read", "read_model", "shared_in_part", "with_own_places"]
