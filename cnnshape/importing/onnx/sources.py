"""Constants of a file as layers, where they meet a value that follows from the input."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from ..constants import Constants, aligned
from ..graph import NotSaid
from ..ledger import Path
from ..operations import Indices, Layer, Value
from ..samples import of_one_sample
from .graph import Constant, Graph, Node
from .operators import Input
from .places import place_of_tensor

STRETCHING = ("Add", "Sub", "Mul", "Div", "Max", "Min", "Sum", "Mean", "Where", "MatMul", "Pow")
"""Operators of values that stretch dimensions of size 1."""
COMPUTING = ("Sub", "Div")
"""Operators that PyTorch's modules have for fixed numbers: what is learned is added."""


class Sources(Constants):
    """The layers that give what does not follow from the input."""

    def beside(self, node: Node, inputs: Sequence[Input], path: Path) -> list[Input]:
        """What a node reads, with layers in place of its constants.

        Args:
            node: the operator.
            inputs: what it reads.
            path: of layers that have no name of their own.

        Raises:
            NotSaid: it is no operator in which they are values; or they cannot be said.
        """
        following = [value for value in inputs if isinstance(value, Value)]
        constants = [value for value in inputs if isinstance(value, Constant)]
        indices = any(isinstance(value, Indices) for value in inputs)
        if node.type not in (*STRETCHING, "Concat") or indices or not (following and constants):
            raise NotSaid("with a constant")
        x = max(following, key=lambda value: value.rank)
        found: list[Input] = []
        for given in inputs:
            number = node.type == "Where" and isinstance(given, Constant) and given.is_uniform
            if not isinstance(given, Constant) or number:
                found.append(given)
            else:
                found.append(self._beside(given, x, path, whole=node.type == "Concat"))
        return found

    def _beside(self, constant: Constant, x: Value, path: Path, *, whole: bool) -> Value:
        name, before = constant.stretched() or (constant.weight, constant.shape)
        if name not in self._known:
            self.ledger.refuse_taken(name)
        shape = aligned(tuple(map(of_one_sample, constant.shape)), x)
        if constant.learned and name not in self.ledger.fixed:
            found = self.parameter(name, aligned(before, x), x, path)
            if whole and found.shape[1:] != shape:
                found = self.add(Layer("Expand", {"shape": list(shape)}, (found,)), path, shape)
        elif prod(shape) == constant.array.size:
            found = self.constant(constant.fixed(), name, shape, x, path)
        else:
            raise NotSaid("with a constant that differs from sample to sample")
        return found._replace(samples=x.samples)

    def place(self, name: str, path: Path) -> Path:
        """Where the layer stands that holds the file's tensor of a name."""
        return place_of_tensor(name) or path


def computed_with(graph: Graph, nodes: Sequence[Node]) -> set[str]:
    """The names of the constants that are numbers of a computation, wherever they are read."""
    return {
        graph.constants[name].weight
        for node in nodes
        for name in node.inputs
        if name in graph.constants
        and (node.type in COMPUTING or graph.constants[name].array.dtype.kind != "f")
    }
