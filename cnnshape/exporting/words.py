"""Words of a spec in a Python file: names, texts and comments. Nothing of a spec is code."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Container

from ..text.printable import printable

FILE_NAMES = frozenset(
    ("torch", "nn", "Tensor", "OrderedDict", "self", "x", "out", "i", *dir(builtins))
)
"""Names that mean something in every file that is written."""


def is_plain(name: str, taken: Container[str]) -> bool:
    """Whether a name may stand after `self.` and mean itself.

    Names with two underscores in front are mangled in a class; letters beyond ASCII may be
    normalised to others.
    """
    return (
        name.isascii()
        and name.isidentifier()
        and not keyword.iskeyword(name)
        and not name.startswith("__")
        and name not in taken
    )


def class_name(words: str, fallback: str) -> str:
    """'conv_bn' as 'ConvBn', 'resnet18' as 'Resnet18'; words that are already so stay."""
    parts = re.findall(r"[A-Za-z0-9]+", words)
    name = "".join(part[0].upper() + part[1:] for part in parts)[:60]
    if not name or not name[0].isalpha():
        return f"{fallback}{name}"
    return name


def variable_name(words: str) -> str:
    """A word as the name of a variable: 'Conv 1' as 'conv_1', '0' as 'x0'."""
    name = "_".join(re.findall(r"[A-Za-z0-9]+", words)).lower()[:40]
    return name if name and name[0].isalpha() else f"x{name}"


def unique(name: str, taken: Container[str]) -> str:
    """The name, with a number where it is taken or a keyword."""
    found, number = name, 1
    while found in taken or keyword.iskeyword(found):
        number += 1
        found = f"{name}_{number}" if name[-1].isdigit() else f"{name}{number}"
    return found


def string(text: str) -> str:
    """A text as a Python literal, in double quotes where it holds none."""
    literal = repr(text)
    return f'"{literal[1:-1]}"' if literal[0] == "'" and '"' not in literal else literal


def prose(text: str) -> str:
    """Words for a comment or a docstring, that cannot end it and hide nothing."""
    return " ".join(printable(text).replace("\\", "/").replace('"', "'").split())


def literal(value: object) -> str:
    """A plain value as Python writes it; lists as tuples."""
    if isinstance(value, str):
        return string(value)
    if isinstance(value, (list, tuple)):
        inner = ", ".join(map(literal, value))
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return f'float("{value}")'
    if value is None or isinstance(value, (bool, int, float)):
        return repr(value)
    raise TypeError(f"no plain value: {value!r}")
