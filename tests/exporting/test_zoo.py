"""The nets of the zoo, written in Python: one of each family here, all by the script.

python -m tests.exporting.test_zoo [NAME ...]
"""

from __future__ import annotations

import re
import sys

import pytest

import cnnshape
from cnnshape import zoo
from cnnshape.exporting import to_python

from .loading import assert_same

RUN_PARAMS = 15_000_000
RUN_MACS = 1_000_000_000
"""Up to these sizes a net is run; larger ones are built and shaped without memory."""


def _hold(name: str) -> str:
    network = cnnshape.load(name)
    source = to_python(network)
    small = network.totals.params <= RUN_PARAMS and (network.totals.macs or 0) <= RUN_MACS
    assert_same(network, source, device="cpu" if small else "meta")
    return source


def _families() -> list[str]:
    """One net of each file: the first that has parameters of its own."""
    found = {entry.file: entry.name for entry in reversed(zoo.nets())}
    return list(found.values())


@pytest.mark.slow
@pytest.mark.parametrize("name", _families())
def test_a_net_in_python_is_the_net(name):
    _hold(name)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "classes"),
    [
        ("resnet18", ["ConvBn", "Basic", "Resnet18"]),
        ("resnet50", ["ConvBn", "Bottleneck", "Resnet50"]),
        ("mobilenet_v2", ["Conv", "InvertedResidual", "MobileNetV2"]),
        ("efficientnet_b0", ["ConvBn", "SqueezeExcitation", "Mbconv", "EfficientnetB0"]),
        ("regnet_y_400mf", ["ConvBn", "SqueezeExcitation", "Block", "RegnetY400mf"]),
        ("squeezenet", ["Expand", "Fire", "SqueezeNet"]),
        ("densenet121", ["DenseLayer", "Transition", "Densenet121"]),
    ],
)
def test_a_block_of_the_spec_is_one_class(name, classes):
    source = to_python(cnnshape.load(name))
    assert re.findall(r"^class (\w+)", source, re.M) == classes


@pytest.mark.parametrize(
    ("name", "most"),
    [("resnet18", 140), ("resnet152", 170), ("densenet121", 130), ("vgg16", 115), ("unet", 110)],
)
def test_it_is_as_short_as_a_person_would_write_it(name, most):
    source = to_python(cnnshape.load(name))
    assert len(source.splitlines()) <= most


if __name__ == "__main__":
    chosen = sys.argv[1:] or [entry.name for entry in zoo.names()]
    for net in chosen:
        print(net, len(_hold(net).splitlines()), "lines")  # noqa: T201
