"""What can go wrong in an export."""

from __future__ import annotations


class ExportError(Exception):
    """A network that cannot be written as was asked; the text says why and what would help."""
