"""What would cure a fault, as data: the help that a message gives is written from it.

Where a layer cannot be, its type proposes fixes; the expansion tries each of them on the layer
in its place, and tells only those that cure. So a message promises nothing that it has not seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from .errors import Mark

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Fix(NamedTuple):
    """One change to a spec.

    Attributes:
        says: how the help says it.
        arguments: the arguments of the entry at fault that it writes, with their values.
        without: those that it leaves out.
        renamed: those that it calls by another name.
        type: the type that it gives the entry, or ''.
        before: layers that it puts before the entry, each as a spec writes it.
        after: the same, behind it.
        reads: before which of the entry's inputs they are put, counted from 0.
        text: what it writes in the place that `mark` underlines, instead of all these.
        input: the shape that it gives the spec's input, instead.
        mark: where the entry stands, or the text; None until that is known.
        certain: nothing else can have been meant: what follows is read as if it were put in.
    """

    says: str
    arguments: Mapping[str, Any] = _NOTHING
    without: tuple[str, ...] = ()
    renamed: Mapping[str, str] = _NOTHING
    type: str = ""
    before: tuple[Mapping[str, Any], ...] = ()
    after: tuple[Mapping[str, Any], ...] = ()
    reads: int = 0
    text: str | None = None
    input: tuple[int, ...] = ()
    mark: Mark | None = None
    certain: bool = False

    def argued(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The entry's arguments with the change put in."""
        kept = {
            self.renamed.get(name, name): value
            for name, value in arguments.items()
            if name not in self.without
        }
        return {**kept, **self.arguments}


def setting(says: str = "", **arguments: Any) -> Fix:
    """The fix that writes these arguments."""
    written = ", ".join(f"{name}: {as_yaml(value)}" for name, value in arguments.items())
    return Fix(says or written, arguments)


def at_most(name: str, value: int | float) -> Fix:
    """The fix that writes a bound or what is below it: 'padding of at most 2'."""
    return setting(f"{name} of at most {as_yaml(value)}", **{name: value})


def one_of(name: str, values: Sequence[Any]) -> list[Fix]:
    """A fix for each value: 'groups: 2', and then '4' where that stands behind it."""
    return [setting(**{name: value}) for value in values]


def leaving_out(name: str, says: str = "") -> Fix:
    """The fix that takes an argument away."""
    return Fix(says or f"leave out {name}", without=(name,))


def putting_before(
    *layers: Mapping[str, Any], reads: int = 0, says: str = "", certain: bool = False
) -> Fix:
    """The fix that puts layers before the one at fault."""
    written = " and ".join([as_entry(layer) for layer in layers])
    return Fix(says or f"put {written} before it", before=layers, reads=reads, certain=certain)


def replacing(text: str, mark: Mark, says: str = "") -> Fix:
    """The fix that writes `text` in the place that `mark` underlines."""
    return Fix(says or f"did you mean {text}?", text=text, mark=mark)


def joined(fixes: Sequence[Fix]) -> str:
    """The help that names these fixes: 'groups: 2 or 4, or out_channels: 20'."""
    parts: list[str] = []
    for fix in fixes:
        name, colon, value = fix.says.partition(": ")
        if colon and parts and parts[-1].startswith(f"{name}: ") and len(fix.arguments) == 1:
            parts[-1] += f" or {value}"
        else:
            parts.append(fix.says)
    return ", or ".join(parts)


def as_entry(layer: Mapping[str, object]) -> str:
    """A layer as a spec writes it: 'Flatten', '{type: Unsqueeze, dim: 1}'."""
    if len(layer) == 1:
        return str(layer["type"])
    return "{" + ", ".join(f"{key}: {as_yaml(value)}" for key, value in layer.items()) + "}"


def as_yaml(value: Any) -> str:
    """A plain value as a spec writes it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(as_yaml, value)) + "]"
    return str(value)
