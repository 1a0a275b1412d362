"""A call of PyTorch as a rule reads it, and what a rule answers with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias, TypeGuard

from ...layers.shapes import Shape
from ..graph import NotSaid
from ..rules import NamedRules
from ..samples import FIRST, FOLLOWS_DIMENSIONS
from .values import Origin, Value


class Layer(NamedTuple):
    """A layer that a rule answers with.

    Attributes:
        weights: the original's name of each tensor.
        transposed: whether the first of its weights is the original's, transposed.
        values: how those tensors are computed that are not the original's as they are.
    """

    type: str
    arguments: dict[str, Any]
    reads: tuple[Value, ...]
    weights: dict[str, str] = {}  # noqa: RUF012  (a tuple's default, never written to)
    transposed: bool = False
    values: Mapping[str, Origin] = {}


ALIASES = {"axis": "dim", "keepdims": "keepdim"}
"""Arguments that PyTorch takes by numpy's names too."""


class Call:
    """A call: its arguments by position and name, the tensors among them as Values.

    Attributes:
        name: the function's name, without underscores: 'add' for `a + b` and `a.add_(b)`.
        outputs: what came out; its keys are not known yet.
        several: whether a list or tuple came out.
    """

    def __init__(
        self,
        name: str,
        args: Sequence[Any],
        kwargs: dict[str, Any],
        outputs: tuple[Value, ...],
        several: bool,
    ) -> None:
        self.name = name
        self.args = args
        self.kwargs = {ALIASES.get(key, key): value for key, value in kwargs.items()}
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
        if given and isinstance(given[0], (list, tuple)) and not isinstance(given[0], Value):
            return list(given[0])
        return list(given)

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
        return self.outputs[0].shape

    def dim(self, place: int, name: str = "dim", default: Any = None) -> int:
        """A dimension of the first tensor that is named, as a network counts it."""
        given = self.get(place, name, default)
        if type(given) is not int:
            raise NotSaid(f"with the {name} {given}")
        return self.x.dim(given)

    def dims(self, place: int, name: str = "dim") -> int | list[int]:
        """The same of one dimension or of several."""
        given = self.get(place, name)
        if given in (None, (), []):
            raise NotSaid("over the batch too")
        if isinstance(given, (list, tuple)):
            return [self.x.dim(dim) for dim in given]
        return self.dim(place, name)


class Chain:
    """Several layers that say one call, each reading the one before.

    Attributes:
        layers: each with what it reads beside the one before.
        reads: what the first of them reads; a chain stands for what comes out of it.
        named: which of them has the name of the module that is called.
    """

    def __init__(self, reads: tuple[Value | Chain, ...]) -> None:
        self.layers: list[Layer] = []
        self.reads = reads
        self.named = -1

    def then(self, type_name: str, *others: Value, **arguments: Any) -> Chain:
        """One layer more; `others` are what it reads beside the last one."""
        self.layers.append(Layer(type_name, arguments, others))
        return self

    @property
    def values(self) -> tuple[Value, ...]:
        """All that its layers read and do not give."""
        first = [read.values if isinstance(read, Chain) else (read,) for read in self.reads]
        return tuple(
            v for values in (*first, *(layer.reads for layer in self.layers)) for v in values
        )


def check_samples(said: Layer | Chain, output: Value) -> None:
    """Raise NotSaid where the samples lie where the layers would not leave them."""
    layers, reads = ([said], said.reads) if isinstance(said, Layer) else (said.layers, said.values)
    if all(value.samples == FIRST for value in (*reads, output)):
        return
    for layer in layers:
        if layer.type not in FOLLOWS_DIMENSIONS:
            raise NotSaid("of a batch that has other dimensions folded in")
    own = [read for read in reads if read.samples.parts]
    from_end = {(read.rank - read.samples.dim, read.samples.parts) for read in own}
    if len(from_end) > 1:
        raise NotSaid("of values that have the batch in different dimensions")


KEEPS_ORDER = frozenset(
    ("view", "reshape", "unsqueeze", "squeeze", "flatten", "getitem", "contiguous")
)
"""Functions of a parameter after which it holds the same numbers in the same order."""

SAME = "same"
"""A rule's answer where what comes out is what goes in."""

Answer: TypeAlias = "Layer | str | list[Layer] | Chain | Value"
Rule: TypeAlias = Callable[[Call], Answer]


class Rules(NamedRules[Rule]):
    """Rules by the name of the function that each is for."""


def follows(value: Any) -> bool:
    """Whether it is a tensor that follows from the input."""
    return isinstance(value, Value) and bool(value.key)


def operands(call: Call) -> tuple[Any, Any]:
    """The two that are added, multiplied ...; one may be no tensor."""
    return call.get(0, "input"), call.get(1, "other")


def what_it_is(operand: Any) -> str:
    """What an operand is that no layer gives, for a reason."""
    if isinstance(operand, Value):
        return f"the weight {operand.name}" if operand.name else "a value that is no layer's"
    return "other arguments" if operand is None else f"the number {operand}"


def is_number(operand: Any) -> TypeGuard[float]:
    """Whether an operand is a plain number."""
    return isinstance(operand, (int, float)) and not isinstance(operand, bool)


def alone(value: Any) -> Any:
    """A list's only item, which PyTorch takes for each dimension; else what is given."""
    return value[0] if isinstance(value, (list, tuple)) and len(value) == 1 else value


def is_fixed(operand: Any) -> bool:
    """Whether an operand is a tensor of fixed numbers."""
    return isinstance(operand, Value) and operand.origin is not None and operand.origin.is_fixed()


def constant_numbers(operand: Value) -> list[float]:
    """The numbers of a constant in a row, of each sample the same; [] where it is none."""
    numbers: list[Any] = [None if operand.origin is None else operand.origin.constant()]
    while numbers and isinstance(numbers[0], list):
        numbers = [number for inner in numbers for number in inner]
    return numbers if all(map(is_number, numbers)) else []


def own_weight(call: Call, place: int, name: str) -> Value:
    """An argument that is a parameter or a buffer; raises NotSaid where it is none."""
    value = call.get(place, name)
    if not isinstance(value, Value) or not value.name:
        raise NotSaid(f"its {name} is computed, and no parameter")
    return value


def as_matrix(operand: Any) -> tuple[str, bool] | None:
    """The parameter that an operand is, as a matrix, and whether transposed; None: it is none."""
    if not isinstance(operand, Value) or len(operand.shape) != 2:
        return None
    if operand.name:
        return operand.name, False
    return None if operand.origin is None else operand.origin.matrix()


def own_weights(call: Call, **places: int) -> dict[str, str]:
    """The original's name of each tensor that is given."""
    return {
        name: own_weight(call, place, name).name
        for name, place in places.items()
        if call.get(place, name) is not None
    }


def learned_weights(call: Call, **places: int) -> tuple[dict[str, str], dict[str, Origin]]:
    """As `own_weights`, and how those are computed that a mask is laid on, or that are
    some numbers of a parameter."""
    names: dict[str, str] = {}
    values: dict[str, Origin] = {}
    for name, place in places.items():
        given = call.get(place, name)
        if given is None:
            continue
        origin = given.origin if isinstance(given, Value) and not given.name else None
        found = None if origin is None else origin.computed_weight()
        plain = found is not None and not found.prefix and found.scale == 1
        if origin is not None and found is not None and plain:
            names[name] = found.weights["weight"]
            if found.values:  # a mask of ones alone changes nothing
                values[name] = origin
        else:
            names[name] = own_weight(call, place, name).name
    return names, values
