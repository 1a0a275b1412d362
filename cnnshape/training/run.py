"""The folder that a training run leaves."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from shlex import quote
from typing import Any

from ..storage.files import write_atomically
from .faults import TrainingError
from .lock import NAME as LOCK_NAME
from .lock import Lock, Locked, take_lock
from .reading import NotWhole, read_json, read_result

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
        lock: by which this process alone writes them; None: it only reads.
    """

    folder: Path
    lock: Lock | None = field(default=None, compare=False, repr=False)

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
            result = read_json(self.result)
            if not isinstance(result, dict) or "schema" not in result:
                raise NotWhole("no schema")
        except FileNotFoundError:
            raise RunError(self._why_unfinished()) from None
        except NotWhole:
            raise RunError(f"{self.result} is no result of a training run") from None
        except OSError as fault:
            raise RunError(f"cannot read {self.result}: {fault.strerror}") from None
        if result["schema"] != SCHEMA_VERSION:
            raise RunError(f"{self.result} is of another version of cnnshape")
        try:
            return read_result(result)
        except NotWhole as fault:
            raise RunError(f"{self.result} is not whole: {fault}") from None

    def locked(self, tell: Callable[[str], None] = lambda line: None) -> Run:
        """The run, for this process alone to write until it is released.

        Raises:
            RunError: another process trains into it, or it cannot be written into.
        """
        try:
            return replace(self, lock=take_lock(self.folder, tell))
        except Locked as fault:
            owner = f" ({fault})" if str(fault) else ""
            raise RunError(
                f"another process trains into {self.folder}{owner}: wait for its end, or choose "
                "another folder by --out"
            ) from None
        except OSError as fault:
            raise RunError(
                f"cannot write into {self.folder}: {fault.strerror}; choose a folder by --out"
            ) from None

    def close(self) -> None:
        """Let another process write it."""
        if self.lock is not None:
            self.lock.release()

    def _why_unfinished(self) -> str:
        if self.checkpoint.exists():
            return f"the run in {self.folder} has not ended; {self.resumption}"
        return (
            f"{self.folder} holds no training run: there is no {self.result.name} in it; "
            "`cnnshape train --out` makes one"
        )

    def left_half_written(self) -> list[Path]:
        """What a process that was killed has left beside the files."""
        return [each for file in self.files for each in self.folder.glob(f".{file.name}.*")]

    def clear_away(self) -> None:
        """Remove what a process that was killed left half written."""
        for unfinished in self.left_half_written():
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


def new_run(
    out: str | None,
    name: str,
    dataset: str,
    *,
    force: bool,
    tell: Callable[[str], None] = lambda line: None,
) -> Run:
    """The folder of a new run, made, known to be writable, and locked for this process.

    Args:
        out: the folder; None: a new one, runs/<name>-<dataset>-<number>.
        name: of the network.
        dataset: of the data set.
        force: replace the run that is in the folder.
        tell: is given a line where the folder cannot be locked.

    Raises:
        RunError: there is something in the folder already, another process trains into it, or
            it cannot be written into.
    """
    try:
        if out is None:
            return Run(_next_folder(f"{_slug(name)}-{_slug(dataset)}")).locked(tell)
        folder = Path(out)
        folder.mkdir(parents=True, exist_ok=True)
        run = Run(folder).locked(tell)
        try:
            _check_free_to_use(run, force)
            # Also where the process is killed right now, nothing is left of this file.
            with tempfile.TemporaryFile(dir=run.folder):
                pass
            run.clear_away()
            for file in run.files:
                file.unlink(missing_ok=True)
        except BaseException:
            run.close()
            raise
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
    """Raise RunError where the folder holds a run that is not to be replaced, or other things.

    What a run that was killed has left half written is neither.
    """
    if any(file.exists() for file in run.files):
        if force:
            return
        go_on = f"go on with {run.resumption}, " if run.checkpoint.exists() else ""
        raise RunError(
            f"there is a run in {run.folder} already: {go_on}replace it with --force, or choose "
            "another --out"
        )
    own = {LOCK_NAME, *(path.name for path in run.left_half_written())}
    other = next((each.name for each in run.folder.iterdir() if each.name not in own), None)
    if other is not None:
        raise RunError(f"{run.folder} is not empty: it holds {other}; choose another --out")


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
