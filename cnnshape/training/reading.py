"""What is read back from a run's folder is held against what a run writes, as a whole.

The folder may be from anyone, and a disk may have lost a part of it. No torch is imported here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from math import isfinite, prod
from pathlib import Path
from typing import Any, NamedTuple

from .recipe import Recipe, RecipeFault

MOST_BYTES = 1 << 28
"""Of a file of JSON: a confusion matrix of 4,000 classes has 16,000,000 numbers."""
MOST = 1 << 53
"""What a number that counts something is less than."""
MOST_SIDE = 1 << 24
"""Of what a network reads, along a dimension."""
MOST_PIXELS = 1 << 28
"""Of it over all dimensions."""


class NotWhole(Exception):
    """What was read is not what a run writes; the text says what is wrong with it."""


def read_json(file: Path) -> Any:
    """The content of a file of JSON.

    Raises:
        OSError: it cannot be read, or is no ordinary file.
        NotWhole: it is no JSON, or is larger or deeper than anything that a run writes.
    """
    return parse_json(read_bytes(file, MOST_BYTES))


def read_bytes(file: Path, most: int) -> bytes:
    """The content of an ordinary file; raises OSError, or NotWhole where it is larger than `most`.

    What is no ordinary file might never end, or never begin.
    """
    size = file.stat().st_size
    if file.is_dir():
        raise IsADirectoryError(21, "Is a directory", str(file))
    if not file.is_file():
        raise OSError(22, "it is no ordinary file", str(file))
    if size > most:
        raise NotWhole(f"it has {size:,} bytes")
    return file.read_bytes()


def parse_json(text: str | bytes) -> Any:
    """JSON as plain data, every number finite; raises NotWhole."""
    try:
        return json.loads(text, parse_constant=_finite, parse_float=_finite)
    except RecursionError:
        raise NotWhole("it is nested too deeply") from None
    except ValueError as fault:
        raise NotWhole(str(fault)) from None


def _finite(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError(f"{text[:20]} is no finite number")
    return value


def digest_of(content: bytes) -> str:
    """The SHA-256 of a file's content, as `sha256sum` writes it."""
    return sha256(content).hexdigest()


# What may stand in a field ------------------------------------------------------------------


class Kind(NamedTuple):
    """What a value may be: in words, and whether one is."""

    expected: str
    accepts: Callable[[Any], bool]

    def or_null(self) -> Kind:
        """The same, or nothing."""
        return Kind(f"{self.expected} or null", lambda value: value is None or self.accepts(value))


def check_fields(values: Any, kinds: Mapping[str, Kind], what: str = "") -> None:
    """Raise NotWhole where a field is missing or is not of its kind.

    Args:
        values: a table of JSON.
        kinds: of each field that there must be.
        what: whose fields they are, for the message; '' for the file's own.
    """
    if not isinstance(values, dict):
        raise NotWhole(f"{what or 'it'} is no table of values")
    for name, kind in kinds.items():
        place = f"{what}.{name}" if what else name
        if name not in values:
            raise NotWhole(f"it has no {place}")
        if not kind.accepts(values[name]):
            raise NotWhole(f"{place} should be {kind.expected}, not {_shown(values[name])}")


def _shown(value: object) -> str:
    text = (
        ascii(value) if isinstance(value, (str, int, float, type(None))) else type(value).__name__
    )
    return text if len(text) <= 40 else f"{text[:37]}..."


def whole(least: int = 0, most: int = MOST) -> Kind:
    """A whole number between two."""
    return Kind(
        f"a whole number of at least {least}",
        lambda value: type(value) is int and least <= value < most,
    )


def number(least: float = 0, most: float = float("inf")) -> Kind:
    """A finite number between two."""
    return Kind(
        f"a number from {least:g}" + (f" to {most:g}" if isfinite(most) else " up"),
        lambda value: (
            type(value) in (int, float) and abs(value) <= MOST_NUMBER and least <= value <= most
        ),
    )


def list_of(kind: Kind, least: int = 0) -> Kind:
    """A list of such values, of at least so many."""
    return Kind(
        f"a list of {kind.expected}",
        lambda value: (
            isinstance(value, list) and len(value) >= least and all(map(kind.accepts, value))
        ),
    )


def table_of(kind: Kind) -> Kind:
    """Such values by name."""
    return Kind(
        f"{kind.expected} by name",
        lambda value: isinstance(value, dict) and all(map(kind.accepts, value.values())),
    )


def one_of(*words: str) -> Kind:
    """One of some words."""
    return Kind(" or ".join(words), lambda value: isinstance(value, str) and value in words)


MOST_NUMBER = 1e300
"""Figures beyond it are no measurements; an int of JSON may have thousands of digits."""
TEXT = Kind("a text", lambda value: isinstance(value, str))
FLAG = Kind("true or false", lambda value: isinstance(value, bool))
SHARE = number(0, 1)
SHAPE = Kind(
    "the sizes of an image",
    lambda value: list_of(whole(1, MOST_SIDE + 1), 1).accepts(value) and prod(value) <= MOST_PIXELS,
)
CONFUSION = Kind(
    "a matrix of counts, as wide as high",
    lambda value: (
        list_of(list_of(whole())).accepts(value) and all(len(row) == len(value) for row in value)
    ),
)
CLASSES = Kind(
    "the names of classes, each once and printable",
    lambda value: (
        list_of(TEXT, 1).accepts(value)
        and len(set(value)) == len(value)
        and all(map(str.isprintable, value))
    ),
)
PRECISION = one_of("float32", "bfloat16")
_HEXADECIMAL = set("0123456789abcdef")
_SHA256 = Kind(
    "a SHA-256",
    lambda value: isinstance(value, str) and len(value) == 64 and set(value) <= _HEXADECIMAL,
)

RESULT: dict[str, Kind] = {
    "name": TEXT,
    "dataset": TEXT,
    "data_dir": TEXT.or_null(),
    "test_accuracy": SHARE,
    "test_loss": number(float("-inf")),
    "epochs": whole(1),
    "seconds": number(),
    "training_seconds": number(),
    "images_per_second": number(),
    "device": Kind("a table of values", lambda value: isinstance(value, dict)),
    "precision": PRECISION,
    "compiled": FLAG,
    "seed": Kind("a whole number", lambda value: type(value) is int and value >= 0),
    "params": whole(),
    "input_shape": list_of(whole(1), 1),
    "samples": Kind("a table of values", lambda value: isinstance(value, dict)),
    "classes": CLASSES,
    "class_accuracy": table_of(SHARE.or_null()),
    "confusion": CONFUSION,
    "recipe": Kind("a table of values", lambda value: isinstance(value, dict)),
    "preparation": Kind("a table of values", lambda value: isinstance(value, dict)),
    "plugins": list_of(TEXT),
    "versions": table_of(TEXT),
}
PREPARATION: dict[str, Kind] = {
    "source": SHAPE,
    "output_shape": SHAPE,
    "mean": list_of(number(float("-inf")), 1),
    "std": list_of(Kind("a number above 0", lambda value: number().accepts(value) and value > 0)),
}
DEVICE: dict[str, Kind] = {"type": TEXT, "name": TEXT, "threads": whole(1), "processes": whole(1)}
SAMPLES: dict[str, Kind] = {"train": whole(1), "test": whole(1)}


def read_result(result: dict[str, Any]) -> dict[str, Any]:
    """The content of a result.json, if it is whole.

    Runs of earlier versions hold no `sha256`.

    Raises:
        NotWhole: a field is missing, is not what it should be, or does not fit the others.
    """
    check_fields(result, RESULT)
    check_fields(result["device"], DEVICE, "device")
    check_fields(result["samples"], SAMPLES, "samples")
    check_fields(result["preparation"], PREPARATION, "preparation")
    check_fields({"sha256": {}, **result}, {"sha256": table_of(_SHA256)})
    classes = len(result["classes"])
    if not len(result["confusion"]) == len(result["class_accuracy"]) == classes:
        raise NotWhole(f"confusion and class_accuracy are not of its {classes} classes")
    if result["preparation"]["output_shape"] != result["input_shape"]:
        raise NotWhole("the preparation is of another input_shape")
    _check_recipe(result["recipe"], result["samples"]["train"])
    return result


def _check_recipe(values: Any, samples: int) -> None:
    """Raise NotWhole where these are not the values of a settled recipe."""
    try:
        recipe = Recipe.from_dict(values)
    except RecipeFault as fault:
        raise NotWhole(str(fault)) from None
    if None in (recipe.epochs, recipe.lr, recipe.weight_decay, recipe.augment):
        raise NotWhole("its recipe is not settled")
    if recipe.batch > samples:
        raise NotWhole(f"its batch of {recipe.batch} is more than there are samples")


# A run's plan and its place -----------------------------------------------------------------

PLAN: dict[str, Kind] = {
    "spec": TEXT,
    "recipe": Kind("a table of values", lambda value: isinstance(value, dict)),
    "seed": RESULT["seed"],
    "data_dir": TEXT.or_null(),
    "strict": FLAG,
    "device": TEXT,
    "precision": PRECISION,
    "compile": FLAG,
    "threads": whole(1, 1 << 12),
    "workers": whole(0, 1 << 12),
    "plugins": list_of(TEXT),
    "samples": Kind(
        "two counts", lambda value: list_of(whole(1)).accepts(value) and len(value) == 2
    ),
    "classes": CLASSES,
    "data": TEXT,
}
POSITION: dict[str, Kind] = {
    "epoch": whole(),
    "step": whole(),
    "history": Kind("a list of tables", lambda value: isinstance(value, list)),
    "confusion": CONFUSION,
    "epoch_seconds": number(),
    "seconds": number(),
}
EPOCH: dict[str, Kind] = {
    "epoch": whole(1),
    "lr": number(),
    "train_loss": number(float("-inf")),
    "train_accuracy": SHARE,
    "test_loss": number(float("-inf")),
    "test_accuracy": SHARE,
    "seconds": number(),
    "images_per_second": number(),
}


def check_plan(plan: Any) -> None:
    """Raise NotWhole where this is no plan of a run."""
    check_fields(plan, PLAN)
    odd = plan.keys() - PLAN.keys()
    if odd:
        raise NotWhole(f"it has a value too many, {_shown(min(odd))}")
    _check_recipe(plan["recipe"], plan["samples"][0])


def check_position(position: Any, plan: Any) -> None:
    """Raise NotWhole where this is no place in the run of a plan that is whole."""
    check_fields(position, POSITION)
    for row in position["history"]:
        check_fields(row, EPOCH, "history")
    epochs = Recipe.from_dict(plan["recipe"]).epochs or 0
    if not position["epoch"] == len(position["history"]) <= epochs:
        raise NotWhole("its history is not of its epochs")
    if position["epoch"] == epochs and position["step"]:
        raise NotWhole("it stands after its end")
    if len(position["confusion"]) != (len(plan["classes"]) if position["history"] else 0):
        raise NotWhole("its confusion matrix is not of its classes")
