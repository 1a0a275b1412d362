"""Lists of layers as the lines of a spec: of a block, or of the whole network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from .branches import Branches, Item, nested
from .default_names import default_names
from .program import (
    Argument,
    Call,
    GroupCall,
    LayerCall,
    Parameter,
    Program,
    Reference,
    Template,
    names_of,
)
from .repeats import numbered
from .yaml_scope import NotWritable, Scope
from .yaml_values import INDENT, argument, mapping, replaced, text

if TYPE_CHECKING:
    pass


class Style(NamedTuple):
    """How much of a program's structure is written.

    Attributes:
        named: every layer has its name written.
        inline: what stands at one place is written there; otherwise each group is a block,
            whose inputs no name inside can hide.
        branches: what is joined is written as branches, and not with `from`.
    """

    named: bool
    inline: bool
    branches: bool


class _List(NamedTuple):
    """A list of layers that is being written.

    Attributes:
        prefix: of the paths in it.
        inputs: the values that it reads.
        values: what the parameters of the template around are here.
        unnamed: the layers whose names are those that they would have without.
    """

    prefix: str
    inputs: Sequence[str]
    values: Mapping[str, Argument]
    unnamed: frozenset[str]

    def value(self, reference: Reference) -> str:
        """The path of a value."""
        if not reference.child:
            return self.inputs[int(reference.place)]
        return f"{self.prefix}{reference.path}"


class ListWriter:
    """Writes the list of a block, or of the whole network, with all lists inside it.

    Args:
        blocks: the names of the templates that are blocks.
        inputs: what the block calls the values that it reads.
    """

    def __init__(
        self, found: Program, style: Style, blocks: Mapping[str, str], inputs: tuple[str, ...]
    ) -> None:
        self.program = found
        self.style = style
        self.blocks = blocks
        self.scope = Scope(inputs)

    def lines(self, template: Template, indent: str) -> list[str]:
        """The lines of what a template holds; raises NotWritable."""
        own = {param.name: Parameter(param.name) for param in template.params}
        values = [f"#{place}" for place in range(template.inputs)]
        around = self._list(template, "", values, own)
        return self._body(template, around, values[0], indent)[0]

    # Lists of layers --------------------------------------------------------------------

    def _list(
        self,
        template: Template,
        prefix: str,
        inputs: Sequence[str],
        values: Mapping[str, Argument],
    ) -> _List:
        unnamed = frozenset[str]() if self.style.named else _unnamed(template)
        return _List(prefix, inputs, values, unnamed)

    def _body(
        self, template: Template, around: _List, current: str, indent: str
    ) -> tuple[list[str], str]:
        """The lines of a template's children, and the value after them."""
        items: Sequence[Item] = template.children
        if self.style.branches:
            items = nested(template.children, self.program.templates)
        return self._items(items, around, current, indent)

    def _items(
        self, items: Sequence[Item], around: _List, current: str, indent: str
    ) -> tuple[list[str], str]:
        lines: list[str] = []
        for item in items:
            if isinstance(item, Branches):
                more, current = self._branches(item, around, current, indent)
            elif isinstance(item, LayerCall):
                if item.when is not True and len(item.reads) > 1:
                    raise NotWritable(f"{around.prefix}{item.name} cannot be left out")
                entry = self._layer(item, around, current)
                more = [f"{indent}- {entry['type'] if list(entry) == ['type'] else mapping(entry)}"]
                current = self._noted(item, around)
            else:
                inner = self.program.templates[item.template]
                if inner.inline and self.style.inline and len(item.names) == 1:
                    more, current = self._group(item, inner, around, current, indent)
                else:
                    entry = self._use(item, around, current)
                    more = [f"{indent}- {mapping(entry)}"]
                    current = self._stamped(item, around.prefix)
            lines += more
            if not isinstance(item, Branches) and item.when is not True:
                self.scope.optional.add(f"{around.prefix}{names_of(item)[0]}")
        return lines, current

    def _layer(self, call: LayerCall, around: _List, current: str | None) -> dict[str, Any]:
        """The entry of a layer; `current` None: what it reads is said by its place."""
        entry = {} if call.name in around.unnamed else {"name": self._name(call, around)}
        if call.shares is None:
            type = replaced(call.type, around.values)
            entry["type"] = text(type) if isinstance(type, str) else argument(type)
        else:
            entry["share"] = self._shared(call, around.prefix)
        if current is not None:
            entry |= self._from(call, around, current)
        return entry | self._arguments(call, around) | self._when(call, around)

    def _noted(self, call: LayerCall, around: _List) -> str:
        path = f"{around.prefix}{call.name}"
        self.scope.paths.add(path)
        return path

    def _name(self, call: Call, around: _List) -> str:
        """The name of a child, which may depend on what is left out before it."""
        if call.called:
            return argument(replaced(call.called, around.values))
        return text(call.name if isinstance(call, LayerCall) else call.names[0])

    def _arguments(self, call: Call, around: _List) -> dict[str, str]:
        return {
            key: argument(replaced(value, around.values)) for key, value in call.arguments.items()
        }

    def _when(self, call: Call, around: _List) -> dict[str, str]:
        when = replaced(call.when, around.values)
        return {} if when is True else {"when": argument(when)}

    def _use(self, call: GroupCall, around: _List, current: str) -> dict[str, str]:
        """The entry of a block's use, or of several in a row."""
        count = len(call.names)
        name = self._name(call, around)
        if count > 1:
            start = numbered(call.names[0])
            assert start is not None
            stem, number = start
            counter = "$i" if number == 0 else f"${{i + {number}}}"
            name = f'"{text(stem, quote=False)}{counter}"'
        entry = {"name": name, "type": text(self.blocks[call.template])}
        entry |= self._from(call, around, current) | self._arguments(call, around)
        if count > 1:
            entry["repeat"] = str(count)
        return entry | self._when(call, around)

    # Groups and branches ----------------------------------------------------------------

    def _inside(self, call: GroupCall, around: _List) -> _List:
        """The list of what a group holds, where it is written in its place."""
        inner = self.program.templates[call.template]
        given = {param.name: param.default for param in inner.params} | {
            key: replaced(value, around.values) for key, value in call.arguments.items()
        }
        reads = [around.value(reference) for reference in call.reads]
        return self._list(inner, f"{around.prefix}{call.names[0]}.", reads, given)

    def _inlined(
        self, call: GroupCall, around: _List, current: str, indent: str
    ) -> tuple[list[str], str]:
        """The lines of what a group holds, where it is written in its place."""
        path = f"{around.prefix}{call.names[0]}"
        inner = self.program.templates[call.template]
        self.scope.paths.add(path)
        lines, current = self._body(inner, self._inside(call, around), current, indent)
        self.scope.results[path] = current
        return lines, current

    def _group(
        self, call: GroupCall, inner: Template, around: _List, current: str, indent: str
    ) -> tuple[list[str], str]:
        """The lines of a group that is written in its place."""
        head = {"name": self._name(call, around)}
        if len(call.reads) == 1:
            head |= self._from(call, around, current)
            current = around.value(call.reads[0])
        head |= self._when(call, around)
        only = inner.children[0] if len(inner.children) == 1 else None
        if len(call.reads) == 1 and only is not None and self._is_plain_repeat(only):
            inside = self._inside(call, around)
            assert isinstance(only, GroupCall)
            turns = {"repeat": "1"} | self._use(only, inside, current)
            entry = head | {key: value for key, value in turns.items() if key != "name"}
            entry["repeat"] = entry.pop("repeat")
            path = inside.prefix[:-1]
            self.scope.paths.add(path)
            self.scope.results[path] = current = self._stamped(only, inside.prefix)
            return [f"{indent}- {mapping(entry)}"], current
        lines = [f"{indent}- name: {head.pop('name')}"]
        lines += [f"{indent}{INDENT}{key}: {value}" for key, value in head.items()]
        body, current = self._inlined(call, around, current, indent + INDENT * 2)
        return [*lines, f"{indent}{INDENT}layers:", *body], current

    def _branches(
        self, item: Branches, around: _List, current: str, indent: str
    ) -> tuple[list[str], str]:
        """The lines of branches and of what joins them."""
        fork = around.value(item.fork)
        join = self._layer(item.join, around, None)
        when = join.pop("when", None)
        joined = join["type"] if list(join) == ["type"] else mapping(join)
        lines = [f"{indent}- join: {joined}"]
        if fork != current:
            lines.append(f"{indent}{INDENT}from: {self._named(fork, around.prefix)}")
        lines.append(f"{indent}{INDENT}branches:")
        inner = indent + INDENT * 2
        groups = [self._sole_group(branch) for branch in item.branches]
        named = when is None and None not in groups
        for place, (branch, group) in enumerate(zip(item.branches, groups, strict=True)):
            if named and group is not None:
                body, _ = self._inlined(group, around, fork, inner + INDENT)
                lines += [f"{inner}{self._name(group, around)}:", *body]
            elif when is None or place == item.join.passes:
                body, _ = self._items(branch, around, fork, inner + INDENT)
                lines += _listed(body, inner)
            elif branch:
                raise NotWritable(f"{item.join.name} is left out, and not what it reads")
            else:
                lines.append(f"{inner}- {{when: {when}}}")
        return lines, self._noted(item.join, around)

    def _sole_group(self, branch: tuple[Item, ...]) -> GroupCall | None:
        """The group that a branch is, where it can be written as a named branch."""
        only = branch[0] if len(branch) == 1 else None
        if (
            isinstance(only, GroupCall)
            and only.when is True
            and only.called is None
            and not only.unnamed
            and len(only.names) == len(only.reads) == 1
            and self.style.inline
            and (inner := self.program.templates[only.template]).inline
            and not (len(inner.children) == 1 and self._is_plain_repeat(inner.children[0]))
        ):
            return only
        return None

    def _is_plain_repeat(self, call: Call) -> bool:
        """Whether it is a block in turns called 0, 1 ..., as those of a repeat are."""
        return (
            isinstance(call, GroupCall)
            and call.template in self.blocks
            and call.when is True
            and call.called is None
            and call.names == tuple(map(str, range(len(call.names))))
        )

    def _stamped(self, call: GroupCall, prefix: str) -> str:
        """Note the paths that a block's use brings; the value after it."""
        template = self.program.templates[call.template]
        for name in call.names:
            self._note(f"{prefix}{name}", template)
        return f"{prefix}{call.names[-1]}.{template.result}"

    def _note(self, path: str, template: Template) -> None:
        self.scope.paths.add(path)
        self.scope.results[path] = f"{path}.{template.result}"
        for call in template.children:
            if isinstance(call, LayerCall):
                self.scope.paths.add(f"{path}.{call.name}")
            else:
                for name in call.names:
                    self._note(f"{path}.{name}", self.program.templates[call.template])

    # Values -------------------------------------------------------------------------------

    def _from(self, call: Call, around: _List, current: str) -> dict[str, str]:
        """What a child reads, where that is not the value before it."""
        reads = [around.value(reference) for reference in call.reads]
        if reads == [current]:
            return {}
        if call.when is not True:
            raise NotWritable(f"what stands before {around.prefix} is not what is passed on")
        names = [self._named(value, around.prefix) for value in reads]
        return {"from": names[0] if len(names) == 1 else f"[{', '.join(names)}]"}

    def _named(self, value: str, prefix: str) -> str:
        return text(self.scope.name(value, prefix))

    def _shared(self, call: LayerCall, prefix: str) -> str:
        assert call.shares is not None
        path = f"{prefix}{call.shares[1:]}" if call.shares.startswith(".") else call.shares
        return text(self.scope.name(path, prefix, layer=True))


def _listed(body: list[str], indent: str) -> list[str]:
    """The lines of a branch in a list, from the lines of what it holds."""
    if not body:
        return [f"{indent}- []"]
    first, *rest = body
    # One item needs no list around it; a group does, so that its name is no branch's.
    return [f"{indent}{first.lstrip()}" if not rest else f"{indent}- {first.lstrip()}", *rest]


def _unnamed(template: Template) -> frozenset[str]:
    """The layers whose names are those that they would have without: relu1, relu2 ..."""
    calls = template.children
    if any(call.when is not True or call.called is not None or call.unnamed for call in calls):
        return frozenset(c.name for c in calls if isinstance(c, LayerCall) and c.unnamed)
    names = [name for call in calls for name in names_of(call)]
    plain = [
        (call.name, call.type)
        for call in calls
        if isinstance(call, LayerCall) and call.shares is None and isinstance(call.type, str)
    ]
    return default_names(plain, names)
