"""A process that is forked from the tests': it need not import torch again, which takes seconds.

What is tested of a process's start, of its streams or of its end needs one of its own.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping


class Forked:
    """What `call` does in a process of its own, in a session of its own, with a pipe for stdin.

    It has what the tests use of :class:`subprocess.Popen`, and means the same.
    """

    def __init__(self, call: Callable[[], object], environment: Mapping[str, str]) -> None:
        self.returncode: int | None = None
        self._files = [_nameless_file() for _ in ("out", "err")]
        read, self._stdin = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                code = self._run(call, environment, read)
            finally:
                os._exit(code if "code" in locals() else 70)
        os.close(read)

    def _run(self, call: Callable[[], object], environment: Mapping[str, str], read: int) -> int:
        """In the child: the exit code."""
        os.setsid()
        os.close(self._stdin)
        os.dup2(read, 0)
        for number, file in enumerate(self._files, 1):
            os.dup2(file, number)
        sys.stdin, sys.stdout, sys.stderr = (
            open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115
            for number, mode in enumerate(("r", "w", "w"))
        )
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.environ.clear()
        os.environ.update(environment)
        code: object = 0
        try:
            call()
        except SystemExit as end:
            code = end.code
        except BaseException:
            sys.excepthook(*sys.exc_info())
            code = 1
        sys.stdout.flush()
        sys.stderr.flush()
        return code if isinstance(code, int) else int(code is not None)

    def poll(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        if self.returncode is None:
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            if ended:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The exit code, once it has ended; raises TimeoutExpired."""
        end = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if end is not None and time.monotonic() > end:
                raise subprocess.TimeoutExpired("a forked process", timeout or 0)
            time.sleep(0.002)
        return code

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """What it wrote, once stdin is closed and it has ended; raises TimeoutExpired."""
        if self._stdin >= 0:
            os.close(self._stdin)
            self._stdin = -1
        self.wait(timeout)
        out, err = map(_content, self._files)
        return out, err

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end, if it still runs."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Kill it, if it still runs."""
        self.send_signal(signal.SIGKILL)


def _nameless_file() -> int:
    file, name = tempfile.mkstemp()
    os.unlink(name)
    return file


def _content(file: int) -> str:
    with open(file, "rb") as whole:
        whole.seek(0)
        return whole.read().decode()
