"""Whole networks: paths, arithmetic of sizes, and what older and other exporters write."""

from __future__ import annotations

import sys

import numpy as np
import pytest

import cnnshape
from cnnshape.importing import ImportFault, import_onnx
from cnnshape.importing.onnx.places import is_made_up, module_of, place_of

from .writer import Writer, onnx


def _net(*shape: int | str) -> Writer:
    w = Writer(*shape)
    conv = [w.weight("stem.conv.weight", 8, 3, 3, 3), w.weight("stem.conv.bias", 8)]
    a = w.node("Conv", ["x", *conv], pads=[1, 1, 1, 1], strides=[2, 2])
    statistics = [w.weight(f"stem.bn.{name}", 8) for name in ("weight", "bias", "mean", "var")]
    b = w.node("BatchNormalization", [a, *statistics], epsilon=1e-3)
    c = w.node("Relu", [b])
    d = w.node("Conv", [c, w.weight("gate.weight", 8, 1, 3, 3)], group=8, pads=[1, 1, 1, 1])
    e = w.node("Mul", [c, w.node("Sigmoid", [d])])
    f = w.node("MaxPool", [w.node("Concat", [c, e], axis=1)], kernel_shape=[2, 2], strides=[2, 2])
    g = w.node("Reshape", [w.node("GlobalAveragePool", [f]), w.constant("shape", [0, -1])])
    h = w.node("Gemm", [g, w.weight("fc.weight", 10, 16), w.weight("fc.bias", 10)], transB=1)
    w.node("MatMul", [h, w.weight("head.weight", 10, 4)], "y")
    return w


def test_a_file_is_what_it_computes() -> None:
    found = import_onnx(_net(3, 16, 16).write("y"))
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
    assert found.check.macs == (found.network.totals.macs, found.network.totals.macs)
    assert found.network.by_path["stem.bn"].layer.arguments["eps"] == 0.001
    assert cnnshape.loads(found.text).canonical() == found.network.canonical()
    assert found.network.name == "net"


def test_without_onnxruntime_the_reference_of_onnx_runs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    found = import_onnx(_net(3, 16, 16).write("y"))
    assert found.check is not None
    assert found.check.difference <= 1e-5


def test_an_input_that_the_file_leaves_open_is_given() -> None:
    path = _net(3, "height", "width").write("y")
    with pytest.raises(ImportFault, match=r"its input.s size open .batch×3×height×width"):
        import_onnx(path)
    assert import_onnx(path, (3, 24, 16)).network.input_shape == (3, 24, 16)


def test_arithmetic_of_sizes_leaves_nothing() -> None:
    """x.view(x.size(0), -1), as exporters before opset 13 write it."""
    w = Writer(4, 6, 6, opset=9)
    shape = w.node("Shape", ["x"])
    size = w.node("Gather", [shape, w.constant("zero", 0)], axis=0)
    sizes = [w.node("Unsqueeze", [each], axes=[0]) for each in (size, w.constant("rest", -1))]
    flat = w.node("Reshape", ["x", w.node("Concat", sizes, axis=0)])
    found = import_onnx(w.write(w.node("Relu", [flat])))
    assert [node.type for node in found.network.layers] == ["Flatten", "ReLU"]


def test_a_batch_with_other_dimensions_folded_in() -> None:
    """The heads of an attention, as torch.onnx transposes them."""
    w = Writer(4, 6, 8)
    folded = w.node("Reshape", ["x", w.constant("heads", [-1, 6, 8])])
    turned = w.node("Transpose", [folded], perm=[0, 2, 1])
    back = w.node("Reshape", [turned, w.constant("back", [-1, 4, 8, 6])])
    found = import_onnx(w.write(w.node("MatMul", ["x", back])))
    assert [node.type for node in found.network.layers] == ["Transpose", "MatMul"]


def test_what_opset_7_says() -> None:
    w = Writer(4, 6, 6, opset=7)
    norm = [w.weight(f"bn.{name}", 4) for name in ("weight", "bias", "mean", "var")]
    a = w.node("BatchNormalization", ["x", *norm])
    b = w.node("Dropout", [a], ratio=0.25)
    c = w.node("Upsample", [b], scales=[1.0, 1.0, 2.0, 2.0])
    d = w.node("Pad", [c], pads=[0, 0, 1, 1, 0, 0, 1, 1])
    e = w.node("Slice", [d], starts=[1], ends=[3], axes=[1])
    f = w.node("Softmax", [w.node("Flatten", [w.node("GlobalMaxPool", [e])])])
    found = import_onnx(w.write(f))
    assert [node.type for node in found.network.layers] == [
        "BatchNorm2d", "Dropout", "Upsample", "ZeroPad2d", "Narrow", "AdaptiveMaxPool2d",
        "Flatten", "Softmax",
    ]  # fmt: skip
    assert found.network.by_path["dropout1"].layer.arguments["p"] == 0.25


def test_a_branch_whose_condition_is_known() -> None:
    """torch.onnx asks by an If whether a dimension that is squeezed is 1."""
    w = Writer(4, 1, 6)
    helper = onnx.helper
    branches = {}
    for name, type in (("then_branch", "Relu"), ("else_branch", "Tanh")):
        node = helper.make_node(type, ["x"], [f"{name}_out"])
        branches[name] = helper.make_graph(
            [node], name, [], [helper.make_tensor_value_info(f"{name}_out", 1, None)]
        )
    size = w.node("Gather", [w.node("Shape", ["x"]), w.constant("two", 2)])
    one = w.node("Equal", [size, w.constant("one", 1)])
    found = import_onnx(w.write(w.node("If", [one], "y", **branches)))
    assert [node.type for node in found.network.layers] == ["ReLU"]


def test_channels_last_are_said_as_they_are() -> None:
    """As tf2onnx writes: a transposition before the first convolution, and uneven padding."""
    w = Writer(9, 9, 3)
    a = w.node("Transpose", ["x"], perm=[0, 3, 1, 2])
    weight = w.weight("net/conv1/Conv2D/ReadVariableOp:0", 8, 3, 3, 3)
    b = w.node("Conv", [a, weight], name="net/conv1/Conv2D", auto_pad="SAME_UPPER", strides=[2, 2])
    c = w.node("Relu", [b], name="net/relu/Relu")
    d = w.node("Transpose", [c], perm=[0, 2, 3, 1])
    e = w.node("Transpose", [d], perm=[0, 3, 1, 2])
    found = import_onnx(w.write(w.node("GlobalMaxPool", [e])))
    assert [(node.path, node.type) for node in found.network.layers] == [
        ("permute1", "Permute"),
        ("net.conv1", "Conv2d"),
        ("net.relu", "ReLU"),
        ("adaptivemaxpool2d1", "AdaptiveMaxPool2d"),
    ]


def test_names_and_constants_as_paddle_writes_them() -> None:
    """Weights called conv2d_0.w_0, shapes in nodes, a bias of its own for each convolution."""
    w = Writer(3, 8, 8, batch=-1, opset=11)
    conv = w.node("Conv", ["x", w.weight("conv2d_0.w_0", 4, 3, 3, 3)], pads=[1, 1, 1, 1])
    statistics = [w.weight(f"batch_norm_0.{name}", 4) for name in ("w_0", "b_0", "w_1", "w_2")]
    norm = w.node("BatchNormalization", [conv, *statistics])
    clipped = w.node("Clip", [norm, w.constant("val_0", 0.0), w.constant("val_1", 6.0)])
    pooled = w.node("GlobalAveragePool", [clipped])
    sizes = onnx.helper.make_tensor("sizes", onnx.TensorProto.INT64, [2], [-1, 4])
    flat = w.node("Reshape", [pooled, w.node("Constant", [], value=sizes)])
    product = w.node("MatMul", [flat, w.weight("linear_0.w_0", 4, 5)])
    found = import_onnx(w.write(w.node("Add", [product, w.weight("linear_0.b_0", 5)])))
    assert [(node.path, node.type) for node in found.network.layers] == [
        ("conv2d_0", "Conv2d"), ("batch_norm_0", "BatchNorm2d"), ("relu61", "ReLU6"),
        ("adaptiveavgpool2d1", "AdaptiveAvgPool2d"), ("flatten1", "Flatten"),
        ("linear_0", "Linear"),
    ]  # fmt: skip


def test_a_norm_and_its_scale_as_caffe_has_them() -> None:
    """Two layers, the norm with ones and zeros in the place of what it would learn."""
    w = Writer(3, 8, 8, opset=9)
    conv = w.node("Conv", ["x", w.weight("conv1_w", 4, 3, 3, 3)])
    plain = [w.constant(f"val_{k}", np.full(4, float(1 - k))) for k in range(2)]
    norm = w.node("BatchNormalization", [conv, *plain, w.weight("mean", 4), w.weight("var", 4)])
    scaled = w.node("Mul", [norm, w.weight("scale1_w", 4, 1, 1)])
    found = import_onnx(w.write(w.node("Add", [scaled, w.weight("scale1_b", 4, 1, 1)])))
    assert [node.type for node in found.network.layers] == ["Conv2d", "BatchNorm2d", "Scale"]
    assert found.network.totals.params == 108 + 4 + 4


def test_what_stands_beside_the_weights_of_a_module() -> None:
    """A convolution with padding_mode, as torch.onnx writes it."""
    w = Writer(3, 8, 8)
    pads = w.constant("pads", [0, 0, 1, 1, 0, 0, 1, 1])
    pad = w.node("Pad", ["x", pads], mode="reflect", name="/block/conv/Pad")
    weight = w.weight("block.conv.weight", 3, 3, 3, 3)
    conv = w.node("Conv", [pad, weight], name="/block/conv/Conv")
    again = w.node("Relu", [conv], name="/block/relu/Relu")
    add = w.node("Add", [w.node("Relu", [again], name="/block/relu_1/Relu"), "x"])
    found = import_onnx(w.write(add))
    assert [node.path for node in found.network.layers] == [
        "block.reflectionpad2d1", "block.conv", "block.relu1", "block.relu2", "add1",
    ]  # fmt: skip


def test_names_of_weights_and_nodes() -> None:
    assert module_of("layer1.0.conv1.weight") == ("layer1", "0", "conv1")
    assert module_of("resnetv15_stage1_conv0_weight") == ("resnetv15_stage1_conv0",)
    assert module_of("conv1_w_0") == ("conv1",)
    assert module_of("onnx::Conv_193") == ()
    assert module_of("bias") == ()
    for name in ("onnx::Mul_3", "val_17", "193", "/a/Constant_1_output_0", "scalar_tensor_default"):
        assert is_made_up(name), name
    for name in ("scale", "fc.weight", "gamma_1", "conv0"):
        assert not is_made_up(name), name
    node = onnx.helper.make_node("Conv", ["x"], ["y"], name="/f/f.1/f.1.0/block/block.2/fc1/Conv")
    assert place_of(node).path == ("f", "1", "0", "block", "2", "fc1")
    node.metadata_props.add(key="pkg.torch.onnx.name_scopes", value="['', 'a', 'a.0', 'conv2d']")
    classes = "['net.Net', 'torch.nn.modules.container.Sequential', 'net.Block', 'aten.conv2d']"
    node.metadata_props.add(key="pkg.torch.onnx.class_hierarchy", value=classes)
    assert place_of(node).path == ("a", "0")
    assert place_of(node).classes == (("", "Net"), ("a", "Sequential"), ("a.0", "Block"))


def test_whole_layers_are_shared() -> None:
    w = Writer(4, 8, 8)
    tensors = [w.weight("a.weight", 4, 4, 1, 1), w.weight("a.bias", 4)]
    first = w.node("Relu", [w.node("Conv", ["x", *tensors])])
    again = import_onnx(w.write(w.node("Conv", [first, *tensors]))).network.layers[-1]
    assert (again.shares, again.params) == ("a", 0)


def test_a_product_that_shares_its_matrix_alone_is_refused() -> None:
    w = Writer(4, 8)
    matrix = w.weight("a.weight", 8, 8)
    first = w.node("Relu", [w.node("Add", [w.node("MatMul", ["x", matrix]), w.weight("b", 8)])])
    last = w.node("Add", [w.node("MatMul", [first, matrix]), w.weight("c", 8)])
    with pytest.raises(ImportFault) as caught:
        import_onnx(w.write(last))
    (unsupported,) = caught.value.unsupported
    assert unsupported.reason == "with a.weight, another layer's too: only whole layers are shared"
