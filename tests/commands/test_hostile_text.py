"""No text from outside reaches a terminal as it came, whatever the command or the place."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from cnnshape.commands._app import CommandGroup

COMMANDS = CommandGroup(name="cnnshape").commands
HOSTILE = "a\x1b]0;x\x07\x1b[31mb\r\u202ec\u2066\x9b2J\u200b"


def is_clean(text: str) -> bool:
    return all(char == "\n" or char.isprintable() for char in text)


def places() -> list[Any]:
    """Every argument and option of every command that takes a text."""
    return [
        pytest.param(name, parameter, id=f"{name} {parameter.opts[0]}")
        for name in COMMANDS
        for parameter in COMMANDS[name].params
        if not getattr(parameter, "is_flag", False)
    ]


@pytest.mark.parametrize(("name", "parameter"), places())
def test_no_argument_is_echoed_as_it_came(cli: Any, name: str, parameter: Any) -> None:
    needed = [p for p in COMMANDS[name].params if p.param_type_name == "argument" and p.required]
    if parameter.param_type_name == "argument":
        given = [HOSTILE if each is parameter else "x" for each in needed] or [HOSTILE]
    else:
        given = [*("x" for _ in needed), parameter.opts[0], HOSTILE]
    if name == "train":
        given += ["--dataset", "none"] if parameter.name != "dataset" else []
    result = cli(name, *given)
    assert is_clean(result.stdout + result.stderr)


@pytest.mark.parametrize("arguments", [[HOSTILE], [f"--{HOSTILE}"], ["show", f"-{HOSTILE}"],
                                       ["show", "lenet5", HOSTILE]])  # fmt: skip
def test_what_is_no_command_or_option(cli: Any, arguments: list[str]) -> None:
    result = cli(*arguments)
    assert result.exit_code == 2
    assert is_clean(result.stdout + result.stderr)


def spec_with(text: str) -> str:
    layers = [{"name": "ok", "type": "ReLU"}, {"name": text, "type": text}, {"type": "ReLU"}]
    return json.dumps({"name": text, "reference": text, "input": [1, 8, 8], "layers": layers})


SPEC_COMMANDS = (
    "show", "verify", "explain", "compare lenet5", "diagram -o a.svg", "export --to pytorch",
    "train",
)  # fmt: skip


@pytest.mark.parametrize("command", SPEC_COMMANDS)
def test_a_spec_of_such_names_in_a_file_of_such_a_name(cli: Any, command: str) -> None:
    file = Path(f"{HOSTILE.replace('/', '')}.yaml")
    name, *options = command.split()
    for text in (HOSTILE, "plain"):
        file.write_text(spec_with(text), encoding="utf-8")
        result = cli(name, *options, file) if name == "compare" else cli(name, file, *options)
        assert result.exit_code in (1, 2)
        assert is_clean(result.stdout + result.stderr)


@pytest.mark.parametrize("format", ["table", "json", "csv", "markdown"])
def test_a_sound_spec_in_a_file_of_such_a_name(cli: Any, format: str) -> None:
    file = Path(f"{HOSTILE}.yaml")
    file.write_text("input: [1, 8, 8]\nlayers: [ReLU]\n")
    for command in (["show", file], ["compare", file, "lenet5"]):
        result = cli(*command, "--format", format)
        assert result.exit_code == 0
        assert is_clean(result.stdout + result.stderr)


def test_commands_print_in_one_place() -> None:
    """All else goes through `say`, rich's console, or a writer of whole texts."""
    folder = Path(__file__).parents[2] / "cnnshape" / "commands"
    for file in folder.glob("*.py"):
        if file.name != "_common.py":
            assert not re.search(r"typer\.echo\(|(?<![.\w])print\(", file.read_text()), file.name
