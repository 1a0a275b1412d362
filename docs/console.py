"""Runs what stands in the pages, and writes what it prints.

A block ```console holds commands behind `$ ` and what they print; a line `...` stands for
lines left out. In a block under <!-- measured --> the numbers are of one machine and one run: its
words are held, its numbers are not. A block ```yaml title="net.yaml" is written to that file
first. All blocks of a page run in one folder, from top to bottom.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
BLOCK = re.compile(
    r"(?P<measured>^<!-- measured -->\n)?"
    r"^```(?:console|\w+ title=\"(?P<file>[^\"]+)\")\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
LEFT_OUT = "..."
PATIENCE = 600


def pages() -> list[Path]:
    """The README and every page of docs/ with a block to run."""
    found = sorted([*ROOT.glob("README*.md"), *(ROOT / "docs").rglob("*.md")])
    return [page for page in found if "\n```console" in page.read_text(encoding="utf-8")]


def translated(page: str, original: str) -> str:
    """The text of a page with what the same commands print in the page that it translates."""
    printed = {}
    for block in BLOCK.finditer(original):
        if not block["file"]:
            printed.update(_commands(block["text"]))
    parts, end = [], 0
    for block in BLOCK.finditer(page):
        if not block["file"]:
            lines = [f"$ {command}\n{printed[command]}" for command, _ in _commands(block["text"])]
            parts += [page[end : block.start("text")], *lines]
            end = block.end("text")
    return "".join([*parts, page[end:]])


def refreshed(page: str) -> str:
    """The text of a page with what its commands print today."""
    parts, end = [], 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "architectures").symlink_to(ROOT / "architectures")
        (folder / "docs").symlink_to(ROOT / "docs")
        for block in BLOCK.finditer(page):
            if block["file"]:
                (folder / block["file"]).write_text(block["text"], encoding="utf-8")
                continue
            parts += [page[end : block.start("text")], _run(block, folder)]
            end = block.end("text")
    return "".join([*parts, page[end:]])


def _run(block: re.Match[str], folder: Path) -> str:
    lines = []
    for command, said in _commands(block["text"]):
        printed = _printed(command, folder)
        same = matches(said, printed, numbers=not block["measured"])
        lines.append(f"$ {command}\n{said if same else printed}")
    return "".join(lines)


def _commands(text: str) -> Iterator[tuple[str, str]]:
    """Each command of a block, and what stands under it."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, said = part.partition("\n")
        while command.endswith("\\"):
            more, _, said = said.partition("\n")
            command += "\n" + more
        yield command, said


def _printed(command: str, folder: Path) -> str:
    """What a command prints to a reader 80 columns wide, without colour."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "COLUMNS": "80",
        "NO_COLOR": "1",
        "OMP_NUM_THREADS": "1",  # on a busy machine, two wait for each other
        "CNNSHAPE_CACHE_DIR": str(folder / ".cache"),
    }
    text = run_in_shell(command, folder, environment).decode("utf-8").rstrip("\n")
    return "".join(f"{line.rstrip()}\n" for line in text.split("\n")) if text else ""


def run_in_shell(command: str, folder: Path, environment: dict[str, str]) -> bytes:
    """What a command writes to stdout and stderr."""
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=PATIENCE,
        check=False,
    ).stdout


def matches(said: str, printed: str, *, numbers: bool = True) -> bool:
    """Whether a page says what is printed, `...` standing for any lines."""
    parts = re.split(rf"^{re.escape(LEFT_OUT)}\n", said, flags=re.MULTILINE)
    pattern = "(?:.*\n)*".join(map(re.escape, parts))
    if not numbers:
        pattern = re.sub(r"(?:\d|\\?[.,](?=\d))+", r"[\\d.,]+", pattern)
    return re.fullmatch(pattern, printed) is not None
