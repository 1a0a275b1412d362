"""A lesson that moves in a terminal, step by step, by itself or by key."""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from typing import TYPE_CHECKING, Any

from ..views.grids import paint
from ..worked.values import Worked
from .frames import frame

if TYPE_CHECKING:
    from typing import TextIO

_BEGIN, _END = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"
"""A screen of its own without a cursor, and back. Source: xterm, "Control Sequences"."""
_HOME, _REST_OF_LINE, _REST_OF_SCREEN = "\x1b[H", "\x1b[K", "\x1b[J"

NEXT, BACK, PLAY, QUIT, FIRST, LAST = "next", "back", "play", "quit", "first", "last"
RESIZED = "resized"
_GLANCE = 0.2
"""Seconds after which it looks whether anything but a key has come."""
_KEYS = {
    " ": NEXT, "\x1b[C": NEXT, "\x1bOC": NEXT, "\n": NEXT, "\r": NEXT,
    "\x1b[D": BACK, "\x1bOD": BACK, "\x7f": BACK,
    "p": PLAY, "P": PLAY, "q": QUIT, "Q": QUIT, "": QUIT,
    "\x1b[H": FIRST, "\x1bOH": FIRST, "\x1b[1~": FIRST,
    "\x1b[F": LAST, "\x1bOF": LAST, "\x1b[4~": LAST,
}  # fmt: skip
"""What each key sends; the end of the input ends the lesson."""


def can_play(out: TextIO) -> bool:
    """Whether a stream is a terminal on which something can move."""
    try:
        import termios  # noqa: F401  (Unix has it, Windows has not)
    except ImportError:
        return False
    return out.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def play(worked: Worked, speed: float, colour: bool, out: TextIO) -> None:
    """Walk through all steps on the terminal; it is as it was, afterwards.

    Args:
        worked: the lesson.
        speed: steps a second.
        colour: whether marks are colours; else they are brackets.
        out: the terminal.
    """
    keyboard = sys.stdin if sys.stdin.isatty() else None
    last = len(worked.moves) - 1
    number, playing = 0, True
    with _own_screen(out), _single_keys(keyboard):
        while True:
            size = os.get_terminal_size(out.fileno())
            status = _status(playing, number == last, size.columns) if keyboard else ""
            lines = frame(worked, number, size.columns - 1, size.lines, status)
            text = "\n".join(paint(line, colour) + _REST_OF_LINE for line in lines)
            out.write(f"{_HOME}{text}{_REST_OF_SCREEN}")
            out.flush()
            key = _key(keyboard, out, size, 1 / speed if playing else inf)
            if key == RESIZED:
                continue
            if key is None and number == last and keyboard is None:
                return
            if key == QUIT or (key == NEXT and number == last and not playing):
                return
            playing = key == PLAY and not playing if key else playing and number < last
            if key == PLAY and playing and number == last:
                number = 0
            elif key in (None, NEXT):
                number = min(last, number + 1)
            elif key != PLAY:
                number = {BACK: max(0, number - 1), FIRST: 0, LAST: last}.get(key, number)


def _status(playing: bool, at_end: bool, width: int) -> str:
    """The keys and what they do, as many as fit."""
    follows = "ends" if at_end and not playing else "next"
    keys = [
        f"space or →: {follows}",
        "q: quits",
        f"p: {'pauses' if playing else 'plays'}",
        "←: back",
    ]
    while len(line := "   ".join([keys[0], *keys[:0:-1]])) >= width and len(keys) > 1:
        keys.pop()
    return line


def _key(
    keyboard: TextIO | None, out: TextIO, size: os.terminal_size, seconds: float
) -> str | None:
    """What a key asks for; None when the time is up, RESIZED when the terminal has another size."""
    until = time.monotonic() + seconds
    watched = [] if keyboard is None else [keyboard.fileno()]
    while True:
        left = until - time.monotonic()
        # A signal that comes just before it waits is seen when it has waited.
        ready, _, _ = select.select(watched, [], [], max(0, min(left, _GLANCE)))
        if ready:
            break
        if os.get_terminal_size(out.fileno()) != size:
            return RESIZED
        if time.monotonic() >= until:
            return None
    sent = os.read(watched[0], 16).decode(errors="replace")
    # Of keys that were pressed faster than steps are drawn, the first counts.
    return _KEYS.get(sent) or _KEYS.get(sent[:1] if sent[:1] != "\x1b" else sent[:3], "no")


@contextmanager
def _own_screen(out: TextIO) -> Iterator[None]:
    """A screen that is given back, also when the process is asked to end."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    out.write(_BEGIN)
    try:
        yield
    finally:
        out.write(_END)
        out.flush()
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _single_keys(keyboard: TextIO | None) -> Iterator[None]:
    """Keys that come at once and are not shown; Ctrl-C still interrupts."""
    if keyboard is None:
        yield
        return
    import termios
    import tty

    before: Any = termios.tcgetattr(keyboard)
    try:
        tty.setcbreak(keyboard)
        own: Any = termios.tcgetattr(keyboard)
        own[6][termios.VSUSP] = b"\0"  # a stopped process would leave the screen as it is
        termios.tcsetattr(keyboard, termios.TCSANOW, own)
        yield
    finally:
        termios.tcsetattr(keyboard, termios.TCSAFLUSH, before)
