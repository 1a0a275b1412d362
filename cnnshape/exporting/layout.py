"""Long lines of Python, broken as formatters (black, ruff) break them."""

from __future__ import annotations

import ast

WIDTH = 88
INDENT = "    "
INNER = INDENT * 2
"""Of a method's lines."""


def laid_out(statement: str, indent: str = "", comment: str = "") -> list[str]:
    """The lines of one statement, with a comment behind it, or above where that is too long."""
    line = f"{indent}{statement}"
    behind = f"{line}  # {comment}" if comment else line
    if len(behind) <= WIDTH:
        return [behind]
    above = [f"{indent}# {comment}"] if comment else []
    if len(line) <= WIDTH:
        return [*above, line]
    (node,) = ast.parse(statement).body
    value = getattr(node, "value", None)
    if value is None:
        return [*above, line]
    return [*above, *_Layout(statement).statement(value, indent)]


def signature(name: str, parameters: list[str], returns: str, indent: str) -> list[str]:
    """The first lines of a function's definition."""
    line = f"{indent}def {name}({', '.join(parameters)}) -> {returns}:"
    if len(line) <= WIDTH:
        return [line]
    inner = f"{indent}{INDENT}{', '.join(parameters)}"
    if len(inner) <= WIDTH:
        body = [inner]
    else:
        body = [f"{indent}{INDENT}{parameter}," for parameter in parameters]
    return [f"{indent}def {name}(", *body, f"{indent}) -> {returns}:"]


class _Layout:
    """Breaks the brackets of one statement, from the outermost inwards."""

    def __init__(self, text: str) -> None:
        # The positions of ast count bytes.
        self.text = text.encode()

    def statement(self, value: ast.expr, indent: str) -> list[str]:
        before = self.text[: value.col_offset].decode()
        return self._lines(value, before, "", indent)

    def _source(self, node: ast.AST) -> str:
        start, end = node.col_offset, node.end_col_offset  # type: ignore[attr-defined]
        return self.text[start:end].decode()

    def _lines(self, node: ast.expr, before: str, after: str, indent: str) -> list[str]:
        line = f"{indent}{before}{self._source(node)}{after}"
        if len(line) <= WIDTH:
            return [line]
        if isinstance(node, ast.Starred):
            return self._lines(node.value, f"{before}*", after, indent)
        if isinstance(node, ast.Subscript):
            start = node.value.end_col_offset
            assert start is not None
            rest = self.text[start : node.end_col_offset].decode()
            return self._lines(node.value, before, f"{rest}{after}", indent)
        deeper = f"{indent}{INDENT}"
        if isinstance(node, ast.Call):
            items: list[ast.expr | ast.keyword] = [*node.args, *node.keywords]
            items.sort(key=lambda item: (item.lineno, item.col_offset))
            head = f"{indent}{before}{self._source(node.func)}("
            return [head, *self._items(items, deeper), f"{indent}){after}"]
        if isinstance(node, ast.List | ast.Tuple) and node.elts:
            opening, closing = ("[", "]") if isinstance(node, ast.List) else ("(", ")")
            body = self._items(list(node.elts), deeper)
            return [f"{indent}{before}{opening}", *body, f"{indent}{closing}{after}"]
        if isinstance(node, ast.ListComp):
            return [f"{indent}{before}[", *self._turns(node, deeper), f"{indent}]{after}"]
        if isinstance(node, ast.IfExp):
            return [f"{indent}{before}(", *self._choice(node, deeper), f"{indent}){after}"]
        if isinstance(node, ast.BinOp):
            return [f"{indent}{before}(", *self._terms(node, deeper), f"{indent}){after}"]
        return [line]

    def _items(self, items: list[ast.expr | ast.keyword], indent: str) -> list[str]:
        together = f"{indent}{', '.join(map(self._source, items))}"
        if len(together) <= WIDTH:
            return [together]
        lines = []
        for item in items:
            if isinstance(item, ast.keyword):
                lines += self._lines(item.value, f"{item.arg}=", ",", indent)
            else:
                lines += self._lines(item, "", ",", indent)
        return lines

    def _turns(self, node: ast.ListComp, indent: str) -> list[str]:
        end = node.elt.end_col_offset
        assert end is not None
        assert node.end_col_offset is not None
        loop = self.text[end : node.end_col_offset - 1].decode().strip()
        together = f"{indent}{self._source(node.elt)} {loop}"
        if len(together) <= WIDTH:
            return [together]
        return [*self._lines(node.elt, "", "", indent), f"{indent}{loop}"]

    def _choice(self, node: ast.IfExp, indent: str) -> list[str]:
        together = f"{indent}{self._source(node)}"
        if len(together) <= WIDTH:
            return [together]
        return [
            *self._lines(node.body, "", "", indent),
            *self._lines(node.test, "if ", "", indent),
            *self._lines(node.orelse, "else ", "", indent),
        ]

    def _terms(self, node: ast.BinOp, indent: str) -> list[str]:
        together = f"{indent}{self._source(node)}"
        if len(together) <= WIDTH:
            return [together]
        lines: list[str] = []
        left: ast.expr = node
        while isinstance(left, ast.BinOp) and type(left.op) is type(node.op):
            between = self.text[left.left.end_col_offset : left.right.col_offset]
            lines.append(f"{indent}{between.decode().strip()} {self._source(left.right)}")
            left = left.left
        return [f"{indent}{self._source(left)}", *reversed(lines)]
