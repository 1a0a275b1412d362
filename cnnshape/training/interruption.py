"""Ctrl-C is noted where a run can be saved, not in the middle of a step."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from types import FrameType

SAME_PRESS_SECONDS = 1.0
"""Signals so near each other are one Ctrl-C: the terminal sends it to torchrun and to the
processes that it started, and torchrun sends it to them again."""


class Interruption:
    """Whether Ctrl-C was pressed."""

    def __init__(self) -> None:
        self.asked = False
        self._when = 0.0

    def note(self, number: int, frame: FrameType | None) -> None:
        """The signal's handler. A second Ctrl-C ends the process as ever."""
        if self.asked and monotonic() - self._when > SAME_PRESS_SECONDS:
            raise KeyboardInterrupt
        if not self.asked:
            self.asked, self._when = True, monotonic()


@contextmanager
def interrupts_noted() -> Iterator[Interruption]:
    """Within the context the first Ctrl-C only sets `asked`.

    Within another such context it is that one's. Signals reach the main thread alone; in another
    one nothing changes, and neither where they are ignored, as in the background of a shell.
    """
    before = signal.getsignal(signal.SIGINT)
    around = getattr(before, "__self__", None)
    if isinstance(around, Interruption):
        yield around
        return
    interruption = Interruption()
    if before is signal.SIG_IGN or threading.current_thread() is not threading.main_thread():
        yield interruption
        return
    signal.signal(signal.SIGINT, interruption.note)
    try:
        yield interruption
    finally:
        signal.signal(signal.SIGINT, before)
