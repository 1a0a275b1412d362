"""Reading values: texts, numbers, lists, parameters and names, each with its mark.

What expressions need is imported where a spec has one.
"""

from __future__ import annotations

from collections.abc import Iterable
from keyword import iskeyword
from typing import Any

from ..errors import UNSAID, About, Diagnostic, Mark, did_you_mean
from ..fixes import Fix
from . import limits
from .bounds import ExpressionError, element_count
from .document import Mapping, Scalar, Sequence, Source, Value
from .recipe import Written
from .vocabulary import quoted, unknown_key


class TooManyFaults(Exception):
    """So many faults that reading on would tell nothing new."""


class ValueReader:
    """Reads the values of a spec, and collects what is wrong with them."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.faults: list[Diagnostic] = []

    def fault(
        self,
        message: str,
        mark: Mark,
        help: str = "",
        about: About = UNSAID,
        fixes: Iterable[Fix] = (),
    ) -> None:
        """Note a fault, and go on; raises `TooManyFaults` at the limit."""
        told = self.source.diagnostic(message, mark, help=help, about=about, fixes=fixes)
        self.faults.append(told)
        if len(self.faults) >= limits.FAULTS:
            raise TooManyFaults

    def _check_keys(
        self, mapping: Mapping, known: tuple[str, ...], what: str, *, allow_extensions: bool = False
    ) -> set[str]:
        """Report the keys that are unknown; those that are missing and were meant by them."""
        meant: set[str] = set()
        for key, mark in mapping.keys.items():
            if key in known or (allow_extensions and key.startswith("x-")):
                continue
            near = did_you_mean(key, known)
            if near and near not in mapping.keys:
                meant.add(near)
            listed = f"it may have {', '.join(known)}"
            fault = unknown_key(f"{what} has no key", key, near, mapping.keys, listed)
            self.fault(fault.message, mark, fault.help, fault.about)
        return meant

    def _mapping(self, value: Value | None, otherwise: str) -> Mapping | None:
        """`value` where it is a mapping; None where it is left out, or after that fault."""
        if value is None or isinstance(value, Mapping):
            return value
        if not isinstance(value, Scalar) or value.value is not None:
            self.fault(otherwise, value.mark)
        return None

    def _text(self, items: dict[str, Value], key: str) -> str:
        value = items.get(key)
        if value is None:
            return ""
        if not isinstance(value, Scalar) or value.value is None:
            self.fault(f"{key} must be a text", value.mark)
            return ""
        if not " ".join(value.text.split()).isprintable():
            self.fault(f"{key} has characters that cannot be shown", value.mark)
        if key == "name" and len(value.text) > limits.NAME_CHARACTERS:
            self.fault(f"the name has {len(value.text):,} characters; "
                       f"it may have {limits.NAME_CHARACTERS}", value.mark)  # fmt: skip
        return value.text

    def _written(self, value: Value) -> Written:
        """The value without marks, where it is within the limits."""
        # A collection's size comes first: it bounds what reading the values costs.
        plain = self._plain(value) if value.size <= limits.LIST else None
        if value.size > limits.LIST or element_count(plain) > limits.LIST:
            self.fault(
                f"the value is too long: a list may have {limits.LIST:,} elements, where a text "
                "counts its characters",
                value.mark,
            )
            plain = None
        return Written(plain, value.mark)

    def _plain(self, value: Value) -> Any:
        """The value without marks: lists as tuples, texts with `$` as templates."""
        if isinstance(value, Scalar):
            if isinstance(value.value, str) and "$" in value.value:
                from .expressions import compile_text

                try:
                    return compile_text(value.value)
                except ExpressionError as error:
                    self.fault(str(error), value.mark)
                    return None
            return value.value
        if isinstance(value, Sequence):
            return tuple(self._plain(item) for item in value.items)
        self.fault("a mapping is no value here", value.mark)
        return None

    def _params(self, value: Value | None, what: str) -> dict[str, Written]:
        mapping = self._mapping(value, f"{what} must be a mapping: each name with its default")
        if mapping is None:
            return {}
        from .functions import RESERVED_NAMES

        if len(mapping.items) > limits.PARAMS:
            self.fault(f"{what} has more than {limits.PARAMS} names", mapping.mark)
            return {}
        params: dict[str, Written] = {}
        for name, default in mapping.items.items():
            mark = mapping.keys[name]
            if not name.isidentifier() or iskeyword(name):
                self.fault(f"{quoted(name)} cannot be a parameter's name", mark,
                           "use letters, digits and _, and no word of Python's own")  # fmt: skip
            elif name in RESERVED_NAMES:
                self.fault(f"the name {name} has a meaning of its own in expressions", mark)
            else:
                params[name] = self._written(default)
        return params

    def _variants(
        self, value: Value | None, params: dict[str, Written]
    ) -> dict[str, dict[str, Written]]:
        mapping = self._mapping(value, "variants must be a mapping: each name with its params")
        if mapping is None:
            return {}
        variants: dict[str, dict[str, Written]] = {}
        for name, chosen in mapping.items.items():
            if not name.isprintable():
                self.fault(f"the name {quoted(name)} has characters that cannot be shown",
                           mapping.keys[name])  # fmt: skip
            values = self._mapping(
                chosen, f"the variant {quoted(name)} must be a mapping of params"
            )
            if values is not None:
                self._check_keys(values, tuple(params), "params")
            items = {} if values is None else values.items
            variants[name] = {key: self._written(item) for key, item in items.items()}
        return variants

    def _names(self, value: Value | None, what: str) -> tuple[Written, ...] | None:
        """A name or a list of names, as `from` takes it."""
        if value is None:
            return None
        items = value.items if isinstance(value, Sequence) else [value]
        names: list[Written] = []
        for item in items:
            if not isinstance(item, Scalar) or item.value is None or not item.text:
                self.fault(f"{what} must be a name, or a list of names", item.mark)
                return None
            names.append(Written(self._name_value(item), item.mark))
        if not names:
            self.fault(f"{what} is an empty list", value.mark)
            return None
        return tuple(names)

    def _name_value(self, item: Scalar) -> Any:
        """A name's text, or its template; 1 and 1x1 are names as well as conv1."""
        return self._written(item).value if "$" in item.text else item.text

    def _train(self, value: Value | None) -> dict[str, Any]:
        """The recipe for training, kept as plain data for a later stage to judge."""
        mapping = self._mapping(value, "train must be a mapping")
        if mapping is None:
            return {}
        return {key: plain_data(item) for key, item in mapping.items.items()}


def plain_data(value: Value) -> Any:
    """A tree of values without its marks."""
    if isinstance(value, Scalar):
        return value.value
    if isinstance(value, Sequence):
        return [plain_data(item) for item in value.items]
    return {key: plain_data(item) for key, item in value.items.items()}
