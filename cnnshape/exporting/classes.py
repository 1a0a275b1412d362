"""The templates of a network as Python classes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from ..layers.shapes import format_shape
from ..structure import (
    Expression,
    GroupCall,
    LayerCall,
    Parameter,
    PerTurn,
    Program,
    Reference,
    Template,
)
from .errors import ExportError
from .flow import MOST_TARGETS, Names, Step, name_values
from .forms import form_of, literals, python_arguments
from .layout import INDENT, laid_out, signature
from .places import Place, hint, places
from .words import FILE_NAMES, class_name, is_plain, literal, prose, string, unique, variable_name

if TYPE_CHECKING:
    from ..layers.shapes import Shape
    from ..network import Network

INNER = INDENT * 2
FEWEST_TURNS = 3
"""From how many turns on a repeat becomes a loop, or a comprehension."""
SET_TRAINING = f"""\
{INDENT}def __setattr__(self, name: str, value: object) -> None:
{INNER}# A child is called training, as is the attribute that train() and eval() set.
{INNER}if name in self.__dict__:
{INNER}{INDENT}object.__setattr__(self, name, value)
{INNER}else:
{INNER}{INDENT}super().__setattr__(name, value)""".splitlines()


class _Use(NamedTuple):
    """One turn of a template's use, with the texts of its arguments."""

    template: Template
    arguments: dict[str, str]


class Classes:
    """Writes the classes of a program.

    Args:
        taken: names that an attribute of a module has already, such as 'type'.
    """

    def __init__(self, network: Network, program: Program, taken: frozenset[str]) -> None:
        self.network = network
        self.program = program
        self.attributes = taken
        self.places = places(program)
        self.renamed = {name: _renamed(template) for name, template in program.templates.items()}
        self.sources: dict[str, None] = {}
        """The definitions that the classes need, in order, each once."""
        self._borrowed: dict[str, tuple[str, ...]] = {}
        self._sequences: dict[str, bool] = {}
        self.children = {node.name for node in network.layers}
        for part in network.by_path:
            self.children.update(part.split("."))
        names = set(FILE_NAMES)
        self.functions: set[str] = set()
        for type_name in {node.type for node in network.layers}:
            source = form_of(type_name).python.source
            self.functions |= set(re.findall(r"^(?:class|def) (\w+)", source, re.M))
        names |= self.functions
        self.root_name = unique(class_name(network.name, "Net"), names)
        names.add(self.root_name)
        self.names = {}
        for name, template in program.templates.items():
            words = template.class_name if template.class_name else template.name
            self.names[name] = unique(class_name(words, "Part"), names)
            names.add(self.names[name])

    def all(self) -> Iterator[list[str]]:
        """The lines of each class, those first that others are made of."""
        for template in self.program.templates.values():
            if not self._is_written_in_place(template):
                yield self._class(template)
        yield self._class(self.program.root)

    # What a template is ------------------------------------------------------------------

    def _is_sequence(self, template: Template) -> bool:
        """Whether it is modules in a row, numbered from 0: an nn.Sequential."""
        if template.name not in self._sequences:
            self._sequences[template.name] = self._finds_sequence(template)
        return self._sequences[template.name]

    def _finds_sequence(self, template: Template) -> bool:
        if template.inputs != 1 or self._outputs(template) != (template.result,):
            return False
        names = [name for call in template.children for name in _names_of(call)]
        if names != [str(number) for number in range(len(names))] or self._borrows(template):
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
                inner = self.program.templates[call.template]
                if inner.inputs != 1 or self._outputs(inner) != (inner.result,):
                    return False
                if self._borrows(inner):
                    return False
                before = Reference(call.names[-1], inner.result)
        return True

    def _is_written_in_place(self, template: Template) -> bool:
        return template.inline and self._is_sequence(template)

    def _outputs(self, template: Template) -> tuple[str, ...]:
        """The values that it gives; one that nobody reads gives its last."""
        return template.outputs or (template.result,)

    def _borrows(self, template: Template) -> tuple[str, ...]:
        """The paths of the modules outside that it uses: they are given to its forward."""
        if not template.name:
            return ()
        if template.name not in self._borrowed:
            prefix = self.places[template.name][0].prefix
            found: dict[str, None] = {}
            for call in template.children:
                if isinstance(call, GroupCall):
                    paths = self._borrows(self.program.templates[call.template])
                elif call.shares is not None and form_of(call.type).make:
                    paths = (self._owner(call, prefix),)
                else:
                    paths = ()
                found.update(dict.fromkeys(path for path in paths if not path.startswith(prefix)))
            self._borrowed[template.name] = tuple(found)
        return self._borrowed[template.name]

    def _owner(self, call: LayerCall, prefix: str) -> str:
        """The path of the layer whose module a call uses."""
        node = self.network.by_path[f"{prefix}{call.name}"]
        while node.shares is not None:
            node = self.network.by_path[node.shares]
        return node.path

    # A class -----------------------------------------------------------------------------

    def _class(self, template: Template) -> list[str]:
        sequence = bool(template.name) and self._is_sequence(template)
        name = self.names[template.name] if template.name else self.root_name
        base = "nn.Sequential" if sequence else "nn.Module"
        lines = [f"class {name}({base}):", *self._docstring(template), ""]
        own = {param.name: self._parameter(template, param.name) for param in template.params}
        # They are given by name, so that those without a default may come first.
        order = sorted(template.params, key=lambda param: not param.required)
        parameters = ["self", *(self._declared(template, param) for param in order)]
        if sequence:
            lines += signature("__init__", parameters, "None", INDENT)
            items = ", ".join(self._items(template, own))
            return [*lines, *laid_out(f"super().__init__({items})", INNER)]
        made = self._made(template, own)
        if made:
            lines += signature("__init__", parameters, "None", INDENT)
            lines += [f"{INNER}super().__init__()", *made, ""]
            if any("training" in _names_of(call) for call in template.children):
                lines += [*SET_TRAINING, ""]
        return [*lines, *self._forward(template)]

    def _docstring(self, template: Template) -> list[str]:
        found = self.places[template.name]
        if not template.name:
            words = prose(self.network.name) or "The network"
        elif len(found) == 1:
            words = f"Part {prose(found[0].prefix[:-1])} of the network"
        else:
            words = f"{prose(found[0].prefix[:-1])}, and {len(found) - 1} more parts like it"
        shapes = dict.fromkeys(self._passage(template, place) for place in found)
        if len(shapes) == 1:
            words += f": {next(iter(shapes))}"
        limit = 88 - len(INDENT) - 7
        if len(words) > limit:
            words = words[: limit - 3] + "..."
        return [f'{INDENT}"""{words.rstrip()}."""']

    def _passage(self, template: Template, place: Place) -> str:
        """'3×32×32 to 10': the shapes that go in and come out."""
        if not template.name:
            reads = [self.network.input_shape]
            gives = list(self.network.output_shapes)
        else:
            reads = [self.network.shape_of(path) for path in self._read_at(template, place)]
            gives = [
                self.network.shape_of(f"{place.prefix}{path}") for path in self._outputs(template)
            ]
        return " to ".join(" and ".join(map(format_shape, shapes)) for shapes in (reads, gives))

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
                    yield from self._leaves(
                        self.program.templates[call.template], f"{prefix}{name}."
                    )

    def _parameter(self, template: Template, name: str) -> str:
        return self.renamed[template.name][name]

    def _declared(self, template: Template, param: Any) -> str:
        values = [place.values[param.name] for place in self.places[template.name]]
        text = f"{self._parameter(template, param.name)}: {hint(values)}"
        return text if param.required else f"{text} = {literal(param.default)}"

    # What is made ------------------------------------------------------------------------

    def _made(self, template: Template, own: Mapping[str, str]) -> list[str]:
        lines = []
        for call in template.children:
            if isinstance(call, LayerCall):
                if call.shares is None and (made := self._layer(call, own)):
                    lines += laid_out(self._placed(call.name, made), INNER)
                elif not form_of(call.type).make:
                    for key, value in call.arguments.items():
                        if not _is_literal(value):
                            kept = self._kept(call, key)
                            lines += laid_out(f"self.{kept} = {_text(value, own)}", INNER)
                continue
            inner = self.program.templates[call.template]
            loop = self._loop(call)
            if loop:
                start = loop[1]
                turns = {
                    key: self._in_turn(value, own, f"i == {start}")
                    for key, value in call.arguments.items()
                }
                made = self._use(_Use(inner, turns))
                last = start + len(call.names)
                lines.append(f"{INNER}for i in {_range(start, last)}:")
                lines += laid_out(f'self.add_module(f"{loop[0]}{{i}}", {made})', INNER + INDENT)
                continue
            for name, use in zip(call.names, self._uses(call, own), strict=True):
                lines += laid_out(self._placed(name, self._use(use)), INNER)
        return lines

    def _loop(self, call: GroupCall) -> tuple[str, int] | None:
        """The stem and the first number of a repeat that a loop can say; None: it cannot."""
        if len(call.names) < FEWEST_TURNS:
            return None
        found = re.fullmatch(r"([A-Za-z_]*?)([0-9]+)", call.names[0])
        if found is None or any(name in self.attributes for name in call.names):
            return None
        for value in call.arguments.values():
            if isinstance(value, PerTurn) and len({repr(v) for v in value.values[1:]}) > 1:
                return None
        return found[1], int(found[2])

    def _placed(self, name: str, made: str) -> str:
        """The statement that holds a module by its name."""
        if is_plain(name, self.attributes):
            return f"self.{name} = {made}"
        if name in self.attributes:
            return f"self._modules[{string(name)}] = {made}"
        return f"self.add_module({string(name)}, {made})"

    def _kept(self, call: LayerCall, key: str) -> str:
        """The attribute that keeps an argument of a layer without a module."""
        return unique(f"{variable_name(call.name)}_{key}", self.attributes | self.children)

    def _access(self, module: str, names: str) -> str:
        """The expression of a module inside another."""
        for name in names.split("."):
            if is_plain(name, self.attributes):
                module += f".{name}"
            elif name in self.attributes:
                module += f"._modules[{string(name)}]"
            else:
                module += f".get_submodule({string(name)})"
        return module

    def _layer(self, call: LayerCall, own: Mapping[str, str]) -> str:
        """The expression that makes a layer's module; '' where it needs none."""
        form = form_of(call.type)
        if form.python.source:
            self.sources.setdefault(form.python.source)
        if not form.make:
            return ""
        return form.made({key: _text(value, own) for key, value in call.arguments.items()})

    def _uses(self, call: GroupCall, own: Mapping[str, str]) -> list[_Use]:
        """The turns of a group's use."""
        inner = self.program.templates[call.template]
        return [
            _Use(inner, {key: _text(value, own, turn) for key, value in call.arguments.items()})
            for turn in range(len(call.names))
        ]

    def _in_turn(self, value: Any, own: Mapping[str, str], is_first: str) -> str:
        if not isinstance(value, PerTurn):
            return _text(value, own)
        return f"{_text(value.values[0], own)} if {is_first} else {_text(value.values[1], own)}"

    def _use(self, use: _Use) -> str:
        """The expression that makes a group's module."""
        template = use.template
        if self._is_written_in_place(template):
            given = {p.name: literal(p.default) for p in template.params} | use.arguments
            return f"nn.Sequential({', '.join(self._items(template, given))})"
        names = self.renamed[template.name]
        written = ", ".join(
            f"{names[p.name]}={use.arguments[p.name]}"
            for p in template.params
            if p.name in use.arguments
        )
        return f"{self.names[template.name]}({written})"

    def _items(self, template: Template, own: Mapping[str, str]) -> list[str]:
        """The items of an nn.Sequential; alike neighbours as a comprehension."""
        items: list[str | _Use] = []
        for call in template.children:
            if isinstance(call, LayerCall):
                items.append(self._layer(call, own))
            else:
                items += self._uses(call, own)
        texts: list[str] = []
        place = 0
        while place < len(items):
            item = items[place]
            if isinstance(item, str):
                texts.append(item)
                place += 1
                continue
            run = [item]
            while place + len(run) < len(items):
                after = items[place + len(run)]
                # The last three tell: every other three in a row were looked at before.
                if isinstance(after, str) or _counted([*run[-2:], after]) is None:
                    break
                run.append(after)
            counted = _counted(run)
            fewest = FEWEST_TURNS - (run[0].arguments == run[-1].arguments)
            if len(run) >= fewest and counted is not None:
                counter = "i" if any("i" in _words(v) for v in counted.values()) else "_"
                made = self._use(_Use(item.template, counted))
                texts.append(f"*[{made} for {counter} in range({len(run)})]")
                place += len(run)
            else:
                texts.append(self._use(item))
                place += 1
        return texts

    # What is run -------------------------------------------------------------------------

    def _forward(self, template: Template) -> list[str]:
        borrows = self._borrows(template)
        modules = ["shared", *(f"shared{k}" for k in range(2, len(borrows) + 1))][: len(borrows)]
        inputs = ["x", "skip"][: template.inputs]
        inputs += [f"x{k}" for k in range(3, template.inputs + 1)]
        steps = [self._step(call, template) for call in template.children]
        returned = self._returned(template)
        taken = [*modules, *self.functions]
        named, results = name_values(steps, inputs, returned, taken)
        given = dict(zip(borrows, modules, strict=True))
        lines: list[str] = []
        for call, names in zip(template.children, named, strict=True):
            ends = call is template.children[-1] and results == names.gives and len(results) == 1
            lines += self._statements(call, names, template, given, returns=ends)
            if ends and self._loop_of(call, names) is None:
                break
        else:
            lines += laid_out(f"return {', '.join(results)}", INNER)
        gives = "Tensor"
        if len(results) != 1:
            few = len(results) <= MOST_TARGETS
            gives = f"tuple[{', '.join(['Tensor'] * len(results)) if few else 'Tensor, ...'}]"
        parameters = ["self", *(f"{name}: Tensor" for name in inputs)]
        parameters += [f"{name}: nn.Module" for name in modules]
        return [*signature("forward", parameters, gives, INDENT), *lines]

    def _step(self, call: LayerCall | GroupCall, template: Template) -> Step:
        if isinstance(call, LayerCall):
            return Step(call.name, call.reads, (Reference(call.name),))
        inner = self.program.templates[call.template]
        last = call.names[-1]
        gives = [Reference(last, path) for path in self._outputs(inner)]
        loop = self._loop(call)
        return Step((loop and loop[0].strip("_")) or last, call.reads, gives)

    def _returned(self, template: Template) -> list[Reference]:
        paths = self.network.outputs if not template.name else self._outputs(template)
        by_first = {name for call in template.children for name in _names_of(call)}
        found = []
        for path in paths:
            child, _, rest = path.partition(".")
            found.append(Reference(child, rest) if child in by_first else Reference("", 0))
        return found

    def _statements(
        self,
        call: LayerCall | GroupCall,
        names: Names,
        template: Template,
        borrowed: Mapping[str, str],
        *,
        returns: bool,
    ) -> list[str]:
        prefix = self.places[template.name][0].prefix
        target = names.target
        last_start = "return" if returns else f"{target} ="
        comment = self._shapes(call, template, _names_of(call)[-1])
        if isinstance(call, LayerCall):
            module, arguments = self._module_of(call, template, borrowed)
            made = form_of(call.type).call(module, names.reads, arguments)
            if form_of(call.type).python.source:
                self.sources.setdefault(form_of(call.type).python.source)
            return laid_out(f"{last_start} {made}", INNER, comment)
        inner = self.program.templates[call.template]
        loop = self._loop_of(call, names)
        if loop:
            lines = [] if names.reads[0] == target else [f"{INNER}{target} = {names.reads[0]}"]
            last = loop[1] + len(call.names)
            module = f'self.get_submodule(f"{loop[0]}{{i}}")'
            lines.append(f"{INNER}for i in {_range(loop[1], last)}:")
            return [*lines, *laid_out(f"{target} = {module}({target})", INNER + INDENT, comment)]
        lines = []
        reads = list(names.reads)
        for name in call.names:
            given = list(reads)
            for path in self._borrows(inner):
                if path in borrowed:
                    given.append(borrowed[path])
                else:
                    given.append(self._access("self", path[len(prefix) :]))
            made = f"{self._access('self', name)}({', '.join(given)})"
            if name == call.names[-1]:
                lines += laid_out(f"{last_start} {made}", INNER, comment)
            else:
                lines += laid_out(f"{target} = {made}", INNER, self._shapes(call, template, name))
            reads = [target]
        return lines

    def _loop_of(self, call: LayerCall | GroupCall, names: Names) -> tuple[str, int] | None:
        """The stem and the first number where a loop runs a call; None: one line does."""
        if isinstance(call, LayerCall) or len(names.reads) != 1:
            return None
        return None if self._borrows(self.program.templates[call.template]) else self._loop(call)

    def _module_of(
        self, call: LayerCall, template: Template, borrowed: Mapping[str, str]
    ) -> tuple[str, dict[str, str]]:
        """The expression of a layer's module, and the texts of its arguments."""
        form = form_of(call.type)
        own = {param.name: self._parameter(template, param.name) for param in template.params}
        arguments = {key: _text(value, own) for key, value in call.arguments.items()}
        if call.shares is None:
            if not form.make and any(not _is_literal(v) for v in call.arguments.values()):
                arguments = {
                    key: text
                    if _is_literal(call.arguments[key])
                    else f"self.{self._kept(call, key)}"
                    for key, text in arguments.items()
                }
            return self._access("self", call.name), arguments
        place, *others = self.places[template.name]
        owner = self._owner(call, place.prefix)
        arguments = literals(python_arguments(self.network.by_path[owner]))
        for other in others if not form.make else ():
            node = self.network.by_path[self._owner(call, other.prefix)]
            if literals(python_arguments(node)) != arguments:
                raise ExportError(f"{other.prefix}{call.name} shares a layer of other arguments")
        if owner in borrowed:
            return borrowed[owner], arguments
        return self._access("self", owner[len(place.prefix) :]), arguments

    def _shapes(self, call: LayerCall | GroupCall, template: Template, name: str) -> str:
        """The shapes that come out, where they are the same at all places."""
        found: set[tuple[Shape, ...]] = set()
        for place in self.places[template.name]:
            if isinstance(call, LayerCall):
                paths = [f"{place.prefix}{name}"]
            else:
                inner = self.program.templates[call.template]
                paths = [f"{place.prefix}{name}.{o}" for o in self._outputs(inner)]
            found.add(tuple(self.network.shape_of(path) for path in paths))
            if len(found) > 1:
                return ""
        return ", ".join(map(format_shape, next(iter(found))))


def _names_of(call: LayerCall | GroupCall) -> tuple[str, ...]:
    return (call.name,) if isinstance(call, LayerCall) else call.names


def _renamed(template: Template) -> dict[str, str]:
    """What the parameters of a template are called in Python."""
    names: dict[str, str] = {}
    taken = {"torch", "nn", "Tensor", "self", "i", "range", "super"}
    for param in template.params:
        wish = re.sub(r"[0-9]+$", "", param.name)
        plain = wish if wish == "in_channels" else param.name
        names[param.name] = unique(plain, taken | set(names.values()))
    return names


def _text(value: Any, own: Mapping[str, str], turn: int = 0) -> str:
    """An argument as Python, with the texts of the parameters around put in."""
    if isinstance(value, PerTurn):
        return _text(value.values[turn], own)
    if isinstance(value, Parameter):
        return own[value.name]
    if not isinstance(value, Expression):
        return literal(value)
    put = re.sub(r"[A-Za-z_]\w*", lambda found: _operand(own.get(found[0], found[0])), value.text)
    return _computed(put)


def _operand(text: str) -> str:
    return text if re.fullmatch(r"\w+", text) else f"({text})"


def _computed(text: str) -> str:
    """A sum or product of whole numbers as the number that it is."""
    found = re.fullmatch(r"([0-9]{1,12}) (\*|//) ([0-9]{1,12})", text)
    if found is None or (found[3].strip("0") == "" and found[2] == "//"):
        return text
    first, second = int(found[1]), int(found[3])
    return str(first * second if found[2] == "*" else first // second)


def _is_literal(value: Any) -> bool:
    return not isinstance(value, Parameter | Expression | PerTurn)


def _words(text: str) -> list[str]:
    return re.findall(r"[A-Za-z_]\w*", text)


def _counted(run: list[_Use]) -> dict[str, str] | None:
    """The arguments of uses in a row by the counter i; None where no rule says them."""
    first = run[0]
    if any(use.template is not first.template for use in run):
        return None
    if any(use.arguments.keys() != first.arguments.keys() for use in run):
        return None
    found = {}
    for key, text in first.arguments.items():
        texts = [use.arguments[key] for use in run]
        if len(set(texts)) == 1:
            found[key] = text
            continue
        if not all(re.fullmatch(r"[0-9]{1,12}", each) for each in texts):
            return None
        numbers = [int(each) for each in texts]
        step = numbers[1] - numbers[0]
        if step <= 0 or any(b - a != step for a, b in pairwise(numbers)):
            return None
        grown = f"{step} * i" if step > 1 else "i"
        found[key] = f"{numbers[0]} + {grown}" if numbers[0] else grown
    return found


def _range(start: int, end: int) -> str:
    return f"range({start}, {end})" if start else f"range({end})"


def _returning(lines: list[str]) -> list[str]:
    """The lines of a forward, whose last assignment is returned at once where it can be."""
    *before, last = lines
    name = last.removeprefix(f"{INNER}return ")
    start = f"{INNER}{name} = "
    if before and name.isidentifier() and before[-1].startswith(start):
        line = f"{INNER}return {before[-1].removeprefix(start)}"
        if before[-1].isascii() or len(line) <= 88:
            return [*before[:-1], line]
    return lines
