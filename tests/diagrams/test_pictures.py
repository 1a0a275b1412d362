"""The pictures that were looked at, one by one: none changes without being looked at again.

The light ones are kept as compressed SVG, the others as digests. Where one has changed, the test
draws both, as it was and as it is, and says where they are. `pytest --update-golden` keeps what is
drawn now.
"""

from __future__ import annotations

import gzip
import json
from hashlib import sha256
from itertools import product
from pathlib import Path

import pytest

from cnnshape import load
from cnnshape.diagrams import STYLES, THEMES, Look
from cnnshape.diagrams.export import to_png
from cnnshape.diagrams.graph import to_dot

pytestmark = pytest.mark.slow

NETS = (
    "lenet5", "lenet5_1998", "alexnet", "vgg16", "resnet18", "resnet152", "googlenet",
    "densenet121", "unet",
)  # fmt: skip
GOLDEN = Path(__file__).parent / "golden"
DIGESTS = GOLDEN / "pictures.json"


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


@pytest.mark.parametrize("net", NETS)
def test_it_is_as_it_was_looked_at(net, update_golden, monkeypatch, tmp_path):
    # A system's dot may place boxes otherwise than the one that pip brings.
    monkeypatch.setenv("PATH", "")
    network = load(net)
    drawn = {
        f"{style} {theme}": network.to_svg(style, theme=theme)
        for style, theme in product(STYLES, THEMES)
    }
    drawn["dot"] = to_dot(network, Look())
    digests = {name: digest(text) for name, text in drawn.items()}
    held = json.loads(DIGESTS.read_text())
    if update_golden:
        held[net] = digests
        DIGESTS.write_text(json.dumps(held, indent=1) + "\n")
    changed = [
        told
        for style in STYLES
        if (told := change(f"{net}-{style}", drawn[f"{style} light"], update_golden, tmp_path))
    ]
    assert not changed
    assert digests == held[net]


def change(name, svg, update, folder):
    """Where the picture as it was and as it is now can be compared; '' where it is the same."""
    kept = GOLDEN / f"{name}.svgz"
    if update:
        kept.write_bytes(gzip.compress(svg.encode(), mtime=0))
    before = gzip.decompress(kept.read_bytes()).decode()
    if before == svg:
        return ""
    for when, text in (("before", before), ("now", svg)):
        (folder / f"{name}-{when}.png").write_bytes(to_png(text, title=name, scale=1))
    return f"{folder}/{name}-before.png is now {name}-now.png"
