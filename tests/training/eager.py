"""cnnshape with a loop that looks and saves after every step: python eager.py train ...

Its process number stands in the folder PIDS, under its number among the processes of the run.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from cnnshape.commands import main
from cnnshape.training import loop

loop.LOOK_SECONDS = loop.SAVE_SECONDS = 0.0
loop.SAVE_SHARE = 1e9

if __name__ == "__main__":
    if "PIDS" in os.environ:
        Path(os.environ["PIDS"], os.environ.get("RANK", "0")).write_text(str(os.getpid()))
    main(sys.argv[1:])
