"""An operator of ONNX as a rule reads it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from ....layers.shapes import Shape
from ...graph import NotSaid
from ...operations import Answer, Call, Chain, Indices, Layer, Value, answer
from ...rules import NamedRules
from ..graph import LARGEST_CONSTANT, Constant, Node, written

Input: TypeAlias = "Value | Indices | Constant | None"


class Operator:
    """A node, what it reads, and the shapes of what it gives.

    Attributes:
        node: in the graph.
        inputs: values that follow from the input, constants, None for what is left out.
        outputs: what comes out; its keys are not known yet.
        opset: the version of ONNX's operators.
    """

    def __init__(
        self, node: Node, inputs: Sequence[Input], outputs: tuple[Value, ...], opset: int
    ) -> None:
        self.node = node
        self.inputs = inputs
        self.outputs = outputs
        self.opset = opset

    @property
    def type(self) -> str:
        """The operator's name."""
        return self.node.type

    @property
    def output(self) -> Shape:
        """The shape of the first output."""
        return self.outputs[0].shape

    @property
    def x(self) -> Value:
        """The first input, which must follow from the network's."""
        first = self.given(0)
        if not isinstance(first, Value):
            raise NotSaid("its first input is a constant")
        return first

    def given(self, place: int) -> Input:
        """An input, or None where it is left out."""
        return self.inputs[place] if place < len(self.inputs) else None

    def attribute(self, name: str, default: Any = None) -> Any:
        """An attribute."""
        return self.node.attributes.get(name, default)

    def number(self, name: str, default: float) -> float:
        """An attribute that is a number."""
        return float(written(self.attribute(name, default)))

    def argument(self, place: int, name: str, default: Any = None) -> Any:
        """A number or list that is an attribute in older models, and an input in newer ones."""
        if name in self.node.attributes:
            return written(self.node.attributes[name])
        given = self.given(place)
        if given is None:
            return default
        if not isinstance(given, Constant):
            raise NotSaid(f"with a {name} that is computed from the input")
        if given.array.size > LARGEST_CONSTANT:
            raise NotSaid(f"with a {name} of {given.array.size:,} numbers")
        return written(given.array.tolist())

    def weight(self, place: int) -> Value:
        """An input that is a constant, as a learned tensor."""
        given = self.given(place)
        if given is None:
            raise NotSaid("without a weight")
        if not isinstance(given, Constant):
            raise NotSaid("with a weight that is computed from the input")
        return _tensor(given)

    def weights(self, **places: int) -> dict[str, str]:
        """The name of each of these inputs, as far as it is given."""
        return {
            name: self.weight(place).name
            for name, place in places.items()
            if self.given(place) is not None
        }

    def has_bias(self, place: int) -> bool:
        """Whether an input is a bias, and not zeros in the place of one."""
        given = self.given(place)
        if isinstance(given, Constant) and not given.learned:
            return bool(given.array.any())
        return given is not None

    def layer(
        self, type_name: str, arguments: dict[str, Any], weights: dict[str, str] | None = None
    ) -> Layer:
        """A layer that reads the first input."""
        return Layer(type_name, arguments, (self.x,), weights or {})

    def chain(self) -> Chain:
        """Layers to be, of which the first reads the first input."""
        return Chain((self.x,))

    def as_torch(self, name: str, *args: Any, **kwargs: Any) -> Answer:
        """What PyTorch's function of the same meaning would be."""
        return answer(
            Call(name, [_plain(arg) for arg in args], kwargs, self.outputs, len(self.outputs) > 1)
        )


def _plain(argument: Any) -> Any:
    """A constant as PyTorch has it: a number, or a tensor."""
    if isinstance(argument, list):
        return [_plain(item) for item in argument]
    if not isinstance(argument, Constant):
        return argument
    if argument.array.size == 1 and not argument.learned:
        return written(argument.array.item())
    return _tensor(argument)


def _tensor(constant: Constant) -> Value:
    return Value("", constant.shape, constant.weight, origin=constant)


Rule: TypeAlias = Callable[[Operator], Answer]


class Rules(NamedRules[Rule]):
    """Rules by the name of the operator that each is for."""
