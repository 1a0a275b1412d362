"""A net that is written in Python and imported again is the net that it was."""

from __future__ import annotations

import pytest

import cnnshape
from cnnshape.exporting import to_python
from cnnshape.importing import import_module

from .loading import load_source

NETS = [
    ("lenet5", None),
    ("resnet18", (3, 64, 64)),
    ("googlenet", (3, 64, 64)),
    ("mobilenet_v3_small", (3, 64, 64)),
    ("shufflenet_v2_x0_5", (3, 64, 64)),
    ("densenet_bc_100_12", None),
    ("convnext_tiny", (3, 64, 64)),
]


@pytest.mark.parametrize(("name", "shape"), NETS)
def test_costs_stay(name, shape):
    network = cnnshape.load(name, input=shape)
    again = import_module(load_source(to_python(network))(), network.input_shape).network
    assert again.totals == network.totals
    assert again.output_shapes == network.output_shapes
