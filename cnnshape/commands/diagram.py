"""``cnnshape diagram``: a network as a picture, in one file or several."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple, get_args

import typer

from ..diagrams import STYLES, Style
from ._common import (
    InputOption,
    PluginOption,
    SetOption,
    SpecArgument,
    VariantOption,
    files_of,
    network_or_exit,
    read_changes,
    refuse_named_twice,
    refuse_overwriting,
    usage_error,
)
from ._printing import STDOUT, print_diagnostics, say, write_out

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..diagrams import Depth, Figure, Look
    from ..network import Network

PANEL = "Draw"

Format = Literal["svg", "png", "pdf", "dot", "mmd", "html"]
FORMATS: tuple[Format, ...] = get_args(Format)
DRAWN = frozenset({"svg", "png", "pdf"})
"""Formats of a drawn figure; the others are texts for other programs to draw."""
MOST_SCALE = 16


class _Target(NamedTuple):
    """One file to be written, or '-' for stdout."""

    path: str
    format: Format


def diagram(
    spec: SpecArgument = "lenet5",
    out: Annotated[
        list[str] | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="Where to write it; the ending names the format: svg, png, pdf, dot, mmd "
            "(Mermaid) or html (a page to explore). Several may be named; - is stdout.",
        ),
    ] = None,
    format: Annotated[
        Format | None, typer.Option(help="The format, where no file ending names it, as for -.")
    ] = None,
    style: Annotated[
        Style,
        typer.Option(help=f"{'; '.join(f'{name}: {drawn}' for name, drawn in STYLES.items())}."),
    ] = "graph",
    theme: Annotated[
        Literal["light", "dark", "print"], typer.Option(help="The colours.")
    ] = "light",
    depth: Annotated[
        str,
        typer.Option(
            metavar="N|all|auto",
            help="Draw groups closed that are nested deeper than N; auto: as deep as can be read.",
        ),
    ] = "auto",
    fold: Annotated[
        bool,
        typer.Option(
            "--fold/--expand", help="Draw identical repeats once, as ×N, or each of them."
        ),
    ] = True,
    fuse: Annotated[
        bool,
        typer.Option(
            "--fuse/--separate",
            help="Draw norms, activations and dropout in the box of the layer before, or each "
            "in a box of its own.",
        ),
    ] = True,
    show: Annotated[
        str | None,
        typer.Option(
            metavar="LIST",
            help="What a box says, separated by commas: arguments, shape, params, macs, rf, "
            "formula, path; or all, or none.",
        ),
    ] = None,
    direction: Annotated[
        Literal["down", "right"] | None, typer.Option(help="The direction of the data flow.")
    ] = None,
    legend: Annotated[
        bool, typer.Option("--legend/--no-legend", help="Show a legend of the colours, or not.")
    ] = True,
    scale: Annotated[
        float, typer.Option(metavar="X", help="Pixels of a PNG for each px of the SVG.")
    ] = 2,
    timeout: Annotated[
        float, typer.Option(metavar="SECONDS", help="The time that Graphviz may take.")
    ] = 30,
    set_: SetOption = None,
    input: InputOption = None,
    variant: VariantOption = None,
    plugin: PluginOption = None,
) -> None:
    """Draw a network: SVG, PNG, PDF, DOT, Mermaid, HTML.

    Every size in the picture is computed. No system Graphviz, no LaTeX and no network are
    needed; a system's dot is used where there is one.

    Examples:
        cnnshape diagram --out lenet.svg
        cnnshape diagram lenet5_1998 --style maps --theme print --out figure2.pdf
        cnnshape diagram resnet50 --out resnet.html --out resnet.png --depth 1
    """
    changes = read_changes(set_, input, variant, plugin)
    for path in out or []:
        refuse_overwriting(path, files_of(spec, changes))
    targets = _targets(out or [], format, style)
    if not 0 < scale <= MOST_SCALE:
        usage_error(f"expected a number above 0 and up to {MOST_SCALE}, not {scale:g}", "--scale")
    if not 0 < timeout < float("inf"):
        usage_error(f"expected a number of seconds above 0, not {timeout:g}", "--timeout")
    look = _look(theme, depth, fold, fuse, show, direction, legend)

    from ..diagrams import DiagramError

    network = network_or_exit(spec, changes)
    print_diagnostics(network.warnings)
    try:
        _write_all(network, targets, _Order(style, replace(look, timeout=timeout), scale))
    except DiagramError as fault:
        say(f"error: {fault}", err=True)
        raise typer.Exit(2) from None


def _targets(out: list[str], format: Format | None, style: Style) -> list[_Target]:
    """What is to be written; raises BadParameter."""
    if not out:
        usage_error("name a file, such as --out net.svg, or --out - with --format svg", "--out")
    targets = [_Target(path, _format(path, format)) for path in out]
    for path, made in targets:
        if style != "graph" and made in ("dot", "mmd", "html"):
            what = {"dot": "DOT", "mmd": "Mermaid", "html": "the page"}[made]
            usage_error(
                f"{path}: {what} is drawn in style graph; style {style} is for svg, png and pdf",
                "--style",
            )
        if path == STDOUT and made in ("png", "pdf") and sys.stdout.isatty():
            usage_error(f"a {made} is not for a terminal: name a file", "--out")
    refuse_named_twice(out)
    return targets


def _format(path: str, format: Format | None) -> Format:
    ending = "" if path == STDOUT else Path(path).suffix[1:].lower()
    if ending in FORMATS:
        return ending
    if format is None:
        known = ", ".join(FORMATS)
        if path == STDOUT:
            usage_error(f"what is to be written to stdout? One of {known}", "--format")
        ends = f"ends in .{ending}" if ending else "has no ending"
        usage_error(f"{path} {ends}: expected one of {known}, or --format to name it", "--out")
    return format


def _look(
    theme: str,
    depth: str,
    fold: bool,
    fuse: bool,
    show: str | None,
    direction: Literal["down", "right"] | None,
    legend: bool,
) -> Look:
    from ..diagrams import FACTS, make_look

    facts = None
    if show is not None:
        named = [name.strip() for name in show.split(",")]
        facts = {"all": list(FACTS), "none": []}.get(show, named)
    try:
        return make_look(
            theme=theme,
            depth=_depth(depth),
            fold=fold,
            fuse=fuse,
            facts=facts,
            direction=direction,
            legend=legend,
        )
    except ValueError as fault:
        usage_error(str(fault), "--show")


def _depth(text: str) -> Depth:
    if text == "auto":
        return "auto"
    if text == "all":
        return None
    if not (text.isascii() and text.isdecimal()):
        usage_error(f"expected a number of at least 0, all or auto, not {text!r}", "--depth")
    return int(text)


class _Order(NamedTuple):
    """How a network is to be drawn."""

    style: Style
    look: Look
    scale: float


def _write_all(network: Network, targets: list[_Target], order: _Order) -> None:
    """Draw everything before anything is written: a fault leaves no half of what was asked."""
    from functools import cache

    from ..diagrams import draw

    @cache
    def figure() -> Figure:
        return draw(network, order.style, order.look)

    made = [(path, _content(network, format, figure, order)) for path, format in targets]
    for path, content in made:
        write_out(path, content.encode() if isinstance(content, str) else content)
    left_out = figure().left_out if any(format in DRAWN for _, format in targets) else ()
    for note in left_out:
        say(f"note: {note}", err=True)


def _content(
    network: Network, format: Format, figure: Callable[[], Figure], order: _Order
) -> str | bytes:
    if format == "svg":
        return figure().svg
    if format == "png":
        from ..diagrams.export import to_png

        return to_png(figure().svg, title=network.name, scale=order.scale)
    if format == "pdf":
        from ..diagrams.export import to_pdf

        return to_pdf(figure().svg, title=network.name)
    if format == "dot":
        from ..diagrams.graph import to_dot

        return to_dot(network, order.look)
    if format == "mmd":
        from ..diagrams.mermaid import to_mermaid

        return to_mermaid(network, order.look)
    from ..diagrams.page import to_page

    return to_page(network, order.look)
