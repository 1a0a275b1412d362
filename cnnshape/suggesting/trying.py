"""Candidates put into a faulty spec, and those that cure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import islice
from typing import TypeAlias

import yaml

from ..errors import Diagnostic, SpecError
from ..fixes import Fix, joined
from ..spec import words
from ..spec.bounds import Budget
from ..spec.document import Source
from .candidates import candidates, inputs, is_near
from .putting import put_in

Reading: TypeAlias = Callable[[str, Budget, tuple[int, ...]], Sequence[Diagnostic]]
"""Reads a text within a budget, with an input in the place of its own if that is not empty, and
gives its faults."""

_CANNOT = (LookupError, ValueError, RecursionError, yaml.YAMLError)
"""What putting a fix into a text that is not sound may raise."""
_QUIET: tuple[type[Exception], ...] = (Exception,)
"""What ends a search without a word: a fault is told as it is, whatever its text does here."""

_LONGEST_TEXT = 60_000
_WORK = (100_000, 6_000, 20_000)
"""The values, entries and copied layers of all that is tried for one spec."""
_ENTRY = 50
"""As many characters take about as long to read as an entry takes to expand."""
_MOST_FAULTS = 6
_MOST_TRIED = 24
"""Faults of one spec that are looked into, and candidates that are tried for each."""
_OTHER_TYPES = "cnnshape layers lists the types"


class _Spent(Exception):
    """What all tries together may take is spent."""


def suggested(
    error: SpecError, source: Source, reading: Reading, given: tuple[int, ...] = ()
) -> SpecError:
    """The error, with help for those faults for which something was found that cures.

    Args:
        error: the faults of the spec.
        source: its text.
        reading: how it is read.
        given: the input that it was given in the place of its own, if any.
    """
    if len(source.text) > _LONGEST_TEXT:
        return error
    search = _Search(error.diagnostics, source.text, reading, given)
    faults = list(error.diagnostics)
    for index, fault in enumerate(faults[:_MOST_FAULTS]):
        with suppress(*_QUIET):
            faults[index] = search.helped(fault)
            if index == 0 or fault.about.kind == "sizes":
                faults[index] = search.with_another_input(faults[index])
    if faults == [*error.diagnostics]:
        return error
    return SpecError(faults, error.partial, error.input_shape)


def _says_more(text: str, fix: Fix) -> bool:
    """Whether a fix changes more than white space."""
    return put_in(text, fix).split() != text.split()


class _Search:
    """Looks for what cures the faults of one text."""

    def __init__(
        self, told: Sequence[Diagnostic], text: str, reading: Reading, given: tuple[int, ...]
    ) -> None:
        self.told = Counter([fault.message for fault in told])
        self.text = text
        self.reading = reading
        self.given = given
        self.budget = Budget(*_WORK)
        self.tried: dict[tuple[str, tuple[int, ...]], Sequence[Diagnostic]] = {}

    def helped(self, fault: Diagnostic) -> Diagnostic:
        """The fault with the best fix that was found; of its own fixes, those that hold."""
        if fault.mark is None:
            return fault
        if fault.fixes:
            if not fault.notes:
                return fault
            # Of a block or a repeat: it must cure every use and turn.
            kept = tuple(fix for fix in fault.fixes if self._left(fault, fix) == 0)
            return fault._replace(fixes=kept, help=joined(kept))
        word = fault.about.word
        if fault.about.kind == "type" and (written := words.written_out(word)):
            return fault._replace(help=f"{word} is {written}")
        best: list[tuple[int, int, Fix]] = []
        for order, fix in enumerate(islice(candidates(fault, self.text), _MOST_TRIED)):
            left = self._left(fault, fix)
            if left is not None:
                best.append((left, order, fix))
            if left == 0:
                break
        if best:
            fix = min(best)[2]
            return fault._replace(help=joined([fix]), fixes=(fix,))
        if not fault.about.near or (fault.about.kind == "type" and is_near(fault.about)):
            return fault
        return fault._replace(help=_OTHER_TYPES if fault.about.kind == "type" else "")

    def with_another_input(self, fault: Diagnostic) -> Diagnostic:
        """The fault with what the network would have to read, where that cures it too."""
        for fix in inputs(fault, self.text, self.given):
            if self._left(fault, fix) == 0:
                later = fault.about.kind == "sizes"
                fixes = (*fault.fixes, fix) if later else (fix, *fault.fixes)
                return fault._replace(help=joined(fixes), fixes=fixes)
        return fault

    def _left(self, fault: Diagnostic, fix: Fix) -> int | None:
        """The faults that were hidden behind this one, of which less is better.

        None where it is not cured, or where what is written for it is wrong in its turn.
        """
        assert fault.mark is not None
        try:
            if fix.input and self.given:
                after = self._after(self.text, fix.input)
            else:
                after = self._after(put_in(self.text, fix), self.given)
        except _CANNOT:
            return None
        kinds = {each.about.kind for each in after}
        if fault.about.kind == "yaml":
            if "yaml" not in kinds:
                return len(after)
            later = after[0].mark is not None and after[0].mark.line > fault.mark.line
            same = after[0].message == fault.message
            if same and ("flow" in fault.message or not _says_more(self.text, fix)):
                return None  # it is still open, or an indent has moved the fault down
            return 100 if later else None
        if "yaml" in kinds or "twice" in kinds:
            return None
        count = Counter([each.message for each in after])
        if count[fault.message] >= self.told[fault.message]:
            return None
        # Of one message there may be more than were told: it then stands in another place too.
        more = count - self.told
        new = [each for each in after if each.message in more]
        if fault.notes and fault.fixes:
            return len([each for each in new if each.notes])
        if not new or (fault.about.kind == "type" and fix.mark == fault.mark):
            return len(new)
        in_place = fix.mark == fault.mark and (fix.text is not None or bool(fault.about.word))
        line, first, _ = fault.mark
        written = range(first, first + max(1, len(fix.text or "")))
        at = [each.mark for each in new if each.mark]
        wrong = any(mark.line == line and mark.column in written for mark in at)
        return None if wrong or not in_place else len(new)

    def _after(self, text: str, given: tuple[int, ...]) -> Sequence[Diagnostic]:
        """The faults of a changed text, or with a changed input; raises _Spent."""
        if (text, given) not in self.tried:
            self.budget.steps -= len(text) // _ENTRY
            if min(self.budget.left, self.budget.steps, self.budget.stamped) < 0:
                raise _Spent
            self.tried[text, given] = self.reading(text, self.budget, given)
        return self.tried[text, given]
