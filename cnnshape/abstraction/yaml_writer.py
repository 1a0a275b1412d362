"""A program as the text of a spec."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..layers import registry
from ..network import INPUT
from .program import GroupCall, Program, Template, names_of
from .yaml_lists import ListWriter, Style
from .yaml_values import INDENT, WIDTH, flow, folded

if TYPE_CHECKING:
    from ..network import Network


def written(found: Program, network: Network, style: Style, train: Mapping[str, Any] | None) -> str:
    """A program as the whole text of a spec; raises NotWritable."""
    lines = ["# yaml-language-server: $schema=schema.json", f"name: {flow(network.name)}"]
    for key, words in (("reference", network.reference), ("description", network.description)):
        if words:
            lines += folded(key, words)
    lines.append(f"input: {flow(list(network.input_shape))}")
    blocks = _block_names(found, style)
    if blocks:
        lines += ["", "blocks:"]
        for name, template in found.templates.items():
            if name in blocks:
                lines += _block(found, template, style, blocks)
    whole = ListWriter(found, style, blocks, (INPUT,))
    lines += ["", "layers:", *whole.lines(found.root, INDENT)]
    if not _outputs_are_plain(network):
        outputs = [whole.scope.name(path, "") for path in network.outputs]
        lines.append(f"outputs: {flow(outputs)}")
    if train:
        lines += ["train:", *(f"{INDENT}{key}: {flow(value)}" for key, value in train.items())]
    return "\n".join([*lines, ""])


def _block_names(found: Program, style: Style) -> dict[str, str]:
    """The name of each template that becomes a block, none of them a layer type's."""
    types = registry()
    return {
        name: f"{name}_block" if name in types else name
        for name, template in found.templates.items()
        if not (template.inline and style.inline)
    }


def _block(
    found: Program, template: Template, style: Style, blocks: Mapping[str, str]
) -> list[str]:
    """The lines of a block."""
    inputs = _input_names(found, template)
    lines = [f"{INDENT}{flow(blocks[template.name])}:"]
    if template.params:
        params = {
            param.name: None if param.required else param.default for param in template.params
        }
        lines += _params(params)
    if len(inputs) > 1:
        lines.append(f"{INDENT * 2}inputs: {flow(list(inputs))}")
    body = ListWriter(found, style, blocks, inputs).lines(template, INDENT * 3)
    return [*lines, f"{INDENT * 2}layers:", *body]


def _params(params: Mapping[str, Any]) -> list[str]:
    """The lines of a block's parameters: one, or one for each where that is too long."""
    line = f"{INDENT * 2}params: {flow(params)}"
    if len(line) <= WIDTH:
        return [line]
    each = [f"{INDENT * 3}{k}: {'~' if v is None else flow(v)}" for k, v in params.items()]
    return [f"{INDENT * 2}params:", *each]


def _input_names(found: Program, template: Template) -> tuple[str, ...]:
    """What a block calls the values that it reads."""
    if template.inputs == 1:
        return (INPUT,)
    taken = set(_names_inside(found, template))
    stems = ["x", "skip"] if template.inputs == 2 else [f"x{k}" for k in range(template.inputs)]
    return tuple(f"{stem}_in" if stem in taken else stem for stem in stems)


def _names_inside(found: Program, template: Template) -> list[str]:
    names: list[str] = []
    for call in template.children:
        names += names_of(call)
        if isinstance(call, GroupCall):
            names += _names_inside(found, found.templates[call.template])
    return names


def _outputs_are_plain(network: Network) -> bool:
    """Whether the outputs are what a spec without `outputs:` has: the last layer alone."""
    if network.outputs != (network.layers[-1].path,):
        return False
    read = {path for node in network.layers for path in node.inputs}
    return all(node.path in read for node in network.layers[:-1])
