"""What an expression's tree gives: each operation, held to its operands and to the limits."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from ..text.counts import count_of
from . import limits
from .bounds import Budget, ExpressionError, UnknownName, bounded
from .functions import CONSTANTS, FUNCTIONS
from .template import Names, as_text


def _evaluate(node: ast.expr, names: Names, budget: Budget) -> Any:
    return EVALUATORS[type(node)](node, names, budget)


def _name(node: ast.Name, names: Names, budget: Budget) -> Any:
    if node.id in names:
        return names[node.id]
    if node.id in CONSTANTS:
        return CONSTANTS[node.id]
    raise UnknownName(node.id)


def _binary(node: ast.BinOp, names: Names, budget: Budget) -> Any:
    left = _evaluate(node.left, names, budget)
    right = _evaluate(node.right, names, budget)
    symbol, operate = OPERATORS[type(node.op)]
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        if symbol == "**":
            _check_power(left, right)
    elif symbol == "*" and {type(left), type(right)} == {tuple, int}:
        times, values = (left, right) if isinstance(left, int) else (right, left)
        if max(times, 0) * len(values) > limits.LIST:
            raise ExpressionError(f"a list may have {limits.LIST:,} elements")
    elif symbol != "+" or type(left) is not type(right) or type(left) not in (str, tuple):
        raise ExpressionError(f"{_shown(left)} {symbol} {_shown(right)} has no value")
    try:
        return bounded(operate(left, right), budget)
    except ZeroDivisionError:
        raise ExpressionError(f"{_shown(left)} {symbol} {_shown(right)} divides by zero") from None
    except (OverflowError, ValueError):
        raise ExpressionError(f"{_shown(left)} {symbol} {_shown(right)} is too large") from None


def _check_power(base: float, exponent: float) -> None:
    if isinstance(base, int) and isinstance(exponent, int):
        # |base| is at least 2 to the power of its bits less one.
        if exponent * (base.bit_length() - 1) > limits.INTEGER.bit_length():
            raise ExpressionError(f"{base} ** {exponent} is too large")
    elif base < 0 and exponent != int(exponent):
        raise ExpressionError(f"{base} ** {exponent} has no real value")


def _unary(node: ast.UnaryOp, names: Names, budget: Budget) -> Any:
    value = _evaluate(node.operand, names, budget)
    if isinstance(node.op, ast.Not):
        return not value
    if not isinstance(value, (int, float)):
        raise ExpressionError(f"{_shown(value)} has no sign")
    return -value if isinstance(node.op, ast.USub) else +value


def _boolean(node: ast.BoolOp, names: Names, budget: Budget) -> Any:
    stops_at = isinstance(node.op, ast.Or)
    value: Any = None
    for operand in node.values:
        value = _evaluate(operand, names, budget)
        if bool(value) is stops_at:
            return value
    return value


def _compare(node: ast.Compare, names: Names, budget: Budget) -> bool:
    left = _evaluate(node.left, names, budget)
    for op, operand in zip(node.ops, node.comparators, strict=True):
        right = _evaluate(operand, names, budget)
        symbol, compare = COMPARISONS[type(op)]
        try:
            if not compare(left, right):
                return False
        except TypeError:
            raise ExpressionError(
                f"{_shown(left)} {symbol} {_shown(right)} cannot be compared"
            ) from None
        left = right
    return True


def _conditional(node: ast.IfExp, names: Names, budget: Budget) -> Any:
    return _evaluate(
        node.body if _evaluate(node.test, names, budget) else node.orelse, names, budget
    )


def _subscript(node: ast.Subscript, names: Names, budget: Budget) -> Any:
    value = _evaluate(node.value, names, budget)
    index = _evaluate(node.slice, names, budget)
    if not isinstance(value, (tuple, str)) or type(index) is not int:
        raise ExpressionError(f"{_shown(value)}[{_shown(index)}] has no value")
    if not -len(value) <= index < len(value):
        raise ExpressionError(
            f"{_shown(value)} has {count_of(len(value), 'element')}, none at {index}"
        )
    return value[index]


def _list(node: ast.List | ast.Tuple, names: Names, budget: Budget) -> tuple[Any, ...]:
    items = tuple([_evaluate(item, names, budget) for item in node.elts])
    result: tuple[Any, ...] = bounded(items, budget)
    return result


def _call(node: ast.Call, names: Names, budget: Budget) -> Any:
    assert isinstance(node.func, ast.Name)
    name = node.func.id
    arguments = [_evaluate(argument, names, budget) for argument in node.args]
    try:
        return bounded(FUNCTIONS[name](*arguments), budget)
    except ExpressionError:
        raise
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        listed = ", ".join(map(_shown, arguments))
        raise ExpressionError(f"{name}({listed}) has no value") from None


EVALUATORS: dict[type, Callable[[Any, Names, Budget], Any]] = {
    ast.Constant: lambda node, names, budget: node.value,
    ast.Name: _name,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.BoolOp: _boolean,
    ast.Compare: _compare,
    ast.IfExp: _conditional,
    ast.Subscript: _subscript,
    ast.List: _list,
    ast.Tuple: _list,
    ast.Call: _call,
}
"""How each kind of node gets its value."""

OPERATORS: dict[type, tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Add: ("+", operator.add),
    ast.Sub: ("-", operator.sub),
    ast.Mult: ("*", operator.mul),
    ast.Div: ("/", operator.truediv),
    ast.FloorDiv: ("//", operator.floordiv),
    ast.Mod: ("%", operator.mod),
    ast.Pow: ("**", operator.pow),
}
"""The operators of two numbers: how each is written, and what it does."""

COMPARISONS: dict[type, tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Eq: ("==", operator.eq),
    ast.NotEq: ("!=", operator.ne),
    ast.Lt: ("<", operator.lt),
    ast.LtE: ("<=", operator.le),
    ast.Gt: (">", operator.gt),
    ast.GtE: (">=", operator.ge),
    ast.In: ("in", lambda item, values: item in values),
    ast.NotIn: ("not in", lambda item, values: item not in values),
}
"""The same of comparisons."""


def _shown(value: Any) -> str:
    text = repr(list(value)) if isinstance(value, tuple) else repr(value)
    if value is None or isinstance(value, bool):
        text = as_text(value)
    return text if len(text) <= 40 else text[:37] + "..."
