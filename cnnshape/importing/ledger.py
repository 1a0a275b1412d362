"""The layers that are recorded, one after another. No torch is needed here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from ..layers import registry
from ..layers.shapes import Shape
from ..layers.unknown import Unknown
from ..network import INPUT
from .graph import NotSaid, Recorded, Unsupported, bound, made, output_shape
from .operations import Chain, Layer, Part, Value, tidy
from .operations.arithmetic import POWER_OF_NONE_BELOW_0

Path = tuple[str, ...]


class Ledger:
    """What has been recorded of a model, in the order of its run.

    Attributes:
        layers: in that order.
        shapes: of the value of each layer by its key, without the batch.
        unsupported: what no layer type says.
        batch: samples in the run.
        fixed: the names of the tensors that are not learned.
        used: the names of those that are, with the key of the layer that has each.
    """

    def __init__(self, input_shape: Shape, batch: int, fixed: Collection[str] = ()) -> None:
        self.layers: list[Recorded] = []
        self.shapes: dict[str, Shape] = {INPUT: input_shape}
        self.unsupported: list[Unsupported] = []
        self.batch = batch
        self.fixed = fixed
        self.used: dict[str, str] = {}
        self._parts: dict[str, dict[str, Any]] = {}
        self._owners: dict[tuple[str, ...], str] = {}
        self._arguments: dict[str, dict[str, Any]] = {}

    @property
    def input(self) -> Value:
        """The network's own input."""
        return Value(INPUT, (self.batch, *self.shapes[INPUT]))

    @property
    def next_key(self) -> str:
        """The key of the layer that is recorded next."""
        return str(len(self.layers) + 1)

    def shares(self, layer: Layer) -> str | None:
        """The key of the layer of the same type that has the same weights already, or None."""
        return self._owners.get(_owner(layer)) if layer.weights else None

    def with_own_weights(self, layer: Layer) -> Layer:
        """The layer of a module, without tensors that its type lacks, put there from outside.

        What is run on parts of a sample is no layer of its type as it stands, and keeps all.
        """
        shapes = tuple(self.shapes[read.key] for read in layer.reads)
        try:
            own, _ = bound(layer.type, tidy(layer.type, layer.arguments), shapes)
        except NotSaid:
            return layer
        known = own.parameters().keys() | own.buffers().keys()
        return layer._replace(weights={k: v for k, v in layer.weights.items() if k in known})

    def refuse_partly_shared(self, layers: Iterable[Layer]) -> None:
        """Raise NotSaid where a layer learns some numbers of another one, and is not that again."""
        for layer in layers:
            if self.shares(layer) is not None:
                continue
            for key, name in layer.weights.items():
                part = _part(layer, key)
                self.refuse_taken(name if part is None else part.whole, part)

    def refuse_taken(self, name: str, part: Part | None = None) -> None:
        """Raise NotSaid where a layer has a learned tensor already, or numbers of this part."""
        others = self._parts.get(name, {}).values()
        overlaps = any(part is None or bool((part.places & other).any()) for other in others)
        if name in self.used or overlaps:
            raise NotSaid(f"with {name}, another layer's too: only whole layers are shared")

    def add(self, layer: Layer, output: Shape, path: Path) -> str:
        """Record a layer that gives a value of a shape, with the batch; returns its key.

        Raises:
            NotSaid: as a layer of this type, it would not be what was run.
        """
        if not output or output[0] != self.batch:
            raise NotSaid("mixes the batch with other dimensions")
        if any(not read.key for read in layer.reads):
            raise NotSaid("reads a value that does not follow from the input")
        layer = self._as_fixed(layer)
        shares = self.shares(layer)
        recorded = Recorded(
            self.next_key,
            path,
            layer.type,
            tidy(layer.type, layer.arguments),
            tuple(read.key for read in layer.reads),
            output[1:],
            shares,
            {} if shares else layer.weights,
            layer.transposed,
            {} if shares else layer.values,
        )
        op = made(recorded, tuple(self.shapes[read.key] for read in layer.reads))
        arguments = op.layer.arguments
        if shares is not None and arguments != self._arguments[shares]:
            name = min(layer.weights.values())
            raise NotSaid(f"with {name}, another layer's too, and other arguments than there")
        for name in op.layer.parameters():
            if name not in layer.weights:
                raise NotSaid(f"its {name} is computed, and no parameter")
            if self._is_fixed(layer, name):
                raise NotSaid(f"its {name} is not learned")
        if layer.weights and shares is None:
            self._owners[_owner(layer)] = recorded.key
            self._arguments[recorded.key] = arguments
            self._take(layer, recorded.key)
        return self._put(recorded)

    def _take(self, layer: Layer, key: str) -> None:
        """Remember what a layer learns."""
        for own, name in layer.weights.items():
            part = _part(layer, own)
            if part is not None:
                self._parts.setdefault(part.whole, {})[key] = part.places
            elif name not in self.fixed:
                self.used.setdefault(name, key)

    def add_chain(self, chain: Chain, output: Shape | None, path: Path) -> str:
        """Record several layers; returns the key of the last.

        Args:
            chain: the numbers that a value is changed by.
            output: what the last gives, with the batch; None: what its type says.
            path: of the one that has the name of the module that is called.

        Raises:
            NotSaid: as `add`.
        """
        around = (*path[:-1], "")
        reads = tuple(self._given(read, around) for read in chain.reads)
        for place, layer in enumerate(chain.layers, 1):
            whole = layer._replace(reads=(*reads, *layer.reads))
            shape = output if place == len(chain.layers) and output else self._gives(whole)
            named = place - 1 == chain.named % len(chain.layers)
            key = self.add(whole, shape, path if named else around)
            reads = (Value(key, shape),)
        return key

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Forget what is recorded within, where it ends with NotSaid."""
        count = len(self.layers)
        try:
            yield
        except NotSaid:
            gone = {item.key for item in self.layers[count:]}
            del self.layers[count:]
            for key in gone:
                del self.shapes[key]
            self._owners = {own: key for own, key in self._owners.items() if key not in gone}
            self.used = {name: key for name, key in self.used.items() if key not in gone}
            for places in self._parts.values():
                for key in gone & places.keys():
                    del places[key]
            raise

    def _is_fixed(self, layer: Layer, name: str) -> bool:
        """Whether a layer's tensor is not learned."""
        origin = layer.values.get(name)
        return layer.weights[name] in self.fixed if origin is None else origin.is_fixed()

    def _as_fixed(self, layer: Layer) -> Layer:
        """The layer; where none of its weights is learned, of the type that has them so."""
        fixed = f"Fixed{layer.type}"
        if fixed not in registry() or not layer.weights:
            return layer
        if not all(self._is_fixed(layer, name) for name in layer.weights):
            return layer
        return layer._replace(type=fixed)

    def _given(self, read: Value | Chain, path: Path) -> Value:
        """What a chain gives, recorded now; or the value that is read."""
        if isinstance(read, Value):
            return read
        key = self.add_chain(read, None, path)
        return Value(key, (self.batch, *self.shapes[key]))

    def _gives(self, layer: Layer) -> Shape:
        shapes = tuple(self.shapes[read.key] for read in layer.reads)
        return (self.batch, *output_shape(layer.type, layer.arguments, shapes))

    def latest_map(self, size: Shape) -> Value | None:
        """The map of a height and width that was given last, or None."""
        for key, shape in reversed(self.shapes.items()):
            if shape[1:] == size:
                return Value(key, (self.batch, *shape))
        return None

    def rule_of_power(self, base: object) -> str:
        """The rule of a power with a tensor of exponents; raises NotSaid where it has none."""
        if not isinstance(base, Value) or not self._is_never_negative(base.key):
            raise NotSaid("with a tensor of exponents, of what may be negative")
        return POWER_OF_NONE_BELOW_0

    def _is_never_negative(self, key: str) -> bool:
        """Whether what a layer gives is known to hold no number below 0."""
        known: set[str] = set()
        for layer in self.layers:  # each after what it reads
            least = layer.arguments.get("min" if layer.type == "Clamp" else "min_val")
            if layer.type in ("Clamp", "Hardtanh") and least is not None:
                holds = bool(least >= 0)
            else:
                keeps = layer.type in _KEEPS_SIGNS and known.issuperset(layer.reads)
                holds = layer.type in _NEVER_NEGATIVE or keeps
            if holds:
                known.add(layer.key)
        return key in known

    def add_unknown(
        self,
        unsupported: Unsupported,
        reads: Sequence[str],
        shape: Shape,
        path: Path,
        *,
        params: int = 0,
        uses: Collection[str] = (),
    ) -> str:
        """Record what no layer type says, as something unknown with the shape that it gives.

        Args:
            unsupported: what cannot be said.
            reads: the keys of what it is computed from.
            shape: of its value, without the batch.
            path: where it runs.
            params: learned numbers that it has.
            uses: the names of the learned tensors that it is computed from.
        """
        if unsupported not in self.unsupported:
            self.unsupported.append(unsupported)
        arguments: dict[str, Any] = {"operation": unsupported.operation, "shape": list(shape)}
        if params:
            arguments["params"] = params
        return self._put(
            Recorded(
                self.next_key,
                path,
                Unknown.__name__,
                arguments,
                tuple(dict.fromkeys(reads)),
                shape,
                unsupported=unsupported,
                uses=frozenset(uses),
            )
        )

    def _put(self, recorded: Recorded) -> str:
        self.layers.append(recorded)
        self.shapes[recorded.key] = recorded.shape
        return recorded.key


_NEVER_NEGATIVE = frozenset((
    "ReLU", "ReLU6", "Sigmoid", "Hardsigmoid", "Softmax", "Exp", "Abs", "Softplus",
))  # fmt: skip
_KEEPS_SIGNS = frozenset((
    "Add", "Multiply", "Concat", "Flatten", "Reshape", "Permute", "Transpose", "Unsqueeze",
    "Squeeze", "Dropout", "Mean", "Max", "Sum", "MaxPool1d", "MaxPool2d", "MaxPool3d",
    "AvgPool1d", "AvgPool2d", "AvgPool3d", "AdaptiveAvgPool1d", "AdaptiveAvgPool2d",
    "AdaptiveAvgPool3d", "AdaptiveMaxPool2d",
))  # fmt: skip
"""Types whose outputs are not negative where their inputs are not."""


def _part(layer: Layer, name: str) -> Part | None:
    """The part of a learned tensor that one of a layer's tensors is, and not the whole."""
    origin = layer.values.get(name)
    part = None if origin is None or origin.is_fixed() else origin.part()
    return part if part is not None and part.name == layer.weights[name] else None


def _owner(layer: Layer) -> tuple[str, ...]:
    """What tells apart whose weights a layer has."""
    return layer.type, str(layer.transposed), *sorted(layer.weights.values())
