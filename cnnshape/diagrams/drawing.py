"""The styles by name. Each is imported when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from .look import Figure, Look

if TYPE_CHECKING:
    from ..network import Network

Style = Literal["graph", "maps", "volumes"]
STYLES: tuple[Style, ...] = get_args(Style)


GRAPHVIZ_SECONDS = 30.0
"""How long a drawing program may take."""


def draw(
    network: Network,
    style: Style = "graph",
    look: Look | None = None,
    *,
    timeout: float = GRAPHVIZ_SECONDS,
) -> Figure:
    """A network as a figure.

    Args:
        network: the network.
        style: 'graph': boxes and arrows, placed by Graphviz; 'maps': stacked feature maps to
            scale, as in figure 2 of LeCun et al. (1998); 'volumes': boxes in space.
        look: the colours, and what is shown; the default look if None.
        timeout: seconds that Graphviz may take.

    Raises:
        DiagramError: it cannot be drawn; the text says why and which option helps.
        ValueError: there is no such style.
    """
    if style not in STYLES:
        raise ValueError(f"there is no style {style!r}: choose from {', '.join(STYLES)}")
    look = look or Look()
    if style == "graph":
        from . import graph

        return graph.draw(network, look, timeout=timeout)
    if style == "maps":
        from . import maps

        return maps.draw(network, look)
    from . import volumes

    return volumes.draw(network, look)
