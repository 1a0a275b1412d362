"""Writes small ONNX files, node by node."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")
FLOAT = onnx.TensorProto.FLOAT


class Writer:
    """A graph that reads `x`.

    Attributes:
        weights: the initializers so far; nodes: the operators.
    """

    def __init__(self, *shape: int | str, batch: int | str = "batch", opset: int = 17) -> None:
        self.shape = (batch, *shape)
        self.opset = opset
        self.nodes: list[Any] = []
        self.weights: list[Any] = []
        self.generator = np.random.default_rng(1)

    def weight(self, name: str, *shape: int) -> str:
        """A weight with numbers between 0.1 and 0.5."""
        array = self.generator.uniform(0.1, 0.5, shape).astype(np.float32)
        return self.constant(name, array)

    def constant(self, name: str, value: Any) -> str:
        """An initializer: a float or floats, a whole number or several."""
        array = np.asarray(value)
        array = array.astype(np.float32 if array.dtype.kind == "f" else np.int64)
        self.weights.append(onnx.numpy_helper.from_array(array, name))
        return name

    def node(
        self, type: str, reads: Sequence[str], gives: str = "", name: str = "", **attributes: Any
    ) -> str:
        """An operator; what it gives is called after it where no name is given."""
        gives = gives or f"{type.lower()}_{len(self.nodes)}"
        made = onnx.helper.make_node(type, reads, gives.split(), name=name, **attributes)
        self.nodes.append(made)
        return gives.split()[0]

    def model(self, *outputs: str) -> Any:
        """The model that gives these values."""
        graph = onnx.helper.make_graph(
            self.nodes,
            "net",
            [onnx.helper.make_tensor_value_info("x", FLOAT, self.shape)],
            [onnx.helper.make_tensor_value_info(output, FLOAT, None) for output in outputs],
            self.weights,
        )
        opsets = [onnx.helper.make_opsetid("", self.opset)]
        return onnx.helper.make_model(graph, opset_imports=opsets, ir_version=8)

    def write(self, *outputs: str) -> str:
        """The path of a file of the model."""
        path = Path("net.onnx")
        path.write_bytes(self.model(*outputs).SerializeToString())
        return str(path)
