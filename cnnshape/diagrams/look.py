"""What a user may ask of a diagram."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .themes import THEMES, Theme

Direction = Literal["down", "right"]
Depth = int | Literal["auto"] | None

FACTS = ("arguments", "shape", "params", "macs", "rf", "formula", "path")
"""What a box can show beside its name and type."""

DEFAULT_FACTS = ("arguments", "shape", "params", "macs")


@dataclass(frozen=True)
class Look:
    """How a network is to be drawn.

    Attributes:
        theme: the colours.
        depth: how many levels of groups to open; 'auto': as many as can be read; None: all.
        fold: alike neighbours, such as the turns of a repeat, are drawn once, with ×N.
        fuse: a normalization, activation or dropout is drawn in the box of the layer that it
            follows.
        facts: what a box shows, of FACTS.
        direction: the way of the data. None: what suits the style.
        legend: whether the colours are explained.
    """

    theme: Theme = THEMES["light"]
    depth: Depth = "auto"
    fold: bool = True
    fuse: bool = True
    facts: tuple[str, ...] = DEFAULT_FACTS
    direction: Direction | None = None
    legend: bool = True


@dataclass(frozen=True)
class Figure:
    """A drawn diagram.

    Attributes:
        svg: the whole SVG file.
        notes: what is folded or left out, a sentence each, as the figure's caption says too.
    """

    svg: str
    notes: tuple[str, ...] = ()


class DiagramError(Exception):
    """A diagram that cannot be drawn. Its text says why and which option helps."""
