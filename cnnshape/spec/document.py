"""YAML text to a tree of values that know where they were written.

The events of PyYAML's safe C parser are read one by one, so that a hostile file is refused
at the point where it passes a limit, before it costs time or memory. Plain scalars follow
YAML 1.2's core schema: `no` and `on` are texts, and `1e-5` is a number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

import yaml

from ..errors import UNSAID, About, Diagnostic, Mark, SpecError
from ..fixes import Fix, joined
from . import limits

_PREFIX = "tag:yaml.org,2002:"

LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""What YAML 1.1, and so the parser's line numbers, count as the end of a line."""


class Scalar:
    """A single value. `text` is how it was written, without quotes."""

    __slots__ = ("mark", "text", "value")
    size = 1
    depth = 1

    def __init__(self, value: Any, text: str, mark: Mark) -> None:
        self.value = value
        self.text = text
        self.mark = mark


class Sequence:
    """A list of values."""

    __slots__ = ("depth", "items", "mark", "size")

    def __init__(self, mark: Mark) -> None:
        self.items: list[Value] = []
        self.mark = mark
        self.size = 1
        self.depth = 1


class Mapping:
    """Keys with values; `keys` holds the mark of each key, `merged` those that came by <<."""

    __slots__ = ("depth", "items", "keys", "mark", "merged", "size")

    def __init__(self, mark: Mark) -> None:
        self.items: dict[str, Value] = {}
        self.keys: dict[str, Mark] = {}
        self.merged: set[str] = set()
        self.mark = mark
        self.size = 1
        self.depth = 1


Value = Scalar | Sequence | Mapping


class Source:
    """A spec's text with its name; makes diagnostics that show the line at fault."""

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name
        self._lines: list[str] | None = None

    def diagnostic(
        self,
        message: str,
        mark: Mark | None = None,
        *,
        help: str = "",
        notes: tuple[str, ...] = (),
        severity: str = "error",
        fixes: Iterable[Fix] = (),
        about: About = UNSAID,
    ) -> Diagnostic:
        """A diagnostic at a place in this text; without `help`, the help is the fixes, or what
        is near the word at fault."""
        fixes = tuple(fixes)
        help = help or joined(fixes) or (f"did you mean {about.near}?" if about.near else "")
        if self._lines is None:
            self._lines = LINE_BREAK.split(self.text)
        line = ""
        if mark is not None and mark.line <= len(self._lines):
            line = self._lines[mark.line - 1]
        return Diagnostic(message, mark, self.name, line, help, notes, severity, fixes, about)

    def fail(
        self, message: str, mark: Mark | None = None, *, help: str = "", about: About = UNSAID
    ) -> NoReturn:
        """Raise a SpecError with this one fault."""
        raise SpecError([self.diagnostic(message, mark, help=help, about=about)])


def decode(data: bytes, name: str) -> Source:
    """The text of a spec file; raises SpecError when it is too large or not UTF-8."""
    if len(data) > limits.FILE_BYTES:
        Source("", name).fail(
            f"the file has {len(data):,} bytes; a spec may have {limits.FILE_BYTES:,}"
        )
    try:
        return Source(data.decode("utf-8-sig"), name)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        Source("", name).fail(
            f"the file is not UTF-8 text: byte 0x{data[error.start]:02x} in line {line}",
            help="save it as UTF-8",
        )


def parse(source: Source) -> Mapping:
    """The document as a tree; raises SpecError at the first fault of the YAML itself."""
    if len(source.text) > limits.FILE_BYTES:
        source.fail(
            f"the text has {len(source.text):,} characters; a spec may have {limits.FILE_BYTES:,}"
        )
    composer = _Composer(source)
    try:
        root = composer.compose()
    except yaml.YAMLError as error:
        raise SpecError([_yaml_fault(source, error)]) from None
    except UnicodeEncodeError as error:
        source.fail(
            f"the text holds half a character: U+{ord(source.text[error.start]):04X}",
            _place(source.text[: error.start]),
            help="write the whole character, as UTF-8 does",
        )
    if root is None:
        source.fail("the file is empty", help="a spec needs input: and layers:")
    if not isinstance(root, Mapping):
        source.fail(
            "a spec is a mapping with input: and layers:, "
            f"not {'a list' if isinstance(root, Sequence) else 'a single value'}",
            root.mark,
        )
    return root


class _Composer:
    """Builds the tree from parser events, without recursion, within the limits."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.anchors: dict[str, Value | None] = {}
        self.total = 0

    def compose(self) -> Value | None:
        """The one document of the stream, or None when there is none."""
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(self.source.text)
        try:
            return self._compose(loader.get_event)
        finally:
            loader.dispose()

    def _compose(self, next_event: Callable[[], Any]) -> Value | None:
        root: Value | None = None
        documents = 0
        # Each open collection, with the anchor it will be known by and a key in waiting.
        stack: list[tuple[Sequence | Mapping, str | None]] = []
        keys: list[tuple[str, Mark] | None] = []
        while (kind := type(event := next_event())) is not yaml.StreamEndEvent:
            if kind is yaml.ScalarEvent:
                value: Value = self._scalar(event)
            elif kind is yaml.AliasEvent:
                value = self._alias(event)
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                self._check_tag(event, "map" if kind is yaml.MappingStartEvent else "seq")
                mark = _mark(event)
                opened = Mapping(mark) if kind is yaml.MappingStartEvent else Sequence(mark)
                if len(stack) >= limits.YAML_DEPTH:
                    self._too_deep(mark)
                if event.anchor:
                    self.anchors[event.anchor] = None
                stack.append((opened, event.anchor))
                keys.append(None)
                continue
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                value, anchor = stack.pop()
                keys.pop()
                if anchor:
                    self.anchors[anchor] = value
            elif kind is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    self.source.fail(
                        "a spec is one YAML document; a second begins here", _mark(event)
                    )
                continue
            else:
                continue
            if not stack:
                root = value
                continue
            parent = stack[-1][0]
            if isinstance(parent, Sequence):
                parent.items.append(value)
            elif keys[-1] is None:
                keys[-1] = self._key(value, parent)
                self._grow(parent, value)
                continue
            else:
                self._put(parent, keys[-1], value)
                keys[-1] = None
            self._grow(parent, value)
        return root

    def _grow(self, parent: Sequence | Mapping, child: Value) -> None:
        parent.size += child.size
        self.total += 1
        if parent.size > limits.YAML_NODES or self.total > limits.YAML_NODES:
            self.source.fail(
                f"the file holds more than {limits.YAML_NODES:,} YAML values, "
                "aliases counted in full",
                parent.mark,
                help="say repetition with blocks: and repeat:",
            )
        if child.depth >= parent.depth:
            parent.depth = child.depth + 1
            if parent.depth > limits.YAML_DEPTH:
                self._too_deep(parent.mark)

    def _too_deep(self, mark: Mark) -> NoReturn:
        self.source.fail(f"lists and mappings nest more than {limits.YAML_DEPTH} deep", mark)

    def _alias(self, event: Any) -> Value:
        mark = _mark(event)
        if event.anchor not in self.anchors:
            self.source.fail(f"*{_clip(event.anchor)} names no anchor before it", mark)
        value = self.anchors[event.anchor]
        if value is None:
            self.source.fail(f"*{_clip(event.anchor)} stands inside the value that it names", mark)
        return value

    def _key(self, value: Value, parent: Mapping) -> tuple[str, Mark]:
        if not isinstance(value, Scalar):
            self.source.fail("a key must be a single text", value.mark)
        if value.text in parent.items and value.text not in parent.merged:
            first = parent.keys[value.text].line
            self.source.fail(
                f"the key {_clip(value.text)!r} stands twice; first in line {first}",
                value.mark,
                about=About("twice", value.text),
            )
        return value.text, value.mark

    def _put(self, parent: Mapping, key: tuple[str, Mark], value: Value) -> None:
        name, mark = key
        if name == "<<":
            self._merge(parent, value)
            return
        parent.items[name] = value
        parent.keys[name] = mark
        parent.merged.discard(name)

    def _merge(self, parent: Mapping, value: Value) -> None:
        """The merge key of YAML 1.1: what `value` holds and `parent` does not write itself."""
        for merged in value.items if isinstance(value, Sequence) else [value]:
            if not isinstance(merged, Mapping):
                self.source.fail("<<: takes a mapping, or a list of mappings", value.mark)
            for name, item in merged.items.items():
                if name not in parent.items:
                    parent.items[name] = item
                    parent.keys[name] = merged.keys[name]
                    parent.merged.add(name)

    def _check_tag(self, event: Any, default: str) -> str:
        tag: str | None = event.tag
        if tag is None or tag == "!":
            return default
        name = tag.removeprefix(_PREFIX)
        known = ("str", "int", "float", "bool", "null") if default == "str" else (default,)
        if name not in known or not tag.startswith(_PREFIX):
            self.source.fail(
                f"the tag {_clip(tag)} is not known: a spec holds plain values only", _mark(event)
            )
        return name

    def _scalar(self, event: Any) -> Scalar:
        text: str = event.value
        mark = _mark(event)
        tag = self._check_tag(event, "str")
        plain = event.implicit[0] and event.tag is None
        value: Any = text
        if plain or tag != "str":
            value = _resolve(text)
            if type(value) is int and abs(value) > limits.INTEGER:
                self.source.fail(f"{_clip(text)} is too large: whole numbers go up to 2^40", mark)
            if tag != "str" and type(value).__name__ != tag.replace("null", "NoneType"):
                self.source.fail(f"{_clip(text)!r} is not of the type !!{tag}", mark)
        scalar = Scalar(value, text, mark)
        if event.anchor:
            self.anchors[event.anchor] = scalar
        return scalar


_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_BOOL = {
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_INT = re.compile(r"[-+]?[0-9]+(?:_[0-9]+)*\Z", re.ASCII)
_HEX = re.compile(r"0(?:x[0-9a-fA-F]+|o[0-7]+)\Z", re.ASCII)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z", re.ASCII)


def _resolve(text: str) -> Any:
    """A plain scalar by YAML 1.2's core schema."""
    if text in _NULL:
        return None
    if text[0] not in "0123456789+-.tTfF":
        return text
    if text in _BOOL:
        return _BOOL[text]
    if _INT.match(text):
        return int(text) if len(text) < 40 else 10**40
    if _HEX.match(text):
        return int(text, 0) if len(text) < 40 else 10**40
    if _FLOAT.match(text):
        return float(text)
    return {".inf": float("inf"), "-.inf": float("-inf"), ".nan": float("nan")}.get(text, text)


def _mark(event: Any) -> Mark:
    start, end = event.start_mark, event.end_mark
    length = end.column - start.column if end.line == start.line else 1
    # A collection's event ends with its bracket or with nothing at all.
    return Mark(start.line + 1, start.column + 1, length if length > 0 else 1)


def _place(before: str) -> Mark:
    """The place right after a text."""
    lines = LINE_BREAK.split(before)
    return Mark(len(lines), len(lines[-1]) + 1)


def _clip(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."


def _yaml_fault(source: Source, error: yaml.YAMLError) -> Diagnostic:
    """PyYAML's own error as a diagnostic, with its place."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    context = getattr(error, "context", None)
    begun = getattr(error, "context_mark", None)
    message = f"this is not YAML: {problem}" + (f", {context}" if context else "")
    line = begun.line + 1 if context and begun is not None else 0
    if line:
        message += f" that begins in line {line}"
    place: Mark | None = None
    if mark is not None:
        # The end of the file is told as a line after the last; show what stands before it.
        end = _place(source.text.rstrip())
        place = min(Mark(mark.line + 1, mark.column + 1), end)
    elif isinstance(getattr(error, "position", None), int):
        before = source.text.encode()[: error.position]  # type: ignore[attr-defined]
        place = _place(before.decode(errors="ignore"))
    help = ""
    if "found character '\\t'" in message or "cannot start any token" in message:
        help = "indent with spaces, and quote a text that begins with a special character"
    elif "mapping values are not allowed" in message:
        help = "quote a text that holds ': '"
    return source.diagnostic(message, place, help=help, about=About("yaml", line=line))
