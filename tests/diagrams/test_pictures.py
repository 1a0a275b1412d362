"""The pictures that were looked at, one by one: none changes without being looked at again.

`pytest --update-golden` writes pictures.json anew; look at each whose line it changes.
"""

from __future__ import annotations

import json
from hashlib import sha256
from itertools import product
from pathlib import Path

import pytest

from cnnshape import load
from cnnshape.diagrams import STYLES, THEMES, Look
from cnnshape.diagrams.graph import to_dot

pytestmark = pytest.mark.slow

NETS = (
    "lenet5", "lenet5_1998", "alexnet", "vgg16", "resnet18", "resnet152", "googlenet",
    "densenet121", "unet",
)  # fmt: skip
DIGESTS = Path(__file__).parent / "golden" / "pictures.json"


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


@pytest.mark.parametrize("net", NETS)
def test_it_is_as_it_was_looked_at(net, update_golden, monkeypatch):
    # A system's dot may place boxes otherwise than the one that pip brings.
    monkeypatch.setenv("PATH", "")
    network = load(net)
    drawn = {
        f"{style} {theme}": digest(network.to_svg(style, theme=theme))
        for style, theme in product(STYLES, THEMES)
    }
    drawn["dot"] = digest(to_dot(network, Look()))
    held = json.loads(DIGESTS.read_text()) if DIGESTS.exists() else {}
    if update_golden:
        held[net] = drawn
        DIGESTS.parent.mkdir(exist_ok=True)
        DIGESTS.write_text(json.dumps(held, indent=1) + "\n")
    assert drawn == held[net]
