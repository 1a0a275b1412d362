"""What a graph says of a network in words and numbers; unknown is said, never shown as 0."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from ...layers.shapes import Shape, format_shape
from ...network import Network, Node
from ..outline import Area, Box, Outline


def counted(count: int | None, noun: str) -> str:
    """'9,408 params', or 'params unknown'."""
    return f"{noun} unknown" if count is None else f"{count:,} {noun}"


def layers(count: int) -> str:
    """'1 layer', '12 layers'."""
    return f"{count:,} layer" + ("s" if count != 1 else "")


def costs(params: int, macs: int | None, facts: tuple[str, ...]) -> list[str]:
    """The parameters and MACs of which there are any, as far as the facts ask for them."""
    said = []
    if "params" in facts and params:
        said.append(counted(params, "params"))
    if "macs" in facts and macs != 0:
        said.append(counted(macs, "MACs"))
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
    field = network.receptive_fields[node.path]
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


def totals(network: Network) -> str:
    """What goes in and comes out, and what it costs."""
    outputs = " and ".join(map(format_shape, network.output_shapes))
    return " · ".join(
        [
            f"{format_shape(network.input_shape)} → {outputs}",
            counted(network.totals.params, "params"),
            counted(network.totals.macs, "MACs"),
        ]
    )


def box_tooltip(box: Box, outline: Outline) -> str:
    """All that is known of a box: its layers, or the sums of a closed group."""
    if not box.closed:
        return "\n".join(layer_tooltip(node, outline.network) for node in box.layers)
    each = f" each, ×{box.times}" if box.times > 1 else ""
    return "\n".join(
        [
            f"{box.path}: {box.type or 'group'} of {layers(len(box.layers))}{each}",
            _change(box.inputs, box.output_shape),
            f"{counted(box.params, 'params')}, {counted(box.macs, 'MACs')}{each}",
            f"receptive field {receptive_field(outline.network, box.layers[-1])}",
        ]
    )


def layer_tooltip(node: Node, network: Network) -> str:
    """All that is known of a layer."""
    return "\n".join(_layer_lines(node, network))


def _layer_lines(node: Node, network: Network) -> Iterator[str]:
    summary = node.layer.summary()
    yield f"{node.path}: {node.type}" + (f" ({summary})" if summary else "")
    yield _change(node.input_shapes, node.output_shape)
    if formula(node):
        yield formula(node)
    yield f"{counted(node.params, 'params')}, {counted(node.macs, 'MACs')}"
    if node.shares:
        yield f"the weights are those of {node.shares}"
    yield f"receptive field {receptive_field(network, node)}"


def _change(inputs: tuple[Shape, ...], output: Shape) -> str:
    return f"{', '.join(map(format_shape, inputs))} → {format_shape(output)}"
