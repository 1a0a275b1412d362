"""What older files say with several operators, and newer ones with one.

An idiom is an expression: a call is an operator, `+ - * / **` are those of arithmetic, a small
letter stands for any value, a number for a constant. It is looked for at each node, backwards.
What it was computed from stays where something else reads it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from math import isclose
from typing import Any, NamedTuple, TypeAlias

from .graph import Constant, Graph, Node, needed


@dataclass(frozen=True)
class Match:
    """What an expression was found to stand for.

    Attributes:
        graph: where it was found.
        values: the name of the value that each letter stands for.
        nodes: the operators of the expression, the last first.
    """

    graph: Graph
    values: dict[str, str] = field(default_factory=dict)
    nodes: tuple[Node, ...] = ()

    def node(self, type: str) -> Node:
        """The first operator of a type."""
        return next(node for node in self.nodes if node.type == type)

    def constant(self, letter: str) -> Constant | None:
        """The constant that a letter stands for, or None."""
        return self.graph.constants.get(self.values[letter])

    def number(self, letter: str) -> float | None:
        """The number that a letter stands for, or None."""
        constant = self.constant(letter)
        return None if constant is None or constant.array.size != 1 else constant.array.item()

    def shape(self, letter: str) -> tuple[int, ...]:
        """The shape of a value that follows from the input; () where it is not known."""
        return self.graph.shapes.get(self.values[letter], ())

    def one_a_channel(self, letter: str, dim: int, rank: int) -> bool:
        """Whether a letter stands for a constant with a number for each place along `dim`."""
        constant = self.constant(letter)
        if constant is None or len(constant.shape) > rank:
            return False
        sizes = (1,) * (rank - len(constant.shape)) + constant.shape
        return all(size == 1 for place, size in enumerate(sizes) if place != dim)


class Operator(NamedTuple):
    """An operator that an idiom stands for: its type, the letters that it reads, attributes."""

    type: str
    reads: str
    attributes: dict[str, Any] = {}  # noqa: RUF012  (a tuple's default, never written to)


Build: TypeAlias = Callable[[Match], "Operator | None"]

ARITHMETIC = {ast.Add: "Add", ast.Sub: "Sub", ast.Mult: "Mul", ast.Div: "Div", ast.Pow: "Pow"}
COMMUTES = ("Add", "Mul")
IDIOMS: dict[str, list[tuple[ast.expr, Build]]] = {}
"""The idioms by the type of their last operator."""


def _idiom(*expressions: str) -> Callable[[Build], Build]:
    """Decorate what says which operator these expressions stand for, or None."""

    def add(build: Build) -> Build:
        for text in expressions:
            expression = ast.parse(text, mode="eval").body
            IDIOMS.setdefault(_parts(expression)[0], []).append((expression, build))
        return build

    return add


def with_idioms(graph: Graph) -> list[Node]:
    """The nodes that an output depends on, each idiom as one operator."""
    makers: dict[str, Node] = {}
    nodes = []
    for node in graph.nodes:
        makers.update(dict.fromkeys(node.outputs, node))
        nodes.append(_as_one(node, makers, graph))
    return needed(nodes, graph.outputs)


def _as_one(node: Node, makers: dict[str, Node], graph: Graph) -> Node:
    for expression, build in IDIOMS.get(node.type, ()):
        for match in _matches(expression, node.outputs[0], Match(graph), makers):
            found = build(match)
            if found is not None:
                reads = tuple(match.values[letter] for letter in found.reads)
                new = node._replace(type=found.type, inputs=reads, attributes=found.attributes)
                makers.update(dict.fromkeys(node.outputs, new))
                return _as_one(new, makers, graph)
    return node


def _matches(
    expression: ast.expr, value: str, match: Match, makers: dict[str, Node]
) -> Iterator[Match]:
    """The ways in which a value is what an expression says."""
    if isinstance(expression, ast.Name):
        if match.values.setdefault(expression.id, value) == value:
            yield match
        return
    if isinstance(expression, ast.Constant):
        constant = match.graph.constants.get(value)
        if constant is not None and _is(constant, expression.value):
            yield match
        return
    type, operands = _parts(expression)
    node = makers.get(value)
    if node is None or node.type != type or len(node.inputs) < len(operands):
        return
    found = replace(match, nodes=(*match.nodes, node))
    orders = [operands, operands[::-1]] if type in COMMUTES else [operands]
    for order in orders:
        yield from _all_match(order, node.inputs, found, makers)


def _all_match(
    operands: list[ast.expr], values: tuple[str, ...], match: Match, makers: dict[str, Node]
) -> Iterator[Match]:
    """The ways in which each operand is its value."""
    if not operands:
        yield match
        return
    own = replace(match, values=dict(match.values))
    for found in _matches(operands[0], values[0], own, makers):
        yield from _all_match(operands[1:], values[1:], found, makers)


def _parts(expression: ast.expr) -> tuple[str, list[ast.expr]]:
    """The operator of an expression, and what it is of."""
    if isinstance(expression, ast.BinOp):
        return ARITHMETIC[type(expression.op)], [expression.left, expression.right]
    if isinstance(expression, ast.UnaryOp):
        return "Neg", [expression.operand]
    assert isinstance(expression, ast.Call)
    assert isinstance(expression.func, ast.Name)
    return expression.func.id, expression.args


def _is(constant: Constant, number: Any) -> bool:
    """Whether a constant is a number, within the precision of halves."""
    values = constant.array.reshape(-1)
    return (
        values.size > 0
        and all(isclose(value, number, rel_tol=1e-3) for value in values[:2])
        and bool((values == values[0]).all())
    )


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
    "(x - ReduceMean(x)) / Sqrt(ReduceMean((x - ReduceMean(x)) ** 2) + e) * w + b",
    "(x - ReduceMean(x)) / Sqrt(ReduceMean((x - ReduceMean(x)) * (x - ReduceMean(x))) + e) * w + b",
)
def _layer_norm(match: Match) -> Operator | None:
    epsilon, weight, bias = match.number("e"), match.constant("w"), match.constant("b")
    rank = len(match.shape("x"))
    if epsilon is None or weight is None or bias is None or weight.shape != bias.shape:
        return None
    last = list(range(-len(weight.shape), 0))
    for node in match.nodes:
        if node.type == "ReduceMean" and _axes(node, match.graph, rank) != last:
            return None
    return Operator("LayerNormalization", "xwb", {"axis": last[0], "epsilon": epsilon})


def _axes(node: Node, graph: Graph, rank: int) -> list[int]:
    """The dimensions of a reduction, from the end."""
    axes = node.attributes.get("axes")
    if axes is None and len(node.inputs) > 1 and node.inputs[1] in graph.constants:
        axes = graph.constants[node.inputs[1]].array.tolist()
    return sorted(axis % rank - rank for axis in axes or ())


@_idiom("Reshape(InstanceNormalization(Reshape(x), s, t)) * w + b")
def _group_norm(match: Match) -> Operator | None:
    before, rank = match.shape("x"), len(match.shape("x"))
    channels = match.one_a_channel("w", 1, rank) and match.one_a_channel("b", 1, rank)
    return _groups(match, "xwb") if before and channels else None


@_idiom("Reshape(InstanceNormalization(Reshape(x), s, t))")
def _plain_group_norm(match: Match) -> Operator | None:
    return _groups(match, "x") if match.shape("x") else None


def _groups(match: Match, reads: str) -> Operator | None:
    """A norm of groups, which are put in the place of channels."""
    norm = match.node("InstanceNormalization")
    scale, shift = match.constant("s"), match.constant("t")
    middle = match.graph.shapes.get(norm.inputs[0], ())
    if scale is None or shift is None or not _is(scale, 1) or shift.array.any():
        return None
    if len(middle) != 3 or middle[0] != match.shape("x")[0]:
        return None
    epsilon = norm.attributes.get("epsilon", 1e-5)
    return Operator("GroupNormalization", reads, {"num_groups": middle[1], "epsilon": epsilon})


@_idiom(
    "x / (Squeeze(AveragePool(Pad(Unsqueeze(x * x)))) * a + k) ** b",
    "x / (Reshape(Squeeze(AveragePool(Pad(Reshape(x * x))))) * a + k) ** b",
    "x / (Squeeze(AveragePool(Pad(Unsqueeze(x ** 2)))) * a + k) ** b",
    "x / (Reshape(Squeeze(AveragePool(Pad(Reshape(x ** 2))))) * a + k) ** b",
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


@_idiom("Reshape(Reshape(x))")
def _reshaped_twice(match: Match) -> Operator:
    return Operator("Reshape", "x")


@_idiom("Transpose(Transpose(x))")
def _transposed_twice(match: Match) -> Operator | None:
    outer, inner = (node.attributes.get("perm") for node in match.nodes)
    if outer is None or inner is None:
        return None
    order = [inner[place] for place in outer]
    if order == sorted(order):
        return Operator("Identity", "x")
    return Operator("Transpose", "x", {"perm": order})
