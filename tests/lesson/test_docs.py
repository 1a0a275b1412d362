"""docs/calc.md shows what the commands print."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cnnshape.commands._app import app

PAGE = (Path(__file__).parents[2] / "docs" / "calc.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"```console\n\$ cnnshape (.+)\n((?:.*\n)*?)```", PAGE)


@pytest.mark.parametrize(("line", "printed"), SHOWN)
def test_a_command_prints_what_the_page_shows(line: str, printed: str) -> None:
    result = CliRunner().invoke(app, shlex.split(line))
    assert (result.exit_code, result.stdout) == (0, printed)


def test_the_page_shows_some() -> None:
    assert len(SHOWN) >= 5
