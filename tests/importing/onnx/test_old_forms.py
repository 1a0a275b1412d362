"""Operators as older opsets have them, from 7 on: the import proves each by running both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cnnshape.importing import ImportFault, import_onnx

from .writer import Writer

Write = Callable[[Writer], str]


def _plain(type: str, **attributes: Any) -> Write:
    return lambda w: w.node(type, ["x"], **attributes)


def _dropout(w: Writer) -> str:
    w.node("Dropout", ["x"], "kept mask", ratio=0.3)
    return w.node("Relu", ["kept"])


def _pooled(type: str, **attributes: Any) -> Write:
    return lambda w: w.node(type, [w.node("GlobalMaxPool", ["x"])], **attributes)


def _positive(type: str, **attributes: Any) -> Write:
    return lambda w: w.node(type, [w.node("Abs", ["x"])], **attributes)


def _norm(w: Writer, gives: str = "", **attributes: Any) -> str:
    reads = ["x", *(w.weight(f"n.{k}", 4) for k in range(4))]
    return w.node("BatchNormalization", reads, gives, **attributes)


def _one_part(w: Writer) -> str:
    w.node("Split", ["x"], "a b", axis=1, split=[1, 3])
    return w.node("Relu", ["b"])


CASES: list[tuple[int, Write, list[str]]] = [
    (7, _dropout, ["Dropout", "ReLU"]),
    (9, _dropout, ["Dropout", "ReLU"]),
    (7, lambda w: _norm(w, spatial=1), ["BatchNorm2d"]),
    (7, _plain("Upsample", scales=[1.0, 1.0, 2.0, 2.0]), ["Upsample"]),
    (
        7,
        _plain("Upsample", scales=[1.0, 1.0, 2.0, 3.0], mode="linear"),
        ["Upsample", "ReplicationPad2d"],
    ),
    (
        9,
        lambda w: w.node("Upsample", ["x", w.constant("s", [1.0, 1.0, 2.0, 2.0])], mode="linear"),
        ["Upsample", "ReplicationPad2d"],
    ),
    (10, lambda w: w.node("Resize", ["x", w.constant("s", [1.0, 1.0, 2.0, 2.0])]), ["Upsample"]),
    (7, _plain("Pad", pads=[0, 0, 1, 1, 0, 0, 1, 2], value=0.5), ["ConstantPad2d"]),
    (9, _plain("Slice", starts=[1, 0], ends=[3, 4], axes=[1, 2]), ["Narrow", "Narrow"]),
    (9, _plain("Unsqueeze", axes=[1]), ["Unsqueeze"]),
    (9, _pooled("Squeeze", axes=[2, 3]), ["AdaptiveMaxPool2d", "Flatten"]),
    (7, _plain("Clip", min=0.0, max=6.0), ["ReLU6"]),
    (7, lambda w: w.node("Relu", [w.node("Clip", ["x"])]), ["ReLU"]),
    (7, _plain("Softmax"), ["Flatten", "Softmax", "Reshape"]),
    (11, _plain("LogSoftmax", axis=2), ["Flatten", "LogSoftmax", "Reshape"]),
    (11, _plain("Softmax", axis=3), ["Softmax"]),
    (7, _plain("ReduceSum", axes=[2, 3], keepdims=0), ["Sum"]),
    (7, _plain("ReduceSumSquare", axes=[1]), ["Power", "Sum"]),
    (7, _positive("ReduceLogSum", axes=[1]), ["Abs", "Sum", "Log"]),
    (7, _plain("ReduceLogSumExp", axes=[2, 3]), ["Exp", "Sum", "Log"]),
    (7, _one_part, ["Split", "ReLU"]),
    (7, lambda w: w.node("Mean", ["x", w.node("Tanh", ["x"])]), ["Tanh", "Add", "Rescale"]),
    (7, _plain("GlobalLpPool", p=2), ["Norm"]),
    (12, lambda w: w.node("Pow", [w.node("Sigmoid", ["x"]), "x"]),
     ["Sigmoid", "Log", "Multiply", "Exp"]),
    (9, _plain("MeanVarianceNormalization", axes=[2, 3]), ["InstanceNorm2d"]),
    (9, _plain("MeanVarianceNormalization", axes=[1, 2, 3]), ["LayerNorm"]),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("opset", "write", "types"), CASES)
def test_operators_of_older_opsets(opset: int, write: Write, types: list[str]) -> None:
    w = Writer(4, 6, 8, opset=opset)
    found = import_onnx(w.write(write(w)))
    assert [node.type for node in found.network.layers] == types


def test_statistics_that_come_out_are_those_of_the_batch() -> None:
    """Before opset 14 a norm with five outputs is one in training, and runs so."""
    w = Writer(4, 6, 8, opset=9)
    _norm(w, "y mean var saved_mean saved_var")
    with pytest.raises(ImportFault) as caught:
        import_onnx(w.write("y"))
    assert "export the model in evaluation mode" in str(caught.value.unsupported[0])


@pytest.mark.parametrize("opset", [9, 17])
def test_a_constant_of_the_shape_of_the_input_is_a_number(opset: int) -> None:
    from .writer import onnx

    w = Writer(4, 6, 8, opset=opset)
    half = onnx.helper.make_tensor("v", 1, [1], [0.5])
    same = w.node("ConstantOfShape", [w.node("Shape", ["x"])], value=half)
    found = import_onnx(w.write(w.node("Mul", ["x", same])))
    (node,) = found.network.layers
    assert (node.type, node.layer.arguments["scale"]) == ("Rescale", 0.5)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "params"), [("squeezenet", 1_235_496), ("inception_v1", 6_998_552)]
)
def test_files_of_caffe_2_that_onnx_ships(name: str, params: int) -> None:
    """Dropouts with masks at opset 9, weights out of ConstantOfShape; trained nets' sizes."""
    from pathlib import Path

    from .writer import onnx

    path = Path(onnx.__file__).parent / f"backend/test/data/light/light_{name}.onnx"
    if not path.exists():
        pytest.skip("this release of onnx has no such file")
    assert import_onnx(str(path)).network.totals.params == params
