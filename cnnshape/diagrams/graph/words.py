"""What a graph says of a network in words and numbers; unknown is said, never shown as 0."""

from __future__ import annotations

from itertools import zip_longest
from typing import Literal

from ...analysis.receptive_field import receptive_fields
from ...layers.shapes import format_shape
from ...network import Network, Node
from ..boxes import Area, Box, Outline
from ..caption import legend_kinds
from ..themes import KIND_TITLES
from ..tooltip import group_lines, layer_lines, macs_text

EdgeKind = Literal["main", "skip", "size"]
"""Of an arrow: a plain one, a skip connection, or one of which only the size is read."""

GROUP = "group"
"""The kind of a closed group."""


ARROWS: dict[EdgeKind, str] = {"skip": "Skip connection", "size": "Only its size is read"}
"""What a legend calls the arrows that are no plain ones."""

STROKES: dict[EdgeKind, str] = {"main": "solid", "skip": "dashed", "size": "dotted"}
"""How each kind of arrow is drawn."""


def kinds(outline: Outline) -> list[tuple[str, str]]:
    """The kinds that have a colour in a graph, each with its title in the legend."""
    coloured, grey = legend_kinds(outline.kinds())
    entries = [(kind, KIND_TITLES[kind]) for kind in coloured]
    if grey:
        entries.append(("other", ", ".join(grey)))
    if any(box.closed for box in outline.boxes):
        entries.append((GROUP, "Group, drawn closed"))
    return entries


def costs(params: int, macs: int | None, facts: tuple[str, ...]) -> list[str]:
    """The parameters and MACs of which there are any, as far as the facts ask for them."""
    said = []
    if "params" in facts and params:
        said.append(f"{params:,} params")
    if "macs" in facts and macs != 0:
        said.append(macs_text(macs))
    return said


def facts_of(box: Box, facts: tuple[str, ...]) -> list[tuple[str, str]]:
    """What a box says of its one turn, as pairs: what comes out, and what it costs."""
    made = [format_shape(box.output_shape)] if "shape" in facts else []
    return list(zip_longest(made, costs(box.params, box.macs, facts), fillvalue=""))


def details_of(box: Box, outline: Outline, facts: tuple[str, ...], folded: bool) -> list[str]:
    """The receptive field, the formula of each layer and the path, as far as asked for.

    Args:
        box: the box.
        outline: where it stands.
        facts: what is asked for, of look.FACTS.
        folded: whether it or an area around it stands for several alike turns.
    """
    said: list[str] = []
    if "rf" in facts:
        field = receptive_field(outline.network, box.layers[-1])
        said.append(f"receptive field {field}" + (" in the first" if folded else ""))
    if "formula" in facts and not box.closed:
        said += filter(None, map(formula, box.layers))
    if "path" in facts and box.path != box.name:
        said.append(box.path)
    return said


def formula(node: Node) -> str:
    """The rule of a layer's output size with its numbers, or ''."""
    return node.layer.formula(node.input_shapes, node.output_shape)


def receptive_field(network: Network, node: Node) -> str:
    """The input positions that one output of a layer can depend on: '5×5'."""
    field = receptive_fields(network)[node.path]
    return "unknown" if field is None else format_shape(field)


def area_costs(area: Area, facts: tuple[str, ...]) -> list[str]:
    """Of an area that stands for several alike: the costs of all of them together."""
    params, macs = area_sums(area)
    total = None if macs is None else area.times * macs
    return costs(area.times * params, total, facts) if area.times > 1 else []


def area_sums(area: Area) -> tuple[int, int | None]:
    """Parameters and MACs of one turn of an area."""
    params, macs = 0, 0
    known = True
    for child in area.children:
        child_params, child_macs = (
            area_sums(child) if isinstance(child, Area) else (child.params, child.macs)
        )
        params += child.times * child_params
        macs += child.times * (child_macs or 0)
        known = known and child_macs is not None
    return params, macs if known else None


def box_tooltip(box: Box, network: Network) -> str:
    """All that is known of a box: its layers, or the sums of a closed group."""
    if not box.closed:
        return "\n".join(layer_tooltip(node, network, box.times) for node in box.layers)
    return "\n".join(group_lines(box))


def layer_tooltip(node: Node, network: Network, times: int = 1) -> str:
    """All that is known of a layer that stands for `times` alike ones."""
    field = f"receptive field {receptive_field(network, node)}"
    return "\n".join([*layer_lines(node, times), field + (" in the first" if times > 1 else "")])
