"""``cnnshape schema``: the JSON Schema of spec files."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from ..storage.files import write_atomically
from ._common import STDOUT, usage_error

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
    if out is None or out == STDOUT:
        sys.stdout.write(text)
        return
    try:
        write_atomically(out, text)
    except OSError as fault:
        usage_error(f"cannot write {out}: {fault.strerror or fault}", "--out")
