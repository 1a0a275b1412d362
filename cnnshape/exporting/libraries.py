"""Other libraries: they say nothing of their own, and what they refuse is told in a line."""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout

from ..errors import first_line
from .errors import ExportError

LONGEST_LINE = 300


@contextmanager
def quiet() -> Iterator[None]:
    """Let torch's exporters say nothing of their own deprecations and of what is not there."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


@contextmanager
def refusals(who: str) -> Iterator[None]:
    """Turn whatever a library raises, but for want of memory, into an ExportError of one line."""
    try:
        yield
    except (ExportError, MemoryError):
        raise
    except Exception as fault:
        cause = fault
        while cause.__cause__ is not None and isinstance(cause.__cause__, Exception):
            cause = cause.__cause__
        why = first_line(cause)[:LONGEST_LINE]
        raise ExportError(f"{who} cannot take this network: {why}") from fault
