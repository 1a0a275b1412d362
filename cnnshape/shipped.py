"""Where the spec files are that ship with cnnshape."""

from __future__ import annotations

from pathlib import Path


def folder() -> Path:
    """The folder `architectures`: inside an installed package, or beside it in a checkout."""
    package = Path(__file__).parent
    installed = package / "architectures"
    return installed if installed.is_dir() else package.parent / "architectures"
