"""What an `__init__` makes: the modules of layers and groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..abstraction import Call, GroupCall, LayerCall, Parameter, Template
from .arguments import condition, is_literal, text_of, texts_of
from .forms import form_of, form_of_call, value_text
from .layout import INDENT, INNER, laid_out
from .naming import Naming
from .repeats import Use, loop_of, row_at
from .templates import Templates


class Making:
    """Writes how modules are made."""

    def __init__(self, templates: Templates, naming: Naming) -> None:
        self.templates = templates
        self.naming = naming

    def statements(self, template: Template) -> Iterator[str]:
        """The lines that make what a class holds."""
        own = self.naming.parameters(template)
        for call in template.children:
            if isinstance(call, GroupCall):
                yield from self._group(call, own)
            elif call.shares is None and form_of_call(call).make:
                made = self._if_there(call, self._layer(call, own), own)
                yield from laid_out(self.naming.placed(self.naming.held(call), made), INNER)
            elif not form_of_call(call).make:
                if (there := condition(call, own)) != "True":
                    yield from laid_out(f"self.{self.naming.switch(call)} = {there}", INNER)
                for key, value in call.arguments.items():
                    if not is_literal(value):
                        kept = f"self.{self.naming.kept(call, key)} = {text_of(value, own)}"
                        yield from laid_out(kept, INNER)

    def _group(self, call: GroupCall, own: Mapping[str, str]) -> Iterator[str]:
        loop = loop_of(call, self.naming.attributes)
        if loop is not None:
            use = Use(self.templates.used(call), loop.arguments(call.arguments, own))
            yield f"{INNER}for i in {loop.range}:"
            yield from laid_out(f"self.add_module({loop.name}, {self._use(use)})", INNER + INDENT)
            return
        for name, use in zip(call.names, self._uses(call, own), strict=True):
            made = self._if_there(call, self._use(use), own)
            yield from laid_out(self.naming.placed(name, made), INNER)

    def items(self, template: Template, own: Mapping[str, str]) -> str:
        """The items of an nn.Sequential; alike neighbours as a comprehension."""
        items: list[str | Use] = []
        for call in template.children:
            if isinstance(call, LayerCall):
                items.append(self._if_there(call, self._layer(call, own), own))
            elif call.when is not True:
                items += [
                    self._if_there(call, self._use(use), own) for use in self._uses(call, own)
                ]
            elif call.turns is not None:
                items += self._counted(call, own)
            else:
                items += self._uses(call, own)
        texts: list[str] = []
        place = 0
        while place < len(items):
            item, row = items[place], row_at(items, place)
            if isinstance(item, str):
                texts.append(item)
            elif row is None:
                texts.append(self._use(item))
            else:
                made = self._use(Use(item.template, row.arguments))
                texts.append(f"*[{made} {row.turns}]")
            place += 1 if row is None else len(row.uses)
        return ", ".join(texts)

    def _layer(self, call: LayerCall, own: Mapping[str, str]) -> str:
        """The expression that makes a layer's module."""
        if isinstance(call.type, Parameter):
            return f"{own[call.type.name]}()"
        return form_of(call.type).made(texts_of(call.arguments, own))

    def _if_there(self, call: Call, made: str, own: Mapping[str, str]) -> str:
        """What is made of a child that may be left out."""
        there = condition(call, own)
        if there in ("True", "False"):
            return made if there == "True" else "nn.Identity()"
        return f"{made} if {there} else nn.Identity()"

    def _named(self, template: Template, own: Mapping[str, str]) -> str:
        """The items of an nn.Sequential whose modules have names."""
        texts = []
        for call in template.children:
            if isinstance(call, LayerCall):
                made = self._if_there(call, self._layer(call, own), own)
                texts.append(f"{self.naming.held(call)}={made}")
                continue
            for name, use in zip(call.names, self._uses(call, own), strict=True):
                texts.append(f"{name}={self._if_there(call, self._use(use), own)}")
        return f"OrderedDict({', '.join(texts)})"

    def _counted(self, call: GroupCall, own: Mapping[str, str]) -> list[str | Use]:
        """The turns of a group's use, of which an argument says how many there are."""
        first, rest = self._uses(call, own)
        count = text_of(call.turns, own)
        if count.isdecimal():
            return [first, *[rest] * (int(count) - 1)]
        if first.arguments == rest.arguments:
            return [f"*[{self._use(rest)} for _ in range({count})]"]
        return [first, f"*[{self._use(rest)} for _ in range({count} - 1)]"]

    def _uses(self, call: GroupCall, own: Mapping[str, str]) -> list[Use]:
        """The turns of a group's use."""
        inner = self.templates.used(call)
        return [Use(inner, texts_of(call.arguments, own, turn)) for turn in range(len(call.names))]

    def _use(self, use: Use) -> str:
        """The expression that makes a group's module."""
        template = use.template
        if self.templates.is_written_in_place(template):
            own = {param.name: value_text(param.default) for param in template.params}
            own.update(use.arguments)
            numbered = self.templates.is_sequence(template)
            return f"nn.Sequential({(self.items if numbered else self._named)(template, own)})"
        names = self.naming.parameters(template)
        given = [
            f"{names[param.name]}={text}"
            for param in template.params
            if (text := use.arguments.get(param.name)) is not None
            and (param.required or text != value_text(param.default))
        ]
        return f"{self.naming.classes[template.name]}({', '.join(given)})"
