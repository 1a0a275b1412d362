"""What may have been meant by a fault, to be tried: the likeliest first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from math import isfinite
from typing import Any

from ..errors import About, Diagnostic
from ..fixes import Fix, as_entry, as_yaml, replacing
from ..layers import format_shape, listed, registry
from ..spec import words
from ..spec.document import LINE_BREAK
from ..spec.vocabulary import COMMON_KEYS
from . import slips
from .putting import entry_at, input_of, underlined

_NEAR_TYPES = 0.8
"""How alike the name of a type must be: SeparableConv2d and SpectralNormConv2d are 0.73."""


def candidates(fault: Diagnostic, text: str) -> Iterator[Fix]:
    """The fixes that may cure a fault."""
    assert fault.mark is not None
    kind, mark, lines = fault.about.kind, fault.mark, LINE_BREAK.split(text)
    if kind == "yaml":
        near = dict.fromkeys([mark.line, mark.line - 1, mark.line - 2, fault.about.line])
        for number in near:
            if 0 < number <= len(lines):
                yield from slips.of_line(lines, number)
        return
    value = underlined(text, mark)
    yield from _joins(fault, value, entry_at(text, mark))
    if kind == "missing":
        return  # what is missing stands nowhere
    if kind == "type":
        entry = entry_at(text, mark)
        word = fault.about.word
        if entry.get("type") == word:
            yield from _types(fault, entry)
        elif value == word:  # of a join; what is computed has another text
            for name in words.here(word, listed()):
                yield replacing(name, mark, f"{word} is {name} here")
    elif kind == "form":
        word = fault.about.word
        inner = entry_at(text, mark).get(word)
        arguments = inner if isinstance(inner, dict) else {}
        yield Fix(fault.help, arguments, without=(word,), type=word, mark=mark)
        return
    elif kind == "argument":
        yield from _arguments(fault, entry_at(text, mark))
    elif kind == "taken":
        quote = value[:1] if value[:1] in ("'", '"') else ""
        for more in ("_2", "$i", "_3"):
            changed = f"{value.strip(quote or None)}{more}"
            yield replacing(f"{quote}{changed}{quote}", mark, f"name it {changed}")
    yield from _nearly(fault, value)
    if kind != "type":
        yield from slips.of_value(value, mark)
    for number in (mark.line, mark.line + 1):
        if number <= len(lines):
            yield from slips.of_line(lines, number)


def is_near(about: About) -> bool:
    """Whether the nearest known word is so like it that it alone can have been meant."""
    word, near = about.word.casefold(), about.near.casefold()
    return bool(near) and SequenceMatcher(None, word, near).ratio() >= _NEAR_TYPES


def inputs(fault: Diagnostic, text: str, given: Sequence[int] = ()) -> Iterator[Fix]:
    """Other shapes that the network may have been meant to read.

    Args:
        fault: what is wrong.
        text: the spec.
        given: what the network is to read in the place of the spec's own.
    """
    written = [*given] or input_of(text)
    whole = [re.fullmatch(r"0*([1-9]\d*)(\.0*)?", str(size)) for size in written]
    first = written[0] if written else None
    no_batch = len(written) < 4 and isinstance(first, (int, float)) and first != -1
    if None in whole[1:] or (None in whole and no_batch):
        if fault.about.kind != "sizes":
            yield from _whole_input(fault, written)
        return  # without it the shape would lack a dimension
    shape = tuple([int(size[1]) for size in whole if size])
    changed: list[tuple[str, tuple[int, ...]]] = []
    if fault.about.kind == "sizes":
        for multiple in (2, 4, 8, 16, 32, 64, 128):
            up = (*shape[:1], *(-(-size // multiple) * multiple for size in shape[1:]))
            changed.append((f"an input whose sizes are multiples of {multiple}, as", up))
    elif written and whole[0] is None:
        changed.append(("write the input without the batch:", shape))
    elif any(type(size) is not int for size in written):
        changed.append(("write whole numbers:", shape))
    elif len(shape) > 1:
        if len(shape) > 3 and shape[-1] in (1, 3) and shape[1] > 4:
            says = "write the input without the batch, its channels first:"
            changed.append((says, (shape[-1], *shape[1:-1])))
        if shape[0] == 1 or (len(shape) > 2 and shape[1] in (1, 3)):
            changed.append(("write the input without the batch:", shape[1:]))
        if shape[-1] <= 4 < shape[0]:
            changed.append(("write the input's channels first:", (shape[-1], *shape[:-1])))
    for says, sizes in changed:
        if [*map(repr, sizes)] != [*map(repr, written)]:
            shown = format_shape(sizes) if given else as_yaml(sizes)
            yield Fix(f"{says} {shown}", input=sizes, mark=fault.mark)


def _whole_input(fault: Diagnostic, written: list[Any]) -> Iterator[Fix]:
    """The shape with whole numbers for its fractions and signs; an example for what is none."""
    sizes: list[int] = []
    for index, size in enumerate(written):
        number = isinstance(size, (int, float)) and not isinstance(size, bool) and isfinite(size)
        sizes.append(round(abs(size)) if number else 0)
        if not number or not sizes[-1]:
            sizes[-1] = 3 if index == 0 else 32
    for shape in (tuple(sizes), tuple(sizes[1:])):
        yield Fix(f"write whole numbers, such as {as_yaml(shape)}", input=shape, mark=fault.mark)


def _nearly(fault: Diagnostic, value: str) -> Iterator[Fix]:
    """The name that is nearly the one written."""
    about = fault.about
    if about.near and fault.mark and (about.kind != "type" or is_near(about)):
        written = rf"(?<!\w){re.escape(about.word)}(?!\w)"
        yield replacing(re.sub(written, lambda _: about.near, value), fault.mark, fault.help)


def _joins(fault: Diagnostic, value: str, entry: dict[str, Any]) -> Iterator[Fix]:
    """What joins several values, where a type that reads one was named for it."""
    assert fault.mark is not None
    join = words.JOINS.get(value.strip("'\"").casefold())
    if join and entry.get("type") != value and fault.about.kind in ("type", "missing"):
        yield replacing(join, fault.mark, f"{value} of several values is {join} here")
    word = str(entry.get("type"))
    if (join := words.JOINS.get(word.casefold())) and isinstance(entry.get("from"), list):
        rest = tuple(key for key in entry if key not in ("type", *COMMON_KEYS))
        says = f"{word} of several values is {join} here"
        yield Fix(says, without=rest, type=join, mark=fault.mark)


def _types(fault: Diagnostic, entry: dict[str, Any]) -> Iterator[Fix]:
    """The types that a word of another library may mean, with the arguments' names here."""
    word = fault.about.word
    for name in words.here(word, listed()):
        renamed = _renamed(entry, registry()[name].fields)
        more: dict[str, Any] = {}
        if words.GLOBAL_POOLS.match(words.folded(word)):
            more = {"output_size": 1}
        elif name == "Upsample" and words.folded(word).startswith("upsampling"):
            more = {"scale_factor": entry.get("size", 2)}  # Keras means a factor by it
        written = ", ".join(f"{new} for {old}" for old, new in renamed.items())
        shown = as_entry({"type": name, **more})
        says = f"{word} is {shown} here" + (f", with {written}" if written else "")
        without = ("size",) if "scale_factor" in more else ()
        yield Fix(says, more, without, renamed, name, mark=fault.mark)


def _renamed(entry: dict[str, Any], fields: Any) -> dict[str, str]:
    """The entry's arguments that have another name in a type."""
    renamed: dict[str, str] = {}
    for old in entry:
        if old not in fields and old not in ("type", *COMMON_KEYS):
            names = words.argument_names(old, fields)
            free = [new for new in names if new not in entry and new not in renamed.values()]
            if free:
                renamed[old] = free[0]
    return renamed


def _arguments(fault: Diagnostic, entry: dict[str, Any]) -> Iterator[Fix]:
    """An argument by its name here; Keras's `activation:` as the layer that it is here."""
    key = fault.about.word
    if key in ("activation", "act"):
        word = str(entry.get(key, ""))
        after = words.ACTIVATIONS.get(words.folded(word))
        for name in [after] if after is not None else words.here(word, listed()):
            layer = ({"type": name},) if name else ()
            says = f"write {name} as the layer after it" if name else f"leave out {key}"
            yield Fix(says, without=(key,), after=layer, mark=fault.mark)
    if fault.mark:
        for name in words.argument_names(key, words.ARGUMENTS):
            yield replacing(name, fault.mark, f"{key} is {name} here")
