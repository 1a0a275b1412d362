"""Finding an expression in a graph, backwards from the value that it gives.

A call is an operator, `+ - * / **` are those of arithmetic, a small letter stands for any
value, a number for a constant, and `(p := MaxPool(x))` for a value with a letter of its own.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import isclose
from typing import Any

from .graph import Constant, Graph, Node

ARITHMETIC = {ast.Add: "Add", ast.Sub: "Sub", ast.Mult: "Mul", ast.Div: "Div", ast.Pow: "Pow"}
COMMUTES = ("Add", "Mul")


@dataclass(frozen=True)
class Match:
    """What an expression was found to stand for.

    Attributes:
        graph: where it was found.
        makers: the node that gives each value, as it is then.
        values: the name of the value that each letter stands for.
        nodes: the operators of the expression, the last first.
    """

    graph: Graph
    makers: Mapping[str, Node]
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

    @property
    def output(self) -> tuple[int, ...] | None:
        """The shape of what the expression gives; None where it is not known."""
        return self.graph.shapes.get(self.nodes[0].outputs[0])

    def one_a_channel(self, letter: str, dim: int, rank: int) -> bool:
        """Whether a letter stands for a constant with a number for each place along `dim`."""
        constant = self.constant(letter)
        if constant is None or len(constant.shape) > rank:
            return False
        sizes = (1,) * (rank - len(constant.shape)) + constant.shape
        return all(size == 1 for place, size in enumerate(sizes) if place != dim)


def matches(expression: ast.expr, value: str, match: Match) -> Iterator[Match]:
    """The ways in which a value is what an expression says."""
    if isinstance(expression, ast.Name):
        if match.values.setdefault(expression.id, value) == value:
            yield match
        return
    if isinstance(expression, ast.NamedExpr):
        for found in matches(expression.target, value, match):
            yield from matches(expression.value, value, found)
        return
    if isinstance(expression, ast.Constant):
        constant = match.graph.constants.get(value)
        if constant is not None and is_number(constant, expression.value):
            yield match
        return
    type, operands = parts(expression)
    node = match.makers.get(value)
    if node is None or node.type != type or len(node.inputs) < len(operands):
        return
    found = replace(match, nodes=(*match.nodes, node))
    orders = [operands, operands[::-1]] if type in COMMUTES else [operands]
    for order in orders:
        yield from _all_match(order, node.inputs, found)


def _all_match(operands: list[ast.expr], values: tuple[str, ...], match: Match) -> Iterator[Match]:
    """The ways in which each operand is its value."""
    if not operands:
        yield match
        return
    own = replace(match, values=dict(match.values))
    for found in matches(operands[0], values[0], own):
        yield from _all_match(operands[1:], values[1:], found)


def parts(expression: ast.expr) -> tuple[str, list[ast.expr]]:
    """The operator of an expression, and what it is of."""
    if isinstance(expression, ast.BinOp):
        return ARITHMETIC[type(expression.op)], [expression.left, expression.right]
    if isinstance(expression, ast.UnaryOp):
        return "Neg", [expression.operand]
    assert isinstance(expression, ast.Call)
    assert isinstance(expression.func, ast.Name)
    return expression.func.id, expression.args


def is_number(constant: Constant, number: Any) -> bool:
    """Whether a constant is a number, within the precision of halves."""
    values = constant.array.reshape(-1)
    return (
        values.size > 0
        and all(isclose(value, number, rel_tol=1e-3) for value in values[:2])
        and bool((values == values[0]).all())
    )
