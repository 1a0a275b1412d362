"""What an import of well-known modules is written as: each spec is written again as it is.

The files are what torchvision's modules of these names give.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from cnnshape import loads
from cnnshape.abstraction.yaml_text import spec_text

GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.yaml"))


@pytest.mark.slow
@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_spec_that_was_written_is_written_so_again(path: Path, update_golden: bool) -> None:
    text = path.read_text(encoding="utf-8")
    again = spec_text(loads(text))
    if update_golden:
        path.write_text(again, encoding="utf-8")
    assert again == text


def test_the_golden_specs_are_there() -> None:
    assert len(GOLDEN) == 5
