"""What older files say with several operators, and newer ones with one.

Each idiom is an expression (see `matching`), and what says which operator it stands for. What
it was computed from stays where something else reads it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from math import isclose
from typing import Any, NamedTuple, TypeAlias

from .graph import Graph, Node, needed
from .matching import Match, is_number, matches, parts


class Operator(NamedTuple):
    """An operator that an idiom stands for: its type, the letters that it reads, attributes."""

    type: str
    reads: str
    attributes: dict[str, Any] = {}  # noqa: RUF012  (a tuple's default, never written to)


Build: TypeAlias = Callable[[Match], "Operator | None"]

IDIOMS: dict[str, list[tuple[ast.expr, Build]]] = {}
"""The idioms by the type of their last operator."""


def _idiom(*expressions: str) -> Callable[[Build], Build]:
    """Decorate what says which operator these expressions stand for, or None."""

    def add(build: Build) -> Build:
        for text in expressions:
            expression = ast.parse(text, mode="eval").body
            IDIOMS.setdefault(parts(expression)[0], []).append((expression, build))
        return build

    return add


def with_idioms(graph: Graph) -> list[Node]:
    """The nodes that an output depends on, each idiom as one operator."""
    makers: dict[str, Node] = {}
    same: dict[str, str] = {}
    nodes = []
    for given in graph.nodes:
        node = given._replace(inputs=tuple(same.get(name, name) for name in given.inputs))
        makers.update(dict.fromkeys(node.outputs, node))
        node = _as_one(node, makers, graph)
        if node.type == "Identity":
            same[node.outputs[0]] = node.inputs[0]
        nodes.append(node)
    return needed(nodes, graph.outputs)


def _as_one(node: Node, makers: dict[str, Node], graph: Graph) -> Node:
    for expression, build in IDIOMS.get(node.type, ()):
        for match in matches(expression, node.outputs[0], Match(graph), makers):
            found = build(match)
            if found is not None:
                reads = tuple(match.values[letter] for letter in found.reads)
                new = node._replace(type=found.type, inputs=reads, attributes=found.attributes)
                makers.update(dict.fromkeys(node.outputs, new))
                return _as_one(new, makers, graph)
    return node


# Activations ------------------------------------------------------------------------------


@_idiom(
    "x * (Erf(x / 1.41421356) + 1) * 0.5",
    "x * ((Erf(x / 1.41421356) + 1) * 0.5)",
    "(x * 0.5) * (Erf(x / 1.41421356) + 1)",
    "x * (Erf(x * 0.70710678) + 1) * 0.5",
    "x * ((Erf(x * 0.70710678) + 1) * 0.5)",
    "(x * 0.5) * (Erf(x * 0.70710678) + 1)",
)
def _gelu(match: Match) -> Operator:
    return Operator("Gelu", "x")


@_idiom(
    "(x * 0.5) * (Tanh((x + x ** 3 * 0.044715) * 0.79788456) + 1)",
    "x * (Tanh((x + x ** 3 * 0.044715) * 0.79788456) + 1) * 0.5",
    "(x * 0.5) * (Tanh((x + x * x * x * 0.044715) * 0.79788456) + 1)",
)
def _gelu_by_tanh(match: Match) -> Operator:
    return Operator("Gelu", "x", {"approximate": "tanh"})


@_idiom("x * Sigmoid(x)")
def _swish(match: Match) -> Operator:
    return Operator("Swish", "x")


@_idiom("x * Tanh(Softplus(x))")
def _mish(match: Match) -> Operator:
    return Operator("Mish", "x")


@_idiom("x * HardSigmoid(x)")
def _hard_swish(match: Match) -> Operator | None:
    sixth = match.node("HardSigmoid").attributes.get("alpha", 0.2)
    return Operator("HardSwish", "x") if isclose(sixth, 1 / 6, rel_tol=1e-5) else None


@_idiom("Log(Sigmoid(x))")
def _log_sigmoid(match: Match) -> Operator:
    return Operator("LogSigmoid", "x")


@_idiom("x / (Abs(x) + 1)")
def _softsign(match: Match) -> Operator:
    return Operator("Softsign", "x")


# Weights ----------------------------------------------------------------------------------


@_idiom("MatMul(x, w) + b")
def _linear(match: Match) -> Operator | None:
    weight, bias = match.constant("w"), match.constant("b")
    rank = len(match.shape("x"))
    if weight is None or bias is None or len(weight.shape) != 2:
        return None
    if not match.one_a_channel("b", rank - 1, rank) or bias.array.size != weight.shape[1]:
        return None
    return Operator("MatMul", "xwb")


@_idiom("Conv(x, w) + b", "ConvTranspose(x, w) + b")
def _bias(match: Match) -> Operator | None:
    weight, bias = match.constant("w"), match.constant("b")
    node = match.nodes[1]
    rank = len(match.shape("x"))
    if weight is None or bias is None or len(node.inputs) > 2 or bias.array.size == 1:
        return None
    return (
        Operator(node.type, "xwb", node.attributes) if match.one_a_channel("b", 1, rank) else None
    )


# Norms ------------------------------------------------------------------------------------


@_idiom(
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


@_idiom("RMSNormalization(x - ReduceMean(x), w)")
def _layer_norm(match: Match) -> Operator | None:
    attributes, rank = match.nodes[0].attributes, len(match.shape("x"))
    same = _axes(match.node("ReduceMean"), match.graph, rank) == list(range(attributes["axis"], 0))
    return Operator("LayerNormalization", "xw", attributes) if same else None


@_idiom("LayerNormalization(x, w) + b")
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


@_idiom("Reshape(InstanceNormalization(Reshape(x), s, t))")
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


@_idiom("GroupNormalization(x) * w + b")
def _learned_group_norm(match: Match) -> Operator | None:
    norm, rank = match.node("GroupNormalization"), len(match.shape("x"))
    learned = match.one_a_channel("w", 1, rank) and match.one_a_channel("b", 1, rank)
    if len(norm.inputs) > 1 or not learned:
        return None
    return Operator("GroupNormalization", "xwb", norm.attributes)


@_idiom(
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


# Elements in another shape or order -------------------------------------------------------


@_idiom("Gather(x, i)")
def _all_in_order(match: Match) -> Operator | None:
    """Places 0, 1, 2 ... up to the last: torch.onnx says as_strided so."""
    places, shape = match.constant("i"), match.shape("x")
    if places is None or len(shape) != 1 or places.array.size != shape[0]:
        return None
    flat = places.array.reshape(-1)
    in_order = flat[0] == 0 and bool((flat[1:] - flat[:-1] == 1).all())
    return Operator("Reshape", "x") if in_order else None


@_idiom("Reshape(x)", "Reshape(Reshape(x))", "Expand(x)")
def _the_same_shape(match: Match) -> Operator | None:
    return Operator("Identity", "x") if match.shape("x") == match.output else None


@_idiom("Transpose(x)")
def _in_the_same_order(match: Match) -> Operator | None:
    order = match.nodes[0].attributes.get("perm")
    return Operator("Identity", "x") if order is not None and order == sorted(order) else None


@_idiom("Transpose(Transpose(x))")
def _transposed_twice(match: Match) -> Operator | None:
    outer, inner = (node.attributes.get("perm") for node in match.nodes)
    if outer is None or inner is None:
        return None
    return Operator("Transpose", "x", {"perm": [inner[place] for place in outer]})


@_idiom(
    "Reshape(ScatterND(z, Unsqueeze(Reshape((p := MaxPool(x)) - Slice(MaxPool(x)) + s)),"
    " Reshape(v)))"
)
def _max_unpool(match: Match) -> Operator:
    """Values put where a pool found its maxima, counted over the whole batch."""
    window = match.node("MaxPool").attributes
    names = ("kernel_shape", "strides", "pads")
    return Operator("MaxUnpool", "vp", {name: window[name] for name in names if name in window})
