"""docs/cli.md, from the commands' own help. `python docs/generate.py` writes it."""

from __future__ import annotations

from typing import Any

import typer.main

from ._app import PANELS, app

INTRODUCTION = """\
# The command line

A SPEC is the path of a spec file, or a name of the zoo such as `lenet5` or `resnet50`
(`cnnshape list` shows them). It is a path when it ends in `.yaml` or `.yml`, holds a
separator, or is the name of a file that exists.

Results go to stdout, everything else to stderr. There is no colour where the output is not
a terminal or `NO_COLOR` is set. A table is as wide as its terminal, or as `COLUMNS` says,
and as wide as it needs in a pipe; what does not fit is wrapped, never cut.

| exit code | meaning |
| --- | --- |
| 0 | all well |
| 1 | a spec is faulty; a verification failed or, by `verify`, could not be done; a run stopped; \
`compare --exit-code` found a difference |
| 2 | usage: an unknown option, file, net or device |
| 130 | interrupted by Ctrl-C |
| 143 | ended by SIGTERM; `train` saves first |
| 141 | the program that reads the output has ended |

`cnnshape --install-completion` completes commands, options, nets of the zoo and spec files
in your shell. `CNNSHAPE_CACHE_DIR` names another folder for the cached verdicts and the
fetched data sets.

This page is generated from the commands' own help by `python docs/generate.py`.
"""


def cli_reference() -> str:
    """The page: every command with its help, arguments and options."""
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    contents = [
        f"- {panel}: {', '.join(f'[{name}](#{name})' for name in names)}"
        for panel in PANELS
        if (names := [name for name in commands if commands[name].rich_help_panel == panel])
    ]
    sections = [_command(name, command) for name, command in commands.items()]
    return "\n".join([INTRODUCTION, *contents, "", *sections])


def _command(name: str, command: Any) -> str:
    text, _, examples = command.help.partition("\b\nExamples:\n")
    arguments = [param for param in command.params if param.param_type_name == "argument"]
    options = [param for param in command.params if param.param_type_name == "option"]
    usage = " ".join([f"cnnshape {name}", "[OPTIONS]", *(param.metavar for param in arguments)])
    lines = [f"## {name}", "", text.strip(), "", "```sh", f"{usage}", "```", ""]
    lines += ["Examples:", "", "```sh"]
    lines += [line.strip() for line in examples.splitlines()]
    lines += ["```", "", "| option | meaning |", "| --- | --- |"]
    lines += [f"| `{param.metavar}` | {_meaning(param)} |" for param in arguments]
    lines += [f"| {_spelling(param)} | {_meaning(param)} |" for param in options]
    return "\n".join([*lines, ""])


def _spelling(option: Any) -> str:
    """'`--fold`, `--expand`', or '`--out`, `-o` FILE'; a list of values stands in the meaning."""
    names = ", ".join(f"`{name}`" for name in [*option.opts, *option.secondary_opts])
    return f"{names} {option.metavar or ''}".rstrip().replace("|", r"\|")


def _meaning(param: Any) -> str:
    """The help, the values to choose from, and the default where there is one worth telling."""
    text = str(param.help)
    if values := getattr(param.type, "choices", ()):
        text += f" One of {', '.join(f'`{value}`' for value in values)}."
    default = param.default
    if default is None or isinstance(default, bool) or param.required:
        return text
    return f"{text} Default: `{default}`."
