"""What a column of values is written as: a parameter, or an expression of others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from .groups import ABSENT
from .program import Argument, Expression, Parameter

FACTOR = "expand_ratio"
"""What the channels that come in are multiplied with, where some groups do not expand."""
TURNS = "depth"
"""How many turns a group has, where that differs from place to place."""


class Column(NamedTuple):
    """An argument of a child, with its value in every instance; ABSENT where it has none.

    Attributes:
        child: the slot.
        argument: its name.
        values: one an instance.
        channels: whether it counts channels, so that one may be a multiple of another by more
            than chance.
    """

    child: int
    argument: str
    values: tuple[Any, ...]
    channels: bool

    def key(self) -> str:
        """The same for columns of the same values, unless that is by chance alone."""
        return f"{TURNS if _is_alone(self) else ''}{self.values!r}"

    @property
    def everywhere(self) -> bool:
        """Whether it has a value in every instance."""
        return not any(value is ABSENT for value in self.values)


class Solver:
    """Writes each column by what there is already, or by a new parameter.

    Args:
        incoming: the channels that come in, one an instance; None: they cannot be named.
        factor: what they are multiplied with, where that is a parameter.
        inline: what is written is a part of a template, which may say channels in its own way:
            they are left to it as parameters.
        given: the channels that come in are a parameter.

    Attributes:
        params: the parameters so far.
        names: what new ones are called, by the keys of their columns; these keys themselves,
            where there is no name.
    """

    def __init__(
        self,
        incoming: tuple[int, ...] | None,
        factor: tuple[int, ...] | None = None,
        *,
        inline: bool = False,
        given: bool = False,
    ) -> None:
        self.params: dict[str, Column] = {}
        self.names: Mapping[str, str] = {}
        self.incoming = incoming
        self.inline = inline
        if given and incoming is not None:
            self.params["in_channels"] = Column(-1, "in_channels", incoming, channels=True)
        if factor is not None:
            self.params[FACTOR] = Column(-1, FACTOR, factor, channels=False)

    def argument(self, column: Column) -> Argument:
        """A column as what it is written as, if need be a new parameter."""
        if (found := self.known(column)) is not None:
            return found
        name = self.names.get(column.key(), column.key())
        self.params[name] = column
        return Parameter(name)

    def known(self, column: Column) -> Argument:
        """A column by what there is already; None where nothing gives it."""
        for name, other in self.params.items():
            related = not (_is_alone(other) or _is_alone(column))
            if (related or other.argument == column.argument) and _fits(
                other.values, column.values
            ):
                return Parameter(name)
        if column.channels and (found := self._by_channels(column)):
            return found
        if column.argument.endswith("shape"):
            return self._by_size(column)
        return self._by_kernel(column) if column.argument == "padding" else None

    def _by_channels(self, column: Column) -> Argument | None:
        bases = list(self._bases())
        for name, base in bases:
            if _fits(base, column.values):
                return Expression(name)
        for name, base in bases:
            several = len(set(map(repr, base))) > 1
            if several and (text := _ratio(name, base, column.values)):
                return Expression(text)
        return None

    def _bases(self) -> Iterator[tuple[str, tuple[Any, ...]]]:
        if self.incoming is not None:
            if not self.inline:
                yield "in_channels", self.incoming
            if FACTOR in self.params:
                factors = self.params[FACTOR].values
                wide = [f * c for f, c in zip(factors, self.incoming, strict=True)]
                yield f"{FACTOR} * in_channels", tuple(wide)
        for name, column in self.params.items():
            if column.channels and not (self.inline and name == "in_channels"):
                yield name, column.values

    def _by_size(self, column: Column) -> Argument | None:
        """A shape by its channels: [in_channels, 1, 1]."""
        sizes = [value for value in column.values if value is not ABSENT]
        if (
            not all(type(size) is list and size for size in sizes)
            or len({repr(size[1:]) for size in sizes}) > 1
        ):
            return None
        first = [value if value is ABSENT else value[0] for value in column.values]
        found = self.known(Column(column.child, "channels", tuple(first), channels=True))
        if not isinstance(found, Parameter | Expression):
            return None
        name = found.name if isinstance(found, Parameter) else found.text
        return Expression(f"[{', '.join([name, *map(repr, sizes[0][1:])])}]")

    def _by_kernel(self, column: Column) -> Argument | None:
        for name, other in self.params.items():
            if other.argument == "kernel_size" or name.endswith("kernel"):
                halves = tuple([k // 2 if type(k) is int else None for k in other.values])
                if _fits(halves, column.values):
                    return Expression(f"{name} // 2")
        return None


def _is_alone(column: Column) -> bool:
    """Whether it is equal to others by chance alone."""
    return column.argument == FACTOR or TURNS in column.argument


def _fits(values: tuple[Any, ...], column: tuple[Any, ...]) -> bool:
    """Whether these are the values of a column, wherever it has any."""
    pairs = zip(values, column, strict=True)
    return all(wanted is ABSENT or repr(value) == repr(wanted) for value, wanted in pairs)


def _ratio(name: str, base: tuple[Any, ...], column: tuple[Any, ...]) -> str:
    """The column as a multiple of a base, or as a part of it; '' where it is neither."""
    pairs = [(a, b) for a, b in zip(base, column, strict=True) if b is not ABSENT]
    if any(type(a) is not int or type(b) is not int or a < 1 or b < 1 for a, b in pairs):
        return ""
    a, b = pairs[0]
    if b % a == 0 and all(y == x * (b // a) for x, y in pairs):
        return f"{b // a} * {name}"
    if (
        " " not in name
        and a % b == 0
        and all(x % (a // b) == 0 and y == x // (a // b) for x, y in pairs)
    ):
        return f"{name} // {a // b}"
    return ""
