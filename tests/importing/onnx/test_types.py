"""Every layer type, written as ONNX by torch and imported again, is what it was.

By torch.onnx's older exporter, which is quick, and by the newer one what it says in a way of its
own, or can say alone.
"""

from __future__ import annotations

import re
from collections import ChainMap
from itertools import chain

import pytest

from cnnshape.exporting import weighted_module
from cnnshape.importing import ImportFault, import_onnx
from cnnshape.layers import listed, registry
from cnnshape.torch_backend.initialisation import draw_weights
from tests.exporting.test_types import network_of
from tests.special import said

from .torch_files import write

pytestmark = pytest.mark.slow

EXAMPLES = [
    (name, number)
    for name, layer in sorted(listed().items())
    for number in range(len(layer.examples))
]
BY_THE_NEWER = [
    ("AdaptiveAvgPool1d", 1), ("AdaptiveAvgPool2d", 1), ("ClassToken", 0),
    ("Hardshrink", 0), ("LPPool1d", 0),
    ("MaxUnpool1d", 0), ("MultiheadAttention", 0), ("ReLU", 1), ("RMSNorm", 0),
    ("ScaledDotProductAttention", 0), ("SlidingWindows", 1), ("Softplus", 1), ("Softshrink", 0),
    ("Standardize", 0), ("Threshold", 0), ("Unfold", 1), ("Upsample", 2),
    *chain.from_iterable(said("BY_THE_NEWER")),
]  # fmt: skip

NOT_WRITTEN = {
    "AdaptiveAvgPool1d-1|AdaptiveAvgPool2d-[12]|AdaptiveAvgPool3d-1": "windows of several sizes",
    "AdaptiveMaxPool..-[12]": "windows of several sizes",
    "BatchNorm2d-2|BatchNorm3d-1|InstanceNorm2d-2|InstanceNorm3d-1": "a batch of unknown size",
    "Bilinear|ChannelShuffle|RMSNorm|MaxUnpool": "the older exporter does not know it",
    "BlurPool2d": "a kernel that is no weight",
    "Buffer|Constant-|LearnedConstant|Linspace": "it follows from no values",
    "FractionalMaxPool": "it draws its windows anew in every run",
    "SpectralNorm": "the older exporter does not know how a weight is normalised",
    "Threshold": "the older exporter has it for 0 alone",
    **ChainMap(*said("NOT_WRITTEN")),
}
"""Of which examples the older exporter writes no file that could be imported, and why."""

REFUSED = {
    "IndexSelect-1": "with places in 2401 runs",
    "MultiheadAttention-1": "mixes the batch",  # a position of zeros
    "MultiheadAttention-2": "with a value that is no layer's",  # a learned position
    "Narrow-1": "the shape that it gives is not known",  # the older exporter ends it at 0
    "ReflectionPad1d-1": "the model itself cannot be run",  # ONNX Runtime pads by less
}
"""Examples whose files cannot be imported, and by which words they are refused."""

NOTHING = {
    "AlphaDropout", "Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "FeatureAlphaDropout",
    "Identity", "InceptionAux", "StochasticDepth",
}  # fmt: skip
"""Types that do nothing in evaluation mode: the file does not hold them."""

COMPUTED = (
    "Fixed", "FrozenBatchNorm2d", "ScaledStdConv2d", "WeightNorm",
    *chain.from_iterable(said("COMPUTED")),
)  # fmt: skip
"""Beginnings of the types of which the file holds numbers that are computed from others."""

OTHERWISE = {
    "AdaptiveMaxPool": "MaxPool", "CenterCrop2d": "Narrow", "Chunk": "Narrow",
    "CircularPad": "Concat", "Clamp": "Hardtanh", "ConstantPad2d": "ZeroPad2d",
    "CosineSimilarity": "Divide", "CropLike": "Narrow", "FixedConv": "Conv",
    "FrozenBatchNorm2d": "Scale",
    "GlobalResponseNorm": "Bias", "Hardtanh": "ReLU6", "IndexSelect": "Concat",
    "Max-": "AdaptiveMaxPool",
    "Mean": "AdaptiveAvgPool", "PairwiseDistance": "Power", "Permute": "Transpose",
    "PixelUnshuffle": "Flatten", "RReLU": "LeakyReLU",
    "Roll": "Concat", "ScaledStdConv2d": "Conv2d", "Slice": "MaxPool1d", "SlidingWindows": "Concat",
    "Softmax2d": "Softmax", "Softshrink": "Hardshrink", "Squeeze": "Reshape", "Stack": "Concat",
    "Standardize": "Rescale", "Std-": "Power", "StdConv2d": "Conv2d", "Unflatten": "Reshape",
    "Upsampling": "Upsample", "Var": "Rescale|Mean", "WeightNorm": "Conv|Linear",
    **ChainMap(*said("OTHERWISE")),
}  # fmt: skip
"""What types may come back as, the last of what says them: beginnings, and patterns of these."""


def _of(label: str, table: dict[str, str]) -> str | None:
    """What a table says of an example, by the pattern that its label begins with."""
    return next((found for pattern, found in table.items() if re.match(pattern, label)), None)


def _comes_back(name: str, number: int, exporter: str) -> None:
    network = network_of(registry()[name], number)
    module = weighted_module(network, None, seed=1)
    draw_weights(module)
    path = write(module, network.input_shape, exporter)
    if words := REFUSED.get(f"{name}-{number}"):
        with pytest.raises(ImportFault) as caught:
            import_onnx(path)
        assert words in " ".join(map(str, (caught.value, *caught.value.unsupported)))
        return
    if name in NOTHING and len(network.layers[-1].op.input_shapes[0]) == 1:
        with pytest.raises(ImportFault, match="it computes nothing"):
            import_onnx(path)
        return
    again = import_onnx(path).network
    assert again.output_shapes == network.output_shapes
    assert again.totals.macs == network.totals.macs
    last = again.layers[-1].type
    if name in NOTHING:
        assert last == "Reshape"
        return
    if not name.startswith(COMPUTED):
        assert again.totals.params == network.totals.params
    assert last == name or re.match(_of(f"{name}-", OTHERWISE) or "nothing else", last)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "number"), EXAMPLES)
def test_a_type_comes_back_from_the_older_exporter(name: str, number: int) -> None:
    if reason := _of(f"{name}-{number}", NOT_WRITTEN):
        pytest.skip(reason)
    _comes_back(name, number, "older")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "number"), BY_THE_NEWER)
def test_a_type_comes_back_from_the_newer_exporter(name: str, number: int) -> None:
    _comes_back(name, number, "newer")
