"""What is told of a faulty spec: a diagnostic is data, and one renderer draws it."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .fixes import Fix

from . import shipped
from .text.printable import printable


class Mark(NamedTuple):
    """A place in a spec's text: line and column count from 1; length is what to underline."""

    line: int
    column: int
    length: int = 1


class About(NamedTuple):
    """What a fault is about, as data; its message says it to people.

    Attributes:
        kind: 'yaml' for a text that is none; 'type', 'argument' or 'name' for a word that is not
            known; 'missing' for what must be written; 'taken' for a name that something else has;
            'twice' for a key; 'form' for a type that stands as a key; 'sizes' for maps that
            differ in size where they meet; else ''.
        word: the word at fault.
        near: the known word that is nearest to it, or ''.
        line: where what was not closed begins, in a text that is no YAML; else 0.
    """

    kind: str = ""
    word: str = ""
    near: str = ""
    line: int = 0


UNSAID = About()


class Diagnostic(NamedTuple):
    """One fault, or one warning, with where it is and what would mend it.

    Attributes:
        message: what is wrong, in one sentence, with the arithmetic.
        mark: where, or None when no place in the text is to blame.
        source: the file's name as the user gave it, or ''.
        text: the line of the file at the mark, or ''.
        help: what to write instead, or ''.
        notes: further lines, such as the uses of a block that led here.
        severity: 'error' or 'warning'.
        fixes: what the help proposes, as data.
        about: what kind of fault it is, and the words that it is about.
    """

    message: str
    mark: Mark | None = None
    source: str = ""
    text: str = ""
    help: str = ""
    notes: tuple[str, ...] = ()
    severity: str = "error"
    fixes: tuple[Fix, ...] = ()
    about: About = UNSAID

    def segments(self) -> Iterator[tuple[str, str]]:
        """The drawing as (style, text) pairs; styles are those of rich, '' for none.

        For example:

            error: Linear cannot read 16×5×5: it wants one flat vector
              --> nets/mine.yaml:14:5
               |
            14 |   - {name: F1, type: Linear, out_features: 120}
               |     ^
               = help: put Flatten before it: 16·5·5 = 400 features
        """
        accent = "bold red" if self.severity == "error" else "bold yellow"
        yield accent, self.severity
        yield "bold", f": {printable(self.message)}\n"
        width = 2
        if self.mark is not None:
            line, column, length = self.mark
            width = max(2, len(str(line)))
            yield "blue", f"{' ' * width}--> "
            yield "", f"{_file(self.source) or '<spec>'}:{line}:{column}\n"
            if self.text:
                text, start, end = _window(self.text, column, length)
                yield "blue", f"{' ' * width} |\n{line:>{width}} | "
                yield "", f"{text}\n"
                yield "blue", f"{' ' * width} | "
                yield accent, " " * cells(text[:start]) + "^" * max(1, cells(text[start:end]))
                yield "", "\n"
        elif self.source:
            yield "blue", f"{' ' * width}--> "
            yield "", f"{_file(self.source)}\n"
        for note in self.notes:
            yield "blue", f"{' ' * width} = "
            yield "", f"note: {printable(note)}\n"
        if self.help:
            yield "blue", f"{' ' * width} = "
            yield "", f"help: {printable(self.help)}\n"

    def __str__(self) -> str:
        return "".join(text for _, text in self.segments()).rstrip("\n")


class SpecError(Exception):
    """A faulty spec. `diagnostics` holds every independent fault that was found.

    Attributes:
        diagnostics: the faults, in the order of the text.
        partial: the network up to the first fault where there is one, else None.
        input_shape: what the network reads, where that is known, else None.
    """

    def __init__(
        self,
        diagnostics: Sequence[Diagnostic],
        partial: object = None,
        input_shape: tuple[int, ...] | None = None,
    ) -> None:
        super().__init__("\n".join(map(str, diagnostics)))
        self.diagnostics = tuple(diagnostics)
        self.partial = partial
        self.input_shape = input_shape


def _file(source: str) -> str:
    """A file's name as a reader knows it: of one that ships with cnnshape, from its folder on."""
    folder = shipped.folder()
    inside = source.startswith(f"{folder}{os.sep}")
    return printable(source.removeprefix(f"{folder.parent}{os.sep}") if inside else source)


def did_you_mean(word: str, known: Sequence[str]) -> str | None:
    """The known word nearest to `word`, or None when none is near.

    Only the last few hundred words are looked at, and of these only the most promising
    closely: a hostile spec holds thousands of long names, and asks for one again and again.
    """
    folded = {name.casefold()[:_LONGEST_WORD]: name for name in known[-_MOST_CANDIDATES:]}
    wanted = word[:_LONGEST_WORD].casefold()
    if wanted in folded:
        return folded[wanted]
    from difflib import SequenceMatcher

    matcher = SequenceMatcher(b=wanted, autojunk=False)

    def similarity(candidate: str, quick: bool) -> float:
        matcher.set_seq1(candidate)
        if matcher.real_quick_ratio() < _NEAR:
            return 0.0
        return matcher.quick_ratio() if quick else matcher.ratio()

    promising = sorted((similarity(candidate, True), candidate) for candidate in folded)
    near = max(((similarity(name, False), name) for _, name in promising[-10:]), default=(0.0, ""))
    return folded[near[1]] if near[0] >= _NEAR else None


def meant_or_known(word: str, known: Sequence[str], listed: str = "there are") -> str:
    """'did you mean conv?', or where no known word is near 'there are conv, pool'."""
    near = did_you_mean(word, known)
    return f"did you mean {near}?" if near else f"{listed} {', '.join(known)}"


def first_line(fault: BaseException) -> str:
    """What a fault says, without what follows on further lines; else what it is."""
    return str(fault).strip().partition("\n")[0].strip() or type(fault).__name__


_LONGEST_LINE = 160
_LONGEST_WORD = 40
_MOST_CANDIDATES = 200
_NEAR = 0.6
"""The similarity, from 0 to 1, from which on a word may have been meant."""


def _window(text: str, column: int, length: int) -> tuple[str, int, int]:
    """The part of a line around a mark, without tabs or control characters, and the mark in it."""
    start = min(column - 1, len(text))
    end = min(start + length, len(text))
    left = max(0, start - 60) if len(text) > _LONGEST_LINE else 0
    prefix = "..." if left else ""
    suffix = "..." if left + _LONGEST_LINE < len(text) else ""
    part = printable(text[left : left + _LONGEST_LINE])
    start, end = start - left + len(prefix), min(end - left, len(part)) + len(prefix)
    return prefix + part + suffix, start, end


def cells(text: str) -> int:
    """The columns that a terminal gives to `text`; wide East Asian characters take two."""
    return sum(
        0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "WF")
        for char in text
    )
