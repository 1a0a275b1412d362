"""``cnnshape layers``: the layer types by family."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ._common import usage_error
from ._printing import print_json, say

if TYPE_CHECKING:
    from ..layers import Layer

PANEL = "Look"

SCHEMA_VERSION = 1
"""The version of what --format json prints."""


def layers(
    word: Annotated[
        str | None,
        typer.Argument(metavar="WORD", help="Only the types whose name or line has this word."),
    ] = None,
    format: Annotated[
        Literal["table", "json", "names"], typer.Option(help="The output format.")
    ] = "table",
) -> None:
    """List the layer types by family, with a line for each.

    WORD may be the name that another library gives a layer: Dense, UpSampling2D, F.relu.

    Examples:
        cnnshape layers
        cnnshape layers pool
        cnnshape layers SeparableConv2D
        cnnshape layers --format json
    """
    from ..layers import listed

    found = list(listed().values()) if word is None else _found(word)
    found.sort(key=lambda kind: kind.kind)
    if format == "json":
        print_json({"schema": SCHEMA_VERSION, "layers": [_as_dict(kind) for kind in found]})
    elif format == "names":
        say("\n".join(kind.__name__ for kind in found))
    else:
        _print_table(found)


def _found(word: str) -> list[type[Layer]]:
    """The types that a word is in; failing that, those that it means in another library."""
    from ..layers import listed
    from ..spec.words import here, written_out

    types = listed()
    wanted = word.casefold()
    found = [kind for kind in types.values() if wanted in _text(kind).casefold()]
    if found:
        return found
    if written := written_out(word):
        usage_error(f"{word} is {written}", "WORD")
    meant = [types[name] for name in here(word, types)]
    if not meant:
        usage_error(f"no layer type is called {word!r}, or has it in its line", "WORD")
    say(f"{word} is {' or '.join(kind.__name__ for kind in meant)} here", err=True)
    return meant


def _text(kind: type[Layer]) -> str:
    return f"{kind.__name__} {_line(kind)}"


def _line(kind: type[Layer]) -> str:
    from ..views.documentation import document

    return document(kind).summary


def _as_dict(kind: type[Layer]) -> dict[str, Any]:
    return {
        "type": kind.__name__,
        "family": kind.kind,
        "summary": _line(kind),
        "required": [name for name, field in kind.fields.items() if field.required],
        "arguments": list(kind.fields),
    }


def _print_table(found: list[type[Layer]]) -> None:
    width = max(len(kind.__name__) for kind in found)
    for family, kinds in groupby(found, key=lambda kind: kind.kind):
        say(family)
        for kind in kinds:
            say(f"  {kind.__name__:<{width}}  {_line(kind)}")
