"""Files that leave their batch open, and have a 1 for it in what they compute."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cnnshape.importing import ImportFault, import_onnx

from .writer import Writer

NOTE = "that the file computes one sample at a time, though its batch is open"


def _convolved(w: Writer) -> str:
    return w.node("Conv", ["x", w.weight("c.weight", 4, 3, 3, 3)], pads=[1] * 4)


def _classified(w: Writer, *sizes: int) -> str:
    flat = w.node("Reshape", [_convolved(w), w.constant("s", list(sizes))])
    return w.node("Gemm", [flat, w.weight("fc.weight", 256, 10)])


def _shuffled(w: Writer) -> str:
    parts = w.node("Reshape", [_convolved(w), w.constant("s", [1, 2, 2, 8, 8])])
    turned = w.node("Transpose", [parts], perm=[0, 2, 1, 3, 4])
    return w.node("Reshape", [turned, w.constant("s2", [1, -1, 8, 8])])


def _enlarged(w: Writer) -> str:
    return w.node("Resize", [_convolved(w), "", "", w.constant("s", [1, 4, 16, 16])])


def _with_a_token(w: Writer) -> str:
    tokens = w.node("Reshape", ["x", w.constant("s", [0, 3, 64])])
    return w.node("Concat", [w.weight("token", 1, 1, 64), tokens], axis=1)


@pytest.mark.parametrize(
    ("write", "types"),
    [
        (lambda w: _classified(w, 1, -1), ["Conv2d", "Flatten", "Linear"]),
        (lambda w: _classified(w, 1, 256), ["Conv2d", "Flatten", "Linear"]),
        (_shuffled, ["Conv2d", "ChannelShuffle"]),
        (_enlarged, ["Conv2d", "Upsample"]),
        (_with_a_token, ["LearnedConstant", "Flatten", "Concat"]),
    ],
)
def test_a_file_that_fits_one_sample_alone(
    write: Callable[[Writer], str], types: list[str]
) -> None:
    w = Writer(3, 8, 8)
    found = import_onnx(w.write(write(w)))
    assert sorted(node.type for node in found.network.layers) == sorted(types)
    assert found.notes == (NOTE,)


@pytest.mark.parametrize("sizes", [(-1, 256), (0, -1), (0, 256)])
def test_a_batch_that_is_open_indeed(sizes: tuple[int, int]) -> None:
    w = Writer(3, 8, 8)
    found = import_onnx(w.write(_classified(w, *sizes)))
    assert [node.type for node in found.network.layers] == ["Conv2d", "Flatten", "Linear"]
    assert not found.notes


def test_what_mixes_samples_is_refused_all_the_same() -> None:
    w = Writer(3, 8, 8)
    mean = w.node("ReduceMean", ["x"], axes=[0], keepdims=1, name="centre")
    with pytest.raises(ImportFault) as caught:
        import_onnx(w.write(w.node("Sub", ["x", mean])))
    assert [(item.operation, item.line) for item in caught.value.unsupported] == [
        ("ONNX's ReduceMean", "centre")
    ]
    assert caught.value.rest


@pytest.mark.parametrize("batch", [1, "batch"])
def test_a_sample_that_is_repeated_is_no_layer(batch: int | str) -> None:
    w = Writer(3, 8, 8, batch=batch)
    w.node("Relu", ["x"], "r")
    with pytest.raises(ImportFault) as caught:
        import_onnx(w.write(w.node("Expand", ["r", w.constant("s", [50, 3, 8, 8])])))
    assert "Expand" in str(caught.value.unsupported)


def test_why_an_output_has_its_batch_elsewhere() -> None:
    w = Writer(3, 8)
    rows = w.node("Transpose", ["x"], perm=[1, 0, 2])
    w.node("GRU", [rows, w.weight("w", 1, 12, 8), w.weight("r", 1, 12, 4)], "h", hidden_size=4)
    with pytest.raises(ImportFault) as caught:
        import_onnx(w.write("h"))
    assert "GRU" in str(caught.value.unsupported)
    assert not caught.value.rest


def _attended(w: Writer) -> str:
    """Two heads whose dimension comes before that of the one sample, as 1×6×16 are 6×16."""
    flat = w.node("Reshape", ["x", w.constant("s0", [6, 16])])
    linear = w.node("Gemm", [flat, w.weight("a.weight", 48, 16), w.weight("a.bias", 48)], transB=1)
    split = w.node("Reshape", [linear, w.constant("s1", [1, 6, 3, 2, 8])])
    moved = w.node("Transpose", [split], perm=[2, 0, 3, 1, 4])
    parts = [w.node("Gather", [moved, w.constant(f"i{k}", k)], axis=0) for k in range(3)]
    scores = w.node("MatMul", [parts[0], w.node("Transpose", [parts[1]], perm=[0, 1, 3, 2])])
    found = w.node("MatMul", [w.node("Softmax", [scores]), parts[2]])
    return w.node(
        "Reshape", [w.node("Transpose", [found], perm=[0, 2, 1, 3]), w.constant("s2", [1, 6, 16])]
    )


@pytest.mark.parametrize("batch", [1, "batch"])
def test_one_sample_that_is_moved_is_followed(batch: int | str) -> None:
    w = Writer(6, 16, batch=batch)
    found = import_onnx(w.write(_attended(w)))
    types = [node.type for node in found.network.layers]
    assert "Linear" in types
    assert "ScaledDotProductAttention" in types or types.count("MatMul") == 2
    assert found.network.output_shapes == ((6, 16),)
    assert found.notes == ((NOTE,) if batch == "batch" else ())
