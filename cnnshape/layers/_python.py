"""How a layer type is written in a Python file that imports torch alone: for the exporter."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from torch import nn

Arguments: TypeAlias = Mapping[str, str]
"""The texts of the arguments by name: '3', '(1, 2)', or a parameter's name, as 'stride'."""
Call: TypeAlias = Callable[[str, Sequence[str], Arguments], str]
"""The expression of what comes out, of the module's text, the inputs' and the arguments'."""


class Python(NamedTuple):
    """How a type is written in Python.

    Attributes:
        make: the class that is made of the arguments: one that `file` or `source` defines, or
            'nn' for torch.nn's class of the type's own name; '' where no module is needed.
        call: what comes out; None: the module, called with the inputs.
        fixed: arguments of `make` that are always the same, with their texts.
        without: arguments that `make` does not take.
        file: the file of `modules/` that defines the class, so that it is built as it is
            written, without its ending; with dots, a module of the package cnnshape.
        needs: other definitions of that file that the class needs.
        source: definitions that stand in no such file.
        as_text: how the values of some arguments are prepared for being written.
    """

    make: str = ""
    call: Call | None = None
    fixed: Mapping[str, str] = {}
    without: tuple[str, ...] = ()
    file: str = ""
    needs: tuple[str, ...] = ()
    source: str = ""
    as_text: Mapping[str, Callable[[object], object]] = {}

    def definitions(self) -> list[str]:
        """The texts of all definitions that the type needs in a file, in order."""
        if not self.file:
            return list(_definitions(self.source).values())
        from pathlib import Path

        file = Path(__file__).parents[1].joinpath(*self._module().split(".")).with_suffix(".py")
        found = _definitions(file.read_text(encoding="utf-8"))
        wanted = {*self.needs, self.make}
        return [text for name, text in found.items() if name in wanted]

    def _module(self) -> str:
        """The module that `file` is, within the package."""
        return self.file if "." in self.file else f"layers.modules.{self.file}"

    def build(self, arguments: Mapping[str, Any]) -> nn.Module:
        """The module that `file` defines, of a layer's arguments."""
        from importlib import import_module

        values = {name: value for name, value in arguments.items() if name not in self.without}
        for name, prepare in self.as_text.items():
            values[name] = prepare(values[name])
        made = getattr(
            import_module(f"{__package__.partition('.')[0]}.{self._module()}"), self.make
        )
        module: nn.Module = made(**values)
        return module


def _definitions(source: str) -> dict[str, str]:
    """The texts of a source's classes and functions by name, with decorators and comments above."""
    import ast

    lines = source.splitlines()
    found = {}
    end = 0
    for node in ast.parse(source).body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            first = min(each.lineno for each in (node, *node.decorator_list)) - 1
            while first > end and lines[first - 1].startswith("#"):
                first -= 1
            found[node.name] = "\n".join(lines[first : node.end_lineno])
        end = node.end_lineno or end
    return found


TORCH = Python("nn")
"""A type that is torch.nn's class of its name."""


def joined(operator: str) -> Python:
    """Inputs with an operator between them: 'a + b'."""
    return Python(call=lambda module, inputs, arguments: f" {operator} ".join(inputs))


def function(name: str, *names: str) -> Python:
    """A function of the inputs and of some arguments: 'torch.matmul(a, b)'."""
    return Python(
        call=lambda module, inputs, arguments: (
            f"{name}({', '.join([*inputs, *(f'{key}={arguments[key]}' for key in names)])})"
        )
    )


def method(name: str, *names: str) -> Python:
    """A method of the only input, with some arguments by position: 'x.transpose(1, 2)'."""
    return Python(
        call=lambda module, inputs, arguments: (
            f"{inputs[0]}.{name}({', '.join([arguments[key] for key in names])})"
        )
    )


def unpacked(text: str) -> str:
    """A list of sizes as arguments of their own: '8, -1' of '(8, -1)'; '*shape' of a name."""
    return text[1:-1].rstrip(",") if text.startswith("(") else f"*{text}"
