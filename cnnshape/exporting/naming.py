"""The names in a Python file: of its classes, of their parameters, and of what they hold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..abstraction import LayerCall, Parameter, Program, Template
from .forms import form_of
from .words import FILE_NAMES, class_name, is_plain, string, unique, variable_name

if TYPE_CHECKING:
    from ..network import Network

PARAMETERS_TAKEN = frozenset(("torch", "nn", "Tensor", "self", "i", "range", "super"))


class Naming:
    """Names that are unique where they have to be.

    Attributes:
        attributes: names that every module has already, such as 'type'.
        functions: of the definitions that the layer types bring along.
        classes: of each template's class, by the template's name; '' is the whole network.
    """

    def __init__(self, network: Network, program: Program, attributes: frozenset[str]) -> None:
        self.attributes = attributes
        self.functions: set[str] = set()
        for type_name in {node.type for node in network.layers}:
            for text in form_of(type_name).python.definitions():
                self.functions |= set(re.findall(r"^(?:class|def) (\w+)", text, re.M))
        taken = FILE_NAMES | self.functions
        self.classes = {"": unique(class_name(network.name, "Net"), taken)}
        # What has a name in the spec keeps it.
        named = sorted(program.templates.items(), key=lambda item: not item[1].class_name)
        for name, template in named:
            words = class_name(template.class_name or template.name, "Part")
            self.classes[name] = unique(words, taken | set(self.classes.values()))
        self._parameters = {
            name: _parameters(template) for name, template in program.templates.items()
        }
        self._children = {part for path in network.by_path for part in path.split(".")}

    def parameters(self, template: Template) -> dict[str, str]:
        """What the parameters of a template are called in Python."""
        return self._parameters.get(template.name, {})

    def placed(self, name: str, made: str) -> str:
        """The statement that holds a module by its name."""
        if is_plain(name, self.attributes):
            return f"self.{name} = {made}"
        if name in self.attributes:
            return f"self._modules[{string(name)}] = {made}"
        return f"self.add_module({string(name)}, {made})"

    def access(self, names: str) -> str:
        """The expression of a module inside, by its path."""
        module = "self"
        for name in names.split("."):
            if is_plain(name, self.attributes):
                module += f".{name}"
            elif name in self.attributes:
                module += f"._modules[{string(name)}]"
            else:
                module += f".get_submodule({string(name)})"
        return module

    def held(self, call: LayerCall) -> str:
        """The name of a layer's module: of one of several types, that of the parameter."""
        if not isinstance(call.type, Parameter):
            return call.name
        number = re.search(r"[0-9]*$", call.name)
        wish = f"{call.type.name}{number[0] if number else ''}"
        return unique(wish, self.attributes | self._children)

    def kept(self, call: LayerCall, argument: str) -> str:
        """The attribute that keeps an argument of a layer without a module."""
        wish = f"{variable_name(call.name)}_{argument}"
        return unique(wish, self.attributes | self._children)

    def switch(self, call: LayerCall) -> str:
        """The attribute that tells whether a layer without a module is there."""
        wish = (
            call.when.name
            if isinstance(call.when, Parameter)
            else f"has_{variable_name(call.name)}"
        )
        return unique(wish, self.attributes | self._children)


def _parameters(template: Template) -> dict[str, str]:
    names: dict[str, str] = {}
    for param in template.params:
        wish = re.sub(r"[0-9]+$", "", param.name)
        plain = wish if wish == "in_channels" else param.name
        names[param.name] = unique(plain, PARAMETERS_TAKEN | set(names.values()))
    return names
