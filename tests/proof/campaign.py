"""Many random networks, one after the other, and what came of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import seed as seeded

from .comparison import disagreement
from .networks import Trial, trials

_AT_ONCE = 500
"""Networks of one seed. A disagreement ends them, and the next seed goes on."""


class Summary:
    """What came of a campaign.

    Attributes:
        accepted, refused: networks that both accept, and that both refuse at the same layer.
        layers: layers that both accept, by type.
        disagreements: each with the least network that hypothesis finds for it.
    """

    def __init__(self) -> None:
        self.accepted = 0
        self.refused = 0
        self.layers: Counter[str] = Counter()
        self.disagreements: list[str] = []

    @property
    def examples(self) -> int:
        """Networks that were judged."""
        return self.accepted + self.refused + len(self.disagreements)

    def add(self, trial: Trial) -> None:
        """Count a network on which the two opinions agree."""
        self.layers.update(seen.type for seen in trial.seen)
        if trial.refusal:
            self.refused += 1
        else:
            self.accepted += 1

    def __str__(self) -> str:
        found = len(self.disagreements)
        lines = [
            f"{self.examples:,} networks, {self.layers.total():,} layers of "
            f"{len(self.layers)} types:",
            f"  {self.accepted:,} accepted by both, and alike in every shape, parameter, "
            "buffer, MAC and value",
            f"  {self.refused:,} refused by both, at the same layer",
            f"  {found:,} disagreement{'s' * (found != 1)}",
        ]
        return "\n".join([*lines, *(f"\n{text}" for text in self.disagreements)])


class _Disagreement(AssertionError):
    """The two opinions differ."""


def campaign(
    examples: int, seed: int = 0, *, progress: Callable[[Summary], None] | None = None
) -> Summary:
    """Draw and judge so many networks; the same seed draws the same.

    Args:
        examples, seed: how many, and where to begin.
        progress: called now and then with what has been found so far.
    """
    summary = Summary()
    while summary.examples < examples:
        _draw(min(_AT_ONCE, examples - summary.examples), seed, summary)
        seed += 1
        if progress is not None:
            progress(summary)
    return summary


def _draw(count: int, seed: int, summary: Summary) -> None:
    failed = False

    @seeded(seed)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(trial=trials())
    def holds(trial: Trial) -> None:
        nonlocal failed
        difference = disagreement(trial)
        if difference:
            failed = True
            raise _Disagreement(f"{difference}\n{trial}")
        if not failed:  # else hypothesis is looking for a smaller example
            summary.add(trial)

    try:
        holds()
    except _Disagreement as fault:
        summary.disagreements.append(str(fault))
