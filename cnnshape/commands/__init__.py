"""The command line: one public file of this folder is one command.

``cnnshape/commands/show.py`` with its function ``show`` is ``cnnshape show``. Where the
name is a word of Python or hides a built-in, the function has an underscore behind it.
Only this package prints and exits.
"""

from __future__ import annotations

import signal
import sys
import warnings
from collections.abc import Sequence

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line and exit the process.

    Exit codes: 0 all well; 1 a spec is faulty or a verification did not pass; 2 usage;
    130 interrupted; 141 the reader of the output is gone, as for any Unix tool.

    Args:
        argv: the arguments after the program's name; None: the process's own.
    """
    # torch's own words where numpy is missing: what needs it says so itself, in one line.
    warnings.filterwarnings("ignore", "Failed to initialize NumPy", UserWarning)
    try:
        from ._app import app
        from ._streams import prepare_streams

        prepare_streams()
        app(argv, prog_name="cnnshape")
    except KeyboardInterrupt:
        # Before a command runs: one that runs says so itself.
        sys.exit(130)
    finally:
        # All is done. What Ctrl-C can interrupt yet is the taking down of modules.
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
