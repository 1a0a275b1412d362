"""What is known of the templates of a program before one is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..abstraction import Call, GroupCall, LayerCall, Program, Reference, Template, TypeName
from ..abstraction.conditions import NO_TYPE
from ..abstraction.program import names_of
from ..layers.shapes import format_shape
from .forms import form_of, form_of_call
from .places import places
from .symbols import Symbols, joined
from .words import is_plain

if TYPE_CHECKING:
    from ..layers.shapes import Shape
    from ..network import Network

MOST_IN_PLACE = 8
"""How many named modules in a row are written where they are used; more are a class, whose
forward tells the shapes."""
MOST_DEEP = 3
"""How many such rows stand in each other."""


class Templates:
    """The templates of a network's program, and where they stand.

    Attributes:
        places: of each template, by its name.
        attributes: names that every module has already.
    """

    def __init__(
        self, network: Network, program: Program, attributes: frozenset[str] = frozenset()
    ) -> None:
        self.attributes = attributes
        self.network = network
        self.program = program
        self.places = places(program)
        self._borrowed: dict[str, tuple[str, ...]] = {}
        self._rows: dict[str, bool] = {}
        self._in_place: dict[str, bool] = {}

    def used(self, call: GroupCall) -> Template:
        """The template that a call uses."""
        return self.program.templates[call.template]

    def outputs(self, template: Template) -> tuple[str, ...]:
        """The values that it gives; one that nobody reads gives its last."""
        if not template.name:
            (place,) = self.places[""]
            own = {place.paths[path]: path for path in template.outputs}
            return tuple([own.get(path, path) for path in self.network.outputs])
        return template.outputs or (template.result,)

    # An nn.Sequential -----------------------------------------------------------------------

    def is_written_in_place(self, template: Template) -> bool:
        """Whether it needs no class: it is an nn.Sequential where it is used."""
        if template.name not in self._in_place:
            self._in_place[template.name] = self._finds_in_place(template)
        return self._in_place[template.name]

    def _finds_in_place(self, template: Template) -> bool:
        if self.is_sequence(template):
            return template.inline or self._only_wraps(template)
        if not self.is_row(template):
            return False
        few = len(self._names(template)) <= MOST_IN_PLACE
        one = (template.inline and few) or self._only_wraps(template)
        return one and self._depth(template) <= MOST_DEEP

    def _depth(self, template: Template) -> int:
        """How many are written in place, one inside the other."""
        inside = [
            self._depth(self.used(call))
            for call in template.children
            if isinstance(call, GroupCall) and self.is_written_in_place(self.used(call))
        ]
        return 1 + max(inside, default=0)

    def is_sequence(self, template: Template) -> bool:
        """Whether it is modules in a row, numbered from 0: an nn.Sequential."""
        names = self._names(template)
        return self.is_row(template) and names == [str(number) for number in range(len(names))]

    def is_row(self, template: Template) -> bool:
        """Whether it is modules in a row, with names that can be keywords, or are numbers."""
        if template.name not in self._rows:
            self._rows[template.name] = self._finds_row(template)
        return self._rows[template.name]

    def _only_wraps(self, template: Template) -> bool:
        """Whether all that it has is one group that is written in its place."""
        only = template.children[0]
        return (
            len(self._names(template)) == 1
            and isinstance(only, GroupCall)
            and only.when is True
            and self.is_written_in_place(self.used(only))
        )

    def _names(self, template: Template) -> list[str]:
        return [name for call in template.children for name in names_of(call)]

    def _finds_row(self, template: Template) -> bool:
        if not template.name or not self._has_one_way(template) or self.borrows(template):
            return False
        names = self._names(template)
        if not all(is_plain(name, self.attributes) for name in names) and names != [
            str(number) for number in range(len(names))
        ]:
            return False
        before = Reference("", 0)
        for call in template.children:
            if call.reads != (before,) or not self.is_plain(call):
                return False
            before = (
                Reference(call.name)
                if isinstance(call, LayerCall)
                else Reference(call.names[-1], self.used(call).result)
            )
        return True

    def is_plain(self, call: Call) -> bool:
        """Whether it is a module that is called with the one value that it reads."""
        if len(call.reads) != 1:
            return False
        if isinstance(call, LayerCall):
            return call.shares is None and form_of_call(call).is_plain
        inner = self.used(call)
        return self._has_one_way(inner) and not self.borrows(inner)

    def can_be_written(self) -> bool:
        """Whether all children that may be left out are such that a class can say it."""
        calls = [
            call
            for each in (self.program.root, *self.program.templates.values())
            for call in each.children
        ]
        optional = [call for call in calls if call.when is not True]
        if optional and any(isinstance(call, LayerCall) and call.shares for call in calls):
            return False
        values = [
            value
            for places in self.places.values()
            for place in places
            for value in place.values.values()
            if isinstance(value, TypeName) and value != NO_TYPE
        ]
        return all(
            form_of(value).is_plain and not form_of(value).python.fixed for value in values
        ) and all(
            self.is_plain(call) or (isinstance(call, LayerCall) and not form_of_call(call).make)
            for call in optional
        )

    def _has_one_way(self, template: Template) -> bool:
        """Whether it reads one value, and gives its last."""
        return template.inputs == 1 and self.outputs(template) == (template.result,)

    # Modules that are used at several places ------------------------------------------------

    def borrows(self, template: Template) -> tuple[str, ...]:
        """The paths of the modules outside that it uses: they are given to its forward."""
        if not template.name:
            return ()
        if template.name not in self._borrowed:
            prefix = self.places[template.name][0].prefix
            found: dict[str, None] = {}
            for call in template.children:
                if isinstance(call, GroupCall):
                    paths = self.borrows(self.used(call))
                elif call.shares is not None and form_of_call(call).make:
                    paths = (self.owner(call, prefix),)
                else:
                    paths = ()
                found.update(dict.fromkeys(path for path in paths if not path.startswith(prefix)))
            self._borrowed[template.name] = tuple(found)
        return self._borrowed[template.name]

    def owner(self, call: LayerCall, prefix: str) -> str:
        """The path of the layer whose module a call uses, at the place of this prefix."""
        node = self.network.by_path[f"{prefix}{call.name}"]
        while node.shares is not None:
            node = self.network.by_path[node.shares]
        return node.path

    # Shapes -----------------------------------------------------------------------------------

    def passage(self, template: Template, parameters: Mapping[str, str]) -> str:
        """'N×3×32×32 to N×10': the shapes that go in and come out; '' where no words tell them.

        Args:
            template: whose entries are written.
            parameters: what those of the template are called in Python.
        """
        found = self.places[template.name]
        symbols = Symbols(
            {own: [place.values[name] for place in found] for name, own in parameters.items()}
        )
        ins = [
            symbols.text([self.network.shape_of(place.inputs[k]) for place in found], str(k or ""))
            for k in range(template.inputs)
        ]
        outs = [
            symbols.text(
                [self.network.shape_of(place.paths[path]) for place in found],
                f"_out{k or ''}",
            )
            for k, path in enumerate(self.outputs(template))
        ]
        taken, given = joined(ins), joined(outs)
        return f"{taken} to {given}" if taken and given else ""

    def shapes(self, call: Call, template: Template, name: str) -> str:
        """The shapes that come out of one turn of a call; '' where they differ."""
        rests = [""]
        if isinstance(call, GroupCall):
            rests = [f".{path}" for path in self.outputs(self.used(call))]
        found: set[tuple[Shape, ...]] = {
            tuple(self.network.shape_of(place.paths[f"{name}{rest}"]) for rest in rests)
            for place in self.places[template.name]
        }
        return ", ".join(map(format_shape, found.pop())) if len(found) == 1 else ""
