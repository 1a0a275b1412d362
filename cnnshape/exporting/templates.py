"""What is known of the templates of a program before one is written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..layers.shapes import format_shape
from ..network import INPUT
from ..structure import Call, GroupCall, LayerCall, Program, Reference, Template
from .forms import form_of
from .places import Place, places

if TYPE_CHECKING:
    from ..layers.shapes import Shape
    from ..network import Network


class Templates:
    """The templates of a network's program, and where they stand.

    Attributes:
        places: of each template, by its name.
    """

    def __init__(self, network: Network, program: Program) -> None:
        self.network = network
        self.program = program
        self.places = places(program)
        self._borrowed: dict[str, tuple[str, ...]] = {}
        self._sequences: dict[str, bool] = {}

    def used(self, call: GroupCall) -> Template:
        """The template that a call uses."""
        return self.program.templates[call.template]

    def outputs(self, template: Template) -> tuple[str, ...]:
        """The values that it gives; one that nobody reads gives its last."""
        if not template.name:
            return self.network.outputs
        return template.outputs or (template.result,)

    # An nn.Sequential -----------------------------------------------------------------------

    def is_written_in_place(self, template: Template) -> bool:
        """Whether it needs no class: it is an nn.Sequential where it is used."""
        return template.inline and self.is_sequence(template)

    def is_sequence(self, template: Template) -> bool:
        """Whether it is modules in a row, numbered from 0: an nn.Sequential."""
        if template.name not in self._sequences:
            self._sequences[template.name] = self._finds_sequence(template)
        return self._sequences[template.name]

    def _finds_sequence(self, template: Template) -> bool:
        if not template.name or not self._has_one_way(template) or self.borrows(template):
            return False
        names = [name for call in template.children for name in names_of(call)]
        if names != [str(number) for number in range(len(names))]:
            return False
        before = Reference("", 0)
        for call in template.children:
            if call.reads != (before,):
                return False
            if isinstance(call, LayerCall):
                if call.shares is not None or not form_of(call.type).is_plain:
                    return False
                before = Reference(call.name)
            else:
                inner = self.used(call)
                if not self._has_one_way(inner) or self.borrows(inner):
                    return False
                before = Reference(call.names[-1], inner.result)
        return True

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
                elif call.shares is not None and form_of(call.type).make:
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

    def passage(self, template: Template) -> str:
        """'3×32×32 to 10': the shapes that go in and come out; '' where they differ."""
        found = {self._passage(template, place) for place in self.places[template.name]}
        return found.pop() if len(found) == 1 else ""

    def _passage(self, template: Template, place: Place) -> str:
        reads = self._read_at(template, place) if template.name else [INPUT]
        gives = [f"{place.prefix}{path}" for path in self.outputs(template)]
        return " to ".join(
            " and ".join(format_shape(self.network.shape_of(path)) for path in paths)
            for paths in (reads, gives)
        )

    def _read_at(self, template: Template, place: Place) -> list[str]:
        """The paths of what a template reads at one place."""
        found: dict[str, None] = {}
        for path in self._leaves(template, place.prefix):
            for read in self.network.by_path[path].inputs:
                if not read.startswith(place.prefix):
                    found[read] = None
        return list(found)

    def _leaves(self, template: Template, prefix: str) -> Iterator[str]:
        for call in template.children:
            if isinstance(call, LayerCall):
                yield f"{prefix}{call.name}"
            else:
                for name in call.names:
                    yield from self._leaves(self.used(call), f"{prefix}{name}.")

    def shapes(self, call: Call, template: Template, name: str) -> str:
        """The shapes that come out of one turn of a call; '' where they differ."""
        rests = [""]
        if isinstance(call, GroupCall):
            rests = [f".{path}" for path in self.outputs(self.used(call))]
        found: set[tuple[Shape, ...]] = {
            tuple(self.network.shape_of(f"{place.prefix}{name}{rest}") for rest in rests)
            for place in self.places[template.name]
        }
        return ", ".join(map(format_shape, found.pop())) if len(found) == 1 else ""


def names_of(call: Call) -> tuple[str, ...]:
    """The names under which a call's modules are held."""
    return (call.name,) if isinstance(call, LayerCall) else call.names
