"""The receptive field: the part of the input that one position of a value can depend on."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, prod
from typing import TYPE_CHECKING, NamedTuple, TypeAlias
from weakref import WeakKeyDictionary

from ..layers.base import ELEMENTWISE, Step
from ..network import INPUT

if TYPE_CHECKING:
    from ..network import Network, Node


class View(NamedTuple):
    """How the positions of a value lie over the network's input, along one dimension.

    Attributes:
        size: positions of the input that one position sees.
        jump: positions of the input from one position to the next.
        places: positions that there are.
    """

    size: Fraction | int
    jump: Fraction | int
    places: int

    def through(self, step: Step, places: int) -> View:
        """The view after a layer whose every position looks back by `step`."""
        return View(self.size + step.span * self.jump, self.jump * step.scale, places)

    def seen_whole(self) -> View:
        """The view of something that depends on every position."""
        return self.through(Step(self.places - 1, self.places), 1)


Views: TypeAlias = tuple[View, ...]
CONSTANT: Views = ()
"""The view of what depends on no position: the same for every sample."""
Axes: TypeAlias = "tuple[int | None, ...]"
"""For each spatial dimension of the input, the dimension of a value that its positions lie along;
None: along none of its own."""


def receptive_fields(network: Network) -> dict[str, tuple[int, ...] | None]:
    """For each path, the input positions that one position depends on, by spatial dimension.

    The theoretical size: along the widest way from the input, r = 1 + Σ span·jump over its
    layers, where span is D(F−1) for a window and jump the product of the strides before it.
    Positions in the padding count as well: the size is not clipped to the input. A Linear
    over a flattened map sees the whole of what that map sees. The scale of a gate (the 1×1
    branch of squeeze-and-excitation) widens what the gated value sees. Behind a layer that
    enlarges (ConvTranspose2d, Upsample) neighbours see parts of unlike size: the figure is
    their mean, rounded up.

    None: not known, for the network has no spatial input, or a layer on the way does not
    say what it looks at.

    Source: Araujo, Norris and Sim, Computing Receptive Fields of Convolutional Neural
    Networks, Distill, 2019.
    """
    known = _FIELDS.get(network)
    if known is None:
        known = _FIELDS[network] = {
            path: sizes(seen) for path, seen in views_of_input(network).items() if path != INPUT
        }
    return known


_FIELDS: WeakKeyDictionary[Network, dict[str, tuple[int, ...] | None]] = WeakKeyDictionary()
"""What was found of networks that are still in use: tables and figures ask layer by layer."""


def views_of_input(network: Network) -> dict[str, Views | None]:
    """For each path and for the input, its view along each spatial dimension; None: not known."""
    seen: dict[str, Views | None] = {
        INPUT: tuple(View(1, 1, places) for places in network.input_shape[1:]) or None
    }
    usual: Axes = tuple(range(1, len(network.input_shape)))
    turned: dict[str, Axes] = {}
    own_steps: dict[int, Sequence[Step] | None] = {}
    for node in network.layers:
        # Most layers look through a window at one value whose dimensions lie as the input's do.
        if len(node.inputs) == 1 and node.inputs[0] not in turned:
            key = id(node.op)  # alike layers have one
            if key not in own_steps:
                own_steps[key] = _own_steps(node)
            steps, read = own_steps[key], seen[node.inputs[0]]
            if steps is not None and read and len(read) == len(steps):
                seen[node.path] = _through(read, steps, node.output_shape[1:])
                continue
        sizes_only = node.layer.reads_size_of
        inputs = [path for place, path in enumerate(node.inputs) if place not in sizes_only]
        seen[node.path] = None
        if any(seen[path] is None for path in inputs):
            continue
        known = {path: views for path in inputs if (views := seen[path])}
        axes = {turned.get(path, usual) for path in known}
        if not known:
            seen[node.path] = CONSTANT
        elif len(axes) == 1:
            found = _after(node, [known[path] for path in inputs if path in known], axes.pop())
            if found is not None:
                seen[node.path], lie = found
                if lie != usual:
                    turned[node.path] = lie
    return {path: views or None for path, views in seen.items()}


def _own_steps(node: Node) -> Sequence[Step] | None:
    """The steps of a layer that leaves spatial dimensions where they are; None: of any other."""
    layer, shapes, output = node.layer, node.input_shapes, node.output_shape
    if layer.flattens_space or layer.reads_size_of or len(shapes[0]) == 1:
        return None
    if layer.order(shapes) is not None:
        return None
    steps = layer.footprint(shapes, output)
    return steps if steps is not None and len(steps) == len(output) - 1 else None


def _through(views: Views, steps: Sequence[Step], places: Sequence[int]) -> Views:
    return tuple(
        [
            view if step is ELEMENTWISE and view.places == count else view.through(step, count)
            for view, step, count in zip(views, steps, places, strict=True)
        ]
    )


def sizes(views: Views | None) -> tuple[int, ...] | None:
    """How many positions of the input a view sees along each dimension; None: not known."""
    return None if views is None else tuple([ceil(view.size) for view in views])


def _merged(node: Node, read: Sequence[Views]) -> Views | None:
    """One view of all that a layer reads: the widest size, on the grid of its output."""
    if len(read) == 1:
        return read[0]
    if len({len(views) for views in read}) != 1:
        return None
    if len(node.output_shape) == 1 and len({_grid(views) for views in read}) != 1:
        # Vectors of several maps: an element may come from any position of any of them.
        read = [tuple(view.seen_whole() for view in views) for views in read]
    positions = node.output_shape[1:]
    grid = next(
        (views for views in read if tuple(view.places for view in views) == positions), read[0]
    )
    return tuple(
        base._replace(size=max(view.size for view in alike))
        for base, *alike in zip(grid, *read, strict=True)
    )


def _grid(views: Views) -> tuple[tuple[Fraction | int, int], ...]:
    return tuple((view.jump, view.places) for view in views)


def _after(node: Node, read: Sequence[Views], axes: Axes) -> tuple[Views, Axes] | None:
    """The view after a layer, of all that it reads, and how its dimensions lie; None: not known."""
    order = node.layer.order(node.input_shapes)
    if order is None and {*axes} == {*range(1, len(axes) + 1)}:
        there = [axes.index(axis) for axis in range(1, len(axes) + 1)]
        laid = [tuple(views[place] for place in there) for views in read]
        after = _after_channels_first(node, _merged(node, laid))
        return None if after is None else (tuple(after[int(axis or 0) - 1] for axis in axes), axes)
    if order is not None:
        (only,) = read
        if len(only) != len(node.input_shapes[0]) - 1:
            return None  # several spatial dimensions lie along one
        return only, tuple(None if axis is None else order.index(axis) for axis in axes)
    mixed = node.layer.mixes(node.input_shapes, node.output_shape)
    if mixed is None or any(axis is None for axis in axes):
        return None
    widest = tuple(max(alike, key=lambda view: view.size) for alike in zip(*read, strict=True))
    views = tuple(
        view.seen_whole() if axis in mixed else view
        for view, axis in zip(widest, axes, strict=True)
    )
    return views, tuple(None if axis in mixed else axis for axis in axes)


def _after_channels_first(node: Node, views: Views | None) -> Views | None:
    """The view after a layer, of what it reads; None: not known."""
    if views is None:
        return None
    layer, shape, output = node.layer, node.input_shapes[0], node.output_shape
    if layer.flattens_space:
        return views
    if len(shape) == 1:
        if layer.kind == "linear":
            return tuple(view.seen_whole() for view in views)
        apart = any(view.places > 1 for view in views)
        return views if output == shape or layer.kind == "merge" or not apart else None
    steps = layer.footprint(node.input_shapes, output)
    if steps is None:
        return None
    if len(steps) == len(views) == len(output) - 1:
        return _through(views, steps, output[1:])
    if len(output) == 1 and [*steps] == [Step(view.places - 1, view.places) for view in views]:
        return tuple(view.seen_whole() for view in views)  # reduced to one number a channel
    return _after_folded(views, steps, prod(shape[1:]))


def _after_folded(views: Views, steps: Sequence[Step], positions: int) -> Views | None:
    """The view through steps over a map whose spatial dimensions were folded into one."""
    if all(step == ELEMENTWISE for step in steps):
        return views
    if tuple(steps) == (Step(positions - 1, positions),):
        return tuple(view.seen_whole() for view in views)
    return None
