"""A call of PyTorch as a rule reads it, and what a rule answers with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

from ...layers.shapes import Shape
from ..graph import NotSaid


class Value(NamedTuple):
    """A tensor of the run.

    Attributes:
        key: of the layer that gives it; '' for one that does not follow from the input.
        shape: with the batch.
        name: of the parameter or buffer that it is, or ''.
    """

    key: str
    shape: Shape
    name: str = ""


class Indices(NamedTuple):
    """The places of the maxima, a max pool's second output; `pooled`: what was pooled."""

    pooled: Value


class Layer(NamedTuple):
    """A layer that a rule answers with; `weights`: the original's name of each tensor."""

    type: str
    arguments: dict[str, Any]
    reads: tuple[Value, ...]
    weights: dict[str, str] = {}  # noqa: RUF012  (a tuple's default, never written to)


class Call:
    """A call: its arguments by position and name, the tensors among them as Values.

    Attributes:
        name: the function's name, without underscores: 'add' for `a + b` and `a.add_(b)`.
        outputs: the shapes of what came out, with the batch.
        several: whether a list or tuple came out.
    """

    def __init__(
        self,
        name: str,
        args: Sequence[Any],
        kwargs: dict[str, Any],
        outputs: tuple[Shape, ...],
        several: bool,
    ) -> None:
        self.name = name
        self.args = args
        self.kwargs = kwargs
        self.outputs = outputs
        self.several = several

    def get(self, place: int, name: str, default: Any = None) -> Any:
        """An argument by its place or its name."""
        if name in self.kwargs:
            return self.kwargs[name]
        return self.args[place] if place < len(self.args) else default

    def rest(self, place: int, name: str) -> Any:
        """A list that may be written as one argument or as several."""
        if name in self.kwargs:
            return self.kwargs[name]
        given = self.args[place:]
        return list(given[0]) if given and isinstance(given[0], (list, tuple)) else list(given)

    @property
    def x(self) -> Value:
        """The first tensor."""
        value = self.get(0, "input", self.kwargs.get("self"))
        if not isinstance(value, Value):
            raise NotSaid("its first argument is no tensor")
        return value

    @property
    def output(self) -> Shape:
        """The shape of the only output."""
        return self.outputs[0]


class Chain:
    """Several layers that say one call, each reading the one before."""

    def __init__(self, reads: tuple[Value, ...]) -> None:
        self.layers: list[Layer] = []
        self.reads = reads

    def then(self, type_name: str, **arguments: Any) -> None:
        """One layer more."""
        self.layers.append(Layer(type_name, arguments, () if self.layers else self.reads))


KEEPS_ORDER = frozenset(
    ("view", "reshape", "unsqueeze", "squeeze", "flatten", "getitem", "contiguous")
)
"""Functions of a parameter after which it holds the same numbers in the same order."""

SAME = "same"
"""A rule's answer where what comes out is what goes in."""

Answer: TypeAlias = "Layer | str | list[Layer] | Chain"
Rule: TypeAlias = Callable[[Call], Answer]


class Rules(dict[str, Rule]):
    """Rules by the name of the function that each is for."""

    def of(self, *names: str) -> Callable[[Rule], Rule]:
        """Decorate the rule of the functions of these names."""

        def add(rule: Rule) -> Rule:
            self.update(dict.fromkeys(names, rule))
            return rule

        return add


class Arithmetic(NotSaid):
    """A call with a plain number, which other calls around it may give a meaning.

    Attributes:
        operation: 'add' or 'mul'. number: what is added, or multiplied by.
    """

    def __init__(self, operation: str, number: float, reason: str) -> None:
        super().__init__(reason)
        self.operation = operation
        self.number = number


def follows(value: Any) -> bool:
    """Whether it is a tensor that follows from the input."""
    return isinstance(value, Value) and bool(value.key)


def own_weight(call: Call, place: int, name: str) -> Value:
    """An argument that is a parameter or a buffer; raises NotSaid where it is none."""
    value = call.get(place, name)
    if not isinstance(value, Value) or not value.name:
        raise NotSaid(f"with a {name} that is computed, and no parameter")
    return value


def own_weights(call: Call, **places: int) -> dict[str, str]:
    """The original's name of each tensor that is given."""
    return {
        name: own_weight(call, place, name).name
        for name, place in places.items()
        if call.get(place, name) is not None
    }
