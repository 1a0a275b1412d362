"""The faults of an expansion: each reported once, and where to go on after one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from ..errors import UNSAID, About, Diagnostic, Mark, did_you_mean
from ..fixes import Fix
from ..spec import limits
from ..spec.bounds import Budget, BudgetSpent, ExpressionError, UnknownName, bounded
from ..spec.recipe import Block, Spec, Written
from ..spec.template import TextTemplate
from .scope import Place, Scope

INCOMING = ("in_channels", "in_size", "in_shape")
"""What an expression can ask of the value that its block reads."""

PLAIN = frozenset((str, int, float, bool, type(None)))
"""Types of written values that stand for themselves."""


class Faulty(Exception):
    """A fault was reported; the entry at hand has no value."""


class Stop(Exception):
    """So many faults, or so large a network, that going on would tell nothing new."""


class Use(NamedTuple):
    """A block that is being expanded: where it is used, and in which scope."""

    block: Block
    mark: Mark
    scope: Scope


class Faults:
    """Collects diagnostics; `uses` is the chain of blocks that is being expanded."""

    def __init__(self, spec: Spec, budget: Budget | None = None) -> None:
        self.source = spec.source
        self.found: list[Diagnostic] = list(spec.faults)
        self.uses: list[Use] = []
        self._within: list[str] = []
        self.budget = budget or Budget()
        self._seen = {(fault.message, fault.mark) for fault in spec.faults}

    def in_order(self) -> list[Diagnostic]:
        """The faults in the order of the text."""
        return sorted(self.found, key=lambda fault: fault.mark[:2] if fault.mark else (0, 0))

    @contextmanager
    def told_within(self, note: str) -> Iterator[None]:
        """Say of every fault that is found meanwhile where it is, as in a block or a turn."""
        self._within.append(note)
        try:
            yield
        finally:
            self._within.pop()

    def report(
        self,
        message: str,
        mark: Mark | None,
        help: str = "",
        fixes: Sequence[Fix] = (),
        notes: tuple[str, ...] = (),
        about: About = UNSAID,
    ) -> None:
        """Add a fault that no layer stands for; the same fault is added once."""
        if (message, mark) in self._seen:
            return
        self._seen.add((message, mark))
        notes = (*notes, *self._within[:-5:-1])
        self.found.append(
            self.source.diagnostic(message, mark, help=help, notes=notes, fixes=fixes, about=about)
        )
        if len(self.found) >= limits.FAULTS:
            raise Stop

    def at(
        self,
        scope: Scope,
        message: str,
        mark: Mark,
        help: str = "",
        fixes: Sequence[Fix] = (),
        notes: tuple[str, ...] = (),
        about: About = UNSAID,
    ) -> None:
        """Add a fault; the table of the faulty spec ends before it."""
        scope.break_off()
        self.report(message, mark, help, fixes, notes, about)

    def fail(
        self, scope: Scope, message: str, mark: Mark, help: str = "", about: About = UNSAID
    ) -> Faulty:
        """The same, and the exception to raise: `raise faults.fail(...)`."""
        self.at(scope, message, mark, help, about=about)
        return Faulty()

    def evaluate(self, place: Place, written: Written) -> Any:
        """The value of what is written; raises Faulty after reporting why it has none."""
        value = written.value
        if type(value) in PLAIN:
            return value
        try:
            return evaluated(value, place.env, self.budget)
        except BudgetSpent as error:
            self.at(place.scope, str(error), written.mark)
            raise Stop from None
        except ExpressionError as error:
            unknown = isinstance(error, UnknownName) and error.name in INCOMING
            if unknown and "in_shape" not in place.env:
                raise Faulty from None  # the input is unknown because of an earlier fault
            told = name_help(error, place.env)
            raise self.fail(place.scope, str(error), written.mark, *told) from None

    def told_apart(self, scope: Scope, arguments: Mapping[str, Any], mark: Mark) -> str:
        """A text that is equal for equal arguments only: unlike them, it tells 1 from true."""
        text = repr(arguments)
        self.spend(scope, mark, len(text) // 4)
        return text

    def spend(self, scope: Scope, mark: Mark, work: int) -> None:
        """Count work towards the limit; raises Stop after reporting that it is reached."""
        try:
            self.budget.spend(work)
        except BudgetSpent as error:
            self.at(scope, str(error), mark)
            raise Stop from None


def evaluated(value: Any, env: Mapping[str, Any], budget: Budget) -> Any:
    """A written value with its templates evaluated; raises ExpressionError."""
    if isinstance(value, TextTemplate):
        return value.evaluate(env, budget)
    if isinstance(value, tuple):
        return bounded(tuple([evaluated(item, env, budget) for item in value]), budget)
    return value


def name_help(error: ExpressionError, env: Mapping[str, Any]) -> tuple[str, About]:
    """The help for an unknown name, and what may have been meant by it."""
    if not isinstance(error, UnknownName):
        return "", UNSAID
    near = did_you_mean(error.name, list(env)) or ""
    help = f"known here: {', '.join(list(env)[:20])}" if env and not near else ""
    return help, About("name", error.name, near)
