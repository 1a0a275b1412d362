"""The templates of a network as Python classes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..abstraction import Param, Program, Template
from ..abstraction.program import names_of
from .docstrings import Docstrings
from .forms import value_text
from .forward import Forward
from .layout import INDENT, INNER, laid_out, signature
from .making import Making
from .naming import Naming
from .places import hint
from .templates import Templates

if TYPE_CHECKING:
    from ..network import Network

SET_TRAINING = f"""\
{INDENT}def __setattr__(self, name: str, value: object) -> None:
{INNER}# A child is called training, as is the attribute that train() and eval() set.
{INNER}if name in self.__dict__:
{INNER}{INDENT}object.__setattr__(self, name, value)
{INNER}else:
{INNER}{INDENT}super().__setattr__(name, value)""".splitlines()


class Classes:
    """Writes the classes of a program.

    Args:
        attributes: names that every module has already, such as 'type'.
    """

    def __init__(self, network: Network, program: Program, attributes: frozenset[str]) -> None:
        self.program = program
        self.templates = Templates(network, program, attributes)
        self.naming = Naming(network, program, attributes)
        self.making = Making(self.templates, self.naming)
        self.forward = Forward(self.templates, self.naming)
        self.docstrings = Docstrings(network, self.templates, self.naming)

    @property
    def root_name(self) -> str:
        """The class that is the whole network."""
        return self.naming.classes[""]

    def all(self) -> Iterator[list[str]]:
        """The lines of each class, those first that others are made of."""
        for template in self.program.templates.values():
            if not self.templates.is_written_in_place(template):
                yield self._class(template)
        yield self._class(self.program.root)

    def _class(self, template: Template) -> list[str]:
        sequence = self.templates.is_sequence(template)
        base = "nn.Sequential" if sequence else "nn.Module"
        name = self.naming.classes[template.name]
        lines = [f"class {name}({base}):", *self.docstrings.lines(template), ""]
        # They are given by name, so that those without a default may come first.
        order = sorted(template.params, key=lambda param: not param.required)
        parameters = ["self", *(self._declared(template, param) for param in order)]
        if sequence:
            items = self.making.items(template, self.naming.parameters(template))
            lines += signature("__init__", parameters, "None", INDENT)
            return [*lines, *laid_out(f"super().__init__({items})", INNER)]
        if made := list(self.making.statements(template)):
            lines += signature("__init__", parameters, "None", INDENT)
            lines += [f"{INNER}super().__init__()", *made, ""]
            if any("training" in names_of(call) for call in template.children):
                lines += [*SET_TRAINING, ""]
        return [*lines, *self.forward.definition(template)]

    def _declared(self, template: Template, param: Param) -> str:
        """A parameter of an `__init__`."""
        values = [place.values[param.name] for place in self.templates.places[template.name]]
        text = f"{self.naming.parameters(template)[param.name]}: {hint(values)}"
        return text if param.required else f"{text} = {value_text(param.default)}"
