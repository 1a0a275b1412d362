"""Windows at uneven edges, rounded up, and cut off: each import is proved by running both."""

from __future__ import annotations

from typing import Any

import pytest

from cnnshape.importing import import_onnx

from .writer import Writer, onnx

PADS = ([0, 0, 1, 1], [1, 1, 0, 0], [0, 1, 1, 0])


def _types(w: Writer, value: str) -> list[str]:
    return [node.type for node in import_onnx(w.write(value)).network.layers]


def _windowed(type: str, kernel: int, **attributes: Any) -> list[str]:
    """The layers of an operator with a square window."""
    w = Writer(2, 7, 8, opset=19)
    reads = ["x"]
    if type in ("Conv", "ConvTranspose"):
        reads.append(w.weight("c.weight", 2, 2, kernel, kernel))
    else:
        attributes["kernel_shape"] = [kernel, kernel]
    return _types(w, w.node(type, reads, **attributes))


@pytest.mark.slow
@pytest.mark.parametrize("type", ["Conv", "ConvTranspose", "MaxPool", "AveragePool", "LpPool"])
@pytest.mark.parametrize("kernel", [2, 3])
@pytest.mark.parametrize("stride", [1, 2])
def test_uneven_edges(type: str, kernel: int, stride: int) -> None:
    given = {"strides": [stride, stride]}
    for mode in ("SAME_UPPER", "SAME_LOWER"):
        _windowed(type, kernel, auto_pad=mode, **given)
    for pads in PADS:
        _windowed(type, kernel, pads=pads, **given)


@pytest.mark.parametrize("type", ["MaxPool", "LpPool"])
@pytest.mark.parametrize("pads", PADS)
def test_uneven_edges_rounded_up(type: str, pads: list[int]) -> None:
    for kernel in (3, 4):
        _windowed(type, kernel, pads=pads, strides=[2, 2], ceil_mode=1)


def test_a_mean_that_leaves_out_the_padding_keeps_its_own_windows() -> None:
    given = {"kernel_size": 3, "stride": 1, "padding": 1, "count_include_pad": False}
    w = Writer(2, 8, 8)
    pool = w.node("AveragePool", ["x"], kernel_shape=[3, 3], pads=[0, 0, 1, 1])
    first, *rest = import_onnx(w.write(pool)).network.layers
    assert first.type == "AvgPool2d"
    assert all(
        first.layer.arguments[name] in (value, [value] * 2, (value,) * 2)
        for name, value in given.items()
    )
    assert [node.type for node in rest] == ["Narrow", "Narrow"]


@pytest.mark.parametrize("opset", [10, 12, 17, 22])
@pytest.mark.parametrize("type", ["MaxPool", "AveragePool"])
def test_a_last_window_that_would_start_in_the_padding_is_none(type: str, opset: int) -> None:
    """onnx counts it before opset 22, and what runs the file does not."""
    if (type, opset) == ("AveragePool", 12):
        pytest.skip("it is the same as in opset 11")
    w = Writer(1, 5, 5, opset=opset)
    given = {"kernel_shape": [3, 3], "strides": [3, 3], "pads": [1] * 4, "ceil_mode": 1}
    pool = w.node(type, ["x"], "y", **given)
    shape = ["batch", 1, 3, 3]  # as torch.onnx writes it
    model = w.model(pool)
    model.graph.value_info.append(onnx.helper.make_tensor_value_info("y", 1, shape))
    onnx.save(model, "net.onnx")
    assert import_onnx("net.onnx").network.output_shapes == ((1, 2, 2),)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["NOTSET", "SAME_UPPER", "SAME_LOWER"])
@pytest.mark.parametrize("size", [13, 15, 16, 17])
@pytest.mark.parametrize("more", [0, 1])
def test_a_transposed_convolution_of_a_size(mode: str, size: int, more: int) -> None:
    for kernel in (2, 3, 4):
        _windowed(
            "ConvTranspose",
            kernel,
            output_shape=[size - 2, size],
            auto_pad=mode,
            strides=[2, 2],
            output_padding=[more, more],
        )


def test_an_odd_power_mean_is_of_magnitudes() -> None:
    assert _windowed("LpPool", 3, p=3) == ["Abs", "LPPool2d"]
    assert _windowed("LpPool", 3, p=1, pads=[1, 1, 1, 1]) == ["Abs", "ZeroPad2d", "LPPool2d"]


def test_a_dilated_pool_pads_more_than_half_its_window() -> None:
    pads = [2, 2, 2, 2]
    types = _windowed("MaxPool", 3, dilations=[2, 2], pads=pads)
    assert types == ["ConstantPad2d", "MaxPool2d"]


RESIZED: list[tuple[dict[str, str], list[int], list[str]]] = [
    ({"mode": "nearest"}, [1, 1], ["Narrow", "Narrow"]),
    ({"mode": "linear"}, [1, 1], ["Upsample"]),
    ({"mode": "cubic"}, [1, 1], ["Upsample"]),
    ({"mode": "linear", "coordinate_transformation_mode": "pytorch_half_pixel"}, [1, 1],
     ["Narrow", "Narrow"]),
    ({"mode": "linear", "coordinate_transformation_mode": "pytorch_half_pixel"}, [1, 20],
     ["Narrow", "Upsample"]),
    ({"mode": "cubic", "coordinate_transformation_mode": "pytorch_half_pixel"}, [11, 1],
     ["Narrow", "Upsample"]),
    ({"mode": "linear", "coordinate_transformation_mode": "asymmetric"}, [1, 1],
     ["Narrow", "Narrow"]),
    ({"mode": "linear", "coordinate_transformation_mode": "asymmetric"}, [16, 24],
     ["Upsample", "ReplicationPad2d"]),
    ({"mode": "linear", "coordinate_transformation_mode": "asymmetric"}, [4, 4], ["MaxPool2d"]),
    ({"mode": "linear", "coordinate_transformation_mode": "half_pixel_symmetric"}, [5, 11],
     ["Upsample"]),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("given", "size", "types"), RESIZED)
def test_sizes_and_coordinates(given: dict[str, str], size: list[int], types: list[str]) -> None:
    w = Writer(4, 8, 8, batch=1, opset=19)
    sizes = w.constant("size", [1, 4, *size])
    assert _types(w, w.node("Resize", ["x", "", "", sizes], **given)) == types


def test_a_row_that_is_resized_stays_one() -> None:
    w = Writer(4, 1, 8, opset=19)
    scales = w.constant("scales", [1.0, 1.0, 1.0, 1.3])
    given = {"mode": "linear", "coordinate_transformation_mode": "pytorch_half_pixel"}
    assert _types(w, w.node("Resize", ["x", "", scales], **given)) == ["Upsample"]
