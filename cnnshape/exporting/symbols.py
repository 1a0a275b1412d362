"""The shapes at all places of a template in one: numbers where they agree, else words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..layers.shapes import Shape, spatial_letters

Values = tuple[int, ...]
"""One size at each place."""


class Symbols:
    """What the sizes of a template's values are called: by its parameters, by what comes in.

    Args:
        parameters: the values of each at all places, by what it is called in Python.
    """

    def __init__(self, parameters: Mapping[str, Sequence[Any]]) -> None:
        whole = {
            name: tuple(values)
            for name, values in parameters.items()
            if all(type(value) is int and value > 0 for value in values)
        }
        self._channels = {name: whole[name] for name in whole if name != "stride"}
        self._strides = whole.get("stride", ())
        self._sizes: dict[str, Values] = {}

    def text(self, shapes: Sequence[Shape], ending: str = "") -> str:
        """'N×out×H×W': one value's shape, given that at each place; '' where ranks differ.

        Args:
            shapes: of the values, without the batch.
            ending: of the letters of sizes that nothing before tells.
        """
        if len({len(shape) for shape in shapes}) != 1:
            return ""
        if not shapes[0]:
            return "N"
        channels, *space = [tuple(sizes) for sizes in zip(*shapes, strict=True)]
        letters = spatial_letters(len(space)) if space else ()
        axes = list(zip(letters, space, strict=True))
        words = [self._computed(*axis) for axis in axes]
        if not all(words):  # of sizes that follow no rule, one that does would mislead
            words = [self._told(*axis) or f"{axis[0]}{ending}" for axis in axes]
        for word, (letter, sizes) in zip(words, axes, strict=True):
            if word == f"{letter}{ending}":
                self._sizes[word] = sizes
        return "×".join(("N", self._channel(channels, f"C{ending}"), *words))

    def _channel(self, values: Values, new: str) -> str:
        if len(set(values)) == 1:
            return str(values[0])
        found = next(_as(self._channels, values), None)
        if found is None:
            self._channels[new] = values
        return found or new

    def _told(self, letter: str, values: Values) -> str:
        """A size that is the same as another, or at all places; '' where it is neither."""
        for name, sizes in self._sizes.items():
            if name.startswith(letter) and sizes == values:
                return name
        return str(values[0]) if len(set(values)) == 1 else ""

    def _computed(self, letter: str, values: Values) -> str:
        """The same, or a size that follows from another."""
        if told := self._told(letter, values):
            return told
        own = {name: sizes for name, sizes in self._sizes.items() if name.startswith(letter)}
        for name, sizes in own.items():
            if self._strides and all(
                a == b * stride for a, b, stride in zip(sizes, values, self._strides, strict=True)
            ):
                return f"({name}/stride)"
        return next(_as(own, values), "")


def _as(known: Mapping[str, Values], values: Values) -> Iterator[str]:
    """What values are by what is known: the same, a multiple, or a part."""
    for name, base in known.items():
        if base == values:
            yield name
    for name, base in known.items():
        many, part = values[0] // base[0], base[0] // values[0]
        if many > 1 and all(b == many * a for a, b in zip(base, values, strict=True)):
            yield f"({many}{name})" if len(name) == 1 else f"({many}·{name})"
        if part > 1 and all(a == part * b for a, b in zip(base, values, strict=True)):
            yield f"({name}/{part})"


def joined(texts: Sequence[str]) -> str:
    """Several shapes in words; '' where one is not known."""
    if not all(texts):
        return ""
    if len(texts) > 2 and len(set(texts)) == 1:
        return f"{len(texts)} times {texts[0]}"
    return " and ".join(texts)
