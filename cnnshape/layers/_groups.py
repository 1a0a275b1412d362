"""Equal parts: what a number of channels or features must divide into."""

from __future__ import annotations

from ..fixes import one_of
from .base import LayerError
from .shapes import divisors_near


def check_divides(argument: str, parts: int, count: int, what: str) -> None:
    """Raise `LayerError` where `parts`, the value of `argument`, does not divide `count`."""
    whole, rest = divmod(count, parts)
    if rest:
        raise LayerError(
            f"{argument} {parts} does not divide {what}: {count} = {whole}·{parts}+{rest}",
            fixes=one_of(argument, divisors_near(count, parts)),
            field=argument,
        )
