"""Every net of the zoo is sound, and PyTorch shows the same numbers, layer by layer."""

from __future__ import annotations

import pytest

import cnnshape
from cnnshape import zoo

NETS = [entry.name for entry in zoo.nets()]
LARGE = 2_000_000_000
"""MACs beyond which a net is run on the meta device, in the time of a test."""


@pytest.mark.parametrize("name", NETS)
def test_it_loads_without_a_warning_and_verifies(name: str) -> None:
    net = cnnshape.load(name)
    assert not net.warnings
    macs = net.totals.macs
    assert macs is not None
    report = cnnshape.verify(net, device="meta" if macs > LARGE else "cpu")
    assert report.status == "passed", report
    assert report.layers_checked == len(net.layers)
