"""How a run ends before its end."""

from __future__ import annotations

from signal import SIGINT, Signals


class TrainingError(Exception):
    """A run that cannot go on. The text says what was wrong and what to try, in one line."""


class Interrupted(Exception):
    """The run was asked to stop. Its state is saved.

    Attributes:
        signal: by which this process was asked; SIGINT where another one of the run was.
    """

    def __init__(self, asked_by: Signals | None) -> None:
        super().__init__()
        self.signal = asked_by or SIGINT


class CheckpointError(Exception):
    """A file of a run that is damaged, or does not fit the rest of the run."""
