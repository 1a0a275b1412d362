"""Names: what each entry is called, and which values the names in `from` stand for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import partial

from ..errors import About, Mark, did_you_mean
from ..spec import limits
from ..spec.recipe import BranchesEntry, Entry, GroupEntry, LayerEntry, ShareEntry, Written
from ..spec.vocabulary import name_problem
from .faults import Faults, Faulty
from .scope import Place, Scope, Value


class Names:
    """Gives entries their paths, and finds values by name."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self._reserved: dict[int, frozenset[str]] = {}

    def reserved(self, entries: tuple[Entry, ...]) -> frozenset[str]:
        """The names of their own that entries of one list have, and those inside them that
        stand at the same level of paths."""
        found = self._reserved.get(id(entries))
        if found is None:
            found = self._reserved[id(entries)] = frozenset(_names_at_level(entries))
        return found

    def path(self, entry: Entry, place: Place) -> str:
        """The path of an entry; '' for a container without a name, which adds no level."""
        scope = place.scope
        if entry.name is None:
            stem = self._stem(entry, place)
            if not stem:
                return ""
            path = scope.default_path(place.prefix, stem, place.reserved)
            scope.marks[path] = entry.mark
            return path
        name = str(self.faults.evaluate(place, entry.name))
        mark = entry.name.mark
        # A name that is written out was checked when the spec was read.
        if not isinstance(entry.name.value, str) and (problem := name_problem(name)):
            raise self.faults.fail(scope, problem, mark)
        path = place.prefix + name
        if len(path) > limits.PATH_CHARACTERS:
            message = f"a layer's path has more than {limits.PATH_CHARACTERS:,} characters"
            raise self.faults.fail(scope, message, mark)
        if name in scope.inputs:
            message = f"the name {name!r} means what the block reads; choose another"
            raise self.faults.fail(scope, message, mark)
        self._take(scope, path, name, mark)
        return path

    def _take(self, scope: Scope, path: str, name: str, mark: Mark) -> None:
        """Let a path be this entry's; raises Faulty after reporting that it is another's."""
        if path in scope.marks:
            line = scope.marks[path].line
            message = f"the name {path!r} is taken already, in line {line}"
            raise self.faults.fail(scope, message, mark, about=About("taken", name))
        scope.marks[path] = mark

    def _stem(self, entry: Entry, place: Place) -> str:
        """What the default name of an entry begins with; '' for a plain container."""
        if isinstance(entry, LayerEntry):
            return _as_stem(str(self.faults.evaluate(place, entry.type)))
        if isinstance(entry, ShareEntry):
            return _as_stem(str(self.faults.evaluate(place, entry.shares)))
        return "group" if entry.repeat is not None else ""

    def path_of_faulty(self, entry: Entry, place: Place) -> str:
        """Where a faulty entry would stand: what reads it is then passed over in silence.

        Its name is its own all the same, so that another of that name is told at once too.
        """
        if entry.name is not None:
            name = entry.name.value
            if not isinstance(name, str):
                return ""
            path = place.prefix + name
            if entry.when is None:  # else it may be left out, and the name free
                with suppress(Faulty):
                    self._take(place.scope, path, name, entry.name.mark)
            return path
        if not (entry.faulty and isinstance(entry, LayerEntry) and entry.type.value):
            return ""
        stem = _as_stem(str(entry.type.value))
        return place.scope.default_path(place.prefix, stem, place.reserved)

    def inputs(self, entry: Entry, place: Place, value: Value) -> tuple[Value, ...]:
        """What an entry reads: what its `from` names, else `value`, that of the one before it."""
        if entry.reads is None:
            return (value,)
        values: list[Value] = []
        for written in entry.reads:
            name = str(self.faults.evaluate(place, written))
            if "*" in name:
                values += self._of_every_turn(place, name, written.mark)
            else:
                values.append(self._named(place, name, written.mark))
        if not values:
            message = "what it reads is nothing: the repeat has no turn before this one"
            raise self.faults.fail(place.scope, message, entry.reads[0].mark)
        return tuple(values)

    def lookup(self, place: Place, written: Written) -> Value:
        """The value of a name: of the nearest enclosing list of the block, or an input."""
        return self._named(place, str(self.faults.evaluate(place, written)), written.mark)

    def _named(self, place: Place, name: str, mark: Mark) -> Value:
        scope = place.scope
        if name in scope.inputs:
            return scope.inputs[name]
        for level in _levels(place.prefix):
            found = scope.find(level + name)
            if found is not None:
                return found
            if level + name in scope.absent:
                message = f"the layer {name!r} is left out by its when:"
                raise self.faults.fail(scope, message, mark)
        raise self._unknown_layer(scope, name, mark)

    def _of_every_turn(self, place: Place, name: str, mark: Mark) -> list[Value]:
        """The values of a name in which `*` stands for every turn of a repeat."""
        scope = place.scope
        for level in _levels(place.prefix):
            found = scope.find_all(level + name, partial(self.faults.spend, scope, mark))
            if found is not None:
                return found
        message = f"there is no layer {name!r} before this one"
        help = "* stands for each turn of a repeat, as in stage.*.conv; it needs such a repeat"
        raise self.faults.fail(scope, message, mark, help)

    def _unknown_layer(self, scope: Scope, name: str, mark: Mark) -> Faulty:
        if name in _static_names(scope.entries):
            return self.faults.fail(
                scope,
                f"{name!r} stands after the layer that reads it, which would be a cycle",
                mark,
                "a layer reads what stands before it; move it, or read another",
            )
        for use in reversed(self.faults.uses):
            if name in use.scope.values or name in _static_names(use.scope.entries):
                inputs = ", ".join([*use.block.inputs, name])
                return self.faults.fail(
                    scope,
                    f"{name!r} is a layer outside the block {use.block.name}, which sees only its "
                    "own layers and what it reads",
                    mark,
                    f"give the block inputs: [{inputs}], and name {name} last in from: where the "
                    f"block is used, in line {use.mark.line}",
                )
        known = [path for path in scope.values if "." not in path] + list(scope.inputs)
        near = did_you_mean(name, known) or did_you_mean(name, list(scope.values)) or ""
        help = "" if near else f"known here: {', '.join(known[-12:])}"
        message = f"there is no layer {name!r} before this one"
        return self.faults.fail(scope, message, mark, help, About("name", name, near))


def _levels(prefix: str) -> Iterator[str]:
    """The prefixes of the lists that a name is looked up in, from the inside out."""
    while prefix:
        yield prefix
        prefix = prefix[: prefix.rfind(".", 0, -1) + 1]
    yield ""


def _as_stem(name: str) -> str:
    stem = name.lower().replace(".", "_")
    return stem[:60] if stem.isprintable() and stem else "layer"


def _names_at_level(entries: Iterable[Entry]) -> Iterator[str]:
    for entry in entries:
        if entry.name is not None:
            if isinstance(entry.name.value, str):
                yield entry.name.value
        elif entry.repeat is not None:
            continue
        elif isinstance(entry, GroupEntry):
            yield from _names_at_level(entry.layers)
        elif isinstance(entry, BranchesEntry):
            yield from _names_at_level([entry.join])
            for name, branch in entry.branches:
                yield from [name] if name else _names_at_level(branch.layers)


def _static_names(entries: Iterable[Entry]) -> Iterator[str]:
    """The names written in a list of entries, and in those inside them."""
    for entry in entries:
        if entry.name is not None and isinstance(entry.name.value, str):
            yield entry.name.value
        if isinstance(entry, GroupEntry):
            yield from _static_names(entry.layers)
        elif isinstance(entry, BranchesEntry):
            for name, branch in entry.branches:
                if name:
                    yield name
                yield from _static_names(branch.layers)
