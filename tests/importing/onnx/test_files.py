"""Files that are none, files of other precisions, and what is said of what cannot be read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnshape.importing import ImportFault, NotFound, import_onnx
from cnnshape.importing.onnx import file

from .writer import Writer, onnx


def _small() -> Writer:
    w = Writer(3, 8, 8)
    conv = w.node("Conv", ["x", w.weight("conv.weight", 4, 3, 3, 3), w.weight("conv.bias", 4)])
    w.node("Relu", [conv], "y")
    return w


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "net.onnx is empty"),
        (b"no model at all", "net.onnx is no ONNX file, or is cut off: "),
        (b"PK\x03\x04 a zip file", "net.onnx is no ONNX file, or is cut off: "),
        (b"\x08\x07", "net.onnx is no ONNX file, or is cut off: it has no graph"),
    ],
)
def test_what_is_no_model(content: bytes, fault: str) -> None:
    Path("net.onnx").write_bytes(content)
    with pytest.raises(ImportFault) as caught:
        import_onnx("net.onnx")
    assert str(caught.value).startswith(fault)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(NotFound, match=r"there is no file none.onnx"):
        import_onnx("none.onnx")
    Path("folder.onnx").mkdir()
    with pytest.raises(NotFound, match=r"there is no file folder.onnx"):
        import_onnx("folder.onnx")


def test_a_file_that_is_cut_off_anywhere_is_a_fault_or_what_it_was() -> None:
    path = Path(_small().write("y"))
    content = path.read_bytes()
    whole = import_onnx(str(path)).text
    for length in range(1, len(content), 7):
        path.write_bytes(content[:length])
        told = _told(str(path))
        assert told == whole or told.startswith("fault: ")
        assert told == whole or "\n" not in told


def _told(path: str) -> str:
    try:
        return import_onnx(path).text
    except ImportFault as fault:
        return f"fault: {fault}"


def test_a_file_that_is_damaged() -> None:
    model = _small().model("y")
    model.graph.initializer[0].dims[0] = 99
    onnx.save(model, "net.onnx")
    with pytest.raises(ImportFault, match=r"net.onnx is damaged: cannot reshape"):
        import_onnx("net.onnx")
    Path("net.onnx").write_bytes(
        _small().model("y").SerializeToString().replace(b"Relu", b"R\xe9lu")
    )
    with pytest.raises(ImportFault, match=r"net.onnx is damaged: the name .* is no text"):
        import_onnx("net.onnx")


def test_what_does_not_follow_from_the_input() -> None:
    w = Writer(3, 8, 8)
    w.node("RandomNormal", [], "noise", shape=[1, 3, 8, 8])
    w.node("Add", ["x", "noise"], "y")
    with pytest.raises(ImportFault, match="what RandomNormal is computed from is not the input"):
        import_onnx(w.write("y"))


def test_a_file_too_large_for_its_format(monkeypatch: pytest.MonkeyPatch) -> None:
    path = _small().write("y")
    monkeypatch.setattr(file, "LARGEST", 100)
    with pytest.raises(ImportFault, match="weights into a file beside it"):
        import_onnx(path)


def test_weights_in_a_file_beside_it() -> None:
    options: dict[str, Any] = {"location": "weights", "size_threshold": 0}
    onnx.save(_small().model("y"), "net.onnx", save_as_external_data=True, **options)
    assert import_onnx("net.onnx").network.totals.params == 112
    Path("weights").unlink()
    with pytest.raises(ImportFault, match="lie in a file beside it, which cannot be read"):
        import_onnx("net.onnx")


@pytest.mark.parametrize("kind", ["FLOAT16", "DOUBLE", "BFLOAT16"])
def test_other_precisions_are_read_as_single(kind: str) -> None:
    model = _small().model("y")
    number = onnx.TensorProto.DataType.Value(kind)
    dtype = onnx.helper.tensor_dtype_to_np_dtype(number)
    for tensor in model.graph.initializer:
        array = onnx.numpy_helper.to_array(tensor).astype(dtype)
        tensor.CopyFrom(onnx.numpy_helper.from_array(array, tensor.name))
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.elem_type = number
    onnx.save(model, "net.onnx")
    found = import_onnx("net.onnx")
    assert [node.type for node in found.network.layers] == ["Conv2d", "ReLU"]


def test_inputs() -> None:
    w = _small()
    model = w.model("y")
    model.graph.input.add().CopyFrom(model.graph.input[0])
    model.graph.input[1].name = "z"
    onnx.save(model, "two.onnx")
    with pytest.raises(ImportFault, match=r"has 2 inputs \(x, z\); a spec has one"):
        import_onnx("two.onnx")
    model = w.model("y")
    model.graph.input[0].type.tensor_type.elem_type = onnx.TensorProto.INT64
    onnx.save(model, "int.onnx")
    with pytest.raises(ImportFault, match="input x holds int64"):
        import_onnx("int.onnx")
    with pytest.raises(ImportFault, match="reads 3×8×8, not 3×9×9"):
        import_onnx(w.write("y"), (3, 9, 9))


def test_an_older_file_lists_its_weights_among_the_inputs() -> None:
    model = _small().model("y")
    for tensor in model.graph.initializer:
        value = onnx.helper.make_tensor_value_info(tensor.name, tensor.data_type, tensor.dims)
        model.graph.input.append(value)
    onnx.save(model, "net.onnx")
    assert import_onnx("net.onnx").network.totals.params == 112


def test_functions_of_the_file_are_written_out() -> None:
    helper = onnx.helper
    model = _small().model("y")
    opset = helper.make_opsetid("", 17)
    body = [helper.make_node("Sigmoid", ["a"], ["s"]), helper.make_node("Mul", ["a", "s"], ["b"])]
    model.functions.append(helper.make_function("own", "Swish", ["a"], ["b"], body, [opset]))
    model.opset_import.append(helper.make_opsetid("own", 1))
    model.graph.node[-1].op_type, model.graph.node[-1].domain = "Swish", "own"
    onnx.save(model, "net.onnx")
    assert [node.type for node in import_onnx("net.onnx").network.layers] == ["Conv2d", "SiLU"]


UNKNOWN: list[tuple[str, dict[str, Any], str]] = [
    ("Hardmax", {}, "no layer type says it"),
    ("NonZero", {}, "onnx.utils.extract_model can cut the file before it"),
]


@pytest.mark.parametrize(("type", "attributes", "reason"), UNKNOWN)
def test_an_operator_without_a_word_is_named(
    type: str, attributes: dict[str, Any], reason: str
) -> None:
    w = Writer(3, 8, 8)
    w.node(type, ["x"], "q", name="/head/strange", **attributes)
    if type == "Hardmax":
        w.node("Relu", ["q"], "y")
    with pytest.raises(ImportFault) as caught:
        import_onnx(w.write("y" if type == "Hardmax" else "q"))
    (unsupported,) = caught.value.unsupported
    assert str(unsupported).startswith(f"ONNX's {type} in head (/head/strange): ")
    assert reason in str(unsupported)


@pytest.mark.parametrize("partial", [False, True])
def test_a_quantised_file_is_refused_by_the_names_of_its_operators(partial: bool) -> None:
    w = Writer(3, 8, 8)
    scale = w.constant("scale", 0.5)
    w.node("DequantizeLinear", [w.node("QuantizeLinear", ["x", scale]), scale], "y")
    with pytest.raises(ImportFault) as caught:
        import_onnx(w.write("y"), partial=partial)
    told = "net.onnx is quantised (QuantizeLinear): import the model as it was before that"
    assert str(caught.value) == told


def test_what_is_partial_keeps_the_rest() -> None:
    w = Writer(3, 8, 8)
    conv = w.node("Conv", ["x", w.weight("conv.weight", 4, 3, 3, 3)])
    w.node("Mod", [conv, w.weight("mod.weight", 1, 4, 1, 1)], "m", fmod=1)
    w.node("Relu", ["m"], "y")
    found = import_onnx(w.write("y"), partial=True)
    assert [node.type for node in found.network.layers] == ["Conv2d", "Unknown", "ReLU"]
    assert found.network.totals.macs is None
    assert found.network.totals.params == 108 + 4
    assert found.check is None


def test_what_gives_an_unknown_shape_ends_even_a_partial_import() -> None:
    w = Writer(3, 8, 8)
    w.node("Strange", ["x"], "s", name="there", domain="com.microsoft")
    w.node("Relu", ["s"], "y")
    model = w.model("y")
    model.opset_import.append(onnx.helper.make_opsetid("com.microsoft", 1))
    onnx.save(model, "net.onnx")
    with pytest.raises(ImportFault, match=r"what com.microsoft.Strange gives is not") as caught:
        import_onnx("net.onnx", partial=True)
    assert "import the file as it was before" in str(caught.value.unsupported[0])
    shape = onnx.helper.make_tensor_value_info("s", onnx.TensorProto.FLOAT, ["b", 3, 8, 8])
    model.graph.value_info.append(shape)
    onnx.save(model, "net.onnx")
    found = import_onnx("net.onnx", partial=True)
    assert [node.type for node in found.network.layers] == ["Unknown", "ReLU"]


def test_what_would_not_fit_into_memory_is_not_computed() -> None:
    w = Writer(3, 8, 8)
    w.node("ConstantOfShape", [w.constant("size", [10**6, 10**6])], "huge")
    w.node("Add", ["x", "huge"], "y")
    with pytest.raises(ImportFault) as caught:
        import_onnx(w.write("y"))
    assert "\n" not in str(caught.value)


def test_a_wrong_reading_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    from cnnshape.importing.onnx import operators
    from cnnshape.importing.onnx.operators import Operator

    def wrong(op: Operator) -> Any:
        return op.layer("Tanh", {})

    monkeypatch.setitem(operators.RULES, "Relu", wrong)
    with pytest.raises(ImportFault, match="with the same weights the outputs differ"):
        import_onnx(_small().write("y"))


def test_weights_that_are_equal_are_not_one() -> None:
    """Exporters store a norm's ones and zeros once for all norms."""
    w = Writer(4, 8, 8)
    ones, zeros = (w.constant(name, np.full(4, n, np.float32)) for name, n in [("o", 1), ("z", 0)])
    value = "x"
    for k in range(3):
        conv = w.node("Conv", [value, w.weight(f"{k}.conv.weight", 4, 4, 1, 1)])
        value = w.node("BatchNormalization", [conv, ones, zeros, zeros, ones])
    found = import_onnx(w.write(value))
    assert found.network.totals.params == 3 * (16 + 8)
    assert not any(node.shares for node in found.network.layers)


def test_layers_with_the_same_weights_are_one() -> None:
    w = Writer(4, 8, 8)
    weight = w.weight("conv.weight", 4, 4, 1, 1)
    again = w.node("Conv", [w.node("Relu", [w.node("Conv", ["x", weight])]), weight])
    found = import_onnx(w.write(again))
    assert found.network.totals.params == 16
    assert [node.shares for node in found.network.layers] == [None, None, "conv"]
