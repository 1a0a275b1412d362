"""Networks side by side: what they are as wholes, and what each differs in from the first."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from ..network import Network, Node
from .difference import STATUSES, Difference, LayerPair
from .facts import FACTS, Value

SCHEMA_VERSION = 1
"""The version of what `Comparison.to_dict` gives."""


class Comparison:
    """Two or more networks beside each other. Made by `compare`.

    Attributes:
        networks: in order; the others are compared with the first.
        labels: what each is called.
    """

    def __init__(self, networks: tuple[Network, ...], labels: tuple[str, ...]) -> None:
        self.networks = networks
        self.labels = labels

    @cached_property
    def facts(self) -> dict[str, tuple[Value, ...]]:
        """By the key of a fact, its value for each network."""
        return {fact.key: tuple(map(fact.value, self.networks)) for fact in FACTS}

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """For each network after the first, what it differs in from the first."""
        first, *others = self.networks
        return tuple(Difference(first, other) for other in others)

    @property
    def is_same(self) -> bool:
        """Whether all compute the same: layers, what they read, outputs. Names do not count."""
        return all(difference.is_same for difference in self.differences)

    def to_dict(self, *, layers: bool = True) -> dict[str, Any]:
        """The comparison as plain data; what is not known is None. See docs/json.md.

        Args:
            layers: whether it holds what differs, layer by layer.
        """
        found: dict[str, Any] = {
            "schema": SCHEMA_VERSION,
            "networks": [
                {
                    "label": label,
                    "name": network.name,
                    "facts": {key: _plain(values[place]) for key, values in self.facts.items()},
                }
                for place, (label, network) in enumerate(
                    zip(self.labels, self.networks, strict=True)
                )
            ],
        }
        if layers:
            found["differences"] = [
                _difference(label, difference)
                for label, difference in zip(self.labels[1:], self.differences, strict=True)
            ]
        return found

    def __repr__(self) -> str:
        return f"<Comparison of {', '.join(self.labels)}>"


def compare(*networks: Network, labels: Sequence[str] | None = None) -> Comparison:
    """Networks side by side, each held against the first.

    Args:
        labels: what each is called; None: its name, with a number where two have the same.
        networks: two or more.

    Raises:
        ValueError: there are fewer than two networks, or not a label for each.
    """
    if len(networks) < 2:
        raise ValueError("a comparison needs two networks or more")
    if labels is None:
        labels = _distinct([network.name for network in networks])
    if len(labels) != len(networks):
        raise ValueError(f"{len(labels)} labels for {len(networks)} networks")
    return Comparison(networks, tuple(labels))


def _distinct(names: Sequence[str]) -> list[str]:
    """The names, numbered where there are several of one: 'LeNet-5 (2)'."""
    return [
        name if names.count(name) == 1 else f"{name} ({names[: place + 1].count(name)})"
        for place, name in enumerate(names)
    ]


def _plain(value: Value) -> Any:
    if isinstance(value, tuple):
        return [None if shape is None else list(shape) for shape in value]
    return value


def _difference(label: str, difference: Difference) -> dict[str, Any]:
    outputs = difference.outputs
    return {
        "label": label,
        "same": difference.is_same,
        "counts": {status: difference.counts[status] for status in STATUSES},
        "outputs": None if outputs is None else [outputs.before, outputs.after],
        "layers": [_pair(pair) for pair in difference.layers if pair.status != "same"],
    }


def _pair(pair: LayerPair) -> dict[str, Any]:
    return {
        "status": pair.status,
        "first": _layer(pair.first),
        "second": _layer(pair.second),
        "changes": {change.name: [change.before, change.after] for change in pair.changes},
    }


def _layer(node: Node | None) -> dict[str, Any] | None:
    if node is None:
        return None
    return {
        "path": node.path,
        "type": node.type,
        "input_shapes": [list(shape) for shape in node.input_shapes],
        "output_shape": list(node.output_shape),
        "params": node.params,
        "macs": node.macs,
        "connections": node.connections,
    }
