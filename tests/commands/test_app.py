"""The app as a whole: finding commands, usage errors, exit codes, completion, start-up."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import cnnshape
from cnnshape import commands
from cnnshape.commands._app import PANELS, CommandGroup, orderly_end
from cnnshape.commands._common import complete_spec
from cnnshape.commands._reference import cli_reference

from ..patience import PATIENCE

COMMANDS = ["compare", "import", "list", "schema", "show", "verify"]


def test_a_file_is_a_command(cli):
    folder = Path(commands.__file__).parent
    files = {path.stem.removesuffix("_") for path in folder.glob("[a-z]*.py")}
    assert set(CommandGroup(name="cnnshape").commands) == files
    assert files.issuperset(COMMANDS)


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_names_every_command(cli, flag):
    result = cli(flag)
    assert result.exit_code == 0
    commands = result.stdout[result.stdout.index(f"\n{PANELS[0]}:") :]
    assert re.findall(r"^(\S.*):$", commands, re.MULTILINE) == [*PANELS], "by what one wants"
    assert set(re.findall(r"^  (\w+) ", commands, re.MULTILINE)) == {
        *CommandGroup(name="cnnshape").commands
    }
    assert "..." not in commands, "each in one line, whole"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_has_help_and_each_command_an_example(cli, name):
    command = CommandGroup(name="cnnshape").commands[name]
    assert command.help
    assert all(param.help for param in command.params)
    result = cli(name, "--help")
    assert f"      cnnshape {name}" in result.stdout, "an example, on a line of its own"


def test_version(cli):
    assert cli("--version").stdout == f"cnnshape {cnnshape.__version__}\n"


def test_the_reference_is_not_stale():
    page = Path(__file__).parents[2] / "docs" / "cli.md"
    assert page.read_text(encoding="utf-8") == cli_reference(), "run python docs/generate.py"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["shwo"], "'shwo'. Did you mean 'show'?"),
        (["show", "--colums", "name"], "--columns"),
        (["show", "--depth", "-1"], "--depth"),
        (["show", "--depth", "one"], "'one' is not a valid int"),
        (["show", "--format", "xml"], "'table', 'json', 'csv', 'markdown'"),
        (["show", "--columns", "name,output,parms"], "no column 'parms'; did you mean params?"),
        (["show", "--columns", ","], "name one column at least, such as params"),
        (["show", "--format", "json", "--batch", "2"], "leave --columns and --batch out"),
        (["show", "--set", "width"], "expected NAME=VALUE, such as width=64, not 'width'"),
        (["show", "--set", "width={a: 1}"], "width takes a number, a text"),
        (["show", "--set", "width=[1"], "is not a value: this is not YAML"),
        (["show", "--input", "3x224xtall"], "such as 3x224x224"),
        (["show", "--input", "3x0x224"], "at least 1, not 0"),
        (["show", "--input", "1x1x1x1x1"], "5 dimensions"),
        (["show", "rednet50"], "no net of the zoo is called 'rednet50'; did you mean resnet50?"),
        (["show", "x" * 5000], "no file and no net"),
        (["show", "missing.yaml"], "cannot read missing.yaml: No such file or directory"),
        (["show", "missing.yaml", "--watch"], "cannot read missing.yaml"),
        (["show", "./"], "cannot read ./: Is a directory"),
        (["show", "tiny.yaml", "--plugin", "missing.py"], "cannot read the plugin missing.py"),
        (["show", "tiny.yaml", "--verify", "live", "--device", "tpu"], "choose from cpu"),
        (["verify", "tiny.yaml", "missing.yaml"], "cannot read missing.yaml"),
    ],
)
def test_usage_errors_exit_with_2_and_say_what_would_do(cli, spec, arguments, says):
    result = cli(*arguments)
    assert result.exit_code == 2
    assert says in result.stderr
    assert "Traceback" not in result.stderr


def test_a_usage_error_prints_nothing_on_stdout(process):
    result = process("show", "resnet5")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("Usage: cnnshape show [OPTIONS] [SPEC]\n")


@pytest.mark.slow
def test_a_closed_pipe_ends_quietly(spec):
    reads, writes = os.pipe()
    os.close(reads)
    with open(writes, "wb") as pipe:
        shown = subprocess.run(
            [sys.executable, "-m", "cnnshape", "show", spec, "--verify", "off"],
            stdout=pipe,
            stderr=subprocess.PIPE,
            timeout=PATIENCE,
            check=False,
        )
    assert (shown.returncode, shown.stderr) == (141, b"")


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_an_error_without_a_traceback(spec):
    with open("/dev/full", "w") as full:
        result = subprocess.run(
            [sys.executable, "-m", "cnnshape", "show", spec, "--verify", "off"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    assert result.returncode == 2
    assert result.stderr == "error: cannot write the output: No space left on device\n"


@pytest.mark.slow
def test_ctrl_c_ends_with_130(spec):
    watching = subprocess.Popen(
        [sys.executable, "-m", "cnnshape", "show", spec, "--verify", "off", "--watch"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert watching.stdout is not None
    assert watching.stdout.readline().startswith("tiny")
    watching.send_signal(signal.SIGINT)
    _, error = watching.communicate(timeout=PATIENCE)
    assert watching.returncode == 130
    assert error == "\ninterrupted\n"


@pytest.mark.slow
@pytest.mark.parametrize("where", ["module", "function"])
def test_ctrl_c_in_an_import_is_not_swallowed_by_it(where):
    # As torch does with the import of numpy.
    swallow = (
        "import os, signal\n"
        "try: os.kill(os.getpid(), signal.SIGINT)\n"
        "except KeyboardInterrupt: print('swallowed', flush=True)\n"
    )
    run = "import swallows" if where == "module" else f"exec({swallow!r})"
    Path("swallows.py").write_text(swallow)
    code = f"from cnnshape.commands._app import orderly_end\nwith orderly_end():\n    {run}"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    found = (done.returncode, done.stdout, done.stderr)
    assert found == ((130, "", "\ninterrupted\n") if where == "module" else (0, "swallowed\n", ""))


def test_ctrl_c_stays_ignored_where_it_is():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with orderly_end():
            os.kill(os.getpid(), signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.slow
def test_an_encoding_without_the_signs_is_no_error(process, spec):
    result = process("show", spec, "--verify", "off", PYTHONIOENCODING="ascii")
    assert result.returncode == 0
    assert "6?28?28" in result.stdout


def _complete(process, words: str, position: int) -> list[str]:
    """What bash is offered for the word at `position`, as Typer's own script asks for it."""
    result = process(_CNNSHAPE_COMPLETE="complete_bash", COMP_WORDS=words, COMP_CWORD=str(position))
    assert result.returncode == 0
    return result.stdout.split()


@pytest.mark.slow
def test_completion_of_commands_and_nets_and_files(process, spec):
    assert _complete(process, "cnnshape sh", 1) == ["show"]
    assert _complete(process, "cnnshape show densenet1", 2) == [
        "densenet121",
        "densenet161",
        "densenet169",
    ]
    assert _complete(process, "cnnshape show ti", 2) == ["tiny.yaml"]
    assert _complete(process, "cnnshape show --format m", 3) == ["markdown"]
    assert _complete(process, "cnnshape show --bat", 2) == ["--batch"]


def test_completion_of_files_in_a_folder_whose_name_is_a_pattern():
    Path("[a]").mkdir()
    Path("[a]/net.yml").touch()
    assert complete_spec("[a]/") == ["[a]/net.yml"]


def test_typers_own_completion_is_installed(process, tmp_path):
    result = process("--install-completion", "bash", HOME=str(tmp_path),
                     _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")  # fmt: skip
    assert result.returncode == 0
    scripts = list(tmp_path.glob(".bash_completions/*"))
    assert len(scripts) == 1
    assert "_CNNSHAPE_COMPLETE=complete_bash" in scripts[0].read_text()


def _loaded(code: str) -> set[str]:
    """The modules that a fresh process has loaded when it has run `code`."""
    text = f"import sys\ntry:\n    {code}\nexcept SystemExit: pass\nprint('\\n', *sys.modules)"
    output = subprocess.check_output(
        [sys.executable, "-c", text], text=True, env={**os.environ, "PYTHONIOENCODING": "utf-8"}
    )
    return set(output.rpartition("\n ")[2].split())


@pytest.mark.slow
def test_a_command_imports_what_it_needs(spec):
    main = "from cnnshape.commands import main; main"
    listed = _loaded(f"{main}(['list', '--format', 'names'])")
    assert "cnnshape.commands.list" in listed
    assert not listed & {"cnnshape.commands.show", "cnnshape.layers", "rich", "torch"}
    written = _loaded(f"{main}(['show', '{spec}', '--verify', 'off', '--format', 'csv'])")
    assert "cnnshape.views.text" in written
    assert not written & {"rich", "torch", "numpy"}
    table = _loaded(f"{main}(['show', '{spec}', '--verify', 'off'])")
    assert "rich" in table, "what the check above must be able to see"
    assert not table & {"torch", "numpy"}
    explained = _loaded(f"{main}(['explain', '{spec}'])")
    assert "cnnshape.views.explanation" in explained
    assert not explained & {"torch", "numpy"}


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (["show", ""], "SPEC"),
        (["verify", "lenet5", ""], "SPEC"),
        (["show", "lenet5", "--plugin", ""], "--plugin"),
        (["predict", "run", "image.png", ""], "PATH"),
        (["evaluate", ""], "RUN"),
        (["train", "lenet5", "--out", ""], "--out"),
        (["explain", "C3", "--run", "", "--image", "image.png"], "--run"),
        (["export", "lenet5", "-o", ""], "--out"),
    ],
)
def test_an_empty_text_is_no_file(cli, arguments, name):
    """As a variable of the shell that is not set gives it: it is not the current folder."""
    result = cli(*arguments)
    assert result.exit_code == 2
    assert f"{name} is empty: it names no file" in result.stderr


def test_python_without_docstrings_runs_it():
    line = [sys.executable, "-OO", "-m", "cnnshape", "calc", "32", "conv5"]
    done = subprocess.run(line, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert "28" in done.stdout
