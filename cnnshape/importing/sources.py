"""Tensors that do not follow from the input, as layers where they meet one that does. Needs torch.

Most such tensors are a layer's weights, which rules say. What is left is a value of its own,
the same for every sample: learned, fixed, or computed from such by the calls that made it,
which are said as any others are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import isclose, prod
from typing import Any

from ..layers.shapes import Shape
from .graph import NotSaid
from .ledger import Ledger, Path
from .operations import Call, Chain, Layer, Value, answer
from .origins import MadeBy, Origin, replaced
from .samples import BATCH, NOWHERE, of_one_sample
from .torch_calls import plain_name

STRETCHING = frozenset((
    "add", "iadd", "radd", "sub", "isub", "rsub", "subtract", "mul", "imul", "rmul", "multiply",
    "div", "truediv", "itruediv", "rtruediv", "divide", "maximum", "minimum", "max", "min",
    "matmul", "bmm",
))  # fmt: skip
"""Functions of two values that stretch dimensions of size 1."""
LISTING = frozenset(("cat", "concat", "concatenate", "stack", "setitem"))
"""Functions that put values side by side."""
MOST_NUMBERS = 64
"""Numbers of a constant beyond which a spec is not to hold them."""


class Sources:
    """The layers that give what does not follow from the input."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._known: dict[Origin | tuple[str, Shape], Value] = {}

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Forget what is recorded within, where it ends with NotSaid."""
        known = dict(self._known)
        try:
            with self._ledger.all_or_nothing():
                yield
        except NotSaid:
            self._known = known
            raise

    def beside(self, call: Call, path: Path) -> Call:
        """A call with layers in place of its tensors that do not follow from the input.

        Args:
            path: of layers that have no name of their own.

        Raises:
            NotSaid: it is no call in which they are values; or they cannot be said.
        """
        following = [value for value in _values(call) if value.key]
        if call.name not in STRETCHING | LISTING or not following:
            raise NotSaid("a weight that is computed, or a constant")
        x = max(following, key=lambda value: value.rank)

        def beside(value: Value) -> Value:
            if value.key or 0 in value.shape:
                return value
            if not isinstance(value.origin, Origin):
                raise NotSaid("with a value that is not known")
            return self._beside(value.origin, x, path, whole=call.name in LISTING)

        args, kwargs = (replaced(given, Value, beside) for given in (call.args, call.kwargs))
        return Call(call.name, args, kwargs, call.outputs, call.several)

    def of_each_sample(self, value: Value, path: Path) -> Value:
        """What a module reads that has the same learned numbers for each sample, as a layer's."""
        origin, x = value.origin, self._ledger.input
        if value.key or not isinstance(origin, Origin) or value.shape[:1] != (BATCH,):
            return value
        beside = x._replace(shape=value.shape)
        return self._beside(origin, beside, path, whole=True) if origin.learned else value

    def _beside(self, origin: Origin, x: Value, path: Path, *, whole: bool) -> Value:
        """A layer's value that stands beside `x`, dimension by dimension.

        Args:
            whole: whether it may not be stretched.
        """
        shape = _aligned(tuple(map(of_one_sample, origin.shape)), x)
        stretched = origin.stretched()
        if not origin.learned:
            found = self._constant(origin, shape, x, path)
        elif stretched is not None:
            name, before = stretched
            found = self._parameter(name, _aligned(before, x), x)
            if whole and found.shape[1:] != shape:
                found = self._add(Layer("Expand", {"shape": list(shape)}, (found,)), shape, path)
        else:
            found = self._value(origin, x, path)
            if found.shape[1:] != shape:
                found = self._add(Layer("Reshape", {"shape": list(shape)}, (found,)), shape, path)
        return found._replace(samples=x.samples)

    def _value(self, origin: Origin, x: Value, path: Path) -> Value:
        """A layer's value for what is computed from parameters; `x`: from which it has a batch."""
        if origin in self._known:
            return self._known[origin]
        shape = tuple(map(of_one_sample, origin.shape))
        if not origin.learned:
            return self._constant(origin, shape, x, path)
        if origin.made_by is None:
            (name,) = origin.learned
            return self._parameter(name, shape, x)
        found = self._called(origin.made_by, x, path)
        self._known[origin] = found
        return found

    def _called(self, made_by: MadeBy, x: Value, path: Path) -> Value:
        """The layers of a call that reads parameters and constants alone."""

        def learned(inner: Origin) -> Value:
            if inner.learned:
                return self._value(inner, x, path)
            return Value("", tuple(map(of_one_sample, inner.shape)), origin=inner)

        def any_value(value: Value) -> Value:
            if value.key or not isinstance(value.origin, Origin):
                return value
            return self._value(value.origin, x, path)

        args, kwargs = (replaced(part, Origin, learned) for part in (made_by.args, made_by.kwargs))
        shapes = [tuple(map(of_one_sample, shape)) for shape in made_by.shapes]
        outputs = tuple([Value("", (BATCH, *shape), samples=NOWHERE) for shape in shapes])
        call = Call(plain_name(made_by.function), args, kwargs, outputs, len(outputs) > 1)
        try:
            said = answer(self._stretched(call, path))
        except NotSaid:
            call.args = replaced(call.args, Value, any_value)
            said = answer(self._stretched(call, path))
        if isinstance(said, str):
            return next(value for value in _values(call) if value.key)
        layer = said[made_by.place] if isinstance(said, list) else said
        return self._add(layer, shapes[made_by.place], path)

    def _stretched(self, call: Call, path: Path) -> Call:
        """The call with values of as many dimensions, where it stretches them."""
        most = max((len(value.shape) for value in _values(call) if value.key), default=0)

        def stretched(value: Value) -> Value:
            missing = most - len(value.shape)
            if not value.key or not missing:
                return value
            shape = (*(1,) * missing, *value.shape[1:])
            return self._add(Layer("Reshape", {"shape": list(shape)}, (value,)), shape, path)

        if call.name in STRETCHING:
            call.args = replaced(call.args, Value, stretched)
        return call

    def _parameter(self, name: str, shape: Shape, x: Value) -> Value:
        if (name, shape) not in self._known:
            layer = Layer("LearnedConstant", {"shape": list(shape)}, (x,), {"weight": name})
            path = tuple(name.split("."))
            self._known[name, shape] = self._add(layer, shape, path)
        return self._known[name, shape]

    def _constant(self, origin: Origin, shape: Shape, x: Value, path: Path) -> Value:
        numbers = _flat(origin.constant())
        if not numbers:
            raise NotSaid("with a constant of too many numbers")
        if len(set(numbers)) == 1:
            return self._filled(numbers[0], shape, x, path)
        steps = _steps(numbers, shape)
        if steps is None and len(numbers) > MOST_NUMBERS:
            raise NotSaid(f"with a constant of {len(numbers)} numbers")
        if steps is None:
            layer = Layer("Constant", {"shape": list(shape), "values": numbers}, (x,))
        else:
            layer = Layer("Linspace", {"shape": list(shape), **steps}, (x,))
        return self._add(layer, shape, path)

    def _filled(self, number: float, shape: Shape, x: Value, path: Path) -> Value:
        ones = (1,) * len(shape)
        layer = Layer("Constant", {"shape": list(ones), "values": [number]}, (x,))
        found = self._add(layer, ones, path)
        if ones == shape:
            return found
        return self._add(Layer("Expand", {"shape": list(shape)}, (found,)), shape, path)

    def _add(self, said: Layer | Chain, shape: Shape, path: Path) -> Value:
        if isinstance(said, Chain):
            key = self._ledger.add_chain(said, (BATCH, *shape), path)
        else:
            key = self._ledger.add(said, (BATCH, *shape), path)
        return Value(key, (BATCH, *shape), samples=NOWHERE)


def _values(call: Call) -> list[Value]:
    found: list[Value] = []
    replaced([*call.args, *call.kwargs.values()], Value, found.append)
    return found


def _aligned(shape: Shape, x: Value) -> Shape:
    """The shape of a tensor beside a value, dimension by dimension, as a network has it.

    Raises:
        NotSaid: it has more dimensions, or differs from sample to sample.
    """
    full = [*(1,) * (x.rank - len(shape)), *shape]
    dim, parts = x.samples
    if len(full) > x.rank:
        raise NotSaid("with a tensor of more dimensions")
    if parts == 1 and full.pop(dim) != 1:
        raise NotSaid("with a tensor that differs along the batch")
    return tuple(full)


def _flat(numbers: Any) -> list[float]:
    if isinstance(numbers, list):
        return [number for inner in numbers for number in _flat(inner)]
    return [] if numbers is None or isinstance(numbers, bool) else [numbers]


def _steps(numbers: Sequence[float], shape: Shape) -> dict[str, Any] | None:
    """The arguments of the Linspace that numbers of a shape are; None: they are none."""
    first, last = numbers[0], numbers[-1]
    for dim, size in enumerate(shape, 1):
        if size < 3 or first == last:
            continue
        inner = prod(shape[dim:])
        step = (last - first) / (size - 1)
        largest = max(abs(first), abs(last))
        if all(
            isclose(number, first + step * (place // inner % size), abs_tol=1e-6 * largest)
            for place, number in enumerate(numbers)
        ):
            return {"dim": dim, "start": first, "end": last}
    return None
