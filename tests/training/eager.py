"""cnnshape with a loop that looks and saves after every step: python eager.py train ...

What tests ask for by the environment:

PIDS: a folder for the number of the process, in a file named by its place in the run.
SLOW: the data set takes so many seconds, and processes wait for each other for half of them.
HOLD: after so many saves the run stands still, until stdin is closed.
"""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from itertools import count
from pathlib import Path
from time import sleep
from typing import Any

from cnnshape.commands import main
from cnnshape.training import distributed, loop, session

loop.LOOK_SECONDS = loop.SAVE_SECONDS = 0.0
loop.SAVE_SHARE = 1e9


def _hold_after(most: int) -> None:
    write, saves = loop.write_checkpoint, count(1)

    def held(*arguments: object) -> None:
        write(*arguments)  # type: ignore[arg-type]
        if next(saves) == most:
            sys.stdin.read()

    loop.write_checkpoint = held


def _read_slowly(seconds: float) -> None:
    load = session.load_data

    def slow(*arguments: Any, **options: Any) -> Any:
        sleep(seconds)
        return load(*arguments, **options)

    session.load_data = slow
    distributed.TIMEOUT = timedelta(seconds=seconds / 2)


if __name__ == "__main__":
    if "PIDS" in os.environ:
        Path(os.environ["PIDS"], os.environ.get("RANK", "0")).write_text(str(os.getpid()))
    if "SLOW" in os.environ:
        _read_slowly(float(os.environ["SLOW"]))
    if "HOLD" in os.environ:
        _hold_after(int(os.environ["HOLD"]))
    main(sys.argv[1:])
