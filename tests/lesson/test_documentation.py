"""docs/lesson.md: what each command prints there is what it prints."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cnnshape.commands._app import app

PAGE = (Path(__file__).parents[2] / "docs" / "lesson.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL)
SHOWN = [each for block in BLOCKS for each in re.split(r"^\$ cnnshape ", block, flags=re.M)[1:]]


@pytest.mark.parametrize("shown", SHOWN, ids=lambda shown: shown.partition("\n")[0])
def test_a_command_prints_what_is_shown(shown: Any) -> None:
    command, _, expected = shown.partition("\n")
    printed = CliRunner().invoke(app, shlex.split(command)).stdout
    parts = [re.escape(part) for part in re.split(r"^\.\.\.\n", expected, flags=re.M)]
    assert re.fullmatch("(?:.*\n)*?".join(parts), printed), printed


def test_there_are_commands() -> None:
    assert len(SHOWN) > 5
