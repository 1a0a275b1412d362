"""Fixed numbers as layers, where they meet a value that follows from the input. No torch here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import isclose, isfinite, prod
from typing import Any

from ..layers.shapes import Shape
from .graph import NotSaid
from .ledger import Ledger, Path
from .operations import Chain, Layer, Origin, Value
from .samples import NOWHERE

MOST_NUMBERS = 64
"""Numbers of a constant beyond which a spec is not to hold them: it is a Buffer then."""


class Constants:
    """The layers that give fixed numbers.

    Attributes:
        ledger: where they are recorded.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._known: dict[object, Value] = {}

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Forget what is recorded within, where it ends with NotSaid."""
        try:
            with self.ledger.all_or_nothing():
                yield
        except NotSaid:
            shapes = self.ledger.shapes
            self._known = {own: value for own, value in self._known.items() if value.key in shapes}
            raise

    def constant(self, origin: Origin, name: str, shape: Shape, x: Value, path: Path) -> Value:
        """A layer's value of fixed numbers: Constant, Linspace, or a Buffer where they are many.

        Args:
            origin: of the numbers.
            name: of the original's tensor whose numbers they are, in this order; '': none's.
            shape: of the value, without the batch.
            x: from which it has the batch.
            path: of a layer without a name of its own.
        """
        numbers = flat(origin.constant())
        if numbers and all(map(isfinite, numbers)):
            if len(set(numbers)) == 1:
                return self._filled(numbers[0], shape, x, path)
            if (steps := _steps(numbers, shape)) is not None:
                return self.add(Layer("Linspace", {"shape": list(shape), **steps}, (x,)), path)
            if len(numbers) <= MOST_NUMBERS:
                given = {"shape": list(shape), "values": numbers}
                return self.add(Layer("Constant", given, (x,)), path)
        first = numbers[0] if numbers and isfinite(numbers[0]) else 1
        given = {"shape": list(shape)} | ({} if first == 1 else {"init_value": first})
        return self._buffer(origin, name, given, x, path)

    def _buffer(
        self, origin: Origin, name: str, given: dict[str, Any], x: Value, path: Path
    ) -> Value:
        known, shape = self._known.get(name or origin), tuple(given["shape"])
        if known is None:
            values: Mapping[str, Origin] = {} if name else {"value": origin}
            held = {"value": name or f"{self.ledger.next_key} made"}
            layer = Layer("Buffer", given, (x,), held, values=values)
            known = self.add(layer, self.place(name, path))
            self._known[name or origin] = known
        return self.shaped(known, shape, path)

    def parameter(self, name: str, shape: Shape, x: Value, path: Path) -> Value:
        """A layer's value of learned numbers, once for each name; arguments as of `constant`."""
        known = self._known.get(name)
        if known is None:
            self.ledger.refuse_taken(name)
            layer = Layer("LearnedConstant", {"shape": list(shape)}, (x,), {"weight": name})
            known = self._known[name] = self.add(layer, self.place(name, path))
        return self.shaped(known, shape, path)

    def place(self, name: str, path: Path) -> Path:
        """Where the layer stands that holds the original's tensor of a name."""
        return tuple(name.split(".")) if name else path

    def _filled(self, number: float, shape: Shape, x: Value, path: Path) -> Value:
        ones = (1,) * len(shape)
        found = self.add(Layer("Constant", {"shape": list(ones), "values": [number]}, (x,)), path)
        if ones == shape:
            return found
        return self.add(Layer("Expand", {"shape": list(shape)}, (found,)), path)

    def shaped(self, value: Value, shape: Shape, path: Path) -> Value:
        """The value in a shape, without the batch."""
        if value.shape[1:] == shape:
            return value
        return self.add(Layer("Reshape", {"shape": list(shape)}, (value,)), path)

    def add(self, said: Layer | Chain, path: Path, shape: Shape | None = None) -> Value:
        """Record a layer; `shape`: what it gives, where its type does not say it."""
        chain = said if isinstance(said, Chain) else Chain(said.reads)
        if isinstance(said, Layer):
            chain.layers.append(said._replace(reads=()))
        whole = None if shape is None else (self.ledger.batch, *shape)
        key = self.ledger.add_chain(chain, whole, path)
        return Value(key, (self.ledger.batch, *self.ledger.shapes[key]), samples=NOWHERE)


def aligned(shape: Shape, x: Value) -> Shape:
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


def flat(numbers: Any) -> list[float]:
    """Nested lists of numbers in a row; [] where they are none."""
    if isinstance(numbers, list):
        return [number for inner in numbers for number in flat(inner)]
    return [] if numbers is None else [+numbers]  # a truth value is 0 or 1


def _steps(numbers: Sequence[float], shape: Shape) -> dict[str, Any] | None:
    """The arguments of the Linspace that numbers of a shape are; None: they are none."""
    first, last = numbers[0], numbers[-1]
    if len(numbers) != prod(shape):
        return None
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
