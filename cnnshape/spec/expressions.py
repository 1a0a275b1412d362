"""`$name` and `${expression}`: arithmetic over plain values, parsed once, never eval'ed.

An expression is Python's syntax, read with `ast` and held against a whitelist: numbers,
texts, true, false, null, lists; + - * / // % **, comparison, in, and, or, not, `a if c else
b`, indexing, and the functions of :data:`FUNCTIONS`. Every value that it makes is bounded.
"""

from __future__ import annotations

import ast
import math
import operator
import warnings
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from . import limits

Names: TypeAlias = Mapping[str, Any]
"""What expressions can name, with the values."""

CONSTANTS = {"true": True, "false": False, "null": None}


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
    """The work that one spec's expressions may do together, so that none can take for ever."""

    __slots__ = ("left",)

    def __init__(self, work: int = limits.WORK) -> None:
        self.left = work

    def spend(self, work: int) -> None:
        """Take away the work of making `work` values; raises BudgetSpent when none is left."""
        self.left -= work
        if self.left < 0:
            raise BudgetSpent


class Template:
    """A text with `$` in it, read once: a whole expression, or text around expressions."""

    __slots__ = ("alone", "parts", "text", "work")

    def __init__(self, text: str, parts: tuple[str | ast.expr, ...]) -> None:
        self.text = text
        self.parts = parts
        only = parts[0] if len(parts) == 1 else ""
        self.alone = None if isinstance(only, str) else only
        self.work = sum(1 if isinstance(part, str) else _nodes(part) for part in parts)

    def evaluate(self, names: Names, budget: Budget) -> Any:
        """The value: of any type for one expression alone, a text otherwise.

        Raises:
            ExpressionError: a name is unknown, an operation does not fit its operands, or
                a value is beyond the limits.
        """
        budget.spend(self.work)
        if self.alone is not None:
            return _EVALUATORS[type(self.alone)](self.alone, names, budget)
        text = ""
        for part in self.parts:
            text += part if isinstance(part, str) else _as_text(_evaluate(part, names, budget))
            bounded(text, budget)
        return text

    def __repr__(self) -> str:
        return f"Template({self.text!r})"


_CACHE: dict[str, Template | str] = {}


def compile_text(text: str) -> Template | str:
    """A text that holds `$`, as a template; a plain text (with `$$` as `$`) as itself.

    Raises:
        ExpressionError: what stands after `$` is no name and no expression.
    """
    found = _CACHE.get(text)
    if found is None:
        found = _compile(text)
        if len(_CACHE) < 4096:
            _CACHE[text] = found
    return found


def _compile(text: str) -> Template | str:
    parts: list[str | ast.expr] = []
    literal = ""
    position = 0
    while position < len(text):
        dollar = text.find("$", position)
        if dollar < 0:
            literal += text[position:]
            break
        literal += text[position:dollar]
        follows = text[dollar + 1 : dollar + 2]
        if follows == "$":
            literal += "$"
            position = dollar + 2
            continue
        if follows == "{":
            end = _closing_brace(text, dollar + 2)
            code, position = text[dollar + 2 : end], end + 1
        else:
            end = dollar + 1
            while end < len(text) and (text[end] == "_" or text[end].isalnum()):
                end += 1
            code, position = text[dollar + 1 : end], end
            if not code.isidentifier():
                raise ExpressionError(
                    "after $ comes a name or an expression in braces; write $$ for a plain $"
                )
        if literal:
            parts.append(literal)
            literal = ""
        parts.append(_parse(code))
    if literal:
        parts.append(literal)
    if all(isinstance(part, str) for part in parts):
        return "".join(part for part in parts if isinstance(part, str))
    return Template(text, tuple(parts))


def _closing_brace(text: str, start: int) -> int:
    quote = ""
    for index in range(start, len(text)):
        char = text[index]
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char == "}":
            return index
    raise ExpressionError("${ is not closed by }")


def _parse(code: str) -> ast.expr:
    if len(code) > limits.EXPRESSION_CHARACTERS:
        raise ExpressionError(
            f"the expression has {len(code):,} characters; "
            f"it may have {limits.EXPRESSION_CHARACTERS}"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(code.strip(), mode="eval").body
    except SyntaxError as error:
        raise ExpressionError(f"${{{code}}} is no expression: {error.msg}") from None
    except (ValueError, MemoryError, RecursionError):
        raise ExpressionError(f"${{{code[:40]}}} is no expression") from None
    _check(tree, code, 0)
    return tree


def _nodes(tree: ast.expr) -> int:
    return sum(1 for _ in ast.walk(tree))


def _check(node: ast.AST, code: str, depth: int) -> None:
    """Raise ExpressionError for what is not on the whitelist."""
    if depth > limits.EXPRESSION_DEPTH:
        raise ExpressionError(f"the expression nests more than {limits.EXPRESSION_DEPTH} deep")
    if isinstance(node, ast.Call):
        if not isinstance(node.func, ast.Name) or node.keywords:
            raise ExpressionError(f"${{{code}}}: only functions by name, without keywords")
        if node.func.id not in FUNCTIONS:
            raise ExpressionError(
                f"${{{code}}}: there is no function {node.func.id}; "
                f"there are {', '.join(sorted(FUNCTIONS))}"
            )
        children: list[ast.AST] = list(node.args)
    elif isinstance(node, _PLAIN_NODES):
        children = list(ast.iter_child_nodes(node))
    else:
        what = type(node).__name__
        raise ExpressionError(f"${{{code}}}: {what} is not allowed in an expression")
    if isinstance(node, ast.Constant) and not isinstance(
        node.value, (bool, int, float, str, type(None))
    ):
        raise ExpressionError(f"${{{code}}}: {node.value!r} is not allowed in an expression")
    if isinstance(node, ast.Constant):
        bounded(node.value, Budget())
    for child in children:
        _check(child, code, depth + 1)


def _evaluate(node: ast.expr, names: Names, budget: Budget) -> Any:
    return _EVALUATORS[type(node)](node, names, budget)


def _name(node: ast.Name, names: Names, budget: Budget) -> Any:
    if node.id in names:
        return names[node.id]
    if node.id in CONSTANTS:
        return CONSTANTS[node.id]
    raise UnknownName(node.id)


def _binary(node: ast.BinOp, names: Names, budget: Budget) -> Any:
    left = _evaluate(node.left, names, budget)
    right = _evaluate(node.right, names, budget)
    symbol, operate = _OPERATORS[type(node.op)]
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
        symbol, compare = _COMPARISONS[type(op)]
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
        raise ExpressionError(f"{_shown(value)} has {len(value)} elements, none at {index}")
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


_EVALUATORS: dict[type, Callable[[Any, Names, Budget], Any]] = {
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

_OPERATORS: dict[type, tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Add: ("+", operator.add),
    ast.Sub: ("-", operator.sub),
    ast.Mult: ("*", operator.mul),
    ast.Div: ("/", operator.truediv),
    ast.FloorDiv: ("//", operator.floordiv),
    ast.Mod: ("%", operator.mod),
    ast.Pow: ("**", operator.pow),
}

_COMPARISONS: dict[type, tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Eq: ("==", operator.eq),
    ast.NotEq: ("!=", operator.ne),
    ast.Lt: ("<", operator.lt),
    ast.LtE: ("<=", operator.le),
    ast.Gt: (">", operator.gt),
    ast.GtE: (">=", operator.ge),
    ast.In: ("in", lambda item, values: item in values),
    ast.NotIn: ("not in", lambda item, values: item not in values),
}


_PLAIN_NODES = (
    ast.Constant, ast.Name, ast.Load, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp,
    ast.Subscript, ast.List, ast.Tuple, ast.UAdd, ast.USub, ast.Not, ast.And, ast.Or,
    *_OPERATORS, *_COMPARISONS,
)  # fmt: skip


def make_divisible(value: float, divisor: int, smallest: int | None = None) -> int:
    """`value` rounded to a multiple of `divisor`, never below 0.9 of it.

    How the MobileNet and EfficientNet families round their widths. Source: the function
    _make_divisible of the MobileNet reference code, as in torchvision.models._utils.
    """
    rounded = max(smallest or divisor, int(value + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * value else rounded


def _round(value: float, digits: int = 0) -> float:
    """Python's round, with a bound on `digits`, for which it would compute a power of ten."""
    if abs(digits) > 18:
        raise ValueError
    return round(value, digits) if digits else round(value)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "ceil": math.ceil,
    "floor": math.floor,
    "int": lambda value: int(_number(value)),
    "len": len,
    "make_divisible": make_divisible,
    "max": max,
    "min": min,
    "round": _round,
    "sqrt": math.sqrt,
    "sum": sum,
}
"""The functions that an expression may call."""


def _number(value: Any) -> float:
    if not isinstance(value, (int, float)):
        raise TypeError
    return value


def bounded(value: Any, budget: Budget) -> Any:
    """`value`, or ExpressionError where it is beyond the limits."""
    if isinstance(value, int):
        if abs(value) > limits.INTEGER:
            raise ExpressionError("the value is too large: whole numbers go up to 2^40")
    elif isinstance(value, float):
        if not math.isfinite(value):
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
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Template):
        return len(value.text)
    if not isinstance(value, tuple):
        return 1
    total = 1
    for item in value:
        total += element_count(item)
        if total > limits.LIST:
            break
    return total


def _as_text(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def _shown(value: Any) -> str:
    text = repr(list(value)) if isinstance(value, tuple) else repr(value)
    if value is None or isinstance(value, bool):
        text = _as_text(value)
    return text if len(text) <= 40 else text[:37] + "..."
