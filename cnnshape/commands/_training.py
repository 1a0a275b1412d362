"""What train, evaluate and predict share: how their faults end, and whom they may import.

Neither torch nor numpy is imported before a command runs.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn, TypeAlias

import typer

from ..packages import require
from ._common import define_types, usage_error
from ._printing import make_console, print_diagnostics, say

if TYPE_CHECKING:
    from ..training.distributed import Group
    from ..training.progress import Progress
    from ..training.trained import Trained

Shown: TypeAlias = Literal["text", "json", "quiet"]
"""What a run prints while it goes on: lines or a display, JSON lines, nothing."""

RunArgument = Annotated[
    str, typer.Argument(metavar="RUN", help="The folder of a run that `cnnshape train` made.")
]
TrainingDeviceOption = Annotated[
    str,
    typer.Option(metavar="DEVICE", help="Where PyTorch runs: auto, cpu, cuda, cuda:N or mps."),
]
DataDirOption = Annotated[
    str | None,
    typer.Option(metavar="DIR", help="A folder that holds the data set already. It is only read."),
]

BatchOption = Annotated[
    int | None,
    typer.Option(min=1, metavar="N", help="Images run at once. Default: as in training."),
]


@contextmanager
def faults_told() -> Iterator[None]:
    """Turn the faults of training into a line on stderr and an exit code.

    1: the spec is faulty, or a run cannot go on; 2: what was asked for is not there.
    """
    from ..errors import SpecError
    from ..torch_backend import BuildError, DeviceError
    from ..training.data import DataError
    from ..training.distributed import PeerLost
    from ..training.faults import CheckpointError, TrainingError
    from ..training.run import RunError

    try:
        yield
    except (BuildError, CheckpointError, PeerLost, SpecError, TrainingError) as fault:
        tell_fault(fault)
        if isinstance(fault, PeerLost):
            end_at_once(1)
        raise typer.Exit(1) from None
    except (DataError, DeviceError, RunError) as fault:
        tell_fault(fault)
        raise typer.Exit(2) from None


def load_plugins(needed: Sequence[str], given: Sequence[str]) -> None:
    """Define the layer types of the files that a run needs, where the user has named them.

    A file that only the run names is not run: the run may be from anyone.
    """
    from pathlib import Path

    named = {Path(file).name for file in given}
    missing = [file for file in needed if Path(file).name not in named]
    if missing:
        options = " ".join(f"--plugin {file}" for file in missing)
        usage_error(f"the run was made with layer types of your own: add {options}", "--plugin")
    define_types(given)


@contextmanager
def progress_of(group: Group, shown: Shown) -> Iterator[Progress]:
    """How a run is shown: a display where stderr is a terminal, else plain lines there."""
    from ..training.progress import Display, JsonLines, Lines, Silent

    progress: Progress
    if not group.leads or shown == "quiet":
        progress = Silent()
    elif shown == "json":
        progress = JsonLines(sys.stdout)
    elif sys.stderr.isatty():
        progress = Display(make_console(sys.stderr))
    else:
        progress = Lines(sys.stderr)
    try:
        yield progress
    finally:
        progress.close()


def open_trained(folder: str, device: str, plugins: list[str] | None) -> Trained:
    """The trained network of a run; raises what `faults_told` tells of."""
    from pathlib import Path

    from ..training.distributed import Group
    from ..training.run import Run

    run = Run(Path(folder))
    # A folder without a run is told before torch is imported.
    result = run.read_result()
    load_plugins(result.get("plugins", ()), plugins or ())
    require("torch", "train")

    from ..training.session import training_device
    from ..training.trained import load_trained

    return load_trained(run, result, training_device(device, Group()))


def image_remarks(inverted: bool, notes: Iterable[str], doubts: Iterable[str]) -> list[str]:
    """What was done to an image that is not done to every one, and what is doubtful of it."""
    remarks = ["it is dark on light, and so inverted"] if inverted else []
    return [*remarks, *notes, *(f"doubtful: {doubt}" for doubt in doubts)]


def tell(line: str) -> None:
    """Print a line for the user, beside the result."""
    say(line, err=True)


def tell_fault(fault: Exception) -> None:
    """Print a fault; one that several processes of a run have, once."""
    from ..errors import SpecError
    from ..training.telling import tell_once

    def tell_it() -> None:
        if isinstance(fault, SpecError):
            print_diagnostics(fault.diagnostics)
        else:
            tell(f"error: {fault}")

    tell_once(str(fault), tell_it)


def end_at_once(code: int) -> NoReturn:
    """End a process that works with others, without Python's farewell.

    Threads of torch.distributed may still run then, and would abort the process, or wait for
    those that are gone.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
