"""Text with styles, before anything is printed."""

from __future__ import annotations

from typing import TypeAlias

StyledLine: TypeAlias = list[tuple[str, str]]
"""A line of text as (style, text) pairs; '' is no style."""
