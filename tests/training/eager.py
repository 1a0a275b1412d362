"""cnnshape with a loop that looks and saves after every step: python eager.py train ..."""

from __future__ import annotations

import sys

from cnnshape.commands import main
from cnnshape.training import loop

loop.LOOK_SECONDS = loop.SAVE_SECONDS = 0.0
loop.SAVE_SHARE = 1e9

if __name__ == "__main__":
    main(sys.argv[1:])
