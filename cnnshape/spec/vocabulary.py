"""The words of the language: the keys of a spec, and what is wrong with a name or a key."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any, NamedTuple

from ..errors import About, did_you_mean
from ..layers.base import Layer
from . import limits
from .recipe import Written

SPEC_KEYS = (
    "name", "reference", "description", "input", "params", "variants", "blocks", "layers",
    "outputs", "train",
)  # fmt: skip
BLOCK_KEYS = ("description", "params", "inputs", "layers")
COMMON_KEYS = ("name", "from", "repeat", "when")
FORM_KEYS = ("type", "branches", "layers", "share")
"""The keys of an item of layers:, of which just one says what it is."""


class WordFault(NamedTuple):
    """What is wrong with a word: a key that is there, or '' for one that is missing or a type."""

    message: str
    key: str
    help: str
    about: About


def unknown_type(name: str, types: Any, blocks: Any) -> WordFault:
    """The fault of a type that is neither a layer type nor a block."""
    listed = [known for known in types if not types[known].hidden]
    near = did_you_mean(name, [*listed, *blocks]) or ""
    help = "" if near else "cnnshape layers lists the types"
    message = f"there is no layer type or block {quoted(name)}"
    return WordFault(message, "", help, About("type", name, near))


def argument_faults(kind: type[Layer], given: Collection[str]) -> list[WordFault]:
    """What is wrong with the names of a layer's arguments."""
    required = [key for key, field in kind.fields.items() if field.required]
    return _key_faults(
        kind.__name__,
        "argument",
        given,
        kind.fields,
        required,
        lambda key: kind.fields[key].placeholder(kind),
    )


def block_faults(name: str, params: dict[str, Written], given: Collection[str]) -> list[WordFault]:
    """The same for the use of a block."""
    required = [key for key, default in params.items() if default.value is None]
    return _key_faults(f"the block {name}", "parameter", given, params, required, lambda _: "...")


def _key_faults(
    subject: str,
    noun: str,
    given: Collection[str],
    known: Collection[str],
    required: Iterable[str],
    placeholder: Callable[[str], str],
) -> list[WordFault]:
    """Keys that are unknown, and required ones that are missing and not merely misspelt."""
    from .words import argument_names as words_for

    faults = []
    misspelt: set[str | None] = set()
    for key in given:
        if key not in known:
            near = did_you_mean(key, [*known, *COMMON_KEYS])
            listed = f"its {noun}s: {', '.join(known) or 'none'}"
            faults.append(unknown_key(f"{subject} has no {noun}", key, near, given, listed))
            misspelt |= {near, *words_for(key, known)}
    for key in required:
        if key not in given and key not in misspelt:
            help = f"add {key}: {placeholder(key)}"
            faults.append(WordFault(f"{subject} needs {key}", "", help, About("missing", key)))
    return faults


def unknown_key(
    says: str, key: str, near: str | None, given: Collection[str], listed: str
) -> WordFault:
    """The fault of a key that is not known, with the one that was meant where it is near."""
    help = listed if near is None else ""
    if near in given:
        help, near = f"{near} is there already: remove {key}", None
    return WordFault(f"{says} {quoted(key)}", key, help, About("argument", key, near or ""))


def name_problem(name: str) -> str:
    """Why a layer cannot have this name, or ''."""
    if not name:
        return "a name cannot be empty"
    if "." in name:
        return f"the name {quoted(name)} has a dot; dots separate the parts of a path"
    if name == "*":
        return "in a path, * stands for every turn of a repeat; choose another name"
    if name == "input":
        return "the name input means what a network or block reads; choose another"
    if len(name) > limits.NAME_CHARACTERS:
        return f"the name has {len(name):,} characters; it may have {limits.NAME_CHARACTERS}"
    if not name.isprintable():
        return f"the name {quoted(name)} has characters that cannot be shown"
    return ""


def quoted(text: str) -> str:
    """A word of the spec as a message shows it."""
    return repr(text if len(text) <= 60 else text[:57] + "...")
