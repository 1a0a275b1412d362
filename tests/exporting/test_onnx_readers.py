"""ONNX files are as short as torch's optimisation makes them, and every program reads them."""

from __future__ import annotations

import os
from collections import Counter

import numpy as np
import pytest
import torch

import cnnshape
from cnnshape.exporting import ExportError, to_onnx, weighted_module

from ..needing import needs

onnx = pytest.importorskip("onnx")
needs("onnxscript")

WITHOUT_BIAS = """
input: [3, 10, 10]
layers:
  - {type: Conv2d, out_channels: 4, kernel_size: 3, bias: false}
  - BatchNorm2d
  - {type: ConvTranspose2d, out_channels: 4, kernel_size: 3, bias: false}
  - {type: MaxPool2d, kernel_size: 2}
  - Flatten
  - {type: Linear, out_features: 3, bias: false}
"""
NETS = {
    "without_bias": cnnshape.loads(WITHOUT_BIAS),
    "lenet5": cnnshape.load("lenet5"),
    "resnet18": cnnshape.load("resnet18", input=(3, 64, 64), params={"depths": [1, 1, 1, 1]}),
    "squeezenet1_1": cnnshape.load("squeezenet1_1", input=(3, 64, 64)),
}


def opencv():
    """OpenCV's module; on CI it has to be there."""
    if os.environ.get("CI"):
        import cv2

        return cv2
    return pytest.importorskip("cv2")


@pytest.fixture(scope="module", params=NETS)
def written(request):
    """A file, an input, and what PyTorch gives."""
    network = NETS[request.param]
    module = weighted_module(network, None, seed=1)
    x = torch.randn(1, *network.input_shape, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        return to_onnx(network, module, None).content, x.numpy(), module(x).numpy()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_every_layer_is_one_operator(written):
    content, _, _ = written
    graph = onnx.load_model_from_string(content).graph
    kinds = Counter(node.op_type for node in graph.node)
    assert not kinds.keys() & {"Shape", "Expand", "CastLike", "Constant"}
    assert kinds["Reshape"] <= 1
    assert graph.input[0].type.tensor_type.shape.dim[0].dim_param


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_the_reference_implementation_reads_it(written):
    from onnx.reference import ReferenceEvaluator

    content, x, wanted = written
    model = onnx.load_model_from_string(content)
    (found,) = ReferenceEvaluator(model).run(None, {"input": x})
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-4 * np.abs(wanted).max())


@pytest.mark.filterwarnings("ignore")
def test_opencv_reads_it(written):
    cv2 = opencv()
    content, x, wanted = written
    net = cv2.dnn.readNetFromONNX(np.frombuffer(content, np.uint8))
    net.setInput(x)
    found = net.forward().reshape(wanted.shape)
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-4 * np.abs(wanted).max())


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("opset", [18, 20, 23])
def test_the_operators_version_is_chosen(opset):
    network = NETS["without_bias"]
    made = to_onnx(network, weighted_module(network, None, seed=1), None, opset)
    assert onnx.load_model_from_string(made.content).opset_import[0].version == opset


def test_a_version_that_torch_does_not_write_is_refused():
    network = NETS["without_bias"]
    with pytest.raises(ExportError, match="from 18 to 23"):
        to_onnx(network, weighted_module(network, None, seed=1), None, 17)
