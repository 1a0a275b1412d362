"""How the commands print and write: text, tables, JSON and faults."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from ..text.printable import printable_lines
from ..text.styled import StyledLine

if TYPE_CHECKING:
    from typing import TextIO

    from rich.console import Console

    from ..errors import Diagnostic

STDOUT = "-"
"""The name of a file that is stdout."""
WIDE = 10_000
"""Columns of an output that is not a terminal: nothing is folded there."""


def say(text: str, *, err: bool = False) -> None:
    """Print text, of one line or several, on stdout or stderr: all plain text goes this way."""
    typer.echo(printable_lines(text), err=err)


def coloured(stream: TextIO) -> bool:
    """Whether a stream may have colours: a terminal, unless the user said otherwise."""
    return not os.environ.get("NO_COLOR") and (
        bool(os.environ.get("FORCE_COLOR")) or stream.isatty()
    )


@contextmanager
def written_at_once() -> Iterator[Console]:
    """A console for stdout on which nothing appears before all is rendered.

    A pipe that closes is then met here, and not inside rich.
    """
    console = make_console(sys.stdout)
    with console.capture() as capture:
        yield console
    sys.stdout.write(capture.get())


def make_console(stream: TextIO) -> Console:
    """A rich console: as wide as its terminal, COLUMNS if that is set, else as wide as need be."""
    from rich.console import Console
    from rich.segment import Segment

    class PrintableConsole(Console):
        """A console on which text, wherever it stands, cannot begin a sequence of its own."""

        def render(self, *arguments: Any, **options: Any) -> Iterator[Segment]:
            for segment in super().render(*arguments, **options):
                text, style, control = segment
                if control or text == "\n" or text.isprintable():
                    yield segment
                else:
                    yield Segment(printable_lines(text), style)

        def on_broken_pipe(self) -> NoReturn:
            """Say so to the command's end, where rich would exit with 1."""
            raise BrokenPipeError

    columns = os.environ.get("COLUMNS", "")
    width = int(columns) if columns.isdecimal() and int(columns) else None
    if width is None and not stream.isatty():
        width = WIDE
    return PrintableConsole(
        file=stream,
        width=width,
        color_system="auto" if coloured(stream) else None,
        highlight=False,
        markup=False,
        emoji=False,
    )


def print_line(line: StyledLine, stream: TextIO) -> None:
    """Print a line of text, wrapped between words where it is wider than the stream."""
    from rich.text import Text

    make_console(stream).print(Text.assemble(*((text, style) for style, text in line)))


def print_diagnostics(diagnostics: Iterable[Diagnostic]) -> None:
    """Draw diagnostics on stderr, an empty line between each two, no line wrapped.

    rich is imported only where there are colours to print.
    """
    # What is on stdout comes first, also where both are one terminal or one file.
    sys.stdout.flush()
    separator = ""
    for diagnostic in diagnostics:
        if coloured(sys.stderr):
            from rich.text import Text

            drawing = Text.assemble(*((text, style) for style, text in diagnostic.segments()))
            drawing.rstrip()
            make_console(sys.stderr).print(separator, drawing, sep="", soft_wrap=True)
        else:
            sys.stderr.write(f"{separator}{diagnostic}\n")
        separator = "\n"


def print_wrapped(lines: Sequence[str]) -> None:
    """Print lines, each broken between words where the terminal is narrower."""
    from ..views.plain import wrapped

    sys.stdout.write(wrapped(lines, get_terminal_size().columns))


def print_table(rows: Sequence[Sequence[str]], format: str, right: Sequence[int] = ()) -> None:
    """Print rows of cells, the first a heading, as text or as Markdown.

    The cells of the columns `right`, counted from 0, stand flush right.
    """
    from ..views.plain import markdown_table, text_table

    if format == "markdown":
        sys.stdout.write(markdown_table(rows, right))
    else:
        sys.stdout.write(text_table(rows, get_terminal_size().columns, right))


def write_out(out: str | None, content: str | bytes) -> None:
    """Write what a command makes into the file of --out, or to stdout."""
    if out is not None and out != STDOUT:
        from ..storage.files import write_atomically

        write_atomically(out, content)
    elif isinstance(content, str):
        sys.stdout.write(content)
    else:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()


def print_json(value: object) -> None:
    """Print plain data as JSON on stdout."""
    from ..text.printable import to_json

    say(to_json(value, indent=2))
