"""The folder that a training run leaves."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from shlex import quote
from typing import Any

from ..files import write_atomically
from .faults import TrainingError

PARENT = "runs"
"""The folder in which runs without a name of their own are made."""
SCHEMA_VERSION = 1
"""The version of result.json."""


class RunError(Exception):
    """A folder that cannot be used as asked. The text says what to do."""


@dataclass(frozen=True)
class Run:
    """The files of a run, by what they hold.

    Attributes:
        folder: where they are.
    """

    folder: Path

    @property
    def checkpoint(self) -> Path:
        """The state that --resume goes on from."""
        return self.folder / "checkpoint.safetensors"

    @property
    def model(self) -> Path:
        """The weights that the run gives."""
        return self.folder / "model.safetensors"

    @property
    def spec(self) -> Path:
        """What was trained, and how."""
        return self.folder / "spec.yaml"

    @property
    def metrics(self) -> Path:
        """A row an epoch."""
        return self.folder / "metrics.csv"

    @property
    def result(self) -> Path:
        """The figures. It is written last: a run that has it is whole."""
        return self.folder / "result.json"

    @property
    def curves(self) -> Path:
        """Loss and accuracy by epoch, drawn."""
        return self.folder / "curves.svg"

    @property
    def confusion(self) -> Path:
        """How often each class was answered as each, drawn."""
        return self.folder / "confusion.svg"

    @property
    def files(self) -> tuple[Path, ...]:
        """All of them, the result first."""
        return (
            self.result, self.checkpoint, self.model, self.spec, self.metrics, self.curves,
            self.confusion,
        )  # fmt: skip

    @property
    def resumption(self) -> str:
        """The command that goes on with it, as a shell reads it."""
        return f"cnnshape train --resume {quote(str(self.folder))}"

    def read_result(self) -> dict[str, Any]:
        """result.json as plain data.

        Raises:
            RunError: the folder holds no finished run, or one of another version.
        """
        try:
            result = json.loads(self.result.read_text(encoding="utf-8"))
            known = result["schema"] == SCHEMA_VERSION
        except FileNotFoundError:
            raise RunError(self._why_unfinished()) from None
        except (ValueError, TypeError, KeyError):
            raise RunError(f"{self.result} is no result of a training run") from None
        except OSError as fault:
            raise RunError(f"cannot read {self.result}: {fault.strerror}") from None
        if not known:
            raise RunError(f"{self.result} is of another version of cnnshape")
        return dict(result)

    def _why_unfinished(self) -> str:
        if self.checkpoint.exists():
            return f"the run in {self.folder} has not ended; {self.resumption}"
        return (
            f"{self.folder} holds no training run: there is no {self.result.name} in it; "
            "`cnnshape train --out` makes one"
        )

    def clear_away(self) -> None:
        """Remove what a process that was killed left half written."""
        for file in self.files:
            for unfinished in self.folder.glob(f".{file.name}.*"):
                unfinished.unlink(missing_ok=True)

    def write_result(self, result: Mapping[str, Any]) -> None:
        """Write result.json."""
        text = json.dumps({"schema": SCHEMA_VERSION, **result}, indent=2, ensure_ascii=False)
        write_atomically(self.result, text + "\n")


def metrics_csv(history: Sequence[Mapping[str, Any]]) -> str:
    """The text of metrics.csv: a row an epoch."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(history[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(history)
    return text.getvalue()


def new_run(out: str | None, name: str, dataset: str, *, force: bool) -> Run:
    """The folder of a new run, made and known to be writable.

    Args:
        out: the folder; None: a new one, runs/<name>-<dataset>-<number>.
        name, dataset: of the network and of the data set.
        force: replace the run that is in the folder.

    Raises:
        RunError: there is something in the folder already, or it cannot be written into.
    """
    try:
        if out is None:
            return Run(_next_folder(f"{_slug(name)}-{_slug(dataset)}"))
        run = Run(Path(out))
        run.folder.mkdir(parents=True, exist_ok=True)
        _check_free_to_use(run, force)
        # Also where the process is killed right now, nothing is left of this file.
        with tempfile.TemporaryFile(dir=run.folder):
            pass
        run.clear_away()
        for file in run.files:
            file.unlink(missing_ok=True)
    except OSError as fault:
        raise RunError(
            f"cannot write into {out or fault.filename}: {fault.strerror}; choose a folder by --out"
        ) from None
    return run


def check_space(run: Run, needed: int) -> None:
    """Raise TrainingError where the run's file system has no room for so many bytes of its files.

    What is there of them is replaced, and so is room.
    """
    needed -= sum(file.stat().st_size for file in run.files if file.exists())
    free = shutil.disk_usage(run.folder).free
    if free < needed:
        from ..torch_backend.devices import readable_bytes

        raise TrainingError(
            f"the run needs {readable_bytes(needed)} in {run.folder}, and "
            f"{readable_bytes(free)} are free; make room, or choose a folder by --out"
        )


def _check_free_to_use(run: Run, force: bool) -> None:
    if any(file.exists() for file in run.files):
        if force:
            return
        go_on = f"go on with {run.resumption}, " if run.checkpoint.exists() else ""
        raise RunError(
            f"there is a run in {run.folder} already: {go_on}replace it with --force, or choose "
            "another --out"
        )
    other = next(run.folder.iterdir(), None)
    if other is not None:
        raise RunError(f"{run.folder} is not empty: it holds {other.name}; choose another --out")


def _next_folder(stem: str) -> Path:
    """A new folder with the least number that is free; two runs at once get two."""
    Path(PARENT).mkdir(exist_ok=True)
    for number in count(1):
        folder = Path(PARENT) / f"{stem}-{number}"
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        return folder
    raise AssertionError("there is always another number")


def _slug(text: str) -> str:
    """A text as a part of a file's name: small letters, digits and dashes, of any script."""
    return re.sub(r"[^\w]+", "-", text.lower()).strip("-_")[:60] or "net"
