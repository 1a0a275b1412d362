"""What an `__init__` makes: the modules of layers and groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..structure import GroupCall, LayerCall, Template
from .arguments import is_literal, text_of, texts_of
from .forms import form_of
from .layout import INDENT, INNER, laid_out
from .naming import Naming
from .repeats import Use, loop_of, row_at
from .templates import Templates
from .words import literal


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
            elif call.shares is None and form_of(call.type).make:
                yield from laid_out(self.naming.placed(call.name, self._layer(call, own)), INNER)
            elif not form_of(call.type).make:
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
            yield from laid_out(self.naming.placed(name, self._use(use)), INNER)

    def items(self, template: Template, own: Mapping[str, str]) -> str:
        """The items of an nn.Sequential; alike neighbours as a comprehension."""
        items: list[str | Use] = []
        for call in template.children:
            if isinstance(call, LayerCall):
                items.append(self._layer(call, own))
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
        return form_of(call.type).made(texts_of(call.arguments, own))

    def _uses(self, call: GroupCall, own: Mapping[str, str]) -> list[Use]:
        """The turns of a group's use."""
        inner = self.templates.used(call)
        return [Use(inner, texts_of(call.arguments, own, turn)) for turn in range(len(call.names))]

    def _use(self, use: Use) -> str:
        """The expression that makes a group's module."""
        template = use.template
        if self.templates.is_written_in_place(template):
            defaults = {param.name: literal(param.default) for param in template.params}
            return f"nn.Sequential({self.items(template, {**defaults, **use.arguments})})"
        names = self.naming.parameters(template)
        given = [
            f"{names[param.name]}={use.arguments[param.name]}"
            for param in template.params
            if param.name in use.arguments
        ]
        return f"{self.naming.classes[template.name]}({', '.join(given)})"
