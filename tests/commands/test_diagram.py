"""``cnnshape diagram``."""

from __future__ import annotations

import io
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from cnnshape import load
from cnnshape.commands.diagram import FORMATS

from ..patience import PATIENCE
from .conftest import FAULTY

SVG = "{http://www.w3.org/2000/svg}"
STYLES = ("graph", "maps", "volumes")

BEGINS = {
    "svg": b"<?xml",
    "png": b"\x89PNG",
    "pdf": b"%PDF-",
    "dot": b"digraph",
    "mmd": b"flowchart",
    "html": b"<!doctype html>",
}


def begins(content: bytes, format: str) -> bool:
    """Whether a file begins as its format does, after Mermaid's front matter and comments."""
    if format == "mmd":
        content = content.rpartition(b"\n---\n")[2]
    while content.startswith(b"//"):
        content = content.partition(b"\n")[2]
    return content.startswith(BEGINS[format])


def test_the_default_is_lenet5_as_a_graph(cli):
    result = cli("diagram", "--out", "lenet.svg")
    assert result.exit_code == 0
    assert result.stdout == ""
    root = ElementTree.parse("lenet.svg").getroot()
    assert root.tag == f"{SVG}svg"
    assert "LeNet-5" in root.findtext(f"{SVG}title")
    shown = "".join(root.itertext())
    for box in ("C1", "S2", "C3", "S4", "C5", "F6", "6×28×28", "61,706"):
        assert box in shown


@pytest.mark.slow
@pytest.mark.parametrize("format", FORMATS)
def test_the_ending_names_the_format(cli, spec, format):
    assert cli("diagram", spec, "--out", f"net.{format}").exit_code == 0
    assert begins(Path(f"net.{format}").read_bytes(), format)
    assert cli("diagram", spec, "--out", f"NET.{format.upper()}").exit_code == 0


@pytest.mark.slow
def test_several_files_at_once(cli, spec):
    outs = [part for format in FORMATS for part in ("--out", f"net.{format}")]
    assert cli("diagram", spec, *outs).exit_code == 0
    for format in FORMATS:
        assert begins(Path(f"net.{format}").read_bytes(), format)


@pytest.mark.slow
@pytest.mark.parametrize("format", FORMATS)
def test_stdout_holds_the_file_and_nothing_else(process, spec, format):
    command = [sys.executable, "-m", "cnnshape", "diagram", str(spec), "--out", "-"]
    result = subprocess.run(
        [*command, "--format", format], capture_output=True, check=True, timeout=PATIENCE
    )
    assert begins(result.stdout, format)
    process("diagram", spec, "--out", f"net.{format}")
    assert result.stdout == Path(f"net.{format}").read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_styles_and_themes(cli, style, theme):
    result = cli("diagram", "lenet5", "--style", style, "--theme", theme, "-o", "a.svg")
    assert result.exit_code == 0
    assert Path("a.svg").read_text("utf-8") == load("lenet5").to_svg(style, theme=theme)


@pytest.mark.slow
def test_a_png_is_as_sharp_as_asked(cli, spec):
    cli("diagram", spec, "--out", "two.png")
    cli("diagram", spec, "--out", "four.png", "--scale", "4")
    two, four = (
        Image.open(io.BytesIO(Path(name).read_bytes())).size for name in ("two.png", "four.png")
    )
    assert four == pytest.approx((2 * two[0], 2 * two[1]), abs=2)
    result = cli("diagram", spec, "--out", "x.png", "--scale", "0")
    assert result.exit_code == 2
    assert "expected a number above 0 and up to 16, not 0" in result.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "name a file, such as --out net.svg, or --out - with --format svg"),
        (["--out", "net.gif"], "net.gif ends in .gif: expected one of svg, png, pdf, dot,"),
        (["--out", "net"], "net has no ending: expected one of svg, png, pdf, dot, mmd, html"),
        (["--out", "-"], "what is to be written to stdout? One of svg, png, pdf, dot, mmd, html"),
        (
            ["--out", "-", "--out", "-", "--format", "svg"],
            "- is named twice: each file is written once",
        ),
        (["--out", "a.dot", "--style", "maps"], "a.dot: DOT is drawn in style graph; style maps"),
        (["--out", "a.html", "--style", "volumes"], "the page is drawn in style graph"),
        (["--out", "a.svg", "--depth", "-1"], "expected a number of at least 0, all or auto"),
        (["--out", "a.svg", "--show", "parms"], "there is no fact 'parms'; did you mean params?"),
        (["--out", "a.svg", "--timeout", "0"], "expected a number of seconds above 0, not 0"),
        (["--out", "a.svg", "--style", "tree"], "'tree' is not one of 'graph', 'maps', 'volumes'"),
    ],
)
def test_what_cannot_be_is_said(cli, arguments, told):
    result = cli("diagram", *arguments)
    assert result.exit_code == 2
    assert told in " ".join(result.stderr.replace("│", "").split())
    assert list(Path().iterdir()) == []


def test_an_ending_that_names_no_format_is_helped_by_the_option(cli):
    assert cli("diagram", "--out", "picture", "--format", "svg").exit_code == 0
    assert begins(Path("picture").read_bytes(), "svg")


@pytest.mark.slow
def test_a_missing_folder_and_a_folder_are_named(cli, process):
    missing = process("diagram", "--out", "none/net.svg")
    assert missing.returncode == 2
    assert missing.stderr == "error: none/net.svg: No such file or directory\n"
    Path("folder.svg").mkdir()
    folder = process("diagram", "--out", "folder.svg")
    assert folder.returncode == 2
    assert folder.stderr == "error: folder.svg: Is a directory\n"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_an_unwritable_folder_is_named(process):
    Path("locked").mkdir(mode=stat.S_IRUSR | stat.S_IXUSR)
    result = process("diagram", "--out", "locked/net.svg")
    assert result.returncode == 2
    assert result.stderr == "error: locked/net.svg: Permission denied\n"


def test_a_fault_leaves_no_half_of_what_was_asked_for(cli):
    result = cli("diagram", "--out", "a.svg", "--out", "a.png", "--scale", "16", "--set", "x=1")
    assert result.exit_code == 1
    assert list(Path().iterdir()) == []


def test_a_faulty_spec_is_not_drawn(cli):
    Path("faulty.yaml").write_text(FAULTY)
    result = cli("diagram", "faulty.yaml", "--out", "a.svg")
    assert result.exit_code == 1
    assert result.stderr.count("error: ") == 2
    assert not Path("a.svg").exists()


@pytest.mark.slow
def test_what_is_not_drawn_is_said(cli):
    result = cli("diagram", "densenet121", "--out", "a.svg")
    assert "note: 7 groups are drawn closed (418 layers): --depth 1 opens them.\n" in result.stderr
    assert cli("diagram", "lenet5", "--out", "a.svg").stderr == ""


@pytest.mark.slow
def test_depth_fold_and_fuse_reach_the_drawing(cli):
    def boxes(*options: str) -> str:
        assert cli("diagram", "resnet18", "--out", "a.mmd", *options).exit_code == 0
        return Path("a.mmd").read_text("utf-8")

    assert "basic ×2" in boxes()
    assert "basic ×2" not in boxes("--expand")
    assert len(boxes("--separate").splitlines()) > len(boxes().splitlines())
    assert len(boxes("--depth", "0").splitlines()) < len(boxes().splitlines())
    assert "TD" in boxes("--direction", "down")
    assert "LR" in boxes("--direction", "right")


@pytest.mark.slow
def test_too_many_boxes_are_refused_with_the_option_that_helps(cli):
    Path("long.yaml").write_text(
        "input: [4, 8, 8]\nlayers:\n"
        "  - {name: c, type: Conv2d, out_channels: 4, kernel_size: 1, repeat: 10000}\n"
    )
    assert cli("diagram", "long.yaml", "--out", "a.svg").exit_code == 0
    result = cli("diagram", "long.yaml", "--out", "b.svg", "--expand", "--depth", "all")
    assert result.exit_code == 2
    assert "10,000 boxes are more than a diagram can hold (1,000); help: --fold" in result.stderr
    assert not Path("b.svg").exists()


@pytest.mark.slow
def test_no_torch_no_rich_no_dot_and_no_network(tmp_path):
    code = (
        "import socket, sys\n"
        "def refuse(*_): raise AssertionError('network')\n"
        "socket.socket.connect = refuse\n"
        "from cnnshape.commands import main\n"
        "outs = [p for n in ('svg', 'png', 'pdf', 'html') for p in ('--out', 'a.' + n)]\n"
        "try: main(['diagram', 'resnet18', *outs])\n"
        "except SystemExit as end: assert end.code in (0, None), end.code\n"
        "print([m for m in ('torch', 'rich', 'numpy') if m in sys.modules])\n"
    )
    empty = tmp_path / "empty"
    empty.mkdir()
    result = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PATH": str(empty)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert result.stderr == ""
    assert result.stdout == "[]\n"


@pytest.mark.slow
def test_a_pipe_that_closes_is_no_traceback():
    command = f"{sys.executable} -m cnnshape diagram resnet152 -o - --format svg | head -c 10"
    shell = shutil.which("sh")
    result = subprocess.run(
        [shell, "-c", command], capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    assert result.stdout.startswith("<?xml")
    assert "Traceback" not in result.stderr


def test_a_notebook_shows_the_table_and_the_diagram():
    shown = load("lenet5")._repr_html_()
    assert shown.index("<table") < shown.index('<img src="data:image/svg+xml;base64,')
    assert 'alt="Diagram of LeNet-5"' in shown


def test_python_names_what_there_is_not():
    lenet = load("lenet5")
    with pytest.raises(ValueError, match="there is no style 'tree'; there are graph, maps"):
        lenet.to_svg("tree")
    with pytest.raises(ValueError, match="there is no theme 'drak'; did you mean dark"):
        lenet.to_svg(theme="drak")
    with pytest.raises(ValueError, match="depth is a number of at least 0, 'auto' or None"):
        lenet.to_svg(depth=-1)
    assert "<svg" in lenet.to_svg(facts=["shape"])
