"""How arguments are drawn: by hypothesis, simplest first, now and then unsound."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


class Chooser:
    """Draws by hypothesis. What stands first, or is least, is what a failure shrinks to."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self._draw = draw

    def whole(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, or `low` where `high` is less."""
        return int(self._draw(st.integers(low, max(low, high))))

    def one_of(self, options: Sequence[T]) -> T:
        """One of the options."""
        return options[self.whole(0, len(options) - 1)]

    def chance(self, one_in: int) -> bool:
        """True once in so many times."""
        return self.whole(1, one_in) == one_in

    def slip(self) -> bool:
        """Whether to draw what most likely does not fit."""
        return self.chance(25)

    def some(self, **options: Sequence[Any]) -> dict[str, Any]:
        """Each argument in one case of three, with one of its values."""
        return {name: self.one_of(values) for name, values in options.items() if self.chance(3)}

    def each(self, sizes: Sequence[int], value: Callable[[int], T]) -> T | list[T]:
        """A value for the least of the sizes (1 where there is none), or a list of one for each."""
        if len(sizes) > 1 and self.chance(3):
            return [value(size) for size in sizes]
        return value(min(sizes, default=1))

    def factors(self, number: int, count: int) -> list[int]:
        """`count` factors of `number`; one of them may stand as −1, the rest's remainder."""
        found = []
        for _ in range(count - 1):
            found.append(self.one_of(divisors(number)))
            number //= found[-1]
        found.append(number)
        if self.chance(3):
            found[self.whole(0, count - 1)] = -1
        if self.slip():
            found[self.whole(0, count - 1)] += 1
        return found

    def dim(self, rank: int, low: int = 1) -> int:
        """A dimension of a sample of `rank`, the batch counted as 0, from either end."""
        if self.slip():
            return self.one_of([rank + 1, -rank - 2])
        dim = self.whole(low, rank)
        return dim - rank - 1 if self.chance(3) else dim


def divisors(number: int) -> list[int]:
    """All divisors, from 1."""
    return [each for each in range(1, number + 1) if number % each == 0]
