"""Norms that are written with several operators."""

from __future__ import annotations

from ..graph import Graph, Node
from ..matching import Match, is_number
from .idiom import Operator, idiom


@idiom(
    "x * Reciprocal(Sqrt(ReduceMean(x ** 2) + e)) * w",
    "x / Sqrt(ReduceMean(x ** 2) + e) * w",
    "x / Sqrt(ReduceMean(x * x) + e) * w",
)
def _rms_norm(match: Match) -> Operator | None:
    epsilon, weight, rank = match.number("e"), match.constant("w"), len(match.shape("x"))
    if epsilon is None or weight is None or not weight.shape:
        return None
    last = list(range(-len(weight.shape), 0))
    if _axes(match.node("ReduceMean"), match.graph, rank) != last:
        return None
    return Operator("RMSNormalization", "xw", {"axis": last[0], "epsilon": epsilon})


@idiom("RMSNormalization(x - ReduceMean(x), w)")
def _layer_norm(match: Match) -> Operator | None:
    attributes, rank = match.nodes[0].attributes, len(match.shape("x"))
    same = _axes(match.node("ReduceMean"), match.graph, rank) == list(range(attributes["axis"], 0))
    return Operator("LayerNormalization", "xw", attributes) if same else None


@idiom("LayerNormalization(x, w) + b")
def _layer_norm_with_bias(match: Match) -> Operator | None:
    norm, weight, bias = match.nodes[1], match.constant("w"), match.constant("b")
    if len(norm.inputs) > 2 or weight is None or bias is None or weight.shape != bias.shape:
        return None
    return Operator("LayerNormalization", "xwb", norm.attributes)


def _axes(node: Node, graph: Graph, rank: int) -> list[int]:
    """The dimensions of a reduction, from the end."""
    axes = node.attributes.get("axes")
    if axes is None and len(node.inputs) > 1 and node.inputs[1] in graph.constants:
        axes = graph.constants[node.inputs[1]].array.tolist()
    return sorted(axis % rank - rank for axis in axes or ())


@idiom("Reshape(InstanceNormalization(Reshape(x), s, t))")
def _group_norm(match: Match) -> Operator | None:
    """A norm of groups, which are put in the place of channels."""
    norm = match.node("InstanceNormalization")
    scale, shift = match.constant("s"), match.constant("t")
    groups = match.graph.shapes.get(norm.inputs[0], ())
    if scale is None or shift is None or not is_number(scale, 1) or shift.array.any():
        return None
    if len(groups) != 3 or groups[:1] != match.shape("x")[:1] or match.output != match.shape("x"):
        return None
    epsilon = norm.attributes.get("epsilon", 1e-5)
    return Operator("GroupNormalization", "x", {"num_groups": groups[1], "epsilon": epsilon})


@idiom("GroupNormalization(x) * w + b")
def _learned_group_norm(match: Match) -> Operator | None:
    norm, rank = match.node("GroupNormalization"), len(match.shape("x"))
    learned = match.one_a_channel("w", 1, rank) and match.one_a_channel("b", 1, rank)
    if len(norm.inputs) > 1 or not learned:
        return None
    return Operator("GroupNormalization", "xwb", norm.attributes)


@idiom(
    "x / (Squeeze(AveragePool(Pad(Unsqueeze(x * x)))) * a + k) ** b",
    "x / (Squeeze(AveragePool(Pad(Reshape(x * x)))) * a + k) ** b",
    "x / (Reshape(Squeeze(AveragePool(Pad(Reshape(x * x))))) * a + k) ** b",
)
def _local_response_norm(match: Match) -> Operator | None:
    size = max(match.node("AveragePool").attributes["kernel_shape"])
    numbers = {"alpha": match.number("a"), "beta": match.number("b"), "bias": match.number("k")}
    if None in numbers.values():
        return None
    return Operator("LRN", "x", {"size": size, **numbers})


@idiom(
    "x / Clip(ReduceL2(x), e)",
    "x / Expand(Clip(ReduceL2(x), e))",
    "x / Clip(ReduceL1(x), e)",
    "x / Expand(Clip(ReduceL1(x), e))",
)
def _normalize(match: Match) -> Operator | None:
    """Divided by the norm along a dimension, which is no less than a small number."""
    norm, rank = match.nodes[-1], len(match.shape("x"))
    axes, epsilon = _axes(norm, match.graph, rank), match.number("e")
    if len(axes) != 1 or epsilon is None or not norm.attributes.get("keepdims", 1):
        return None
    given = {"axis": axes[0], "p": int(norm.type[-1]), "epsilon": epsilon}
    return Operator("LpNormalization", "x", given)
