"""How a network is trained, as data: a recipe, and where each of its values comes from.

The defaults come first, then a named recipe, then the spec's own `train:`, then the command
line. Nothing here imports torch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from math import ceil, isfinite
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from ..errors import SpecError, meant_or_known

if TYPE_CHECKING:
    from ..errors import Diagnostic
    from ..network import Network

Optimizer = Literal["sgd", "adamw"]
Schedule = Literal["linear", "cosine"]

PEAK_LR: dict[Optimizer, float] = {"sgd": 0.08, "adamw": 0.003}
"""The learning rate at the top of the cycle, where none is asked for."""
PEAK_LR_OF_SHORT_RUNS = 0.05
"""That of SGD where fewer samples are shown than LEAST_SAMPLES: it rises in fewer steps."""
PEAK_LR_OF_DISTANCES = 0.003
"""The same where the output is distances, whose gradients are as many times larger."""
PEAK_LR_OF_RESCALED = 0.02
"""That of SGD where the weights had to be scaled: what is deep and has no norms bears less."""
WEIGHT_DECAY: dict[Optimizer, float] = {"sgd": 5e-4, "adamw": 0.01}
"""The weight decay where none is asked for. AdamW's is not in the gradient, so it is larger."""
LEAST_EPOCHS = 2
LEAST_EPOCHS_OF_DISTANCES = 6
"""Where the output is distances, a network learns more slowly."""
LEAST_EPOCHS_OF = {"fashion-mnist": 4}
"""Where a data set asks for more: its classes are less easily told apart than digits."""
LEAST_SAMPLES = 30_000
"""A run without a number of epochs takes the fewest that show the network so many samples."""

SMALL_SET = 10_000
"""Training images below which a network learns them by heart unless they are augmented."""


@dataclass(frozen=True)
class Recipe:
    """How a network is trained.

    Attributes:
        dataset: what `load_data` knows, such as 'digits', 'mnist' or 'folder:PATH'.
        epochs: passes over the training set; None: as many as LEAST_SAMPLES asks for.
        batch: samples a step, of all processes together.
        optimizer: 'sgd' (with Nesterov momentum) or 'adamw'.
        lr: the learning rate at the top of the cycle; None: one of the PEAK_LRs, by the
            optimizer, the output, how many samples are shown and whether weights were scaled.
        momentum: of SGD; the first beta of AdamW.
        weight_decay: of weights, not of biases and norms; None: WEIGHT_DECAY's.
        warmup: the share of the steps in which the learning rate rises.
        schedule: how it falls afterwards.
        label_smoothing: the share of a label that is spread over all classes.
        augment: what is done to training images: 'shift:PIXELS', 'flip', 'distort'; None:
            distort them where there are fewer than SMALL_SET, else nothing.
        average: the decay of the moving average of the weights, which is then what the run
            gives; 0: the last weights are.
        rbf_constant: j of equation 9, where the output is distances (LeCun et al., 1998).
    """

    dataset: str = "digits"
    epochs: int | None = None
    batch: int = 64
    optimizer: Optimizer = "sgd"
    lr: float | None = None
    momentum: float = 0.9
    weight_decay: float | None = None
    warmup: float = 0.25
    schedule: Schedule = "linear"
    label_smoothing: float = 0.0
    augment: tuple[str, ...] | None = None
    average: float = 0.0
    rbf_constant: float = 1.0

    def settled(self, samples: int, *, images: bool, distances: bool) -> Recipe:
        """The recipe with every open value chosen.

        Args:
            samples: in the training set.
            images: whether they are images, C×H×W, which can be augmented.
            distances: whether the network's output is distances.
        """
        peak = PEAK_LR_OF_DISTANCES if distances else PEAK_LR[self.optimizer]
        least = LEAST_EPOCHS_OF_DISTANCES if distances else LEAST_EPOCHS
        least = max(least, LEAST_EPOCHS_OF.get(self.dataset, 0))
        epochs = self.epochs or max(least, ceil(LEAST_SAMPLES / samples))
        if self.optimizer == "sgd" and not distances and epochs * samples < LEAST_SAMPLES:
            peak = PEAK_LR_OF_SHORT_RUNS
        distorted = ("distort",) if images and samples < SMALL_SET else ()
        return replace(
            self,
            epochs=epochs,
            batch=min(self.batch, samples),
            lr=peak if self.lr is None else self.lr,
            weight_decay=WEIGHT_DECAY[self.optimizer]
            if self.weight_decay is None
            else self.weight_decay,
            augment=distorted if self.augment is None else self.augment,
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as JSON and a spec's `train:` hold it."""
        return {**asdict(self), "augment": None if self.augment is None else [*self.augment]}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Recipe:
        """The recipe of plain data; raises `RecipeFault`."""
        if not isinstance(values, Mapping):
            raise RecipeFault("recipe", f"a recipe is a table of values, not {_shown(values)}")
        return cls(**{name: read_value(name, value) for name, value in values.items()})


NAMED: dict[str, dict[str, Any]] = {
    "default": {},
    "best": {
        "epochs": 14,
        "augment": ("shift:1", "distort"),
        "schedule": "cosine",
        "average": 0.998,
    },
}
"""Recipes by name: what each sets in the place of the defaults."""


class RecipeFault(Exception):
    """A value that a recipe cannot have; `field` names it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def read_recipe(network: Network, given: Mapping[str, Any], name: str | None = None) -> Recipe:
    """The recipe for a network.

    Args:
        network: whose spec may have its own `train:`.
        given: values of the command line, by field; None: not given.
        name: a named recipe; None: the spec's own `recipe:`, or none.

    Raises:
        SpecError: the spec's `train:` is faulty.
        RecipeFault: a value of the command line is.
    """
    written, named = _of_spec(network)
    base = named if name is None else _named(name)
    asked = {key: read_value(key, value) for key, value in given.items() if value is not None}
    return Recipe(**{**base, **written, **asked})


def _of_spec(network: Network) -> tuple[dict[str, Any], dict[str, Any]]:
    """The values of a spec's `train:`, and those of the recipe that it names; all its faults."""
    values: dict[str, Any] = {}
    named: dict[str, Any] = {}
    faults: list[Diagnostic] = []
    for key, value in network.train.items():
        try:
            if key == "recipe":
                named = _named(value)
            else:
                values[key] = read_value(key, value)
        except RecipeFault as fault:
            faults.append(_diagnostic(network, key, str(fault)))
    if faults:
        raise SpecError(faults)
    return values, named


def _named(name: object) -> dict[str, Any]:
    if not isinstance(name, str) or name not in NAMED:
        raise RecipeFault("recipe", f"recipe must be {_either(NAMED)}, not {_shown(name)}")
    return NAMED[name]


def _diagnostic(network: Network, key: str, message: str) -> Diagnostic:
    """The fault of a key of `train:`, with its place where the spec's text can be read again."""
    from ..errors import Diagnostic
    from ..spec.document import Mapping as Tree
    from ..spec.document import decode, parse

    try:
        with open(network.source, "rb") as file:
            source = decode(file.read(), network.source)
        train = parse(source).items["train"]
    except (OSError, SpecError, KeyError):
        return Diagnostic(f"train: {message}", source=network.source)
    assert isinstance(train, Tree)
    in_value = key in _RULES or key == "recipe"
    return source.diagnostic(message, train.items[key].mark if in_value else train.keys[key])


# What each value may be -----------------------------------------------------------------


class _Rule(NamedTuple):
    """How a value is read: `read` gives it, or raises ValueError; `expected` says what it is."""

    expected: str
    read: Callable[[Any], Any]


def read_value(field: str, value: object) -> Any:
    """A recipe's value in its own form; raises `RecipeFault`."""
    rule = _RULES.get(field)
    if rule is None:
        hint = meant_or_known(field, [*_RULES, "recipe"], "it may have")
        raise RecipeFault(field, f"a recipe has no key {field!r}; {hint}")
    try:
        return rule.read(value)
    except ValueError:
        raise RecipeFault(field, f"{field} must be {rule.expected}, not {_shown(value)}") from None


def _whole(least: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if type(value) is not int or value < least:
            raise ValueError
        return value

    return read


def _number(accepts: Callable[[float], bool]) -> Callable[[Any], float]:
    def read(value: Any) -> float:
        if type(value) not in (int, float) or not isfinite(value) or not accepts(value):
            raise ValueError
        return float(value)

    return read


def _choice(*words: str) -> _Rule:
    def read(value: Any) -> str:
        if value not in words:
            raise ValueError
        return str(value)

    return _Rule(_either(words), read)


def _optional(rule: _Rule) -> _Rule:
    return _Rule(rule.expected, lambda value: None if value is None else rule.read(value))


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError
    return value.strip()


def _augment(value: Any) -> tuple[str, ...]:
    """A list of words, or a text with commas between them; 'none' and [] are none."""
    words = value.split(",") if isinstance(value, str) else value
    if not isinstance(words, (list, tuple)) or not all(isinstance(word, str) for word in words):
        raise ValueError
    cleaned = [word.strip() for word in words if word.strip()]
    if cleaned == ["none"]:
        return ()
    kinds = [_augmentation_kind(word) for word in cleaned]
    if len(set(kinds)) < len(kinds):
        raise ValueError
    return tuple(cleaned)


def _augmentation_kind(word: str) -> str:
    kind, colon, pixels = word.partition(":")
    if kind == "shift" and (not colon or (pixels.isdecimal() and 0 < int(pixels) <= MOST_SHIFT)):
        return kind
    if word in ("flip", "distort"):
        return word
    raise ValueError


def _either(words: Any) -> str:
    return " or ".join(words)


def _shown(value: object) -> str:
    return repr(list(value) if isinstance(value, tuple) else value)


MOST_SHIFT = 64
"""Pixels that an image may be shifted by."""

_SHARE = _Rule("a number from 0 up to, not including, 1", _number(lambda value: 0 <= value < 1))
_ABOVE_ZERO = _Rule("a number above 0", _number(lambda value: value > 0))
_NOT_NEGATIVE = _Rule("a number of at least 0", _number(lambda value: value >= 0))
_POSITIVE_WHOLE = _Rule("a whole number of at least 1", _whole(1))

_RULES: dict[str, _Rule] = {
    "dataset": _Rule("the name of a data set, such as digits or mnist", _text),
    "epochs": _optional(_POSITIVE_WHOLE),
    "batch": _POSITIVE_WHOLE,
    "optimizer": _choice("sgd", "adamw"),
    "lr": _optional(_ABOVE_ZERO),
    "momentum": _SHARE,
    "weight_decay": _optional(_NOT_NEGATIVE),
    "warmup": _SHARE,
    "schedule": _choice("linear", "cosine"),
    "label_smoothing": _SHARE,
    "augment": _optional(
        _Rule("a list of shift, shift:PIXELS, flip and distort, each once", _augment)
    ),
    "average": _SHARE,
    "rbf_constant": _ABOVE_ZERO,
}
assert list(_RULES) == [field.name for field in fields(Recipe)]
