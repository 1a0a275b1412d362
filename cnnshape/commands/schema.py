"""``cnnshape schema``: the JSON Schema of spec files."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from ._common import usage_error


def schema(
    out: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write it to a file, not to stdout.")
    ] = None,
) -> None:
    """Print the JSON Schema of spec files.

    Editors complete and check a spec by it, where the first line of the spec names it:
    `# yaml-language-server: $schema=schema.json`

    Examples:
        cnnshape schema
        cnnshape schema --out schema.json
    """
    from ..views.schema import json_schema

    text = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
    if out is None:
        typer.echo(text, nl=False)
        return
    try:
        _write_whole(out, text)
    except OSError as fault:
        usage_error(f"cannot write {out}: {fault.strerror or fault}", "--out")


def _write_whole(path: str, text: str) -> None:
    """Write a file so that no reader ever meets half of it."""
    import os
    from tempfile import NamedTemporaryFile

    path = os.path.realpath(path)
    if os.path.exists(path) and not os.path.isfile(path):
        # A device or a pipe is written to; moving a file into its place would remove it.
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(text)
        return
    with NamedTemporaryFile("w", dir=os.path.dirname(path), encoding="utf-8", delete=False) as new:
        new.write(text)
    try:
        # A temporary file is for its owner alone; this one is for who reads the folder.
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(new.name, 0o666 & ~mask)
        os.replace(new.name, path)
    except OSError:
        os.unlink(new.name)
        raise
