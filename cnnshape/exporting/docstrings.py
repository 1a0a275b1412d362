"""What the docstring of a class says: what it is, its shapes, and its arguments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from textwrap import wrap
from typing import TYPE_CHECKING

from ..abstraction import Call, Expression, GroupCall, Parameter, PerTurn, Template
from ..abstraction.parameters import INCOMING
from ..abstraction.program import names_of
from ..text.counts import count_of
from .arguments import WORD, text_of
from .layout import INDENT, WIDTH
from .words import prose

if TYPE_CHECKING:
    from ..network import Network
    from .naming import Naming
    from .templates import Templates

QUOTES = '"""'


class Docstrings:
    """Writes the docstrings of classes."""

    def __init__(self, network: Network, templates: Templates, naming: Naming) -> None:
        self.network = network
        self.templates = templates
        self.naming = naming

    def lines(self, template: Template) -> list[str]:
        """The lines of a docstring, indented as in a class."""
        passage = self.templates.passage(template, self.naming.parameters(template))
        paragraphs = [self._network()] if not template.name else [self._part(template)]
        if passage and len(line := f"{paragraphs[0]}: {passage}") <= WIDTH - len(INDENT) - 7:
            paragraphs = [line]
        elif passage:
            paragraphs.append(f"{passage}.")
        if not template.name and self.network.reference:
            paragraphs.append(prose(self.network.reference))
        return _written(paragraphs, list(self._arguments(template, passage)))

    def _network(self) -> str:
        title = prose(self.network.name) or "The network"
        return f"{title}, {count_of(self.network.totals.params, 'parameter')}"

    def _part(self, template: Template) -> str:
        first, *others = self.templates.places[template.name]
        path = prose(first.prefix[:-1])
        if not others:
            return f"Part {path} of the network"
        return f"{path}, and {count_of(len(others), 'more part')} like it"

    # Arguments --------------------------------------------------------------------------------

    def _arguments(self, template: Template, passage: str) -> Iterator[str]:
        """What each argument is whose name, or the shapes, do not say it."""
        told = set(re.findall(r"[A-Za-z_]\w*", passage))
        for name, own in self.naming.parameters(template).items():
            if own not in told and (words := self._argument(template, name, own)):
                yield f"{own}: {words}."

    def _argument(self, template: Template, name: str, own: str) -> str:
        for call in template.children:
            if call.when == Parameter(name):
                child = self._first(call)
                return "" if own == child else f"whether there is {prose(child)}"
        left_out = self._left_out(template, name)
        words = [f"0 leaves {left_out} out"] if left_out else []
        if counted := self._counted(template, name):
            return "; ".join([counted, *words])
        for path, argument, value in self._uses(template, name)[:1]:
            if isinstance(value, Expression):
                text = text_of(value, self.naming.parameters(template))
                words.insert(0, f"{argument} of {path} is {text}")
            elif not set(own.split("_")) <= set(re.split(r"\W|_", f"{path}.{argument}")):
                words.insert(0, f"{argument} of {path}")
        return "; ".join(words)

    def _left_out(self, template: Template, name: str) -> str:
        """The child that is not there where a parameter is 0."""
        for call in template.children:
            if call.when == Expression(f"{name} > 0"):
                return prose(self._first(call))
            if not isinstance(call, GroupCall):
                continue
            used = self.templates.used(call)
            for argument, value in call.arguments.items():
                if value == Parameter(name) and (inside := self._left_out(used, argument)):
                    return f"{prose(self._first(call))}.{inside}"
        return ""

    def _counted(self, template: Template, name: str) -> str:
        """What a parameter counts: 'how many Conv are in conv'; '' where it counts no turns."""
        for call in template.children:
            if not isinstance(call, GroupCall):
                continue
            used = self.templates.used(call)
            for argument, value in call.arguments.items():
                if value == Parameter(name):
                    for inner in used.children:
                        if isinstance(inner, GroupCall) and inner.turns == Parameter(argument):
                            kind = self.naming.classes[inner.template]
                            return f"how many {kind} are in {prose(self._first(call))}"
        return ""

    def _uses(self, template: Template, name: str) -> list[tuple[str, str, object]]:
        """Where a parameter is used: the path of the layer, its argument, and what that is."""
        found: list[tuple[str, str, object]] = []
        for call in template.children:
            for argument, given in call.arguments.items():
                values = given.values if isinstance(given, PerTurn) else (given,)
                for turn, value in enumerate(values):
                    if not _names(value, name):
                        continue
                    path, within = prose(names_of(call)[turn]), argument
                    if isinstance(call, GroupCall):
                        inside = self._uses(self.templates.used(call), argument)
                        if inside and isinstance(inside[0][2], Parameter):
                            path, within = f"{path}.{inside[0][0]}", inside[0][1]
                    found.append((path, within, value))
        # Where it is the value says more than what follows from it; what comes out, than what
        # comes in.
        return sorted(found, key=lambda use: (isinstance(use[2], Expression), use[1] in INCOMING))

    def _first(self, call: Call) -> str:
        return call.names[0] if isinstance(call, GroupCall) else self.naming.held(call)


def _names(value: object, name: str) -> bool:
    """Whether an argument is, or is computed from, a parameter."""
    if isinstance(value, Expression):
        return name in WORD.findall(value.text)
    return value == Parameter(name)


def _written(paragraphs: list[str], arguments: list[str]) -> list[str]:
    """A docstring of paragraphs, the first a summary, and its arguments."""
    room = WIDTH - len(INDENT)
    summary, *rest = paragraphs
    limit = room - 2 * len(QUOTES) - 1
    if len(summary) > limit:
        summary = summary[: limit - 3].rstrip() + "..."
    first = f"{QUOTES}{summary.rstrip('.')}."
    if not rest and not arguments:
        return [f"{INDENT}{first}{QUOTES}"]
    lines = [first]
    for paragraph in rest:
        lines += ["", *wrap(paragraph, room, break_on_hyphens=False)]
    if arguments:
        lines += ["", "Args:"]
        for argument in arguments:
            first, *more = wrap(argument, room - 2 * len(INDENT), break_on_hyphens=False)
            lines += [f"{INDENT}{first}", *(f"{INDENT * 2}{line}" for line in more)]
    return [f"{INDENT}{line}" if line else "" for line in [*lines, QUOTES]]
