"""A PyTorch module, or an ONNX file, becomes a spec, proved against what it came from.

A copy of the module (`copying.py`), which leaves no trace (`surroundings.py`) and is made ready
(`preparing.py`), is run once on tensors that have shapes and no values, and each function of
PyTorch that it calls is recorded with the module that calls it (`recording.py`; `tensors.py`
knows what each tensor is, `origins.py` how one is computed that does not follow from the
input, `sources.py` says such as layers). Each call becomes a layer (`operations`), the layers
a network with the module's own paths (`arranging.py`, `graph.py`), and the network a spec
(`cnnshape/abstraction`). What no output depends on is named (`left_out.py`). Then the spec is held
against the module (`checking.py`), in float64 or its own precision (`precision.py`). An ONNX file
is read and proved by `onnx`. Torch is needed to record, load and check alone.
"""

from .faults import ImportFault, NotFound
from .graph import Recorded, Unsupported
from .importer import Imported, import_module, import_onnx, import_source

__all__ = [
    "ImportFault",
    "Imported",
    "NotFound",
    "Recorded",
    "Unsupported",
    "import_module",
    "import_onnx",
    "import_source",
]
