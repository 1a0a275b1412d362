"""Style graph: boxes and arrows. Graphviz says where they are, we draw them.

The drawing program gets boxes with sizes and no text, so that no label depends on its fonts
and nothing of a spec's text can mean anything to it.
"""

from __future__ import annotations

from ...network import Network
from ..look import Look
from .figure import draw

__all__ = ["draw", "to_dot"]


def to_dot(network: Network, look: Look) -> str:
    """A network in the DOT language, for any Graphviz to draw.

    Raises:
        DiagramError: it has more boxes than a diagram can hold.
    """
    from .dot import picture
    from .scene import scene

    return picture(scene(network, look))
