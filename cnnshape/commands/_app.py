"""The Typer app: finds commands by listing this folder, and ends the process as it should."""

from __future__ import annotations

import inspect
import os
import re
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from io import StringIO
from pkgutil import iter_modules
from types import FrameType
from typing import Annotated, Any

import typer
import typer.core
import typer.main

from ..packages import missing_package
from ..version import __version__
from ._printing import say
from ._streams import drop_output

SETTINGS: dict[str, Any] = {
    "context_settings": {"help_option_names": ["-h", "--help"]},
    "pretty_exceptions_enable": False,
    # Plain help: to import rich's would take longer than to show a small net.
    "rich_markup_mode": None,
}


UsageError: Any = typer.BadParameter.__base__
"""The class of everything that is wrong with a command line: Typer's versions hold it in different
places."""


PANELS = ("Look", "Explain", "Prove", "Draw", "Train", "Move in and out")
"""What one may want, in the order of the help; each command's file names one of these."""

PATHS = re.compile(r"(SPEC|FILE|RUN|DIR|PATH|\W)+")
"""The metavars of what names a file or folder."""


class _Commands(Mapping[str, Any]):
    """The commands by name, each imported when it is asked for."""

    def __init__(self) -> None:
        package = import_module(__package__)
        # A command whose name is a word of Python's own stands in a file such as import_.py.
        self._files = {
            module.name.removesuffix("_"): module.name
            for module in iter_modules(package.__path__)
            if not module.name.startswith("_")
        }
        self._names = sorted(self._files)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __getitem__(self, name: str) -> Any:
        if name not in self._names:
            raise KeyError(name)
        module = import_module(f"{__package__}.{self._files[name]}")
        function = getattr(module, name, None) or getattr(module, f"{name}_")
        single = typer.Typer(add_completion=False, **SETTINGS)
        # After \b, the lines of the examples stay as they are.
        help = inspect.cleandoc(function.__doc__ or "").replace("Examples:\n", "\b\nExamples:\n")
        single.command(name, cls=_Command, help=help, rich_help_panel=module.PANEL)(function)
        return typer.main.get_command(single)


class _Command(typer.core.TyperCommand):
    """A command that refuses an option given twice where only the last would count, and an empty
    text where a file or folder is named: for Path it is the current folder."""

    def parse_args(self, ctx: Any, args: list[str]) -> Any:
        """Read the command line; raises UsageError."""
        if not ctx.resilient_parsing:  # as a shell asks, which completes what is not whole yet
            values, _, given = self.make_parser(ctx).parse_args(args=[*args])
            for parameter in given:
                value = values.get(str(parameter.name))
                named = [value] if isinstance(value, str) else value or ()
                metavar = parameter.metavar or "VALUE"
                if PATHS.fullmatch(metavar) and "" in named:
                    is_option = parameter.param_type_name == "option"
                    name = parameter.opts[0] if is_option else metavar.strip("[].")
                    raise UsageError(f"{name} is empty: it names no file", ctx)
                once = parameter.param_type_name == "option" and not parameter.multiple
                if once and given.count(parameter) > 1 and not parameter.is_eager:
                    names = "/".join([*parameter.opts, *parameter.secondary_opts])
                    raise UsageError(f"{names} is given more than once, and one counts", ctx)
        return super().parse_args(ctx, args)


class CommandGroup(typer.core.TyperGroup):
    """The group of all commands. Knows their names without importing any.

    The contexts are of a class that Typer does not name the same in all its versions.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = _Commands()  # type: ignore[assignment]

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of the commands, in the order of the alphabet."""
        return list(self.commands)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the commands by what one wants, in the columns of one table."""
        commands = [*self.commands.items()]  # each is made when it is asked for
        width = max(map(len, self.commands))
        for panel in PANELS:
            with formatter.section(panel):
                formatter.write_dl(
                    [
                        (
                            f"{name:<{width}}",
                            command.get_short_help_str(formatter.width - width - 6),
                        )
                        for name, command in commands
                        if command.rich_help_panel == panel  # type: ignore[attr-defined]
                    ]
                )

    def make_context(self, *arguments: Any, **settings: Any) -> Any:
        """Read the arguments before the command's name."""
        with orderly_end(), usage_errors_told_once():
            return super().make_context(*arguments, **settings)

    def invoke(self, ctx: Any) -> Any:
        """Run the command that the arguments name."""
        with orderly_end(), usage_errors_told_once():
            return super().invoke(ctx)


@contextmanager
def orderly_end() -> Iterator[None]:
    """Turn what no command can help into a line and an exit code, without a traceback.

    That is Ctrl-C, an output that cannot be written, a package that is not installed, and memory
    that has run out.
    """
    try:
        with _imports_end_at_once():
            try:
                yield
            finally:
                sys.stdout.flush()
    except KeyboardInterrupt:
        say("\ninterrupted", err=True)
        raise typer.Exit(130) from None
    except ImportError as fault:
        told = missing_package(fault)
        if not told:
            raise
        say(f"error: {told}", err=True)
        raise typer.Exit(2) from None
    except (MemoryError, RuntimeError) as fault:
        from ..torch_backend.layer_check import is_out_of_memory, named_line

        if not is_out_of_memory(fault):
            raise
        say(f"error: there is not enough memory: {named_line(fault)}", err=True)
        raise typer.Exit(1) from None
    except BrokenPipeError:
        drop_output()
        raise typer.Exit(141) from None
    except OSError as fault:
        drop_output()
        place = f"{fault.filename}: " if fault.filename else "cannot write the output: "
        say(f"error: {place}{fault.strerror or fault}", err=True)
        raise typer.Exit(2) from None


@contextmanager
def usage_errors_told_once() -> Iterator[None]:
    """Let one process print a usage error, where torchrun has started several alike."""
    try:
        yield
    except UsageError as fault:
        from ..training.telling import tell_once

        shown = StringIO()
        fault.show(shown)
        tell_once(str(fault), lambda: say(shown.getvalue().rstrip("\n"), err=True))
        raise typer.Exit(fault.exit_code) from None


@contextmanager
def _imports_end_at_once() -> Iterator[None]:
    """Let Ctrl-C end the process where it comes in an import; else it is KeyboardInterrupt.

    torch goes on when its import of numpy is interrupted, and what needs numpy fails later, for
    no reason that a user could see; elsewhere in its import it aborts the process.
    """
    main = threading.current_thread() is threading.main_thread()
    if not main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield  # signals come to another thread, or are ignored, as in the background of a shell
        return
    signal.signal(signal.SIGINT, _end_import_or_raise)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _end_import_or_raise(number: int, frame: FrameType | None) -> None:
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            os.write(sys.stderr.fileno(), b"\ninterrupted\n")
            os._exit(130)
        frame = frame.f_back
    raise KeyboardInterrupt


def _print_version(asked: bool) -> None:
    if asked:
        say(f"cnnshape {__version__}")
        raise typer.Exit


app = typer.Typer(cls=CommandGroup, no_args_is_help=True, **SETTINGS)


@app.callback()
def cnnshape(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Write a CNN down once, in YAML: see its shapes and costs, proved against PyTorch."""
