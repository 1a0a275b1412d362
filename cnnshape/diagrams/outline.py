"""What is drawn of a network: how deep its groups are opened, and what is too much.

Alike turns of a repeat are drawn once, with ×N. Styles place and paint an outline; they
decide nothing about the network.
"""

from __future__ import annotations

from collections.abc import Callable

from ..network import Network
from ..parts import Part, tree
from .boxes import Outline
from .folding import Folding
from .look import DiagramError, Look
from .outlining import Drawing

READABLE_BOXES = 100
"""How many boxes depth 'auto' opens at most: about what fits a page at a readable size."""

MOST_BOXES = 1000
"""More are refused: no page holds them, and a layout takes longer than anyone waits."""


def outline(network: Network, look: Look) -> Outline:
    """What is drawn of a network.

    Raises:
        DiagramError: more than MOST_BOXES boxes; it names the options that make it fit.
    """
    whole = tree(network)
    folding = Folding(network, fold=look.fold)

    def at(depth: int | None) -> Outline:
        return Drawing(network, whole, folding, depth, look).outline()

    first = at(0 if look.depth == "auto" else look.depth)
    if len(first.boxes) > MOST_BOXES:
        raise DiagramError(_too_many(first, whole, look))
    return _as_deep_as_readable(first, at, _levels(network)) if look.depth == "auto" else first


def whole_outline(network: Network, look: Look) -> Outline:
    """The outline with every group open, however many boxes that is."""
    folding = Folding(network, fold=look.fold)
    return Drawing(network, tree(network), folding, None, look).outline()


def _as_deep_as_readable(closed: Outline, at: Callable[[int], Outline], levels: int) -> Outline:
    best = closed
    for depth in range(1, levels + 1):
        if not best.hidden or len((deeper := at(depth)).boxes) > READABLE_BOXES:
            break
        # To open a repeat of closed groups only multiplies what cannot be seen into.
        if len(deeper.hidden) < len(best.hidden):
            best = deeper
    return best


def _levels(network: Network) -> int:
    """How many groups a layer stands in at most."""
    return max((node.path.count(".") for node in network.layers), default=0)


def _too_many(made: Outline, whole: Part, look: Look) -> str:
    count = f"{len(made.boxes):,} boxes are more than a diagram can hold ({MOST_BOXES:,})"
    helps = []
    if not look.fold:
        helps.append("--fold draws alike turns of a repeat once")
    if len(whole.children) <= MOST_BOXES and look.depth != 0:
        helps.append(f"--depth {0 if look.depth in (1, 'auto') else 1} closes groups")
    if not helps:
        helps.append(
            "write what belongs together as a group or block with a name, and --depth 0 draws "
            "each as one box"
        )
    return f"{count}; help: {', or '.join(helps)}"
