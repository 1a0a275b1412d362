"""A network as the text of a spec that a person would keep; checked, so that it is the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import SpecError
from .finding import program
from .yaml_lists import Style
from .yaml_scope import NotWritable
from .yaml_writer import written

if TYPE_CHECKING:
    from ..network import Network

__all__ = ["NotWritable", "difference", "spec_text"]

FULL = Style(named=False, inline=True, branches=True)
NAMED = Style(named=True, inline=True, branches=False)


class Way(NamedTuple):
    """How a network is written: what structure is looked for, and how much of it is shown."""

    style: Style
    optional: bool = False
    incoming: bool = True
    templates: bool = True


WAYS = (
    Way(FULL, optional=True),
    Way(FULL),
    Way(FULL._replace(branches=False)),
    Way(NAMED),
    Way(NAMED, incoming=False),
    Way(NAMED._replace(inline=False), incoming=False),
    Way(NAMED, incoming=False, templates=False),
)
"""What is tried, the most readable first."""


def spec_text(
    network: Network,
    *,
    class_names: Mapping[str, str] | None = None,
    train: Mapping[str, Any] | None = None,
) -> str:
    """The spec of a network, with blocks, branches and repeats, as short as it can be read.

    What is read back is the very same network; where a structure cannot be written, less of
    it is, in the end every layer by itself.

    Raises:
        NotWritable: not even then.
    """
    cause = ""
    for way in WAYS:
        found = program(
            network,
            class_names=class_names,
            optional=way.optional,
            incoming=way.incoming,
            templates=way.templates,
        )
        try:
            text = written(found, network, way.style, train)
        except NotWritable as fault:
            cause = str(fault)
            continue
        cause = difference(text, network)
        if not cause:
            return text
    raise NotWritable(cause)


def difference(text: str, network: Network) -> str:
    """Why a text is not the spec of this network; '' where it is."""
    from ..loading import loads

    try:
        same = loads(text).canonical() == network.canonical()
    except SpecError as fault:
        return fault.diagnostics[0].message
    return "" if same else "what is read back is another network"
