"""How a layer type is written in a Python file that imports torch alone: for the exporter.

Text, not code: nothing here is run by cnnshape.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

Arguments: TypeAlias = Mapping[str, str]
"""The texts of the arguments by name: '3', '(1, 2)', or a parameter's name, as 'stride'."""
Call: TypeAlias = Callable[[str, Sequence[str], Arguments], str]
"""The expression of what comes out, of the module's text, the inputs' and the arguments'."""


class Python(NamedTuple):
    """How a type is written in Python.

    Attributes:
        make: the class that is made of the arguments: one that `source` defines, or 'nn' for
            torch.nn's class of the type's own name; '' where no module is needed.
        call: what comes out; None: the module, called with the inputs.
        fixed: arguments of `make` that are always the same, with their texts.
        without: arguments that `make` does not take.
        source: definitions that the file needs, as a formatter leaves them.
        as_text: how the values of some arguments are prepared for being written.
    """

    make: str = ""
    call: Call | None = None
    fixed: Mapping[str, str] = {}
    without: tuple[str, ...] = ()
    source: str = ""
    as_text: Mapping[str, Callable[[object], object]] = {}


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
