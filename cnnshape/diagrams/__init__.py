"""Diagrams: a network as a picture whose every size is computed.

A network becomes an outline (what is drawn), an outline a figure in SVG, and a figure PNG or
PDF. Nothing here imports torch.
"""

from .drawing import STYLES, Style, draw
from .look import FACTS, Depth, DiagramError, Direction, Figure, Look, make_look
from .themes import THEMES, Theme

__all__ = [
    "FACTS",
    "STYLES",
    "THEMES",
    "Depth",
    "DiagramError",
    "Direction",
    "Figure",
    "Look",
    "Style",
    "Theme",
    "draw",
    "make_look",
]
