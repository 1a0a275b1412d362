"""The pages: what stands in them runs, and prints what they say."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import typer.main

import cnnshape
from cnnshape import loads
from cnnshape.commands._app import app

from .. import forking
from ..patience import PATIENCE

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "docs"))

from console import matches, refreshed  # noqa: E402  (docs/ is no package)
from generate import GENERATED, ORIGINALS  # noqa: E402

PAGES = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for path in sorted([*ROOT.glob("README*.md"), *(ROOT / "docs").rglob("*.md")])
}
FENCE = re.compile(r"^```(\w*)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHELL = re.compile(r" (?:\||>>?|&&) ")


def blocks(kind: str, *pages: str) -> list[tuple[str, str]]:
    """The page and the text of each block of a language that is not a file with a title."""
    return [
        (page, text)
        for page in pages or PAGES
        for word, more, text in FENCE.findall(PAGES[page])
        if word == kind and "title=" not in more
    ]


def commands() -> list[tuple[str, str]]:
    """Each `cnnshape ...` of a block of shell lines that shows no output; usages left out."""
    lines = []
    for page, text in blocks("sh"):
        for line in text.replace("\\\n", " ").splitlines():
            command = re.search(r"(?:^|\s|/)cnnshape (.*)", line)
            if command and "[OPTIONS]" not in line and "pip install" not in line:
                lines.append((page, command[1]))
    return lines


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_every_command_of_a_page_can_be_said(page: str) -> None:
    whole: Any = typer.main.get_command(app)
    for where, line in commands():
        if where == page:
            words = shlex.split(SHELL.split(line)[0], comments=True)
            name, *arguments = words
            if name.startswith("-"):
                continue
            command = whole.get_command(None, name)
            assert command is not None, line
            command.make_context(name, [*arguments])


def test_there_are_commands() -> None:
    assert len(commands()) > 100


@pytest.mark.parametrize(
    "text", [text for _, text in blocks("yaml") if re.search("^layers:", text, re.MULTILINE)]
)
def test_a_whole_spec_is_read(text: str) -> None:
    loads(text)


@pytest.mark.slow
@pytest.mark.parametrize(("page", "text"), blocks("python"))
def test_a_program_runs(page: str, text: str) -> None:
    if "import cnnshape" not in text:
        compile(text, page, "exec")  # a part of a program
        return
    ran = forking.run("-c", text)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize(
    ("said", "printed", "numbers", "same"),
    [
        ("a 1\n", "a 1\n", True, True),
        ("a 1\n", "a 2\n", True, False),
        ("a 1\n", "a 2,345.6\n", False, True),
        ("a 1\n", "b 1\n", False, False),
        ("a\n...\nd\n", "a\nb\nc\nd\n", True, True),
        ("a\n...\nd\n", "a\nd\n", True, True),
        ("a\n...\n", "b\nc\n", True, False),
        ("", "a\n", True, False),
    ],
)
def test_what_a_page_says_is_what_is_printed(
    said: str, printed: str, numbers: bool, same: bool
) -> None:
    assert matches(said, printed, numbers=numbers) is same


def test_a_page_is_written_anew() -> None:
    page = """\
```yaml title="n.yaml"
a: 1
```
```console
$ cat n.yaml
old
$ true
```
"""
    assert refreshed(page) == page.replace("old", "a: 1")


@pytest.mark.parametrize(("page", "original"), ORIGINALS.items())
def test_a_translation_runs_the_same_commands(page: str, original: str) -> None:
    ran, meant = (
        [
            line
            for _, text in blocks("console", each)
            for line in text.splitlines()
            if line[:2] == "$ "
        ]
        for each in (page, original)
    )
    assert sorted(ran) == sorted(meant)


def test_the_python_page_has_every_public_name() -> None:
    named = re.findall(r"^::: cnnshape\.(\w+)$", PAGES["docs/python.md"], re.MULTILINE)
    assert sorted([*named, "__version__"]) == cnnshape.__all__


@pytest.mark.slow
@pytest.mark.parametrize("name", GENERATED)
def test_a_generated_file_is_not_stale(name: str) -> None:
    """In a process of its own: other tests define layer types, which schema and docs would list."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    checked = forking.run("tests/docs/checking.py", name, env=environment, cwd=ROOT)
    assert checked.stdout == "", "run: python docs/generate.py"
    assert checked.returncode == 0, checked.stderr


@pytest.mark.slow
@pytest.mark.skipif(find_spec("mkdocs") is None, reason="mkdocs is not installed")
def test_the_site_is_built(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "mkdocs",
        "build",
        "--strict",
        "-q",
        "-d",
        str(tmp_path / "site"),
    ]
    built = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert built.returncode == 0, built.stdout + built.stderr
    pages = {
        str(path.parent.relative_to(tmp_path / "site")): path.read_text(encoding="utf-8")
        for path in (tmp_path / "site").rglob("index.html")
    }
    assert '<div lang="ko">' in pages["ko/tutorial"]
    assert not re.search(r":(?:func|class|meth|data):|<p>::</p>", pages["python"]), "ReST markup"
    assert "\\|" not in pages["cli"], "a bar with its backslash"
    for name, page in pages.items():
        loaded = re.findall(
            r'<(?:script|img|source)[^>]* src="([^"]+)|<link[^>]* href="([^"]+)', page
        )
        assert not [url for pair in loaded for url in pair if "//" in url], f"{name}: another host"
