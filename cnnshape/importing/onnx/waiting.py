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
GRACE = 3.0
"""Seconds that what is asked to end may still take."""


def interruptible(run: Callable[[], T], stop: Callable[[], None], seconds: float) -> T:
    """What `run` gives, called in a thread of its own.

    Args:
        stop: asks it to end, where it is interrupted or takes longer than `seconds`.

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
    end = monotonic() + seconds
    try:
        while not done.done():
            if monotonic() > end:
                raise TimeoutError(f"it did not end in {seconds:,} seconds")
            wait([done], timeout=SLICE)
    except BaseException:
        stop()
        wait([done], timeout=GRACE)
        raise
    return done.result()
