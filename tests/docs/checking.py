"""docs/generate.py --check, the commands of which are forked: python checking.py FILE ..."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "docs"))

import console  # noqa: E402  (docs/ is no package)
from generate import main  # noqa: E402

from tests import forking  # noqa: E402

_FOR_THE_SHELL = re.compile(r"[|<>&;$`*~()\n]")
_in_a_shell = console.run_in_shell


def _run(line: str, folder: Path, environment: dict[str, str]) -> bytes:
    if not line.startswith("cnnshape ") or _FOR_THE_SHELL.search(line):
        return _in_a_shell(line, folder, environment)
    words = ("-m", *shlex.split(line))
    ran = forking.run(*words, env=environment, cwd=folder, merged=True)
    return ran.stdout.encode()


if __name__ == "__main__":
    console.run_in_shell = _run
    sys.exit(main(["--check", *sys.argv[1:]]))
