"""What the docstring of a layer type says, taken apart: for the schema, the docs and help."""

from __future__ import annotations

import re
from inspect import cleandoc
from typing import NamedTuple

from ..layers import Layer

_ARGUMENT = re.compile(r"    (\w+(?:, \w+)*): (.*)")


class Documentation(NamedTuple):
    """A layer type in words.

    Attributes:
        summary: one sentence: what it computes.
        details: the paragraphs after it, or ''.
        source: the torch class or function, or the paper, or ''.
        arguments: the meaning of each argument that a docstring describes.
    """

    summary: str
    details: str
    source: str
    arguments: dict[str, str]


def document(layer: type[Layer]) -> Documentation:
    """The documentation of a type; arguments are looked up along its bases."""
    arguments: dict[str, str] = {}
    for base in layer.__mro__:
        found = described_arguments(base)
        arguments.update((name, text) for name, text in found.items() if name not in arguments)
    source = ""
    prose = []
    for paragraph in _docstring(layer).split("\n\n"):
        if not paragraph.startswith("Args:"):
            text, _, named = " ".join(paragraph.split()).partition("Source: ")
            source = source or named.removesuffix(".")
            prose += [text.strip()] if text else []
    return Documentation(
        summary=prose[0] if prose else "",
        details="\n\n".join(prose[1:]),
        source=source,
        arguments={name: arguments[name] for name in layer.fields if name in arguments},
    )


def described_arguments(layer: type) -> dict[str, str]:
    """The entries of the section 'Args:' of a class's own docstring, each on one line."""
    _, _, section = f"\n{_docstring(layer)}\n\n".partition("\nArgs:\n")
    found: dict[str, str] = {}
    names: list[str] = []
    for line in section.partition("\n\n")[0].splitlines():
        entry = _ARGUMENT.fullmatch(line)
        if entry:
            names = entry[1].split(", ")
            found.update(dict.fromkeys(names, entry[2]))
        else:
            found.update({name: f"{found[name]} {line.strip()}" for name in names})
    return found


def _docstring(layer: type) -> str:
    return cleandoc(vars(layer).get("__doc__") or "")
