"""ONNX files: checked by onnx.checker, run by ONNX Runtime, held against PyTorch."""

from __future__ import annotations

import os
from importlib.util import find_spec

import numpy as np
import pytest
import torch

import cnnshape
from cnnshape.exporting import ExportError, to_onnx, weighted_module
from cnnshape.importing.importer import import_onnx

from ..needing import needs
from .test_output_check import UNPOOLING

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")
needs("onnxscript")
ReferenceEvaluator = pytest.importorskip("onnx.reference").ReferenceEvaluator

NETS = [
    ("lenet5", None, {}),
    ("lenet5_1998", None, {}),
    ("resnet18", (3, 64, 64), {"depths": [1, 1, 1, 1]}),
    ("shufflenet_v2_x0_5", (3, 64, 64), {}),
    ("densenet_bc_100_12", (3, 16, 16), {"depth": 22}),
    ("unet", (1, 188, 188), {"width": 8}),
    ("dcgan_generator", None, {"width": 128}),
    ("espcn", (1, 24, 32), {}),
]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "shape", "params"), NETS)
def test_onnx_gives_what_pytorch_gives(name, shape, params):
    network = cnnshape.load(name, input=shape, params=params)
    module = weighted_module(network, None, seed=1)
    made = to_onnx(network, module, None)
    assert made.checked.startswith("passes onnx.checker; in ONNX Runtime, ")
    onnx.checker.check_model(made.content, full_check=True)
    session = onnxruntime.InferenceSession(made.content, providers=["CPUExecutionProvider"])
    held = {each.name for each in onnx.load_model_from_string(made.content).graph.initializer}
    norms = [node.path for node in network.layers if node.type.startswith("BatchNorm")]
    assert held.issuperset(f"{path}.weight" for path in norms)
    for batch in (1, 4):
        x = torch.randn(batch, *network.input_shape)
        (found,) = session.run(None, {"input": x.numpy()})
        with torch.no_grad():
            wanted = module(x)
        tolerance = 1e-4 * max(1e-3, float(wanted.abs().max()))
        torch.testing.assert_close(torch.from_numpy(found), wanted, rtol=0, atol=tolerance)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_where_rounding_moves_maxima_the_file_is_held_in_whole_numbers():
    network = cnnshape.loads(UNPOOLING)
    made = to_onnx(network, weighted_module(network, None, seed=1), None)
    assert made.checked.endswith("and all of them in whole numbers")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_what_torch_writes_wrongly_is_not_handed_out():
    """torch.onnx (2.13) leaves out divisor_override."""
    network = cnnshape.loads(
        "name: n\ninput: [4, 8, 8]\n"
        "layers: [{type: AvgPool2d, kernel_size: 2, divisor_override: 1}]"
    )
    with pytest.raises(ExportError, match="other outputs than PyTorch"):
        to_onnx(network, weighted_module(network, None, seed=1), None)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_fixed_batch_and_several_outputs():
    network = cnnshape.loads(
        """
name: two
input: [3, 8, 8]
layers:
  - {name: a, type: Conv2d, out_channels: 4, kernel_size: 1}
  - {name: b, type: ReLU}
outputs: [b, a]
"""
    )
    made = to_onnx(network, weighted_module(network, None, seed=1), 2)
    graph = onnx.load_model_from_string(made.content).graph
    assert [each.name for each in graph.output] == ["output0", "output1"]
    assert [d.dim_value for d in graph.input[0].type.tensor_type.shape.dim] == [2, 3, 8, 8]
    assert [each.name for each in graph.initializer] == ["a.weight", "a.bias"]


def read_by_opencv(content, x):
    """What OpenCV's module gives, in a list; an empty one where it is not there, as on CI it is."""
    if not os.environ.get("CI") and find_spec("cv2") is None:
        return []
    import cv2

    net = cv2.dnn.readNetFromONNX(np.frombuffer(content, np.uint8))
    net.setInput(x)
    return [net.forward()]


CEIL = [
    ("[1, 5, 5]", "{type: MaxPool2d, kernel_size: 3, stride: 3, padding: 1}", (1, 2, 2)),
    ("[1, 6, 6]", "{type: MaxPool2d, kernel_size: 3, stride: 2, padding: 1}", (1, 4, 4)),
    ("[1, 9, 8]", "{type: MaxPool2d, kernel_size: 2, stride: 5, dilation: 2, padding: 1}",
     (1, 2, 2)),
    ("[1, 5]", "{type: MaxPool1d, kernel_size: 3, stride: 3, padding: 1}", (1, 2)),
    ("[1, 5, 5, 5]", "{type: MaxPool3d, kernel_size: 3, stride: 3, padding: 1}", (1, 2, 2, 2)),
    ("[1, 6, 6]", "{type: AvgPool2d, kernel_size: 3, stride: 2, padding: 1}", (1, 4, 4)),
    ("[1, 6, 6]",
     "{type: AvgPool2d, kernel_size: 3, stride: 2, padding: 1, count_include_pad: false}",
     (1, 4, 4)),
    ("[1, 6]", "{type: AvgPool1d, kernel_size: 3, stride: 2}", (1, 3)),
    ("[1, 6, 6]", "{type: LPPool2d, norm_type: 2, kernel_size: 3, stride: 2}", (1, 3, 3)),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("shape", "pool", "size"), CEIL)
def test_a_pool_that_rounds_up_has_its_windows_in_every_program(shape, pool, size, tmp_path):
    pool = pool.replace("}", ", ceil_mode: true}")
    network = cnnshape.loads(f"input: {shape}\nlayers:\n  - {pool}\n")
    made = to_onnx(network, weighted_module(network, None, seed=1), None)
    model = onnx.load_model_from_string(made.content)
    ceil_modes = [
        item.i for node in model.graph.node for item in node.attribute if item.name == "ceil_mode"
    ]
    assert not any(ceil_modes)
    x = torch.randn(1, *network.input_shape)
    wanted = network.to_module()(x).numpy()
    for found in (
        onnxruntime.InferenceSession(made.content).run(None, {"input": x.numpy()})[0],
        ReferenceEvaluator(model).run(None, {"input": x.numpy()})[0],
        *read_by_opencv(made.content, x.numpy()),
    ):
        np.testing.assert_allclose(found.reshape(wanted.shape), wanted, rtol=0, atol=1e-6)
    file = tmp_path / "pool.onnx"
    file.write_bytes(made.content)
    again = import_onnx(str(file)).network
    assert network.output_shapes == again.output_shapes == (size,)


def test_what_no_onnx_file_holds_is_refused_before_it_is_written():
    network = cnnshape.loads(
        "name: wide\ninput: [32768]\nlayers: [{type: Linear, out_features: 16384}]"
    )
    with torch.device("meta"):
        module = network.to_module()
    with pytest.raises(ExportError, match="less than 2 GB"):
        to_onnx(network, module, None)
