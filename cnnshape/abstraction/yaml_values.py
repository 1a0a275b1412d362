"""Values, names and arguments as they stand in the YAML of a spec."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from .program import Argument, Expression, Parameter, PerTurn
from .series import by_steps

INDENT = "  "
WIDTH = 100
"""Columns beyond which a text at the head of the file is folded."""


def argument(value: Argument) -> str:
    """An argument as it stands in a flow mapping."""
    if isinstance(value, PerTurn):
        return f'"${{{_over_turns(value.values)}}}"'
    if isinstance(value, Parameter | Expression):
        code = _code(value)
        return f"${code}" if code.isidentifier() else f'"${{{code}}}"'
    return _inside(value)


def replaced(value: Argument, values: Mapping[str, Argument]) -> Argument:
    """An argument with the parameters of an inlined template replaced by what they are."""
    if isinstance(value, Parameter):
        return values.get(value.name, value)
    if isinstance(value, PerTurn):
        turns = tuple([replaced(item, values) for item in value.values])
        return turns[0] if len(set(map(repr, turns))) == 1 else PerTurn(turns)
    if not isinstance(value, Expression):
        return value

    def put(found: re.Match[str]) -> str:
        if found[0] not in values:
            return found[0]
        code = _code(values[found[0]])
        return code if re.fullmatch(r"\w+", code) else f"({code})"

    text = re.sub(r"'[^']*'|[A-Za-z_]\w*", put, value.text)
    # A part is written only of what it divides, so that 16 * (in_channels // 16) is all of it.
    whole = re.fullmatch(r"(\d+) \* \((\w+) // \1\)", text)
    return Expression(whole[2] if whole else text)


def _code(value: Argument) -> str:
    """An argument as a part of an expression."""
    if isinstance(value, Parameter):
        return value.name
    if isinstance(value, Expression):
        return value.text
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return repr(value)


def _over_turns(values: Sequence[Argument]) -> str:
    """An argument that is not the same in all turns, by the turn `i`."""
    first, *rest = values
    if len(set(map(repr, rest))) == 1:
        if isinstance(first, bool):
            return "i == 0" if first else "i > 0"
        return f"{_code(first)} if i == 0 else {_code(rest[0])}"
    steps = by_steps(values)
    assert steps is not None
    turn = "i" if not steps.start else f"(i {'+' if steps.start > 0 else '-'} {abs(steps.start)})"
    product = turn if steps.whole == 1 else f"{flow(steps.whole)} * {turn}"
    return product if steps.parts == 1 else f"{product} / {steps.parts}"


def mapping(entry: Mapping[str, str]) -> str:
    """A mapping on one line."""
    return "{" + ", ".join(f"{key}: {value}" for key, value in entry.items()) + "}"


def text(value: str, *, quote: bool = True) -> str:
    """A text as a spec holds it inside brackets, `$` doubled."""
    doubled = value.replace("$", "$$")
    return _inside(doubled) if quote else doubled


def flow(value: Any) -> str:
    """A plain value on one line of YAML."""
    if isinstance(value, dict):
        return mapping({key: "~" if item is None else _inside(item) for key, item in value.items()})
    if isinstance(value, list):
        return f"[{', '.join(map(_inside, value))}]"
    if isinstance(value, float) and re.fullmatch(r"\d+(\.\d+)?e[-+]\d+", repr(value)):
        return re.sub(r"e([-+])0*", lambda found: f"e{found[1].strip('+')}", repr(value))
    value = str(value) if isinstance(value, str) else value  # a TypeName is no str to YAML
    return _dumped(value).removesuffix("\n").removesuffix("\n...")


def _inside(value: Any) -> str:
    """A plain value inside brackets, where a text with a comma would be two."""
    return _dumped([str(value)])[1:-2] if isinstance(value, str) else flow(value)


def _dumped(value: Any) -> str:
    dumped: str = yaml.safe_dump(
        value, default_flow_style=True, sort_keys=False, allow_unicode=True, width=float("inf")
    )
    return dumped


def folded(key: str, words: str) -> list[str]:
    """The lines of a text at the head of a spec."""
    line = f"{key}: {flow(words)}"
    if len(line) <= WIDTH or words != " ".join(words.split()):
        return [line]
    from textwrap import wrap

    wrapped = wrap(words, WIDTH - 2, break_long_words=False, break_on_hyphens=False)
    return [f"{key}: >-", *(f"{INDENT}{part}" for part in wrapped)]
