"""How a number comes about: sums of products whose factors say what they count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import prod
from typing import TypeAlias

# Plain classes: each named tuple would take a third of a millisecond at every start.


class Factor:
    """Some sizes that are multiplied, and what they count together: 6·28·28 outputs."""

    __slots__ = ("sizes", "what")

    def __init__(self, sizes: tuple[int, ...], what: str) -> None:
        self.sizes = sizes
        self.what = what

    @property
    def value(self) -> int:
        """The product of the sizes."""
        return prod(self.sizes)

    def __str__(self) -> str:
        return f"{product(self.sizes)} {self.what}"


class Product:
    """Factors that are multiplied: 6·28·28 outputs × 1·5·5 weights each."""

    __slots__ = ("factors",)

    def __init__(self, factors: tuple[Factor, ...]) -> None:
        self.factors = factors

    @property
    def value(self) -> int:
        """The product of the factors."""
        return prod(factor.value for factor in self.factors)

    def __str__(self) -> str:
        return " × ".join(map(str, self.factors))


Working: TypeAlias = tuple[Product, ...]
"""Products that are added up; none: the number has no working, or is 0."""


class SizeRule:
    """The rule for the size along one dimension.

    Attributes:
        text: in letters, '(W−F+2P)/S+1'.
        letters: their values in this place. `MEANINGS` says what each stands for.
    """

    __slots__ = ("letters", "text")

    def __init__(self, text: str, letters: Mapping[str, int]) -> None:
        self.text = text
        self.letters = letters

    def with_numbers(self) -> str:
        """The rule with the numbers in the places of its letters: '(32−5+2·0)/1+1'."""
        text = self.text.replace("2P", "2·P").replace("D(", "D·(").replace(")S", ")·S")
        for letter in sorted(self.letters, reverse=True):  # P′ before P
            text = text.replace(letter, str(self.letters[letter]))
        return text

    def with_meanings(self) -> str:
        """The rule with what its letters stand for: '(W−F+2P)/S+1 with input size W = 32, ...'."""
        letters = ", ".join(f"{MEANINGS[name]} {name} = {n}" for name, n in self.letters.items())
        return f"{self.text} with {letters}"


MEANINGS: Mapping[str, str] = {
    "W": "input size",
    "F": "window",
    "P": "padding",
    "P′": "padding after",
    "S": "stride",
    "D": "dilation",
    "A": "output padding",
}
"""What the letters of size rules stand for."""


def times(*factors: tuple[Iterable[int], str]) -> Product:
    """A product of (sizes, what they count) pairs."""
    return Product(tuple(Factor(tuple(sizes), what) for sizes, what in factors))


def of_each_output(output: Iterable[int], count: int, what: str) -> Product:
    """So many of something for each output: '6·28·28 outputs × 1 bias each'."""
    return times((output, "outputs"), ((count,), f"{what} each"))


def with_bias(uses: Working, output: Iterable[int], *, bias: bool) -> Working:
    """Uses of weights, and of a bias for each output where there is one."""
    return (*uses, of_each_output(output, 1, "bias")) if bias else uses


def product(sizes: Iterable[int]) -> str:
    """'6·28·28'; of no sizes '1'."""
    return "·".join(map(str, sizes)) or "1"


def value(working: Working) -> int:
    """The number that a working comes to."""
    return sum(each.value for each in working)
