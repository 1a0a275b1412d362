"""All CNNs of torchvision, imported, are torchvision's own: parameters, MACs and outputs.

Skipped where torchvision is not installed, for nothing else here needs it. To run it, in an
environment of its own (five minutes on one core):

    pip install torch==2.14.1 torchvision==0.29.1 -e '.[test]'
    pytest tests/proof/test_import_torchvision.py
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import cnnshape
from cnnshape.importing import import_module

torchvision = pytest.importorskip("torchvision")

from cnnshape.torch_backend.initialisation import SkipInitialisation  # noqa: E402

PUBLISHED = json.loads((Path(__file__).parent / "published.json").read_text())["models"]
ARGUMENTS: dict[str, dict[str, Any]] = {
    "googlenet": {"aux_logits": False, "init_weights": False},
    "inception_v3": {"init_weights": False},
}
RENAMED = {"convnext_tiny": 18, "convnext_small": 36, "convnext_base": 36, "convnext_large": 36}
"""ConvNeXt's layer scales, which are parameters of a block and have no module of their own."""


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_it_is_imported_exactly(name: str) -> None:
    with SkipInitialisation():  # the proof draws the weights itself
        model = torchvision.models.get_model(name, **ARGUMENTS.get(name, {}))
    published = PUBLISHED[name]
    found = import_module(model, tuple(published["input"]), name=name)
    totals = cnnshape.loads(found.text).totals
    assert (totals.params, totals.macs) == (published["params"], published["macs"])
    assert found.check is not None
    assert found.check.difference <= 1e-5
    assert found.check.tensors - found.check.named == RENAMED.get(name, 0)
    assert not found.idle
    # Layers that repeat are not listed: no net needs more than this, of up to 1,019 layers.
    assert len(found.text.splitlines()) <= 130
