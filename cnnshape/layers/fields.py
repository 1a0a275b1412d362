"""The arguments of a layer type: what each may be, checked by a small table of kinds.

Why neither msgspec nor pydantic nor dataclasses: a kind must know the layer type (a pair
for a 2-d layer, a triple for a 3-d one), all faults of a layer are wanted at once, and
all types must be defined in a few milliseconds at every start. A descriptor and a dozen
small classes do that; generated ``__init__`` code costs more to compile than to run.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from sys import float_info
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast, overload

from ..errors import did_you_mean
from .shapes import spatial_letters

if TYPE_CHECKING:
    from typing_extensions import Self

    from .base import Layer

T = TypeVar("T")

LARGEST_INTEGER = 2**40
"""The largest whole number that an argument may hold; far beyond any real net."""


class Kind(Generic[T]):
    """What a value may be. `read` converts or refuses; `schema` says the same in JSON Schema."""

    def read(self, value: object, layer: type[Layer]) -> T:
        """The value in its one internal form; raises ValueError with `refusal`."""
        raise NotImplementedError

    def expected(self, layer: type[Layer]) -> str:
        """What it takes, in words that follow 'must be'."""
        raise NotImplementedError

    def schema(self, layer: type[Layer]) -> dict[str, Any]:
        """The JSON Schema of what it takes."""
        raise NotImplementedError

    def placeholder(self, layer: type[Layer]) -> str:
        """What stands for a value in a hint: 'add kernel_size: N'."""
        return "..."

    def near(self, value: object) -> str | None:
        """The word that was probably meant by one that does not fit; None where none is near."""
        return None

    def refusal(self, value: object, layer: type[Layer]) -> ValueError:
        """The error for a value that does not fit."""
        return ValueError(f"must be {self.expected(layer)}, not {shown(value)}")


class Integer(Kind[int]):
    """A whole number within bounds."""

    def __init__(self, min: int | None = None, max: int = LARGEST_INTEGER) -> None:
        self.min = min
        self.max = max

    def read(self, value: object, layer: type[Layer]) -> int:
        if type(value) is not int:
            if isinstance(value, float) and value.is_integer():
                raise ValueError(
                    f"must be a whole number, not {shown(value)}: write {int(value)}"
                    " (in an expression, // divides to a whole number)"
                )
            raise self.refusal(value, layer)
        if (self.min is not None and value < self.min) or not -self.max <= value <= self.max:
            raise self.refusal(value, layer)
        return value

    def expected(self, layer: type[Layer]) -> str:
        if self.max != LARGEST_INTEGER:
            return f"a whole number from {self.min} to {self.max}"
        if self.min is not None:
            return f"a whole number of at least {self.min}"
        return "a whole number"

    def schema(self, layer: type[Layer]) -> dict[str, Any]:
        bounds: dict[str, Any] = {"type": "integer"}
        if self.min is not None:
            bounds["minimum"] = self.min
        if self.max != LARGEST_INTEGER:
            bounds["maximum"] = self.max
        return bounds

    def placeholder(self, layer: type[Layer]) -> str:
        return "N"


class Number(Kind[float]):
    """A real number within bounds; whole numbers are numbers too."""

    def __init__(
        self,
        min: float | None = None,
        max: float | None = None,
        *,
        above: float | None = None,
        below: float | None = None,
    ) -> None:
        self.min, self.max, self.above, self.below = min, max, above, below

    def read(self, value: object, layer: type[Layer]) -> float:
        if type(value) not in (int, float):
            raise self.refusal(value, layer)
        number = cast("float", value)
        if (
            isnan(number)
            or (self.min is not None and number < self.min)
            or (self.max is not None and number > self.max)
            or (self.above is not None and number <= self.above)
            or (self.below is not None and number >= self.below)
        ):
            raise self.refusal(value, layer)
        return number

    def expected(self, layer: type[Layer]) -> str:
        if self.min is not None and self.max is not None:
            return f"a number from {self.min:g} to {self.max:g}"
        parts = [
            f"{word} {bound:g}"
            for word, bound in (
                ("of at least", self.min),
                ("of at most", self.max),
                ("above", self.above),
                ("below", self.below),
            )
            if bound is not None
        ]
        return " ".join(["a number", " and ".join(parts)]).strip()

    def schema(self, layer: type[Layer]) -> dict[str, Any]:
        names = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
        bounds = (self.min, self.max, self.above, self.below)
        found = {n: b for n, b in zip(names, bounds, strict=True) if b is not None}
        return {"type": "number", **found}

    def placeholder(self, layer: type[Layer]) -> str:
        return "X"


FINITE = Number(min=-float_info.max, max=float_info.max)
"""Any number but the infinities."""


class Boolean(Kind[bool]):
    """true or false."""

    def read(self, value: object, layer: type[Layer]) -> bool:
        if not isinstance(value, bool):
            raise self.refusal(value, layer)
        return value

    def expected(self, layer: type[Layer]) -> str:
        return "true or false"

    def schema(self, layer: type[Layer]) -> dict[str, Any]:
        return {"type": "boolean"}


class Choice(Kind[str]):
    """One of a few words."""

    def __init__(self, *choices: str) -> None:
        self.choices = choices

    def read(self, value: object, layer: type[Layer]) -> str:
        if not isinstance(value, str) or value not in self.choices:
            raise self.refusal(value, layer)
        return value

    def expected(self, layer: type[Layer]) -> str:
        return any_of([repr(choice) for choice in self.choices])

    def near(self, value: object) -> str | None:
        return did_you_mean(value, self.choices) if isinstance(value, str) else None

    def schema(self, layer: type[Layer]) -> dict[str, Any]:
        return {"enum": list(self.choices)}


class Optional(Kind["T | None"], Generic[T]):
    """What `inner` takes, or null."""

    def __init__(self, inner: Kind[T]) -> None:
        self.inner = inner

    def read(self, value: object, layer: type[Layer]) -> T | None:
        return None if value is None else self.inner.read(value, layer)

    def expected(self, layer: type[Layer]) -> str:
        return f"{self.inner.expected(layer)}, or null"

    def near(self, value: object) -> str | None:
        return self.inner.near(value)

    def schema(self, layer: type[Layer]) -> dict[str, Any]:
        return {"anyOf": [self.inner.schema(layer), {"type": "null"}]}

    def placeholder(self, layer: type[Layer]) -> str:
        return self.inner.placeholder(layer)


class PerDimension(Kind["tuple[T, ...]"], Generic[T]):
    """One value for every spatial dimension, or a list of one each; read as a tuple."""

    def __init__(self, inner: Kind[T]) -> None:
        self.inner = inner

    def read(self, value: object, layer: type[Layer]) -> tuple[T, ...]:
        count: int = layer.spatial_dims  # type: ignore[attr-defined]
        if isinstance(value, (list, tuple)):
            if len(value) != count:
                raise self.refusal(value, layer)
            try:
                return tuple([self.inner.read(item, layer) for item in value])
            except ValueError:
                raise self.refusal(value, layer) from None
        try:
            return (self.inner.read(value, layer),) * count
        except ValueError as fault:
            if isinstance(value, float):
                raise fault
            raise self.refusal(value, layer) from None

    def expected(self, layer: type[Layer]) -> str:
        count = layer.spatial_dims  # type: ignore[attr-defined]
        inner = self.inner.expected(layer)
        if count == 1:
            return inner
        return f"{inner}, or a list of {count} ({', '.join(spatial_letters(count))})"

    def schema(self, layer: type[Layer]) -> dict[str, Any]:
        count = layer.spatial_dims  # type: ignore[attr-defined]
        inner = self.inner.schema(layer)
        items = {"type": "array", "items": inner, "minItems": count, "maxItems": count}
        return {"anyOf": [inner, items]}

    def placeholder(self, layer: type[Layer]) -> str:
        return self.inner.placeholder(layer)


class ListOf(Kind["tuple[T, ...]"], Generic[T]):
    """A list of values of one kind, with bounds on its length; read as a tuple."""

    def __init__(self, inner: Kind[T], min_length: int = 1, max_length: int | None = None) -> None:
        self.inner = inner
        self.min_length = min_length
        self.max_length = max_length

    def read(self, value: object, layer: type[Layer]) -> tuple[T, ...]:
        if (
            not isinstance(value, (list, tuple))
            or len(value) < self.min_length
            or (self.max_length is not None and len(value) > self.max_length)
        ):
            raise self.refusal(value, layer)
        try:
            return tuple(self.inner.read(item, layer) for item in value)
        except ValueError:
            raise self.refusal(value, layer) from None

    def expected(self, layer: type[Layer]) -> str:
        length = f"{self.min_length} or more" if self.min_length else "any number"
        if self.max_length is not None:
            length = (
                str(self.min_length)
                if self.min_length == self.max_length
                else f"{self.min_length} to {self.max_length}"
            )
        return f"a list of {length}, each {self.inner.expected(layer)}"

    def schema(self, layer: type[Layer]) -> dict[str, Any]:
        bounds: dict[str, Any] = {"type": "array", "items": self.inner.schema(layer)}
        if self.min_length:
            bounds["minItems"] = self.min_length
        if self.max_length is not None:
            bounds["maxItems"] = self.max_length
        return bounds

    def placeholder(self, layer: type[Layer]) -> str:
        return f"[{self.inner.placeholder(layer)}, ...]"


class Either(Kind[Any]):
    """What any of several kinds takes; the first that takes it reads it."""

    def __init__(self, *kinds: Kind[Any]) -> None:
        self.kinds = kinds

    def read(self, value: object, layer: type[Layer]) -> Any:
        for kind in self.kinds:
            try:
                return kind.read(value, layer)
            except ValueError:
                continue
        raise self.refusal(value, layer)

    def expected(self, layer: type[Layer]) -> str:
        return any_of([kind.expected(layer) for kind in self.kinds])

    def near(self, value: object) -> str | None:
        return next(filter(None, [kind.near(value) for kind in self.kinds]), None)

    def schema(self, layer: type[Layer]) -> dict[str, Any]:
        return {"anyOf": [kind.schema(layer) for kind in self.kinds]}

    def placeholder(self, layer: type[Layer]) -> str:
        return self.kinds[0].placeholder(layer)


class Field(Generic[T]):
    """One argument of a layer type. Read from an instance, it is the value.

    Attributes:
        kind: what it may be.
        required: it must be written.
        inferred: it follows from the incoming shape; where it is written, it is checked.
    """

    __slots__ = ("default", "inferred", "kind", "name", "required")

    def __init__(
        self,
        kind: Kind[Any],
        *,
        default: Any = None,
        required: bool = False,
        inferred: bool = False,
    ) -> None:
        self.kind = kind
        self.default = default
        self.required = required
        self.inferred = inferred

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: object | None, owner: type) -> Self | T:
        # Not a data descriptor: the value in the instance's __dict__ comes first, so that
        # this runs only for the class.
        return self

    def read(self, value: object, layer: type[Layer]) -> T:
        """The value in its internal form; raises ValueError 'must be ..., not ...'."""
        if value is None and self.inferred:
            return cast("T", None)
        result: T = self.kind.read(value, layer)
        return result

    def default_for(self, layer: type[Layer]) -> Any:
        """The default in its internal form."""
        return None if self.default is None else self.kind.read(self.default, layer)

    def placeholder(self, layer: type[Layer]) -> str:
        """What stands for a value in a hint."""
        return self.kind.placeholder(layer)

    def schema(self, layer: type[Layer]) -> dict[str, Any]:
        """The JSON Schema of what it takes, with its default."""
        schema = self.kind.schema(layer)
        if not self.required and not self.inferred:
            schema = {**schema, "default": self.default}
        return schema


def required(kind: Kind[T]) -> Field[T]:
    """An argument that must be written."""
    return Field(kind, required=True)


def defaulted(kind: Kind[T], default: Any) -> Field[T]:
    """An argument with a default, given as a spec would write it."""
    return Field(kind, default=default)


def inferred(kind: Kind[T]) -> Field[T]:
    """An argument that follows from the incoming shape (in_channels, num_features ...)."""
    return Field(kind, inferred=True)


def any_of(words: Sequence[str]) -> str:
    """'a', 'a or b', 'a, b or c'."""
    if len(words) == 1:
        return words[0]
    return f"{', '.join(words[:-1])} or {words[-1]}"


def shown(value: object) -> str:
    """A value as an error message shows it: short, and as YAML would write it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and abs(value) > LARGEST_INTEGER:
        return "a number beyond 2^40"
    text = repr(list(value)) if isinstance(value, tuple) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
