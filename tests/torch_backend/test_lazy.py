"""What a cached `show` imports brings no torch into the process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import cnnshape

pytestmark = pytest.mark.slow

ROOT = Path(cnnshape.__file__).parents[1]


def loads_torch(statement: str) -> bool:
    """Whether `statement`, in a fresh Python, brings torch in."""
    program = f"{statement}\nimport sys\nprint('torch' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return {"True": True, "False": False}[done.stdout.strip()]


@pytest.mark.parametrize(
    "statement",
    [
        "import cnnshape.network",
        "import cnnshape.analysis",
        "import cnnshape.torch_backend",
        "import cnnshape.storage.verdicts",
        "import cnnshape; from cnnshape.storage import verdicts\n"
        "verdicts.load(cnnshape.load('lenet5'), 'auto')",
        "from cnnshape import verify",
    ],
)
def test_no_torch_is_loaded(statement: str) -> None:
    assert not loads_torch(statement)


def test_the_test_would_see_it() -> None:
    assert loads_torch("import torch")
    assert loads_torch("import cnnshape; cnnshape.load('lenet5').to_module()")
