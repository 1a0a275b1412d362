"""How a run ends before its end."""

from __future__ import annotations


class TrainingError(Exception):
    """A run that cannot go on. The text says what was wrong and what to try, in one line."""


class Interrupted(Exception):
    """The user stopped the run. Its state is saved."""


class CheckpointError(Exception):
    """A file of a run that is damaged, or does not fit the rest of the run."""
