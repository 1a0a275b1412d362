"""Candidates put into a faulty spec, and those that cure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from difflib import SequenceMatcher
from typing import Any, TypeAlias

import yaml

from ..errors import Diagnostic, SpecError
from ..fixes import Fix, as_entry, as_yaml, joined, replacing
from ..layers import registry
from ..spec import words
from ..spec.bounds import Budget
from ..spec.document import LINE_BREAK, NOT_YAML, Source
from . import slips
from .putting import entry_at, put_in, underlined

Attempt: TypeAlias = Callable[[str], Sequence[Diagnostic]]
"""Reads a text, and gives its faults."""
Reading: TypeAlias = Callable[[str, Budget], Sequence[Diagnostic]]
"""The same within a budget."""

_CANNOT = (LookupError, ValueError, RecursionError, yaml.YAMLError)
"""What putting a fix into a text that is not sound may raise."""

_LONGEST_TEXT = 60_000
_WORK = (100_000, 6_000, 20_000)
"""The values, entries and copied layers of all that is tried for one spec."""
_ENTRY = 50
"""As many characters take about as long to read as an entry takes to expand."""
_NEAR_TYPES = 0.8
"""How alike the name of a type must be: SeparableConv2d and SpectralNormConv2d are 0.73."""
_OTHER_TYPES = "cnnshape layers lists the types"
_MOST_FAULTS = 6
_MOST_TRIED = 24
"""Faults of one spec that are looked into, and candidates that are tried for each."""


class _Spent(Exception):
    """What all tries together may take is spent."""


def suggested(error: SpecError, source: Source, reading: Reading) -> SpecError:
    """The error, with help for those faults for which something was found that cures."""
    if len(source.text) > _LONGEST_TEXT:
        return error
    faults = list(error.diagnostics)
    budget = Budget(*_WORK)

    def tried(text: str) -> Sequence[Diagnostic]:
        budget.steps -= len(text) // _ENTRY
        if min(budget.left, budget.steps, budget.stamped) < 0:
            raise _Spent
        return reading(text, budget)

    with suppress(_Spent):
        _look_into(faults, error.diagnostics, source, tried)
    return SpecError(faults, error.partial) if faults != [*error.diagnostics] else error


def _look_into(
    faults: list[Diagnostic], told: Sequence[Diagnostic], source: Source, attempt: Attempt
) -> None:
    """Put into `faults` what was found for each; raises _Spent."""
    for index, fault in enumerate(faults[:_MOST_FAULTS]):
        if fault.mark is not None and not fault.fixes:
            faults[index] = _helped(fault, told, source, attempt)
        elif fault.notes:
            faults[index] = _everywhere(fault, told, source, attempt)
    for index, fault in enumerate(faults[:_MOST_FAULTS]):
        if fault.mark is not None and (index == 0 or _is_uneven(fault)):
            faults[index] = _with_another_input(fault, told, source, attempt)


def _everywhere(
    fault: Diagnostic, faults: Sequence[Diagnostic], source: Source, attempt: Attempt
) -> Diagnostic:
    """The fault with those fixes alone that cure every turn and use of the entry."""
    try:
        kept = tuple(
            fix
            for fix in fault.fixes
            if _left(fault, faults, attempt(put_in(source.text, fix))) == 0
        )
    except _CANNOT:
        kept = ()
    return fault._replace(fixes=kept, help=joined(kept))


def _helped(
    fault: Diagnostic, faults: Sequence[Diagnostic], source: Source, attempt: Attempt
) -> Diagnostic:
    advice = _advice(fault, source)
    if advice:
        return fault._replace(help=advice)
    best: list[tuple[int, int, Fix]] = []
    seen = set()
    for order, fix in enumerate(_candidates(fault, source)):
        if order == _MOST_TRIED:
            break
        try:
            changed = put_in(source.text, fix)
        except _CANNOT:
            continue
        if changed in seen:
            continue
        seen.add(changed)
        left = _left(fault, faults, attempt(changed), names=fix.says.endswith(("?", " here")))
        if left is not None:
            best.append((left, order, fix))
        if left == 0:
            break
    if not best:
        return fault._replace(help=_untried(fault))
    fix = min(best)[2]
    return fault._replace(help=joined([fix]), fixes=(fix,))


def _left(
    fault: Diagnostic,
    before: Sequence[Diagnostic],
    after: Sequence[Diagnostic],
    *,
    names: bool = False,
) -> int | None:
    """The new faults, of which less is better; None where this one is not cured.

    A name that was not known may have hidden a fault behind it: with `names`, that is told.
    """
    assert fault.mark is not None
    if fault.message.startswith(NOT_YAML):
        if not after or not after[0].message.startswith(NOT_YAML):
            return len(after)
        later = after[0].mark is not None and after[0].mark.line > fault.mark.line
        return 100 if later else None
    if any(each.message.startswith(NOT_YAML) for each in after):
        return None
    told = {(each.message, each.mark[:1] if each.mark else None) for each in before}
    new = [
        each for each in after if (each.message, each.mark[:1] if each.mark else None) not in told
    ]
    if any(each.message == fault.message for each in after):
        return None
    if any("stands twice" in each.message for each in new):
        return None
    if names or _is_unknown_type(fault):
        return len(new) if len(after) <= len(before) + 1 else None
    return None if new else 0


def _untried(fault: Diagnostic) -> str:
    """The help where nothing was found that cures: a guess only at a type that is computed."""
    guess = re.fullmatch(r"did you mean (.*)\?", fault.help)
    if not guess:
        return fault.help
    wrong = re.search(r"'(.+)'", fault.message)
    if not _is_unknown_type(fault) or not wrong:
        return ""
    near = SequenceMatcher(None, wrong[1].casefold(), guess[1].casefold()).ratio() >= _NEAR_TYPES
    return fault.help if near else _OTHER_TYPES


def _entry(fault: Diagnostic, source: Source) -> dict[str, Any]:
    """The entry at fault as plain data; empty where none can be read."""
    if fault.mark is None:
        return {}
    try:
        return entry_at(source.text, fault.mark)
    except _CANNOT:
        return {}


def _is_unknown_type(fault: Diagnostic) -> bool:
    return fault.message.startswith("there is no layer type")


def _candidates(fault: Diagnostic, source: Source) -> Iterator[Fix]:
    assert fault.mark is not None
    lines = LINE_BREAK.split(source.text)
    if re.search(r" needs \w+$", fault.message):
        return  # what is missing stands nowhere
    if fault.message.startswith(NOT_YAML):
        begun = re.search(r"begins in line (\d+)", fault.message)
        numbers = [fault.mark.line, fault.mark.line - 1, fault.mark.line - 2]
        for number in dict.fromkeys([*numbers, *([int(begun[1])] if begun else [])]):
            if 0 < number <= len(lines):
                yield from slips.of_line(lines, number)
        return
    value = underlined(source.text, fault.mark)
    if _is_unknown_type(fault):
        yield from _types(fault, source)
    yield from _arguments(fault, source, value)
    yield from _nearly(fault, value)
    if not _is_unknown_type(fault):
        yield from slips.of_value(value, fault.mark)
    yield from slips.of_line(lines, fault.mark.line)
    if fault.mark.line < len(lines):
        yield from slips.of_line(lines, fault.mark.line + 1)


def _nearly(fault: Diagnostic, value: str) -> Iterator[Fix]:
    """The name that is nearly the one written."""
    near = re.fullmatch(r"did you mean (.*)\?", fault.help)
    wrong = re.match(r"(\S+) is not defined here", fault.message) or re.search(
        r"'(.+)'", fault.message
    )
    if near and wrong and fault.mark:
        alike = SequenceMatcher(None, wrong[1].casefold(), near[1].casefold()).ratio()
        if _is_unknown_type(fault) and alike < _NEAR_TYPES:
            return
        changed = re.sub(rf"(?<!\w){re.escape(wrong[1])}(?!\w)", lambda _: near[1], value)
        yield replacing(changed, fault.mark, fault.help)


def _types(fault: Diagnostic, source: Source) -> Iterator[Fix]:
    """The types that a word of another library may mean, with the arguments' names here."""
    entry = _entry(fault, source)
    word = str(entry.get("type", ""))
    for name in words.here(word, registry()):
        kind = registry()[name]
        renamed = _renamed(entry, kind)
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


def _renamed(entry: dict[str, Any], kind: Any) -> dict[str, str]:
    """The entry's arguments that have another name in a type."""
    renamed: dict[str, str] = {}
    for old in entry:
        if old in kind.fields or old in ("type", "name", "from", "repeat", "when"):
            continue
        for new in words.argument_names(old, kind.fields):
            if new not in entry and new not in renamed.values():
                renamed[old] = new
                break
    return renamed


def _arguments(fault: Diagnostic, source: Source, value: str) -> Iterator[Fix]:
    """An argument by its name here; Keras's `activation:` as the layer that it is here."""
    if " has no argument " not in fault.message or fault.mark is None:
        return
    if value in ("activation", "act"):
        word = str(_entry(fault, source).get(value, ""))
        after = words.ACTIVATIONS.get(words.folded(word))
        names = [after] if after is not None else words.here(word, registry())
        for name in names:
            layer = ({"type": name},) if name else ()
            says = f"write {name} as the layer after it" if name else f"leave out {value}"
            yield Fix(says, without=(value,), after=layer, mark=fault.mark)
    for name in words.argument_names(value, words.ARGUMENTS):
        yield replacing(name, fault.mark, f"{value} is {name} here")


def _advice(fault: Diagnostic, source: Source) -> str:
    """How a word of another library is written here, where it is no one type."""
    if not _is_unknown_type(fault):
        return ""
    word = str(_entry(fault, source).get("type", ""))
    written = words.written_out(word)
    return f"{word} is {written}" if written else ""


def _is_uneven(fault: Diagnostic) -> bool:
    return " cannot join " in fault.message


def _with_another_input(
    fault: Diagnostic, faults: Sequence[Diagnostic], source: Source, attempt: Attempt
) -> Diagnostic:
    """The fault with what the network would have to read, where that cures it too."""
    written = re.search(r"^input:\s*\[([\d,\s]+)\]", source.text, re.MULTILINE)
    shape = tuple(int(size) for size in re.findall(r"\d+", written[1])) if written else ()
    for fix in _inputs(fault, shape):
        try:
            left = _left(fault, faults, attempt(put_in(source.text, fix)))
        except _CANNOT:
            continue
        if left == 0:
            fixes = (*fault.fixes, fix) if _is_uneven(fault) else (fix, *fault.fixes)
            help = joined(fixes) if fault.fixes else fix.says
            return fault._replace(help=help, fixes=fixes)
    return fault


def _inputs(fault: Diagnostic, shape: tuple[int, ...]) -> Iterator[Fix]:
    assert fault.mark is not None
    changed: list[tuple[str, tuple[int, ...]]] = []
    if _is_uneven(fault):
        for multiple in (2, 4, 8, 16, 32, 64, 128):
            up = (*shape[:1], *(-(-size // multiple) * multiple for size in shape[1:]))
            changed.append((f"an input whose sizes are multiples of {multiple}, as", up))
    elif len(shape) > 1:
        if shape[0] == 1:
            changed.append(("write the input without the batch:", shape[1:]))
        if shape[-1] <= 4 < shape[0]:
            changed.append(("write the input's channels first:", (shape[-1], *shape[:-1])))
    for says, sizes in changed:
        if sizes != shape:
            yield Fix(f"{says} {as_yaml(sizes)}", input=sizes, mark=fault.mark)
