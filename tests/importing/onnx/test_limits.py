"""A few bytes that stand for more than any machine holds, and runs that do not end."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from threading import Event, Timer
from time import monotonic
from typing import Any

import numpy as np
import pytest

from cnnshape.importing import ImportFault, import_onnx
from cnnshape.importing.onnx.waiting import Limit, interruptible

from .writer import FLOAT, Writer, onnx

helper = onnx.helper


def _fault(w: Writer, *outputs: str) -> str:
    with pytest.raises(ImportFault) as caught:
        import_onnx(w.write(*outputs))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def _with_functions(bodies: list[list[str]]) -> str:
    """A file whose function `F0` runs these operators, one after another, `F1` the next ..."""
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
    functions = []
    for number, types in enumerate(bodies):
        values = ["a", *(f"t{k}" for k in range(1, len(types))), "b"]
        nodes = [
            helper.make_node(
                type, [values[k]], [values[k + 1]], domain="own" if type[0] == "F" else ""
            )
            for k, type in enumerate(types)
        ]
        functions.append(helper.make_function("own", f"F{number}", ["a"], ["b"], nodes, opsets))
    shape = [helper.make_tensor_value_info("x", FLOAT, ["batch", 4])]
    out = [helper.make_tensor_value_info("y", FLOAT, None)]
    graph = helper.make_graph([helper.make_node("F0", ["x"], ["y"], domain="own")], "g", shape, out)
    model = helper.make_model(graph, opset_imports=opsets, ir_version=9, functions=functions)
    Path("net.onnx").write_bytes(model.SerializeToString())
    return "net.onnx"


@pytest.mark.parametrize(
    ("bodies", "told"),
    [
        (
            [[f"F{k + 1}"] * 2 for k in range(30)] + [["Relu"]],
            "it has 1,073,741,824 nodes with its functions written out, and may have 50,000",
        ),
        ([["F0"]], "its function F0 calls itself"),
        ([["F1"], ["F0"]], "its function F0 calls itself"),
        (
            [[f"F{k + 1}"] for k in range(3000)] + [["Relu"]],
            "its functions call each other more than 100 deep",
        ),
    ],
)
def test_functions_that_stand_for_more_than_fits(bodies: list[list[str]], told: str) -> None:
    with pytest.raises(ImportFault) as caught:
        import_onnx(_with_functions(bodies))
    assert str(caught.value) == f"net.onnx cannot be read: {told}"


def test_functions_that_fit() -> None:
    path = _with_functions([["F1", "F1"], ["Relu", "Tanh"]])
    types = [node.type for node in import_onnx(path).network.layers]
    assert types == ["ReLU", "Tanh", "ReLU", "Tanh"]


def _enlarged(w: Writer, type: str) -> str:
    if type == "Resize":
        return w.node("Resize", ["x", "", w.constant("s", [1.0, 1.0, 1e9, 1e9])])
    if type == "Tile":
        return w.node("Tile", ["x", w.constant("s", [1, 1, 10**6, 10**6])])
    return w.node("Pad", ["x", w.constant("s", [0, 0, 0, 0, 0, 0, 10**9, 10**9])])


@pytest.mark.parametrize("type", ["Resize", "Tile", "Pad"])
def test_a_value_that_is_too_large(type: str) -> None:
    w = Writer(3, 8, 8)
    told = _fault(w, _enlarged(w, type))
    assert told.endswith("numbers for one sample, more than the 2,147,483,648 that are looked at")


def test_an_input_that_is_too_large() -> None:
    w = Writer(2**20, 2**20, 8)
    told = _fault(w, w.node("Relu", ["x"]))
    assert told.startswith("the input has 8,796,093,022,208 numbers, more than the 2,147,483,648")


def test_less_memory_than_the_proof_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    from cnnshape.torch_backend import devices

    monkeypatch.setattr(devices, "free_memory", lambda: 10**6)
    w = Writer(16, 100, 100)
    told = _fault(w, w.node("Relu", ["x"]))
    assert told == (
        "it cannot be held against the model: to run it takes about 5.12 MB of memory, and 1 MB "
        "are free; give a smaller --input, or take a larger machine"
    )


@pytest.mark.parametrize("type", ["ConstantOfShape", "Range", "Expand"])
def test_a_constant_that_is_too_large(type: str) -> None:
    w = Writer(3, 8, 8)
    if type == "Range":
        numbers = [w.constant(name, value) for name, value in (("a", 0), ("e", 10**10), ("d", 1))]
        huge = w.node("Cast", [w.node("ReduceSum", [w.node("Range", numbers)])], to=1)
    else:
        reads = [w.constant("size", [10**6, 10**6])]
        huge = w.node(type, reads if type != "Expand" else [w.constant("one", 1.0), *reads])
    told = _fault(w, w.node("Add", ["x", huge]))
    assert told.startswith("the constants that the model computes have ")
    assert told.endswith(f"numbers with those of {type}, and may have 268,435,456")


def test_all_constants_together(monkeypatch: pytest.MonkeyPatch) -> None:
    from cnnshape.importing.onnx import inference

    monkeypatch.setattr(inference, "CONSTANTS", 1000)
    w = Writer(3, 8, 8)
    value = "x"
    for k in range(10):
        ones = w.node("Expand", [w.constant(f"one{k}", 1.0), w.constant(f"size{k}", [3, 8, 8])])
        value = w.node("Add", [value, ones])
    assert "may have 1,000" in _fault(w, value)


def test_a_loop_is_not_computed() -> None:
    """Ten thousand million turns of a constant."""
    value = helper.make_tensor_value_info
    body = helper.make_graph(
        [helper.make_node("Identity", ["go"], ["on"]), helper.make_node("Add", ["v", "v"], ["w"])],
        "body",
        [value("i", 7, []), value("go", 9, []), value("v", 1, [])],
        [value("on", 9, []), value("w", 1, [])],
    )
    w = Writer(3, 8, 8)
    w.weights.append(onnx.numpy_helper.from_array(np.array(True), "yes"))
    loop = w.node("Loop", [w.constant("turns", 10**10), "yes", w.constant("one", 1.0)], body=body)
    assert _fault(w, w.node("Add", ["x", loop])).startswith("what Loop is computed from is not")


def test_what_no_output_needs_is_left_out() -> None:
    w = Writer(3, 8, 8)
    _enlarged(w, "Tile")
    types = [node.type for node in import_onnx(w.write(w.node("Relu", ["x"]))).network.layers]
    assert types == ["ReLU"]


@pytest.mark.parametrize("name", ["/".join(f"p{k}" for k in range(3000)), "q" * 100_000])
def test_a_name_of_any_length(name: str) -> None:
    w = Writer(3, 8, 8)
    weight = w.weight(f"{name.replace('/', '.')}.weight", 4, 3, 1, 1)
    conv = w.node("Conv", ["x", weight], name=f"/{name}/Conv")
    found = import_onnx(w.write(w.node("Relu", [conv], name=f"/{name}/Relu")))
    assert [node.type for node in found.network.layers] == ["Conv2d", "ReLU"]


def test_too_many_multiplications(monkeypatch: pytest.MonkeyPatch) -> None:
    from cnnshape.importing.onnx import proof

    monkeypatch.setattr(proof, "MACS", 1000)
    w = Writer(3, 8, 8)
    told = _fault(w, w.node("Conv", ["x", w.weight("c.weight", 4, 3, 3, 3)]))
    assert told.startswith("it has 3,888 MACs for one sample, more than the 1,000 that are run")


def test_a_size_that_is_open_is_called_so() -> None:
    w = Writer(3, "height", "width")
    with pytest.raises(ImportFault) as caught:
        import_onnx(w.write(w.node("Relu", ["x"])))
    told = "the model leaves its input's size open (batch×3×height×width): "
    assert str(caught.value) == f"{told}give it without the batch, as --input 3x224x224"
    with pytest.raises(ImportFault) as caught:
        import_onnx("net.onnx", (1, 28, 28))
    told = "the model reads 3×open×open, not 1×28×28: "
    assert str(caught.value) == f"{told}give what is open as --input 3x224x224"
    assert import_onnx("net.onnx", (28, 24)).network.input_shape == (3, 28, 24)
    assert import_onnx("net.onnx", (28,)).network.input_shape == (3, 28, 28)


# Waiting ----------------------------------------------------------------------------------


@pytest.mark.slow
def test_ctrl_c_comes_while_something_else_runs() -> None:
    asked = Event()
    Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    start = monotonic()
    with pytest.raises(KeyboardInterrupt):
        interruptible(lambda: asked.wait(60), Limit(60), asked.set)
    assert asked.is_set()
    assert monotonic() - start < 30


@pytest.mark.slow
def test_what_does_not_end_is_ended() -> None:
    asked = Event()
    with pytest.raises(TimeoutError, match=r"it did not end in 0.2 seconds"):
        interruptible(lambda: asked.wait(60), Limit(0.2), asked.set)
    assert asked.is_set()


def test_what_is_given_and_what_is_raised_come_back() -> None:
    def fails() -> Any:
        raise ValueError("a fault of its own")

    assert interruptible(lambda: 7, Limit(60)) == 7
    with pytest.raises(ValueError, match="a fault of its own"):
        interruptible(fails, Limit(60))


@pytest.mark.slow
def test_runs_share_their_time() -> None:
    limit = Limit(0.2)
    with pytest.raises(TimeoutError):
        interruptible(lambda: Event().wait(60), limit)
    with pytest.raises(TimeoutError, match=r"it did not end in 0.2 seconds"):
        interruptible(lambda: Event().wait(60), limit)


def test_memory_that_ends_in_the_proof_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from cnnshape.importing.onnx import proof

    def refuse(*_: Any) -> Any:
        raise RuntimeError(
            "[enforce fail at alloc.cpp:9] DefaultCPUAllocator: can't allocate memory"
        )

    monkeypatch.setattr(proof, "draw_weights", refuse)
    w = Writer(3, 8, 8)
    told = _fault(w, w.node("Conv", ["x", w.weight("c.weight", 4, 3, 3, 3)]))
    assert told == (
        "it cannot be held against the model: there is not enough memory; "
        "give a smaller --input, or take a larger machine"
    )
