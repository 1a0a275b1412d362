"""Puts a fix into the text of a spec, as a reader of the message would."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TypeAlias

import yaml

from ..errors import Mark
from ..fixes import Fix
from ..spec.document import LINE_BREAK

_Put: TypeAlias = Callable[[list[yaml.Node]], None]
"""Puts entries in the place of one."""
_LIST = "tag:yaml.org,2002:seq"


def put_in(text: str, fix: Fix) -> str:
    """The text with the fix in it; raises LookupError where there is no entry at its mark."""
    assert fix.mark is not None
    if fix.text is not None:
        return _replaced(text, fix.mark, fix.text)
    root = _node_of(text)
    if fix.input:
        for key, value in root.value:
            if key.value == "input":
                value.value[:] = [_node(size) for size in fix.input]
        return yaml.serialize(root)
    node, put = _entry_at(root, fix.mark)
    put([_node(layer) for layer in _mended(_plain(node), fix)])
    return yaml.serialize(root)


def entry_at(text: str, mark: Mark) -> dict[str, Any]:
    """The entry at a mark as plain data; empty where there is none."""
    try:
        return _plain(_entry_at(_node_of(text), mark)[0])
    except (LookupError, ValueError, yaml.YAMLError):
        return {}


def input_of(text: str) -> list[Any]:
    """The sizes of what a spec reads, as they are written; empty where that is no list."""
    try:
        shape = _plain(_node_of(text)).get("input")
    except (LookupError, ValueError, yaml.YAMLError):
        return []
    return shape if isinstance(shape, list) else []


def underlined(text: str, mark: Mark) -> str:
    """What stands in the text at a mark."""
    line = LINE_BREAK.split(text)[mark.line - 1]
    return line[mark.column - 1 : mark.column - 1 + mark.length]


def _replaced(text: str, mark: Mark, new: str) -> str:
    lines = LINE_BREAK.split(text)
    line, start = lines[mark.line - 1], mark.column - 1
    lines[mark.line - 1] = line[:start] + new + line[start + mark.length :]
    return "\n".join(lines)


def _entry_at(root: yaml.Node, mark: Mark) -> tuple[yaml.Node, _Put]:
    """The entry that begins at a mark or one of whose keys or values does, and its place."""
    for node, put in _entries(root):
        marks = [node.start_mark]
        if isinstance(node, yaml.MappingNode):
            marks += [part.start_mark for pair in node.value for part in pair]
        if any((at.line + 1, at.column + 1) == mark[:2] for at in marks):
            return node, put
    raise LookupError(f"no entry stands at {mark}")


def _entries(node: yaml.Node) -> Iterator[tuple[yaml.Node, _Put]]:
    """The items of all lists, and branches of one entry alone, from the inside out."""
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _entries(item)
            yield item, partial(node.value.__setitem__, slice(index, index + 1))
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _entries(value)
            if key.value == "branches" and isinstance(value, yaml.MappingNode):
                yield from _branches(value)


def _branches(branches: yaml.MappingNode) -> Iterator[tuple[yaml.Node, _Put]]:
    for index, (name, value) in enumerate(branches.value):
        if not isinstance(value, yaml.SequenceNode):

            def put(nodes: list[yaml.Node], index: int = index, name: yaml.Node = name) -> None:
                one = nodes[0] if len(nodes) == 1 else yaml.SequenceNode(_LIST, nodes)
                branches.value[index] = (name, one)

            yield value, put


def _plain(node: yaml.Node) -> dict[str, Any]:
    value = yaml.safe_load(yaml.serialize(node))
    return value if isinstance(value, dict) else {"type": value}


def _node(value: Any) -> yaml.Node:
    return _node_of(yaml.safe_dump(value, default_flow_style=True))


def _node_of(text: str) -> yaml.Node:
    node = yaml.compose(text, yaml.SafeLoader)
    if node is None:
        raise LookupError("the text is empty")
    return node


def _mended(entry: dict[str, Any], fix: Fix) -> list[dict[str, Any]]:
    """The entry with the fix, after what is put before it and before what is put behind it."""
    before = [dict(layer) for layer in fix.before]
    reads = entry.get("from")
    if before and reads is not None:
        names = reads if isinstance(reads, list) else [reads]
        names = list(map(str, names))
        for layer in before:
            of = layer.get("from")
            layer["from"] = [names[index] for index in of] if of else names[fix.reads]
            layer["name"] = names[fix.reads] = f"{names[fix.reads]}_mended"
        entry = {**entry, "from": names}
    own = {key: value for key, value in entry.items() if key in ("type", "name", "from")}
    rest = {key: value for key, value in entry.items() if key not in own}
    mended = {**own, **fix.argued(rest)}
    if fix.type:
        mended["type"] = fix.type
    after = [dict(layer) for layer in fix.after]
    if after and "name" in mended:  # what reads the entry reads what stands behind it
        after[-1]["name"] = mended.pop("name")
    return [*before, mended, *after]
