"""torchrun, the processes of which are forked as well: python launching.py OPTIONS FILE ..."""

from __future__ import annotations

import sys
from typing import Any

from torch.distributed import run
from torch.distributed.elastic.multiprocessing.subprocess_handler import SubprocessHandler

from tests.forking import Program


def _forked(self: Any, args: tuple[str, ...], env: dict[str, str]) -> Program:
    _python, _unbuffered, *command = args
    return Program(tuple(command), env, inherits=True)


if __name__ == "__main__":
    if sys.platform == "linux":
        SubprocessHandler._popen = _forked  # type: ignore[assignment, method-assign]
    run.main(sys.argv[1:])
