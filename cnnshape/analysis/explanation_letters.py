"""A layer's sizes in the letters of the lesson: W1, H1, D1, K, F, S, P to W2, H2, D2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from ..layers.working import SizeRule
    from ..network import Node

MEANINGS = (
    "W, H, D: width, height and depth, which is the number of maps; 1 of what is read, 2 of what "
    "comes out. K: filters, F: size of the window, S: stride, P: padding."
)
"""Source: CS231n, Convolutional Neural Networks, the summary of the convolution layer."""

_HYPERPARAMETERS = ("F", "S", "P", "P′", "D", "A")
_WORDS = {"P′": "padding after P′", "D": "dilation D", "A": "output padding A"}


class Letters(NamedTuple):
    """What the lesson's letters are for a convolution or a pool over images.

    Attributes:
        read: W1, H1 and D1.
        filters: K; None: each map is pooled by itself.
        settings: F, S, P and, where the rule has them, P′, D and A, each down and across.
        gives: W2, H2 and D2.
        formulas: of W2, H2 and D2, in letters.
    """

    read: dict[str, int]
    filters: int | None
    settings: dict[str, tuple[int, int]]
    gives: dict[str, int]
    formulas: dict[str, str]

    def line(self) -> str:
        """'W1 = 14, H1 = 14, D1 = 6; K = 16, F = 5, S = 1, P = 0 → W2 = 10, H2 = 10, D2 = 16'."""
        settings = [
            f"{_WORDS.get(name, name)} = "
            + (str(down) if down == across else f"{across} across, {down} down")
            for name, (down, across) in self.settings.items()
        ]
        filters = [] if self.filters is None else [f"K = {self.filters}"]
        return f"{_listed(self.read)}; {', '.join(filters + settings)} → {_listed(self.gives)}"

    def formula_line(self) -> str:
        """'W2 = (W1−F+2P)/S+1, H2 = (H1−F+2P)/S+1, D2 = K'."""
        return ", ".join(f"{name} = {text}" for name, text in self.formulas.items())

    def to_dict(self) -> dict[str, Any]:
        """As plain data, for JSON."""
        filters = {} if self.filters is None else {"K": self.filters}
        settings = {name: list(values) for name, values in self.settings.items()}
        letters = {**self.read, **filters, **settings, **self.gives}
        return {"letters": letters, "formulas": dict(self.formulas)}


def _listed(values: dict[str, int]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in values.items())


def letters_of(node: Node, rules: tuple[SizeRule, ...]) -> Letters | None:
    """The letters of a layer whose window slides over images; None: it has none."""
    if len(rules) != 2 or not all("F" in rule.letters for rule in rules):
        return None
    (depth, height, width), (maps, rows, columns) = node.input_shapes[0], node.output_shape
    filters = node.layer.arguments.get("out_channels")
    if filters is None and maps != depth:
        return None
    down, across = rules
    # What one dimension alone has, such as a dilation, is nothing in the other.
    settings = {
        name: (down.letters.get(name, _nothing(name, down)),
               across.letters.get(name, _nothing(name, across)))
        for name in _HYPERPARAMETERS
        if name in down.letters or name in across.letters
    }  # fmt: skip
    return Letters(
        {"W1": width, "H1": height, "D1": depth},
        filters,
        settings,
        {"W2": columns, "H2": rows, "D2": maps},
        {
            "W2": across.text.replace("W", "W1"),
            "H2": down.text.replace("W", "H1"),
            "D2": "D1" if filters is None else "K",
        },
    )


def _nothing(name: str, rule: SizeRule) -> int:
    return {"P′": rule.letters.get("P", 0), "D": 1}.get(name, 0)
