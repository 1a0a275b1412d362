"""``cnnshape schema``: the JSON Schema of spec files."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from ._printing import write_out

PANEL = "Move in and out"


def schema(
    out: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write it to a file, not to stdout.")
    ] = None,
) -> None:
    """Print the JSON Schema of spec files.

    Editors use it to complete and check a spec whose first line names it:
    `# yaml-language-server: $schema=schema.json`

    Examples:
        cnnshape schema
        cnnshape schema --out schema.json
    """
    from ..views.schema import json_schema

    text = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
    write_out(out, text)
