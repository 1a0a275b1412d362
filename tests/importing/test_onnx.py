"""Importing ONNX files. Skipped, but for one, where onnx is not installed (cnnshape[onnx])."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cnnshape
from cnnshape.importing import ImportFault, import_onnx

try:
    import onnx
except ImportError:
    onnx = None

needs_onnx = pytest.mark.skipif(onnx is None, reason="onnx is not installed")


class Writer:
    """Makes a small ONNX file, node by node."""

    def __init__(self, *shape: int | str) -> None:
        self.shape = shape
        self.nodes: list[Any] = []
        self.weights: list[Any] = []
        self.generator = np.random.default_rng(1)

    def weight(self, name: str, *shape: int) -> str:
        array = self.generator.uniform(0.1, 0.5, shape).astype(np.float32)
        self.weights.append(onnx.numpy_helper.from_array(array, name))
        return name

    def sizes(self, name: str, *sizes: int) -> str:
        self.weights.append(onnx.numpy_helper.from_array(np.array(sizes, np.int64), name))
        return name

    def node(self, type: str, reads: list[str], gives: str, **attributes: Any) -> str:
        made = onnx.helper.make_node(
            type, reads, [gives], name=f"/{type}_{len(self.nodes)}", **attributes
        )
        self.nodes.append(made)
        return gives

    def write(self, output: str) -> str:
        value, float32 = onnx.helper.make_tensor_value_info, onnx.TensorProto.FLOAT
        graph = onnx.helper.make_graph(
            self.nodes,
            "net",
            [value("x", float32, ["batch", *self.shape])],
            [value(output, float32, None)],
            self.weights,
        )
        opset = [onnx.helper.make_opsetid("", 17)]
        path = Path("net.onnx")
        path.write_bytes(
            onnx.helper.make_model(graph, opset_imports=opset, ir_version=8).SerializeToString()
        )
        return str(path)


@pytest.fixture(autouse=True)
def _in_an_empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def _net(*shape: int | str) -> Writer:
    w = Writer(*shape)
    conv = [w.weight("stem.conv.weight", 8, 3, 3, 3), w.weight("stem.conv.bias", 8)]
    a = w.node("Conv", ["x", *conv], "a", pads=[1, 1, 1, 1], strides=[2, 2])
    statistics = [w.weight(f"stem.bn.{name}", 8) for name in ("weight", "bias", "mean", "var")]
    b = w.node("BatchNormalization", [a, *statistics], "b", epsilon=1e-3)
    c = w.node("Relu", [b], "c")
    d = w.node("Conv", [c, w.weight("gate.weight", 8, 1, 3, 3)], "d", group=8, pads=[1, 1, 1, 1])
    e = w.node("Sigmoid", [d], "e")
    f = w.node("Mul", [c, e], "f")
    g = w.node("Concat", [c, f], "g", axis=1)
    h = w.node("MaxPool", [g], "h", kernel_shape=[2, 2], strides=[2, 2])
    i = w.node("GlobalAveragePool", [h], "i")
    j = w.node("Reshape", [i, w.sizes("shape", 0, -1)], "j")
    k = w.node("Gemm", [j, w.weight("fc.weight", 10, 16), w.weight("fc.bias", 10)], "k", transB=1)
    w.node("MatMul", [k, w.weight("head.weight", 10, 4)], "l")
    return w


@needs_onnx
def test_a_file_is_what_it_computes() -> None:
    found = import_onnx(_net(3, 16, 16).write("l"))
    assert [(node.path, node.type) for node in found.network.layers] == [
        ("stem.conv", "Conv2d"),
        ("stem.bn", "BatchNorm2d"),
        ("relu1", "ReLU"),
        ("gate", "Conv2d"),
        ("sigmoid1", "Sigmoid"),
        ("multiply1", "Multiply"),
        ("concat1", "Concat"),
        ("maxpool2d1", "MaxPool2d"),
        ("adaptiveavgpool2d1", "AdaptiveAvgPool2d"),
        ("flatten1", "Flatten"),
        ("fc", "Linear"),
        ("head", "Linear"),
    ]
    assert found.check is not None
    assert found.check.difference <= 1e-5
    assert found.network.by_path["stem.bn"].layer.arguments["eps"] == 0.001
    assert cnnshape.loads(found.text).canonical() == found.network.canonical()
    assert found.network.name == "net"


@needs_onnx
def test_an_input_that_the_file_leaves_open_is_given() -> None:
    path = _net(3, "height", "width").write("l")
    with pytest.raises(ImportFault, match="leaves its input's size open"):
        import_onnx(path)
    assert import_onnx(path, (3, 24, 16)).network.input_shape == (3, 24, 16)


@needs_onnx
def test_an_operator_without_a_word_is_named() -> None:
    w = Writer(3, 8, 8)
    conv = w.node("Conv", ["x", w.weight("conv.weight", 4, 3, 1, 1)], "a")
    w.node("Relu", [w.node("Erf", [conv], "b")], "c")
    path = w.write("c")
    with pytest.raises(ImportFault, match="1 operation cannot be said") as caught:
        import_onnx(path)
    assert str(caught.value.unsupported[0]).startswith("ONNX's Erf")
    found = import_onnx(path, partial=True)
    assert found.network.totals.macs is None
    assert found.check is None


@needs_onnx
def test_a_file_that_is_none() -> None:
    Path("bad.onnx").write_bytes(b"no model at all")
    with pytest.raises(ImportFault, match="bad.onnx is no ONNX file, or is cut off"):
        import_onnx("bad.onnx")
    with pytest.raises(ImportFault, match="there is no file"):
        import_onnx("none.onnx")


def test_without_onnx_it_is_said_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "onnx", None)
    with pytest.raises(ImportFault, match=r"pip install 'cnnshape\[onnx\]'"):
        import_onnx("net.onnx", (3, 8, 8))
