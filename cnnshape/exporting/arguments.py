"""The arguments of a program's calls as Python writes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..abstraction import Call, Expression, Parameter, PerTurn
from ..abstraction.conditions import NO_TYPE
from ..spec.expressions import value_of as value_of_expression
from .forms import value_text

WORD = re.compile(r"[A-Za-z_]\w*")


def text_of(value: Any, own: Mapping[str, str], turn: int = 0) -> str:
    """An argument as Python.

    Args:
        value: the argument's value.
        own: the texts of the parameters around, which are put in.
        turn: of a repeat.
    """
    if isinstance(value, PerTurn):
        return text_of(value.values[turn], own)
    if isinstance(value, Parameter):
        return own[value.name]
    if not isinstance(value, Expression):
        return value_text(value)
    put = WORD.sub(lambda found: _operand(own.get(found[0], found[0])), value.text)
    return _computed(f"({put[1:-1]})" if put.startswith("[") else put)


def texts_of(arguments: Mapping[str, Any], own: Mapping[str, str], turn: int = 0) -> dict[str, str]:
    """All arguments of a call, as `text_of` gives them."""
    return {name: text_of(value, own, turn) for name, value in arguments.items()}


def condition(call: Call, own: Mapping[str, str]) -> str:
    """When a call is there, as Python: 'True', 'False' or an expression."""
    when = call.when
    if isinstance(when, Expression) and when.text.endswith(f" != '{NO_TYPE}'"):
        return "True"  # the type is nn.Identity where there is no layer
    text = text_of(when, own)
    if text in ("True", "False"):
        return text
    if {*WORD.findall(text)} <= {"and", "or"}:
        return str(bool(value_of_expression(text, {})))
    return text


def is_literal(value: Any) -> bool:
    """Whether an argument is the same wherever its template stands."""
    return not isinstance(value, Parameter | Expression | PerTurn)


def _operand(text: str) -> str:
    return text if re.fullmatch(r"\w+", text) else f"({text})"


def _computed(text: str) -> str:
    """A product or quotient of whole numbers as the number that it is."""
    found = re.fullmatch(r"([0-9]{1,12}) (\*|//) ([0-9]{1,12})", text)
    if found is None or (found[3].strip("0") == "" and found[2] == "//"):
        return text
    first, second = int(found[1]), int(found[3])
    return str(first * second if found[2] == "*" else first // second)
