"""Training in processes of its own, to be interrupted and killed."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from functools import partial
from pathlib import Path

from ..forked import Forked
from ..patience import PATIENCE

EAGER = str(Path(__file__).parent / "eager.py")
ROOT = str(Path(__file__).parents[2])
SETTINGS = ("--dataset", "synthetic:400", "--batch", "32", "--quiet")

# One thread each: many processes run side by side, and one waits for the other's threads.
ENVIRONMENT = {**os.environ, "PYTHONPATH": ROOT, "OMP_NUM_THREADS": "1"}


def start(*arguments: object, launcher: tuple[str, ...] = (), **environment: str) -> Forked:
    """A training process, or those of a launcher ('-m', its module, its options)."""
    words = [*launcher[2:], EAGER, "train", *map(str, arguments)]
    module = launcher[1] if launcher else ""
    return Forked(partial(_run, module, words), {**ENVIRONMENT, **environment})


def _run(module: str, words: list[str]) -> None:
    sys.argv = [module, *words] if module else words
    if module:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    else:
        runpy.run_path(words[0], run_name="__main__")


def finish(process: Forked, seconds: float = PATIENCE) -> tuple[int, str, str]:
    """The exit code, stdout and stderr; the process is killed where it takes longer."""
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return process.returncode, out, err
