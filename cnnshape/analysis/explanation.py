"""Why the numbers of a layer are what they are: its rules, workings and place in the network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import did_you_mean
from ..layers._window import Window, WindowLayer
from ..layers.base import Step
from ..layers.shapes import Shape
from ..layers.working import SizeRule, Working
from ..network import BYTES_PER_ELEMENT
from .explanation_letters import Letters, letters_of
from .explanation_output import OneOutput
from .receptive_field import View, sizes, views_of_input

if TYPE_CHECKING:
    from ..network import Network, Node


class Tensor(NamedTuple):
    """A learnable tensor: PyTorch's name, its shape, and what its sizes are, or ''."""

    name: str
    shape: Shape
    meaning: str


class Cost(NamedTuple):
    """A number of one layer beside that of the whole network; None: not known.

    Attributes:
        value: the layer's.
        working: products that add up to it.
        total: the network's.
    """

    value: int | None
    working: Working
    total: int | None


class Sight(NamedTuple):
    """How a receptive field grows in a layer, along one dimension.

    Attributes:
        before: the view of what the layer reads.
        step: how far one output position looks back.
        after: the view of its output.
    """

    before: View
    step: Step
    after: View


class Explanation(NamedTuple):
    """All that can be said of why a layer's numbers are what they are.

    Attributes:
        node: the layer.
        alike: the paths of the other chosen layers of the same type, arguments and sizes.
        readers: the paths of the layers that read it.
        is_output: whether it is an output of the network.
        rules: for each spatial dimension, the rule for its size in letters; () if it has none.
        formula: the rule with its numbers; '' where the size stays.
        letters: the sizes in the letters of the lesson; None: no window slides over images.
        windows: for each spatial dimension, the window and the size it slides over; () if n/a.
        parameters: its learnable tensors; () where the weights are another layer's.
        params, macs, connections: its costs for one sample.
        receptive_field: the input positions that one output position can depend on.
        sights: how that grows here, for each spatial dimension; () if it does not follow so.
        notes: what is easily missed, such as rows that are never read.
        remarks: what a student can learn from it.
        output: how one output of it comes about in a trained network, or why that is not worked
            out; None: it was not asked for.
    """

    node: Node
    alike: tuple[str, ...]
    readers: tuple[str, ...]
    is_output: bool
    rules: tuple[SizeRule, ...]
    formula: str
    letters: Letters | None
    windows: tuple[tuple[Window, int], ...]
    parameters: tuple[Tensor, ...]
    params: Cost
    macs: Cost
    connections: Cost
    receptive_field: tuple[int, ...] | None
    sights: tuple[Sight, ...]
    notes: tuple[str, ...]
    remarks: tuple[str, ...]
    output: OneOutput | str | None = None

    @property
    def elements(self) -> int:
        """The numbers of its output, for one sample."""
        return prod(self.node.output_shape)

    def to_dict(self) -> dict[str, Any]:
        """As plain data, for JSON."""
        node, output = self.node, self.output
        worked = {"output": output.to_dict() if isinstance(output, OneOutput) else None}
        return {
            "path": node.path,
            "type": node.type,
            "arguments": dict(node.layer.written_arguments),
            "alike": list(self.alike),
            "inputs": list(node.inputs),
            "input_shapes": [list(shape) for shape in node.input_shapes],
            "output_shape": list(node.output_shape),
            "readers": list(self.readers),
            "is_output": self.is_output,
            "size": {
                "rules": [
                    {"rule": rule.text, "letters": dict(rule.letters)} for rule in self.rules
                ],
                "formula": self.formula,
                "lesson": self.letters and self.letters.to_dict(),
            },
            "parameters": [
                {"name": name, "shape": list(shape), "meaning": meaning}
                for name, shape, meaning in self.parameters
            ],
            "params": {"value": self.params.value, "total": self.params.total},
            "macs": _worked_out(self.macs),
            "connections": _worked_out(self.connections),
            "receptive_field": self.receptive_field and list(self.receptive_field),
            "elements": self.elements,
            "bytes": self.elements * BYTES_PER_ELEMENT,
            "notes": list(self.notes),
            "remarks": list(self.remarks),
            **(worked if output is not None else {}),
        }


def _worked_out(cost: Cost) -> dict[str, Any]:
    return {
        "value": cost.value,
        "working": [
            [{"sizes": list(factor.sizes), "what": factor.what} for factor in product.factors]
            for product in cost.working
        ],
        "total": cost.total,
    }


class UnknownLayer(ValueError):
    """No layer of a network is called so; the text says what is near."""


def choose(network: Network, names: Iterable[str]) -> list[Node]:
    """The layers that names mean, in the network's order; of no names, all.

    A name is a layer's path or the path of a group ('layer1.0', all layers below it); else the
    last part of paths ('conv1'), a type ('Conv2d'), or a pattern of paths ('layer*.conv1').

    Raises:
        UnknownLayer: a name means none.
    """
    wanted = list(names)
    if not wanted:
        return list(network.layers)
    chosen = {node.path for name in wanted for node in _meant(network, name)}
    return [node for node in network.layers if node.path in chosen]


def _meant(network: Network, name: str) -> list[Node]:
    nodes = network.layers
    readings = (
        [node for node in nodes if node.path == name],
        [node for node in nodes if node.path.startswith(f"{name}.")],
        [node for node in nodes if node.name == name],
        [node for node in nodes if node.type == name],
        [node for node in nodes if fnmatchcase(node.path, name)],
    )
    for found in readings:
        if found:
            return found
    names = list(dict.fromkeys([*network.by_path, *(node.name for node in nodes)]))
    near = did_you_mean(name, names) or did_you_mean(name, list({node.type for node in nodes}))
    some = ", ".join([node.path for node in nodes][:8])
    more = f" and {len(nodes) - 8:,} more, which show lists" if len(nodes) > 8 else ""
    hint = f"did you mean {near}?" if near else f"there are {some}{more}"
    raise UnknownLayer(f"{network.name} has no layer {name!r}; {hint}")


def explain(network: Network, names: Iterable[str] = ()) -> list[Explanation]:
    """Why the numbers of some layers are what they are; alike layers are explained once.

    Args:
        network: the network.
        names: which layers, as `choose` reads them; none: all.

    Raises:
        UnknownLayer: a name means no layer.
    """
    alike: dict[tuple[int, str | None], list[Node]] = {}
    for node in choose(network, names):
        alike.setdefault((id(node.op), node.shares), []).append(node)
    readers: dict[str, list[str]] = {}
    for node in network.layers:
        for path in dict.fromkeys(node.inputs):
            readers.setdefault(path, []).append(node.path)
    seen = views_of_input(network)
    return [
        _explained(network, first, tuple(node.path for node in others), readers, seen)
        for first, *others in alike.values()
    ]


def _explained(
    network: Network,
    node: Node,
    alike: tuple[str, ...],
    readers: dict[str, list[str]],
    seen: dict[str, tuple[View, ...] | None],
) -> Explanation:
    layer, reads, gives = node.layer, node.input_shapes, node.output_shape
    totals, rules = network.totals, layer.size_rules(reads)
    return Explanation(
        node=node,
        alike=alike,
        readers=tuple(readers.get(node.path, ())),
        is_output=node.path in network.outputs,
        rules=rules,
        formula=layer.formula(reads, gives),
        letters=letters_of(node, rules),
        windows=_windows(node),
        parameters=tuple(
            Tensor(name, shape, layer.parameter_meanings.get(name, ""))
            for name, shape in layer.parameters().items()
            if not node.shares
        ),
        params=Cost(node.params, (), totals.params),
        macs=Cost(node.macs, layer.macs_working(reads, gives), totals.macs),
        connections=Cost(
            node.connections, layer.connections_working(reads, gives), totals.connections
        ),
        receptive_field=sizes(seen[node.path]),
        sights=_sights(node, seen),
        notes=tuple(layer.notes(reads, gives)),
        remarks=tuple(layer.remarks(reads, gives)),
    )


def _windows(node: Node) -> tuple[tuple[Window, int], ...]:
    layer = node.layer
    if not isinstance(layer, WindowLayer) or not layer.size_rules(node.input_shapes):
        return ()
    return tuple(zip(layer.windows(), node.input_shapes[0][1:], strict=True))


def _sights(node: Node, seen: dict[str, tuple[View, ...] | None]) -> tuple[Sight, ...]:
    """How the field grows, where one map is read and every step follows from it."""
    before, after = seen[node.inputs[0]], seen[node.path]
    steps = node.layer.footprint(node.input_shapes, node.output_shape)
    if len(node.inputs) != 1 or before is None or after is None or steps is None:
        return ()
    if not len(before) == len(after) == len(steps) or not _follows(before, steps, after):
        return ()
    return tuple(map(Sight, before, steps, after))


def _follows(before: Sequence[View], steps: Sequence[Step], after: Sequence[View]) -> bool:
    return all(
        was.through(step, now.places) == now
        for was, step, now in zip(before, steps, after, strict=True)
    )
