"""The styles by name. Each is imported when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Literal, TypeAlias

from ..errors import meant_or_known
from .look import Figure, Look

if TYPE_CHECKING:
    from ..network import Network

STYLES = {
    "graph": "boxes and arrows, placed by Graphviz",
    "maps": "stacked feature maps to scale, as in figure 2 of LeCun et al. (1998)",
    "volumes": "boxes in space",
}
"""What each style draws, for help and documents. It is the package of its name that draws it."""

if TYPE_CHECKING:
    Style: TypeAlias = str
else:
    Style = Literal[tuple(STYLES)]


def draw(network: Network, style: Style = "graph", look: Look | None = None) -> Figure:
    """A network as a figure.

    Args:
        network: the network.
        style: one of `STYLES`.
        look: the colours, and what is shown; the default look if None.

    Raises:
        DiagramError: it cannot be drawn; the text says why and which option helps.
        ValueError: there is no such style.
    """
    if style not in STYLES:
        raise ValueError(f"there is no style {style!r}; {meant_or_known(style, [*STYLES])}")
    paint: Callable[[Network, Look], Figure] = import_module(f"{__package__}.{style}").draw
    return paint(network, look or Look())
