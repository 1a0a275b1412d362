"""A text with expressions in it, read: all that stages after the reading know of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from .bounds import Budget, bounded

Names: TypeAlias = Mapping[str, Any]
"""What expressions can name, with the values."""
Expression: TypeAlias = Callable[[Names, Budget], Any]
"""An expression, read: its value for what it names; raises ExpressionError for none."""


class TextTemplate:
    """A text with `$` in it, read once: a whole expression, or text around expressions.

    Attributes:
        text: as it is written.
        parts: texts and expressions, in order.
        work: how many values evaluating it makes.
    """

    __slots__ = ("_alone", "parts", "text", "work")

    def __init__(self, text: str, parts: tuple[str | Expression, ...], work: int) -> None:
        self.text = text
        self.parts = parts
        self.work = work
        only = parts[0] if len(parts) == 1 else ""
        self._alone = None if isinstance(only, str) else only

    def evaluate(self, names: Names, budget: Budget) -> Any:
        """The value: of any type for one expression alone, a text otherwise.

        Raises:
            ExpressionError: a name is unknown, an operation does not fit its operands, or
                a value is beyond the limits.
        """
        budget.spend(self.work)
        if self._alone is not None:
            return self._alone(names, budget)
        text = ""
        for part in self.parts:
            text += part if isinstance(part, str) else as_text(part(names, budget))
            bounded(text, budget)
        return text

    def __len__(self) -> int:
        """Characters of the text, as it is written."""
        return len(self.text)

    def __repr__(self) -> str:
        return f"TextTemplate({self.text!r})"


def as_text(value: Any) -> str:
    """A value within a text: true, false and null as YAML writes them."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
