"""The pictures of the README and of docs/: a terminal's real output, and diagrams, as SVG."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

import cnnshape
from cnnshape.diagrams import Style

ROOT = Path(__file__).parent.parent
WIDTH = 88
THEME = TerminalTheme(
    (13, 17, 23),
    (201, 209, 217),
    [
        (72, 79, 88), (255, 123, 114), (63, 185, 80), (210, 153, 34),
        (88, 166, 255), (188, 140, 255), (57, 197, 207), (177, 186, 196),
    ],
)  # fmt: skip
# rich's own frame, without its web font: a picture needs no network.
FRAME = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">
<title>{title}</title>
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace;
font-size: {char_height}px; line-height: {line_height}px; font-variant-east-asian: full-width; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" /></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">{matrix}</g>
</g>
</svg>
"""


def show_lenet5() -> str:
    """`cnnshape show architectures/lenet5.yaml` on a terminal with colours, as SVG."""
    command = [sys.executable, "-m", "cnnshape", "show", "architectures/lenet5.yaml"]
    with tempfile.TemporaryDirectory() as cache:
        environment = {
            **os.environ,
            "COLUMNS": str(WIDTH),
            "FORCE_COLOR": "1",
            "COLORTERM": "truecolor",
            "TERM": "xterm-256color",
            "CNNSHAPE_CACHE_DIR": cache,
        }
        environment.pop("NO_COLOR", None)
        shown = subprocess.run(
            command, env=environment, cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout
    # With a size of its own it asks neither the terminal nor the environment.
    console = Console(
        record=True, width=WIDTH, height=1, file=io.StringIO(), force_terminal=True,
        color_system="truecolor", no_color=False,
    )  # fmt: skip
    console.print(Text.from_ansi(shown.rstrip("\n")))
    svg: str = console.export_svg(
        title="cnnshape show architectures/lenet5.yaml",
        theme=THEME,
        code_format=FRAME.replace("{title}", "The table of LeNet-5 that cnnshape shows"),
        unique_id="lenet5",
    )
    return svg


DIAGRAMS: dict[str, tuple[str, Style, str]] = {
    "lenet5-maps.svg": ("lenet5", "maps", "light"),
    "lenet5-maps-dark.svg": ("lenet5", "maps", "dark"),
    "lenet5_1998-maps.svg": ("lenet5_1998", "maps", "print"),
    "resnet18-graph.svg": ("resnet18", "graph", "light"),
    "unet-volumes.svg": ("unet", "volumes", "light"),
    "vgg16-volumes.svg": ("vgg16", "volumes", "light"),
}
"""Each picture of docs/images with its net, style and theme."""


def diagram(net: str, style: Style, theme: str) -> str:
    """`cnnshape diagram` of a net, by the Graphviz that pip brings: the same on all machines."""
    path = os.environ.get("PATH", "")
    os.environ["PATH"] = ""
    try:
        return cnnshape.load(net).to_svg(style, theme=theme)
    finally:
        os.environ["PATH"] = path


def convolution() -> str:
    """The figure of `cnnshape convolve`: it moves."""
    from cnnshape.layers.convolution import Conv2d
    from cnnshape.lesson.reading import IMAGE, KERNEL, parse
    from cnnshape.lesson.scene import draw as draw_lesson
    from cnnshape.lesson.svg import to_svg
    from cnnshape.worked.convolutions import convolve
    from cnnshape.worked.values import build

    image = parse(IMAGE)
    layer, _ = build(Conv2d, {"out_channels": 1, "kernel_size": 3, "bias": False}, image)
    return to_svg(draw_lesson(convolve(layer, image, [parse(KERNEL)])), "light", 1)
