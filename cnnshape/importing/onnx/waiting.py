"""Waiting for what runs outside of Python, so that Ctrl-C comes at once all the same."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, wait
from threading import Thread
from time import monotonic
from typing import TypeVar

T = TypeVar("T")

SLICE = 0.5
"""Seconds of one wait: where a wait cannot be interrupted, so long does Ctrl-C take."""
GRACE = 0.4
"""Seconds that what is asked to end may still take."""


class Limit:
    """A time that several runs may take together.

    Attributes:
        seconds: how long. end: when it is over.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.end = monotonic() + seconds


def interruptible(run: Callable[[], T], limit: Limit, stop: Callable[[], None] | None = None) -> T:
    """What `run` gives, called in a thread of its own.

    Args:
        run: what takes its time.
        limit: the time that it may take, together with other runs.
        stop: asks it to end, where it is interrupted or the time is over.

    Raises:
        TimeoutError: it takes longer.
    """
    done: Future[T] = Future()

    def work() -> None:
        try:
            done.set_result(run())
        except BaseException as fault:
            done.set_exception(fault)

    Thread(target=work, daemon=True).start()
    try:
        while not done.done():
            if monotonic() > limit.end:
                raise TimeoutError(f"it did not end in {limit.seconds:,} seconds")
            wait([done], timeout=SLICE)
    except BaseException:
        if stop is not None:
            stop()
        wait([done], timeout=GRACE)
        raise
    return done.result()
