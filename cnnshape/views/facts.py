"""What networks are as wholes, side by side, as text: the facts and how they relate."""

from __future__ import annotations

from collections.abc import Sequence

from ..analysis.comparison import Comparison
from ..analysis.facts import FACTS, Fact, Value
from ..errors import meant_or_known
from ..layers.shapes import format_shape
from .columns import UNKNOWN, format_count
from .table import CONNECTIONS, MACS, RECEPTIVE_FIELD

BY_KEY = {fact.key: fact for fact in FACTS}

EQUAL = "="

CONVENTIONS = {
    "depth": "Depth: the most convolutions, linear layers and others with parameters and MACs, "
    "on any way from the input to an output.",
    "macs": MACS.format(per="one sample"),
    "connections": CONNECTIONS,
    "weight_bytes": "Weight bytes: the parameters as float32.",
    "activation_bytes": "Peak activation bytes: the most that is alive at once for one sample as "
    "float32, where each value is dropped after its last reader.",
    "rf": f"{RECEPTIVE_FIELD} Here, of the network's output.",
}
"""What a fact means, by its key."""


class UnknownFact(ValueError):
    """A fact that does not exist; the text says what there is."""


def choose(keys: Sequence[str] | None) -> tuple[Fact, ...]:
    """The facts of these keys; None: all.

    Raises:
        UnknownFact: a key is no fact's, or there is none.
    """
    if keys is None:
        return FACTS
    if not keys:
        raise UnknownFact("name one fact at least, such as params")
    for key in keys:
        if key not in BY_KEY:
            raise UnknownFact(f"there is no fact {key!r}; {meant_or_known(key, [*BY_KEY])}")
    return tuple(BY_KEY[key] for key in keys)


def value_text(value: Value) -> str:
    """'61,706', '3×224×224', or 'unknown'."""
    if isinstance(value, tuple):
        return ", ".join(UNKNOWN if shape is None else format_shape(shape) for shape in value)
    return format_count(value)


def relation_text(fact: Fact, first: Value, other: Value) -> str:
    """How a value relates to the first one's: '=', '×1.87', '+20', or 'unknown'; '' for shapes."""
    if isinstance(first, tuple) or isinstance(other, tuple):
        known = isinstance(first, tuple) and None not in first
        return EQUAL if known and first == other else ""
    if first is None or other is None:
        return UNKNOWN
    if first == other:
        return EQUAL
    ratio = "" if fact.kind == "count" else _ratio_text(first, other)
    return ratio or f"{other - first:+,}".replace("-", "−")


def _ratio_text(first: int, other: int) -> str:
    """'×1.87'; '' where there is no ratio, or one that rounds to 1."""
    if not first or not other:
        return ""
    ratio = other / first
    text = f"{ratio:,.0f}" if ratio >= 1000 else f"{ratio:#.3g}".rstrip(".")
    return "" if float(text.replace(",", "")) == 1 else f"×{text}"


def conventions(
    facts: Sequence[Fact], comparison: Comparison, *, layers: bool = False
) -> list[str]:
    """The lines under the tables: what the facts mean and, where `layers` are shown, theirs."""
    keys = {fact.key for fact in facts}
    if layers or "flops" in keys:
        keys.add("macs")
    lines = [text for key, text in CONVENTIONS.items() if key in keys]
    if any(None in comparison.facts[key] for key in keys):
        lines.append("unknown: a layer type does not say; it is not counted as zero.")
    return lines
