"""Every net of the zoo is sound, and PyTorch shows the same numbers, layer by layer."""

from __future__ import annotations

import pytest

import cnnshape
from cnnshape import zoo
from cnnshape.torch_backend import Witness, verification

pytestmark = pytest.mark.slow

NETS = [entry.name for entry in zoo.nets()]
LARGE = 2_000_000_000
"""MACs beyond which a net is run on the meta device, in the time of a test."""


SMALL = 300_000_000
"""MACs up to which torchinfo is heard too: it runs the net once more."""


@pytest.mark.parametrize("name", NETS)
def test_it_loads_without_a_warning_and_verifies(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    net = cnnshape.load(name)
    assert not net.warnings
    macs = net.totals.macs
    assert macs is not None
    heard = macs <= SMALL
    if not heard:
        silent = Witness("torchinfo", "", "silent", None, None, None, "it was not asked")
        monkeypatch.setattr(verification, "ask_torchinfo", lambda *_: silent)
    report = cnnshape.verify(net, device="meta" if macs > LARGE else "cpu")
    assert report.status == "passed", report
    assert report.layers_checked == len(net.layers)
    assert report.witness is not None
    assert report.witness.status == ("agrees" if heard else "silent")
