"""Ctrl-C and SIGTERM are noted where a run can be saved, not in the middle of a step."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from types import FrameType

SAME_PRESS_SECONDS = 1.0
"""Signals so near each other are one Ctrl-C: the terminal sends it to all that run in it, and a
program that has started this one may send it on."""


class Interruption:
    """Whether the process was asked to stop: by Ctrl-C, or by a SIGTERM as clusters send it.

    Attributes:
        launched: torchrun has started the process. It sends every signal on, on a busy machine
            late, and itself ends what does not.
        signal: the first that came, or None.
    """

    def __init__(self, *, launched: bool = False) -> None:
        self.launched = launched
        self.signal: signal.Signals | None = None
        self._when = 0.0

    @property
    def asked(self) -> bool:
        """Whether any came."""
        return self.signal is not None

    def note(self, number: int, frame: FrameType | None) -> None:
        """The signals' handler. A second Ctrl-C ends a process that was not launched."""
        if self.signal is None:
            self.signal, self._when = signal.Signals(number), monotonic()
        elif number == signal.SIGINT and not self.launched and self._is_over():
            raise KeyboardInterrupt

    def _is_over(self) -> bool:
        return monotonic() - self._when > SAME_PRESS_SECONDS


@contextmanager
def interrupts_noted(*signals: signal.Signals, launched: bool = False) -> Iterator[Interruption]:
    """Within the context these signals, by default Ctrl-C and SIGTERM, are only noted.

    Within another such context they are noted by that one's interruption. Signals reach the main
    thread alone; in another one nothing changes, and neither does it for those that are ignored,
    as Ctrl-C is in the background of a shell.
    """
    numbers = signals or (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.getsignal(number) for number in numbers}
    owners = [getattr(handler, "__self__", None) for handler in before.values()]
    around = [owner for owner in owners if isinstance(owner, Interruption)]
    interruption = around[0] if around else Interruption(launched=launched)
    if threading.current_thread() is not threading.main_thread():
        yield interruption
        return
    changed = {number: old for number, old in before.items() if old is not signal.SIG_IGN}
    for number in changed:
        signal.signal(number, interruption.note)
    try:
        yield interruption
    finally:
        for number, handler in changed.items():
            signal.signal(number, handler)
