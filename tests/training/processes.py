"""Training in processes of its own, to be interrupted and killed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from ..patience import PATIENCE

EAGER = str(Path(__file__).parent / "eager.py")
ROOT = str(Path(__file__).parents[2])
SETTINGS = ("--dataset", "synthetic:400", "--batch", "32", "--quiet")

# One thread each: many processes run side by side, and one waits for the other's threads.
ENVIRONMENT = {**os.environ, "PYTHONPATH": ROOT, "OMP_NUM_THREADS": "1"}


def start(
    *arguments: object, launcher: tuple[str, ...] = (), **environment: str
) -> subprocess.Popen[str]:
    """A training process, or those of a launcher, in a session of its own."""
    command = [sys.executable, *launcher, EAGER, "train", *map(str, arguments)]
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**ENVIRONMENT, **environment},
        start_new_session=True,
    )


def finish(process: subprocess.Popen[str], seconds: float = PATIENCE) -> tuple[int, str, str]:
    """The exit code, stdout and stderr; the process is killed where it takes longer."""
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return process.returncode, out, err
