"""Constants that are no layer's weights, where they meet a value that follows from the input."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnnshape.importing import import_onnx

from .writer import Writer, onnx


def _held(w: Writer, name: str, *shape: int) -> str:
    """A constant that a node holds."""
    array = w.generator.uniform(0.1, 0.9, shape).astype(np.float32)
    w.node("Constant", [], name, value=onnx.numpy_helper.from_array(array))
    return name


def _layers(w: Writer, *outputs: str) -> tuple[list[str], int]:
    network: Any = import_onnx(w.write(*outputs)).network
    return [node.type for node in network.layers], network.totals.params


@pytest.mark.parametrize(("size", "type"), [(64, "Constant"), (65, "Buffer")])
@pytest.mark.parametrize(
    ("operator", "joined"),
    [("Sub", "Subtract"), ("Div", "Divide"), ("Max", "Maximum"), ("Min", "Minimum")],
)
def test_fixed_numbers(operator: str, joined: str, size: int, type: str) -> None:
    w = Writer(3, size)
    assert _layers(w, w.node(operator, [_held(w, "c", size), "x"])) == ([type, joined], 0)


@pytest.mark.parametrize("operator", ["Sub", "Div"])
def test_weights_that_numbers_are_standardised_by_are_fixed(operator: str) -> None:
    w = Writer(100, 6, 6)
    types, params = _layers(w, w.node(operator, ["x", w.weight("mean", 100, 1, 1)]))
    assert types[0] == "Buffer"
    assert params == 0


def test_what_is_compared_is_learned() -> None:
    w = Writer(100, 6, 6)
    found = _layers(w, w.node("Max", ["x", w.weight("bound", 100, 1, 1)]))
    assert found == (["LearnedConstant", "Maximum"], 100)


@pytest.mark.parametrize("order", [("Sub", "Add"), ("Add", "Sub")])
def test_anchors_are_one_buffer(order: tuple[str, str]) -> None:
    w = Writer(2, 50)
    anchors = w.weight("anchors", 1, 2, 50)
    values = [w.node(type, [anchors, w.node("Relu", ["x"])]) for type in order]
    types, params = _layers(w, w.node("Concat", values, axis=1))
    assert types.count("Buffer") == 1
    assert sorted(set(types)) == ["Add", "Buffer", "Concat", "ReLU", "Subtract"]
    assert params == 0


@pytest.mark.parametrize("learned", [True, False])
def test_values_beside_others(learned: bool) -> None:
    w = Writer(4, 8, 8, batch=1)
    given = w.weight("c", 1, 3, 8, 8) if learned else _held(w, "c", 1, 3, 8, 8)
    types, params = _layers(w, w.node("Concat", [given, "x"], axis=1))
    assert types == ["LearnedConstant" if learned else "Buffer", "Concat"]
    assert params == (192 if learned else 0)


@pytest.mark.parametrize("first", [True, False])
def test_products_with_any_tensor(first: bool) -> None:
    w = Writer(4, 8, 8)
    reads = [_held(w, "c", 4, 8, 8), "x"]
    assert _layers(w, w.node("MatMul", reads if first else reads[::-1])) == (
        ["Buffer", "MatMul"],
        0,
    )


def test_a_product_with_a_vector() -> None:
    w = Writer(4, 8)
    network = import_onnx(w.write(w.node("MatMul", ["x", w.weight("v", 8)]))).network
    assert network.output_shapes == ((4,),)


def test_one_of_two_where_a_mask_says() -> None:
    w = Writer(4, 20)
    mask = w.generator.uniform(size=(4, 20)) < 0.5
    w.weights.append(onnx.numpy_helper.from_array(mask, "mask"))
    types, _ = _layers(w, w.node("Where", ["mask", w.node("Relu", ["x"]), w.weight("o", 4, 20)]))
    assert types.count("Buffer") == types.count("LearnedConstant") == 1


@pytest.mark.parametrize("opset", [13, 15])
def test_a_large_weight_that_is_standardised(opset: int) -> None:
    """As torch.onnx's older exporter writes a weight that goes through F.batch_norm."""
    w = Writer(512, 1, 1, opset=opset)
    weight = w.node("Reshape", [w.weight("c.weight", 520, 512), w.constant("a", [1, 520, 512])])
    ones, zeros = w.constant("ones", np.ones(520)), w.constant("zeros", np.zeros(520))
    # Before opset 14 it is said by the number of outputs.
    outputs, training = ("mean var", {"training_mode": 1})
    if opset < 14:
        outputs, training = ("mean var saved_mean saved_var", {})
    normed = w.node(
        "BatchNormalization",
        [weight, ones, zeros, w.constant("m", np.zeros(520)), w.constant("v", np.ones(520))],
        f"normed {outputs}",
        **training,
    )
    kernel = w.node("Reshape", [normed, w.constant("b", [520, 512, 1, 1])])
    assert _layers(w, w.node("Conv", ["x", kernel])) == (["Conv2d"], 520 * 512)
