"""One layer, or a chain of layers, written in a few characters: made a network by the engine."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ..analysis.receptive_field import View, views_of_input
from ..analysis.receptive_field import sizes as sizes_seen
from ..errors import Mark, meant_or_known
from ..expansion import expand
from ..layers import convolution, pooling, resampling, transposed_convolution
from ..layers._window import WindowLayer
from ..layers.base import Layer, register
from ..layers.shapes import Shape
from ..spec.document import Source
from ..spec.recipe import LayerEntry, Spec, Written
from .written import NUMBERS, WordError, read_sizes

if TYPE_CHECKING:
    from ..fixes import Fix
    from ..network import Network, Node

MOST_WORDS = 100
"""Layers of a chain."""
MOST_TAPS = 200_000
"""Taps of windows with gaps, in a chain, as far as what they never read is counted."""

FLAGS = {"kernel_size": "-k", "stride": "-s", "padding": "-p", "dilation": "-d",
         "output_padding": "--output-padding"}  # fmt: skip
"""What a command line calls the settings of one layer."""
_KINDS = {
    "conv": "Conv",
    "pool": "MaxPool",
    "maxpool": "MaxPool",
    "avgpool": "AvgPool",
    "deconv": "ConvTranspose",
    "convt": "ConvTranspose",
    "up": "Upsample",
}
_LETTERS = {
    "s": "stride",
    "p": "padding",
    "d": "dilation",
    "o": "output_padding",
}
_WORDS = {"same": ("padding", "same"), "ceil": ("ceil_mode", True)}


FAMILIES = (convolution, pooling, resampling, transposed_convolution)
"""The families of layers that a chain is made of: to import all takes as long as all the rest."""


class Part(NamedTuple):
    """A layer of a chain: how it was written, its type without the rank, and its arguments.

    A number a dimension is a tuple; a tuple of one counts for all of them.
    """

    word: str
    base: str
    arguments: Mapping[str, Any]

    @property
    def rank(self) -> int:
        """The dimensions that its numbers ask for; 1 where they fit any."""
        return max([len(value) for value in self.arguments.values() if isinstance(value, tuple)])

    def along(self, dimension: int) -> Part:
        """The same with the numbers of one dimension for all of them."""
        alone = {
            name: (value[dimension % len(value)],) if isinstance(value, tuple) else value
            for name, value in self.arguments.items()
        }
        return self._replace(arguments=alone)


class Row(NamedTuple):
    """What one layer of a chain makes of its sizes.

    Attributes:
        word: how it was written.
        node: the layer in its place.
        unread: for each dimension, the positions of its input that it never reads; () for a
            layer that has no window to slide, None where it is not known.
        views: for each dimension, how much of the chain's input one position sees; None: not
            known.
    """

    word: str
    node: Node
    unread: Shape | None
    views: tuple[View, ...] | None

    @property
    def sizes(self) -> Shape:
        """The sizes that come out."""
        return self.node.output_shape[1:]

    @property
    def formula(self) -> str:
        """The rule with its numbers."""
        return self.node.layer.formula(self.node.input_shapes, self.node.output_shape)

    def to_dict(self) -> dict[str, Any]:
        """As plain data, for JSON; a jump that is no whole number is a float."""
        node = self.node
        return {
            "layer": self.word,
            "type": node.type,
            "arguments": dict(node.layer.arguments),
            "output": list(self.sizes),
            "rules": [
                {"rule": rule.text, "letters": dict(rule.letters)}
                for rule in node.layer.size_rules(node.input_shapes)
            ],
            "formula": self.formula,
            "unread": None if self.unread is None else list(self.unread),
            "receptive_field": self.views and list(sizes_seen(self.views) or ()),
            "jump": self.views and [_plain(view.jump) for view in self.views],
        }


def _plain(jump: Any) -> int | float:
    return int(jump) if jump == int(jump) else float(jump)


# Reading ------------------------------------------------------------------------------


def read_part(word: str) -> Part:
    """'conv5' or 'pool3s2p1' as a layer; raises `WordError`."""
    written = re.fullmatch(rf"([a-z]+?)({NUMBERS})(.*)", word.lower())
    kind = written.group(1) if written else re.match("[a-z]*", word.lower()).group()  # type: ignore[union-attr]
    base = _KINDS.get(kind)
    if base is None:
        raise WordError(f"{word!r} is no layer; {meant_or_known(kind, [*_KINDS])}")
    if written is None:
        raise WordError(f"{word!r} lacks its size: expected a number behind {kind}, as {kind}2")
    layer = register()[f"{base}2d" if base != "Upsample" else base]
    numbers = read_sizes(written.group(2))
    if base == "Upsample":
        arguments: dict[str, Any] = {"scale_factor": numbers}
    else:
        arguments = {"kernel_size": numbers}
    for name, value in _settings(word, written.group(3), layer):
        if name in arguments:
            raise WordError(f"{word!r} gives {name} twice")
        arguments[name] = value
    return Part(word, base, arguments)


def _settings(word: str, rest: str, layer: type[Layer]) -> Iterator[tuple[str, Any]]:
    """The settings behind a layer's first number: 's2p1'."""
    letters = {letter: name for letter, name in _LETTERS.items() if name in layer.fields}
    words = {text: setting for text, setting in _WORDS.items() if _takes(layer, *setting)}
    while rest:
        found = re.match(rf"([a-z])({NUMBERS})|({'|'.join(_WORDS)})", rest)
        if found and found.group(1) in letters:
            yield letters[found.group(1)], read_sizes(found.group(2))
        elif found and found.group(3) in words:
            yield words[found.group(3)]
        else:
            may = [*(f"{letter} ({name})" for letter, name in letters.items()), *words]
            raise WordError(f"{word!r}: expected {', '.join(may) or 'nothing more'}, not {rest!r}")
        rest = rest[found.end() :]


def _takes(layer: type[Layer], name: str, value: object) -> bool:
    try:
        layer.fields[name].read(value, layer)
    except (KeyError, ValueError):
        return False
    return True


def spelled(fix: Fix, part: Part) -> str:
    """A fix as the command line takes it: '-p 21', 'conv55p21', 'conv14 or less'."""
    names = {name: letter for letter, name in _LETTERS.items()}
    less = " or less" if " of at most " in fix.says else ""
    if not fix.arguments or fix.arguments.keys() - FLAGS.keys():
        return fix.says
    if part.word.startswith("-"):
        return options(fix.arguments) + less
    arguments = {**part.arguments, **fix.arguments}
    word = re.match("[a-z]+", part.word.lower()).group() + _text(arguments.pop("kernel_size"))  # type: ignore[union-attr]
    switches = {setting: text for text, setting in _WORDS.items()}
    for name, value in arguments.items():
        word += switches.get((name, value)) or f"{names[name]}{_text(value)}"
    return word + less


def options(settings: Mapping[str, Any]) -> str:
    """'-k 3x5 -s 2', as the command line takes them."""
    return " ".join(f"{FLAGS[name]} {_text(value)}" for name, value in settings.items())


def _text(value: Any) -> str:
    return "x".join(map(str, value)) if isinstance(value, (tuple, list)) else str(value)


# Computing ----------------------------------------------------------------------------


def build(
    sizes: Shape, parts: Sequence[Part], *, channels: int = 1, name: str = "chain"
) -> Network:
    """The network of a chain on a map of these sizes; its faults show the words.

    Raises:
        SpecError: a layer cannot be, with the network up to it as `partial`.
    """
    rank = rank_of(sizes, parts)
    text = "x".join(map(str, sizes))
    entries = []
    for part in parts:
        mark = Mark(1, len(text) + 2, len(part.word))
        text += f" {part.word}"
        base = part.base if part.base == "Upsample" else f"{part.base}{rank}d"
        entry = LayerEntry(mark, Written(base, mark))
        arguments = {"out_channels": 1} if "Conv" in base else {}
        for argument, value in (arguments | {**part.arguments}).items():
            alone = isinstance(value, tuple) and len(value) == 1
            entry.arguments[argument] = Written(value[0] if alone else value, mark)
        entries.append(entry)
    mark = Mark(1, 1, len(text.partition(" ")[0]))
    shape = (channels, *(sizes * rank if len(sizes) == 1 else sizes))
    spec = Spec(
        Source(text, "the command line"), name, "", "", Written(shape, mark), {}, {}, {},
        tuple(entries), None, {}, mark, (),
    )  # fmt: skip
    return expand(spec, register())


def rank_of(sizes: Shape, parts: Sequence[Part]) -> int:
    """The spatial dimensions of a chain: as the sizes say, else as its numbers ask."""
    return len(sizes) if len(sizes) > 1 else max([1, *(part.rank for part in parts)])


def rows(network: Network, parts: Sequence[Part]) -> list[Row]:
    """What each layer of a chain makes, up to its first fault."""
    seen = views_of_input(network)
    found, taps = [], 0
    for part, node in zip(parts, network.layers, strict=False):
        layer = node.layer
        unread: Shape | None = ()
        if isinstance(layer, WindowLayer):
            taps += sum(each.kernel for each in layer.windows() if not each.reads_all_between)
            counted = taps <= MOST_TAPS and layer.unread(node.input_shapes, node.output_shape)
            unread = counted or None
        found.append(Row(part.word, node, unread, seen[node.path]))
    return found
