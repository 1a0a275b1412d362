"""What a user may ask of a diagram."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from ..errors import meant_or_known
from .themes import THEMES, Theme

Direction = Literal["down", "right"]
Depth = int | Literal["auto"] | None

FACTS = ("arguments", "shape", "params", "macs", "rf", "formula", "path")
"""What a box can show beside its name and type."""

GRAPHVIZ_SECONDS = 30.0
"""How long Graphviz may take, if nothing else is said."""

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
        timeout: seconds that Graphviz may take.
    """

    theme: Theme = THEMES["light"]
    depth: Depth = "auto"
    fold: bool = True
    fuse: bool = True
    facts: tuple[str, ...] = DEFAULT_FACTS
    direction: Direction | None = None
    legend: bool = True
    timeout: float = GRAPHVIZ_SECONDS


def make_look(
    *,
    theme: str = "light",
    depth: Depth = "auto",
    fold: bool = True,
    fuse: bool = True,
    facts: Sequence[str] | None = None,
    direction: Direction | None = None,
    legend: bool = True,
    timeout: float = GRAPHVIZ_SECONDS,
) -> Look:
    """A look from names; raises ValueError for a name that there is not."""
    _check("theme", theme, tuple(THEMES))
    for fact in facts or ():
        _check("fact", fact, FACTS)
    if direction is not None:
        _check("direction", direction, get_args(Direction))
    if depth not in ("auto", None) and (type(depth) is not int or depth < 0):
        raise ValueError(f"depth is a number of at least 0, 'auto' or None, not {depth!r}")
    chosen = DEFAULT_FACTS if facts is None else tuple(dict.fromkeys(facts))
    return Look(THEMES[theme], depth, fold, fuse, chosen, direction, legend, timeout)


def _check(what: str, name: str, known: Sequence[str]) -> None:
    if name not in known:
        raise ValueError(f"there is no {what} {name!r}; {meant_or_known(name, known)}")


@dataclass(frozen=True)
class Figure:
    """A drawn diagram.

    Attributes:
        svg: the whole SVG file.
        notes: the figure's caption, a sentence each: scales, signs, and what is left out.
        left_out: those of the notes that say what is not drawn.
    """

    svg: str
    notes: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


class DiagramError(Exception):
    """A diagram that cannot be drawn. Its text says why and which option helps."""
