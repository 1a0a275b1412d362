"""`$name` and `${expression}`: arithmetic over plain values, parsed once, never eval'ed.

An expression is Python's syntax, read with `ast` and held against a whitelist: numbers,
texts, true, false, null, lists; + - * / // % **, comparison, in, and, or, not, `a if c else
b`, indexing, and the functions of `functions.py`. Every value that it makes is bounded.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from functools import partial
from typing import Any

from . import limits
from .bounds import Budget, ExpressionError, bounded
from .evaluation import COMPARISONS, EVALUATORS, OPERATORS
from .functions import FUNCTIONS
from .template import Expression, Names, TextTemplate

_CACHE: dict[str, TextTemplate | str] = {}
_PLAIN_NODES = (
    ast.Constant, ast.Name, ast.Load, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp,
    ast.Subscript, ast.List, ast.Tuple, ast.UAdd, ast.USub, ast.Not, ast.And, ast.Or,
    *OPERATORS, *COMPARISONS,
)  # fmt: skip


def compile_text(text: str) -> TextTemplate | str:
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


def value_of(code: str, names: Names) -> Any:
    """The value of an expression that is written without its `${}`; raises ExpressionError."""
    template = compile_text(f"${{{code}}}")
    assert isinstance(template, TextTemplate)
    return template.evaluate(names, Budget())


def _compile(text: str) -> TextTemplate | str:
    parts: list[str | Expression] = []
    work = 0
    literal = ""
    for is_code, piece in _pieces(text):
        if not is_code:
            literal += piece
            continue
        if literal:
            parts.append(literal)
            literal = ""
        tree = _parse(piece)
        parts.append(partial(EVALUATORS[type(tree)], tree))
        work += sum(1 for _ in ast.walk(tree))
    if not parts:
        return literal
    if literal:
        parts.append(literal)
    work += sum(1 for part in parts if isinstance(part, str))
    return TextTemplate(text, tuple(parts), work)


def _pieces(text: str) -> Iterator[tuple[bool, str]]:
    """The pieces of a text in order: each with whether it is an expression's code."""
    position = 0
    while (dollar := text.find("$", position)) >= 0:
        yield False, text[position:dollar]
        follows = text[dollar + 1 : dollar + 2]
        if follows == "$":
            yield False, "$"
            position = dollar + 2
        elif follows == "{":
            end = _closing_brace(text, dollar + 2)
            yield True, text[dollar + 2 : end]
            position = end + 1
        else:
            position = dollar + 1
            while position < len(text) and (text[position] == "_" or text[position].isalnum()):
                position += 1
            name = text[dollar + 1 : position]
            if not name.isidentifier():
                raise ExpressionError(
                    "after $ comes a name or an expression in braces; write $$ for a plain $"
                )
            yield True, name
    yield False, text[position:]


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
    if isinstance(node, ast.Constant):
        if not isinstance(node.value, (bool, int, float, str, type(None))):
            raise ExpressionError(f"${{{code}}}: {node.value!r} is not allowed in an expression")
        bounded(node.value, Budget())
    for child in children:
        _check(child, code, depth + 1)
