"""The standard streams as a shell may leave them: closed, full, or of a small encoding."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress


def prepare_streams() -> None:
    """Let every command find three streams to use.

    A character that the terminal's encoding lacks becomes '?', not an error. A stdout that is
    closed takes nothing: to write there is an OSError, as to a full disk. What cannot be told
    on stderr is lost, and the work goes on. A stdin that is closed is empty.
    """
    # In their order: each gets the least number that is free, so its own. Else the next file
    # that is opened would get it, and with it what libraries print.
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_WRONLY if number == 2 else os.O_RDONLY)
    sys.stdin = sys.stdin or _opened(0, "r")
    sys.stdout = sys.stdout or _opened(1, "w")
    sys.stderr = sys.stderr or _opened(2, "w")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    if isinstance(sys.stderr, io.TextIOWrapper):
        sys.stderr = _Unfailing(sys.stderr)


def _opened(number: int, mode: str) -> io.TextIOWrapper:
    stream = os.fdopen(number, mode, encoding="utf-8", closefd=False)
    assert isinstance(stream, io.TextIOWrapper)
    return stream


class _Unfailing(io.TextIOWrapper):
    """A text stream that forgets what it cannot write."""

    def __init__(self, stream: io.TextIOWrapper) -> None:
        super().__init__(
            stream.buffer, stream.encoding, stream.errors, line_buffering=True, write_through=True
        )
        self._first = stream  # which would close the file where it is collected

    def write(self, text: str) -> int:
        with suppress(OSError):
            super().write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            super().flush()


def drop_output() -> None:
    """Let nothing more be written: what is buffered would fail again when Python ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
