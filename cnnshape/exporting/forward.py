"""What a `forward` runs: one line a call, with the shape that comes out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ..abstraction import Call, LayerCall, Reference, Template
from ..abstraction.program import names_of
from .arguments import is_literal, texts_of
from .errors import ExportError
from .flow import MOST_TARGETS, Names, Step, name_values
from .forms import form_of_call, literals, python_arguments
from .layout import INDENT, INNER, laid_out, signature
from .naming import Naming
from .repeats import Loop, loop_of
from .templates import Templates


class _Around(NamedTuple):
    """The template whose forward is written.

    Attributes:
        borrowed: the names of the modules that its forward is given, by their paths.
        prefix: of the paths in it, at its first place.
    """

    template: Template
    borrowed: Mapping[str, str]
    prefix: str


class Forward:
    """Writes how modules are run."""

    def __init__(self, templates: Templates, naming: Naming) -> None:
        self.templates = templates
        self.naming = naming

    def definition(self, template: Template) -> list[str]:
        """The lines of a template's forward."""
        borrows = self.templates.borrows(template)
        modules = ["shared", *(f"shared{k}" for k in range(2, len(borrows) + 1))][: len(borrows)]
        inputs = ["x", "skip"][: template.inputs]
        inputs += [f"x{k}" for k in range(3, template.inputs + 1)]
        steps = [self._step(call) for call in template.children]
        taken = [*modules, *self.naming.functions]
        named, results = name_values(steps, inputs, self._returned(template), taken)
        prefix = self.templates.places[template.name][0].prefix
        around = _Around(template, dict(zip(borrows, modules, strict=True)), prefix)
        parameters = ["self", *(f"{name}: Tensor" for name in inputs)]
        parameters += [f"{name}: nn.Module" for name in modules]
        lines = signature("forward", parameters, _hint(len(results)), INDENT)
        last = template.children[-1]
        for call, names in zip(template.children, named, strict=True):
            returns = call is last and results == names.gives and len(results) == 1
            if returns and self._loop(call, names) is None:
                return [*lines, *self._statements(call, names, around, "return")]
            lines += self._statements(call, names, around, f"{names.target} =")
        return [*lines, *laid_out(f"return {', '.join(results)}", INNER)]

    def _step(self, call: Call) -> Step:
        if isinstance(call, LayerCall):
            return Step(self.naming.held(call), call.reads, (Reference(call.name),))
        last = call.names[-1]
        gives = [
            Reference(last, path) for path in self.templates.outputs(self.templates.used(call))
        ]
        loop = loop_of(call, self.naming.attributes)
        return Step((loop and loop.stem.strip("_")) or last, call.reads, gives)

    def _returned(self, template: Template) -> list[Reference]:
        children = {name for call in template.children for name in names_of(call)}
        found = []
        for path in self.templates.outputs(template):
            child, _, rest = path.partition(".")
            found.append(Reference(child, rest) if child in children else Reference("", 0))
        return found

    def _loop(self, call: Call, names: Names) -> Loop | None:
        """The loop that runs a call; None: lines of its own do."""
        if isinstance(call, LayerCall) or len(names.reads) != 1:
            return None
        if self.templates.borrows(self.templates.used(call)):
            return None
        return loop_of(call, self.naming.attributes)

    def _statements(self, call: Call, names: Names, around: _Around, start: str) -> Iterator[str]:
        """The lines that run a call, the last of which begins with `start`."""
        if isinstance(call, LayerCall):
            module, arguments = self._layer(call, around)
            made = form_of_call(call).call(module, names.reads, arguments)
            if not form_of_call(call).make and call.when is not True:
                made += f" if self.{self.naming.switch(call)} else {names.reads[call.passes]}"
            yield from laid_out(f"{start} {made}", INNER, self._shapes(call, around, call.name))
            return
        last, target = call.names[-1], names.target
        loop = self._loop(call, names)
        if loop is not None:
            if names.reads[0] != target:
                yield f"{INNER}{target} = {names.reads[0]}"
            yield f"{INNER}for i in {loop.range}:"
            run = f"{target} = self.get_submodule({loop.name})({target})"
            yield from laid_out(run, INNER + INDENT, self._shapes(call, around, last))
            return
        modules = [
            around.borrowed.get(path) or self.naming.access(path[len(around.prefix) :])
            for path in self.templates.borrows(self.templates.used(call))
        ]
        reads = names.reads
        for name in call.names:
            made = f"{self.naming.access(name)}({', '.join([*reads, *modules])})"
            begins = start if name == last else f"{target} ="
            yield from laid_out(f"{begins} {made}", INNER, self._shapes(call, around, name))
            reads = (target,)

    def _layer(self, call: LayerCall, around: _Around) -> tuple[str, dict[str, str]]:
        """The expression of a layer's module, and the texts of its arguments."""
        if call.shares is not None:
            return self._shared(call, around)
        arguments = texts_of(call.arguments, self.naming.parameters(around.template))
        if not form_of_call(call).make:
            arguments |= {
                key: f"self.{self.naming.kept(call, key)}"
                for key, value in call.arguments.items()
                if not is_literal(value)
            }
        return self.naming.access(self.naming.held(call)), arguments

    def _shared(self, call: LayerCall, around: _Around) -> tuple[str, dict[str, str]]:
        """The same, of a layer that uses another's module."""
        by_path = self.templates.network.by_path
        owner = self.templates.owner(call, around.prefix)
        arguments = literals(python_arguments(by_path[owner]))
        if not form_of_call(call).make:
            for place in self.templates.places[around.template.name]:
                node = by_path[self.templates.owner(call, place.prefix)]
                if literals(python_arguments(node)) != arguments:
                    raise ExportError(
                        f"{place.prefix}{call.name} shares a layer of other arguments"
                    )
        module = around.borrowed.get(owner)
        return module or self.naming.access(owner[len(around.prefix) :]), arguments

    def _shapes(self, call: Call, around: _Around, name: str) -> str:
        return self.templates.shapes(call, around.template, name)


def _hint(results: int) -> str:
    """The type of what a forward gives."""
    if results == 1:
        return "Tensor"
    return f"tuple[{', '.join(['Tensor'] * results) if results <= MOST_TARGETS else 'Tensor, ...'}]"
