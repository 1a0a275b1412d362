"""Blocks: expanded once for given arguments and shapes, stamped wherever they are used."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import Mark
from ..layers.shapes import Shape, Shapes
from ..network import Group
from ..spec import limits
from ..spec.recipe import Block, Entry, LayerEntry
from .faults import Faults, Faulty, Stop, Use
from .scope import UNKNOWN, Place, Record, Scope, Template, Value, moved

Sequence = Callable[[tuple[Entry, ...], Place, Value], Value]


class Blocks:
    """The templates of blocks. `env` holds the spec's own parameters, which all can see."""

    def __init__(self, faults: Faults, sequence: Sequence) -> None:
        self.faults = faults
        self.env: dict[str, Any] = {}
        self._sequence = sequence
        self._templates: dict[tuple[str, str, Shapes], Template | None] = {}

    def template(
        self,
        scope: Scope,
        entry: LayerEntry,
        block: Block,
        arguments: dict[str, Any],
        shapes: Shapes,
    ) -> Template:
        """The block for these arguments and shapes; raises Faulty where it cannot end."""
        key = (block.name, self.faults.told_apart(scope, arguments, entry.mark), shapes)
        if key in self._templates:
            template = self._templates[key]
            if template is None:
                raise self.faults.fail(
                    scope,
                    f"the block {block.name} uses itself with the same parameters, "
                    "which would never end",
                    entry.type.mark,
                    "a block may use itself where a parameter changes and a when: ends it",
                )
            return template
        if len(self.faults.uses) >= limits.BLOCK_DEPTH:
            raise self.faults.fail(
                scope,
                f"blocks use blocks more than {limits.BLOCK_DEPTH} deep",
                entry.type.mark,
                "where a block uses itself, does its when: ever end it?",
            )
        self._templates[key] = None
        within = f"in the block {block.name}, used in line {entry.mark.line}"
        self.faults.uses.append(Use(block, entry.mark, scope))
        try:
            with self.faults.told_within(within):
                template = self._expand(block, arguments, shapes)
        finally:
            self.faults.uses.pop()
        self._templates[key] = template
        return template

    def _expand(self, block: Block, arguments: dict[str, Any], shapes: Shapes) -> Template:
        env = with_incoming(self.env, shapes[0])
        inputs = {
            name: Value(-1 - index, shape)
            for index, (name, shape) in enumerate(zip(block.inputs, shapes, strict=True))
        }
        scope = Scope(env, inputs, block.layers)
        place = Place(scope, "", env)
        value = UNKNOWN
        try:
            for name, default in block.params.items():
                given = name in arguments
                env[name] = arguments[name] if given else self.faults.evaluate(place, default)
            value = self._sequence(block.layers, place, Value(-1, shapes[0]))
        except Faulty:
            scope.break_off()
        return Template(
            tuple(scope.records),
            tuple(scope.groups),
            value,
            scope.cut,
            max((len(record.path) for record in scope.records), default=0),
            scope,
        )

    def stamp(
        self,
        scope: Scope,
        template: Template,
        path: str,
        block: str,
        inputs: tuple[Value, ...],
        mark: Mark,
    ) -> Value:
        """Put a template's layers into a scope under a path; raises Faulty if it gives nothing."""
        self._check_size(scope, template, path, mark)
        base = len(scope.records)
        prefix = f"{path}."
        new = tuple.__new__  # takes half the time of the named tuples' own
        outer = [value.ref for value in inputs]
        scope.groups.append(Group(path, block))
        scope.groups += [new(Group, (prefix + inner, kind)) for inner, kind in template.groups]
        scope.stamps[path] = (template, base, outer)
        # Most layers read one value, for which there is no list to build.
        scope.records += [
            new(
                Record,
                (
                    prefix + inner,
                    op,
                    (refs[0] + base,)
                    if len(refs) == 1 and refs[0] >= 0
                    else tuple([ref + base if ref >= 0 else outer[-1 - ref] for ref in refs]),
                    place,
                    None if shares is None else shares + base,
                ),
            )
            for inner, op, refs, place, shares in template.records
        ]
        if template.cut is not None:
            scope.break_off(base + template.cut)
        if template.value.shape is None:
            raise Faulty
        return moved(template.value, base, outer)

    def _check_size(self, scope: Scope, template: Template, path: str, mark: Mark) -> None:
        self.faults.budget.stamped -= len(template.records) + len(template.groups) + 1
        message = ""
        if len(scope.records) + len(template.records) > limits.LAYERS:
            message = f"the network has more than {limits.LAYERS:,} layers"
        elif self.faults.budget.stamped < 0:
            message = f"blocks within blocks make more than {limits.STAMPED:,} layers and groups"
        elif len(path) + template.longest_path > limits.PATH_CHARACTERS:
            message = f"a layer's path has more than {limits.PATH_CHARACTERS:,} characters"
        if message:
            self.faults.at(scope, message, mark)
            raise Stop


def with_incoming(env: dict[str, Any], shape: Shape | None) -> dict[str, Any]:
    """A copy of `env` in which expressions can ask for the incoming shape, where it is known.

    A single number, such as the mean over all dimensions, has a shape but no channels.
    """
    if shape is None:
        return dict(env)
    if not shape:
        return {**env, "in_shape": shape}
    return {**env, "in_channels": shape[0], "in_size": shape[1:], "in_shape": shape}
