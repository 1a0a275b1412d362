"""Training in processes of its own, to be interrupted and killed."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from .. import forking
from ..patience import PATIENCE

EAGER = str(Path(__file__).parent / "eager.py")
ROOT = str(Path(__file__).parents[2])
SETTINGS = ("--dataset", "synthetic:400", "--batch", "32", "--quiet")

# One thread each: many processes run side by side, and one waits for the other's threads.
ENVIRONMENT = {**os.environ, "PYTHONPATH": ROOT, "OMP_NUM_THREADS": "1"}


def start(
    *arguments: object, launcher: tuple[str, ...] = (), **environment: str
) -> forking.Program | subprocess.Popen[str]:
    """A training process, or those of a launcher, in a session of its own."""
    command = (*launcher, EAGER, "train", *map(str, arguments))
    return forking.start(command, {**ENVIRONMENT, **environment})


def finish(
    process: forking.Program | subprocess.Popen[str], seconds: float = PATIENCE
) -> tuple[int, str, str]:
    """The exit code, stdout and stderr; the process is killed where it takes longer."""
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    assert process.returncode is not None
    return process.returncode, out, err
