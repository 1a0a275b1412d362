"""The program that places the graph: the system's `dot`, else the one of graphviz-pure."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import sysconfig
from pathlib import Path

from ...packages import install_line
from ..look import DiagramError

PURE = "graphviz-pure"
"""The package of a program with the command line of `dot`; its program has the same name."""

MOST_WORDS = 400
"""Characters of a failed program's own words that are passed on."""


def run(source: str, *, timeout: float, help: str) -> str:
    """What the program makes of DOT, one JSON object a graph, with the places of everything.

    Args:
        source: one or more graphs in DOT.
        timeout: seconds that it may take.
        help: what makes it faster.

    Raises:
        DiagramError: there is no program, it failed, or it took too long.
    """
    program = find()
    try:
        process = subprocess.Popen(
            [program, "-Tjson0"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as fault:
        raise DiagramError(f"{program} cannot be run: {fault.strerror}") from None
    try:
        out, err = process.communicate(source.encode(), timeout=timeout)
    except subprocess.TimeoutExpired:
        raise DiagramError(
            f"Graphviz ({program}) was not done after {timeout:g} s; help: {help}"
        ) from None
    finally:
        _end(process)
    if process.returncode:
        raise DiagramError(
            f"Graphviz ({program}) failed with exit code {process.returncode}: "
            f"{_words(err) or 'it did not say why'}"
        )
    return out.decode()


def find() -> str:
    """The path of the program.

    Raises:
        DiagramError: there is none; the text says what to install.
    """
    found = shutil.which("dot") or _pure()
    if found is None:
        raise DiagramError(
            f"a program of Graphviz is needed to place boxes and arrows, and there is none; "
            f"help: {install_line(PURE)}, or install Graphviz so that dot is on PATH"
        )
    return found


def _pure() -> str | None:
    """The program of graphviz-pure: in the scripts of this environment, or on PATH."""
    name = PURE + (".exe" if sys.platform == "win32" else "")
    folders = [sysconfig.get_path("scripts"), sysconfig.get_path("scripts", f"{os.name}_user")]
    for folder in filter(None, folders):
        program = Path(folder, name)
        if program.is_file():
            return str(program)
    return shutil.which(PURE)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the program with all that it started, if it still runs."""
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def _words(err: bytes) -> str:
    said = " ".join(err.decode(errors="replace").split())
    return said if len(said) <= MOST_WORDS else said[:MOST_WORDS] + "…"
