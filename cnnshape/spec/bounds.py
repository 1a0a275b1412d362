"""What every value is held to, how much work expressions may do, and how they fail."""

from __future__ import annotations

from collections.abc import Sized
from math import isfinite
from typing import Any

from . import limits


class ExpressionError(Exception):
    """An expression that cannot be read or has no value; the text says why."""


class UnknownName(ExpressionError):
    """A name that stands for nothing here."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not defined here")
        self.name = name


class BudgetSpent(ExpressionError):
    """All expressions of a spec together would take too long."""

    def __init__(self) -> None:
        super().__init__(
            "the expressions and arguments of this spec, with every repeat, make more than "
            f"{limits.WORK:,} values"
        )


class Budget:
    """The work that one spec may make, so that none can take for ever.

    Attributes:
        left: values that its expressions may still make.
        steps: entries that may still be looked at.
        stamped: layers that may still be copied from blocks into blocks.
    """

    __slots__ = ("left", "stamped", "steps")

    def __init__(
        self,
        work: int = limits.WORK,
        steps: int = limits.STEPS,
        stamped: int = limits.STAMPED,
    ) -> None:
        self.left = work
        self.steps = steps
        self.stamped = stamped

    def spend(self, work: int) -> None:
        """Take away the work of making `work` values; raises BudgetSpent when none is left."""
        self.left -= work
        if self.left < 0:
            raise BudgetSpent


def bounded(value: Any, budget: Budget) -> Any:
    """`value`, or ExpressionError where it is beyond the limits."""
    if isinstance(value, int):
        if abs(value) > limits.INTEGER:
            raise ExpressionError("the value is too large: whole numbers go up to 2^40")
    elif isinstance(value, float):
        if not isfinite(value):
            raise ExpressionError("the value is not finite")
    elif isinstance(value, complex):
        raise ExpressionError("the value is not real")
    elif isinstance(value, str):
        if len(value) > limits.LIST:
            raise ExpressionError(f"a text may have {limits.LIST:,} characters")
    elif isinstance(value, tuple):
        count = element_count(value)
        if count > limits.LIST:
            raise ExpressionError(f"a list may have {limits.LIST:,} elements")
        budget.spend(count)
    return value


def element_count(value: Any) -> int:
    """Elements of nested lists, and characters of texts in them, no further than the limit."""
    if isinstance(value, tuple):
        total = 1
        for item in value:
            total += element_count(item)
            if total > limits.LIST:
                break
        return total
    return len(value) if isinstance(value, Sized) else 1
