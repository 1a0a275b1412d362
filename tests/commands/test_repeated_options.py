"""An option given twice gives two results, or is refused: nothing is taken silently."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cnnshape.commands._app import CommandGroup

from .conftest import _written

COMMANDS = CommandGroup(name="cnnshape").commands
NET = """\
name: net
input: [1, 16, 16]
params: {width: 4}
variants: {n: {width: 5}, m: {width: 6}}
layers:
  - {name: C1, type: Conv2d, out_channels: $width, kernel_size: 3}
"""
PARAMS = {4: 40, 5: 50, 6: 60}


def single_options() -> list[Any]:
    return [
        pytest.param(name, option, id=f"{name} {option.opts[0]}")
        for name in COMMANDS
        for option in COMMANDS[name].params
        if option.param_type_name == "option" and not option.multiple and not option.is_eager
    ]


def value_of(option: Any) -> list[str]:
    """A value that the option takes, as the command line has it."""
    if option.is_flag:
        return []
    choices = getattr(option.type, "choices", None)
    return [str(choices[0])] if choices else ["1"]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "option"), single_options())
def test_an_option_of_one_value_is_given_once(cli: Any, name: str, option: Any) -> None:
    spellings = [*option.opts, *option.secondary_opts]
    given = [part for word in (spellings[0], spellings[-1]) for part in (word, *value_of(option))]
    arguments = [p for p in COMMANDS[name].params if p.param_type_name == "argument"]
    needed = ["x" for argument in arguments if argument.required]
    result = cli(name, *needed, *given)
    assert result.exit_code == 2
    assert f"{'/'.join(spellings)} is given more than once" in result.stderr
    assert result.stdout == ""


def test_the_test_sees_options() -> None:
    assert len(single_options()) > 60


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "widths", "labels"),
    [
        (["--variant", "n", "--variant", "m"], [5, 6], ["n", "m"]),
        (["--set", "width=4", "--set", "width=6"], [4, 6], ["width=4", "width=6"]),
        (["--variant", "n"], [5], [""]),
        (["--variant", "n", "--variant", "m", "--input", "1x9x9"], [5, 6], ["n", "m"]),
        (["--input", "1x9x9", "--input", "1x8x8"], [4, 4], ["1x9x9", "1x8x8"]),
    ],
)
def test_verify_gives_a_verdict_each(
    cli: Any, options: list[str], widths: list[int], labels: list[str]
) -> None:
    spec = _written("net.yaml", NET)
    results = json.loads(cli("verify", spec, *options, "--format", "json").stdout)
    assert [result.get("changes", "") for result in results] == labels
    assert all(result["verification"]["status"] == "passed" for result in results)
    text = cli("verify", spec, *options).stdout
    assert text.count("✓ verified") == len(widths)
    assert all(label in text for label in labels)


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (["--set", "width=5", "--set", "width=6"], {"width=5": 50, "width=6": 60}),
        (["--variant", "n", "--variant", "m"], {"n": 50, "m": 60}),
        (["--variant", "n", "--set", "width=4"], {"net.yaml": 40, "n, width=4": 40}),
        (["--input", "1x9x9", "--input", "1x8x8"], {"1x9x9": 40, "1x8x8": 40}),
        (
            ["--set", "width=5", "--set", "width=6", "--input", "1x9x9", "--input", "1x8x8"],
            {
                "width=5, 1x9x9": 50,
                "width=5, 1x8x8": 50,
                "width=6, 1x9x9": 60,
                "width=6, 1x8x8": 60,
            },
        ),
    ],
)
def test_compare_holds_each_against_the_first(
    cli: Any, options: list[str], found: dict[str, int]
) -> None:
    spec = _written("net.yaml", NET)
    result = cli("compare", spec, *options, "--facts", "params", "--format", "csv")
    assert result.exit_code == 0
    rows = dict(line.rsplit(",", 1) for line in result.stdout.splitlines()[1:])
    assert {label.strip('"'): int(params) for label, params in rows.items()} == found


def test_compare_takes_several_values_of_one_spec_alone(cli: Any) -> None:
    result = cli("compare", "lenet5", "alexnet", "--variant", "n", "--variant", "m")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "several values of an option go with one SPEC" in result.stderr


@pytest.mark.parametrize(
    "command", [["show"], ["explain"], ["diagram", "--out", "a.svg"], ["train"]]
)
def test_one_network_takes_one_value_of_a_param(cli: Any, command: list[str]) -> None:
    spec = _written("net.yaml", NET)
    result = cli(command[0], spec, *command[1:], "--set", "width=5", "--set", "width=6")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "a param is given several values: width=5, width=6" in result.stderr


def test_one_argument_takes_one_value(cli: Any) -> None:
    result = cli("import", "a:b", "--input", "1x8x8", "--kwarg", "k=1", "--kwarg", "k=2")
    assert result.exit_code == 2
    assert "k is given more than once" in result.stderr
