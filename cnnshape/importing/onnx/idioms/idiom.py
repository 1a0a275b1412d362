"""What an idiom is, and how it is found."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

from ..graph import Graph, Node, needed
from ..matching import Match, matches, parts


class Operator(NamedTuple):
    """An operator that an idiom stands for.

    Attributes:
        type: its name.
        reads: the letters that it reads.
        attributes: as a node has them.
        values: the names of what it reads beside the letters.
    """

    type: str
    reads: str
    attributes: dict[str, Any] = {}  # noqa: RUF012  (a tuple's default, never written to)
    values: tuple[str, ...] = ()


Build: TypeAlias = Callable[[Match], "Operator | None"]

IDIOMS: dict[str, list[tuple[ast.expr, Build]]] = {}
"""The idioms by the type of their last operator."""


def idiom(*expressions: str) -> Callable[[Build], Build]:
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
        for match in matches(expression, node.outputs[0], Match(graph, makers)):
            found = _built(build, match)
            if found is not None:
                reads = tuple(match.values[letter] for letter in found.reads) + found.values
                new = node._replace(type=found.type, inputs=reads, attributes=found.attributes)
                makers.update(dict.fromkeys(node.outputs, new))
                return _as_one(new, makers, graph)
    return node


def _built(build: Build, match: Match) -> Operator | None:
    """What an idiom stands for; what is damaged, or has no size that is known, is none."""
    try:
        return build(match)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return None
