"""The rows of what two networks differ in, as data: groups, folding, what is passed over."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import Literal, NamedTuple, TypeAlias

from ..analysis.comparison import Comparison
from ..analysis.difference import Difference, LayerPair
from ..layers.shapes import Shape
from ..network import Node, sum_known
from ..parts import alike_neighbours, label
from ..text.counts import count_of

Mark: TypeAlias = Literal["+", "-", "~", "·", " "]
"""Added, removed, changed by itself, changed by what it reads alone; a heading, or the same."""

ARROW = "→"
"""Between what was and what is."""

LISTED = 3
"""Groups of no more layers are listed, also where they were added or removed as one."""


class Side(NamedTuple):
    """A row's layer, or layers, in one of the two networks.

    Attributes:
        output_shape: what comes out of the last of them.
        params, macs: sums over all that the row stands for; None: not known.
    """

    output_shape: Shape
    params: int
    macs: int | None


class DifferenceRow(NamedTuple):
    """One line of what two networks differ in.

    Attributes:
        mark: what became of it.
        depth: how far it is indented.
        label: the path, relative to the group that it stands in.
        times: how many alike parts it stands for; its sums are over all of them.
        pair: the layer; None for a group, and for layers that are the same.
        text: of a group its block and how many layers it has; of the same, their number.
        first, second: what it is in each network, or None.
    """

    mark: Mark
    depth: int
    label: str
    times: int
    pair: LayerPair | None
    text: str
    first: Side | None
    second: Side | None


def difference_rows(difference: Difference, *, fold: bool = True) -> list[DifferenceRow]:
    """The rows of what two networks differ in.

    Args:
        difference: of the two.
        fold: alike neighbours become one row with ×N; groups that were added or removed as a
            whole are one row.
    """
    return list(_Rows(difference, fold).all())


def rows_of(comparison: Comparison, *, fold: bool = True) -> list[DifferenceRow]:
    """The rows of a comparison of two networks; none where they are the same, or there are more."""
    if len(comparison.differences) > 1 or comparison.is_same:
        return []
    return difference_rows(comparison.differences[0], fold=fold)


class _Branch:
    """A node of the tree of paths of both networks."""

    def __init__(self, name: str, path: str, pair: LayerPair | None = None) -> None:
        self.name = name
        self.path = path
        self.pair = pair
        self.children: list[_Branch] = []
        self.groups: dict[str, _Branch] = {}

    def group(self, name: str) -> _Branch:
        found = self.groups.get(name)
        if found is None:
            path = f"{self.path}.{name}" if self.path else name
            found = self.groups[name] = _Branch(name, path)
            self.children.append(found)
        return found

    def pairs(self) -> Iterator[LayerPair]:
        if self.pair is not None:
            yield self.pair
        for child in self.children:
            yield from child.pairs()

    def signature(self) -> Hashable:
        """Equal for parts that differ alike."""
        return tuple(_signature(pair, len(self.path)) for pair in self.pairs())

    def statuses(self) -> set[str]:
        return {"same" if pair.status == "renamed" else pair.status for pair in self.pairs()}


def _signature(pair: LayerPair, start: int) -> Hashable:
    """What differs in a layer, told from inside the group whose path has `start` characters."""
    inside = pair.node.path[start:]
    was = pair.first.path if pair.first else ""
    # Where the layer has the same name in the group of the other network, that group's path.
    group = was.removesuffix(inside) if was.endswith(inside) else was
    changes = tuple(
        (change.name, _inside(change.before, group), _inside(change.after, pair.node.path[:start]))
        for change in pair.changes
    )
    ops = tuple(None if node is None else node.op for node in (pair.first, pair.second))
    return pair.status, inside, was[len(group) :], ops, changes


def _inside(text: str, group: str) -> str:
    """A text in which paths are told from inside a group."""
    return text.replace(f"{group}.", "./")


class _Rows:
    def __init__(self, difference: Difference, fold: bool) -> None:
        self.difference = difference
        self.fold = fold
        self.same = 0

    def all(self) -> Iterator[DifferenceRow]:
        root = _Branch("", "")
        for pair in self.difference.layers:
            branch = root
            *names, last = pair.node.path.split(".")
            for name in names:
                branch = branch.group(name)
            branch.children.append(_Branch(last, pair.node.path, pair))
        yield from self._of(root, 0)
        yield from self._passed_over(0)

    def _of(self, group: _Branch, depth: int, prefix: str = "") -> Iterator[DifferenceRow]:
        for turns in alike_neighbours(group.children, fold=self.fold):
            first, times = turns[0], len(turns)
            name = prefix + label(turns)
            statuses = first.statuses()
            if statuses == {"same"}:
                self.same += times * sum(1 for _ in first.pairs())
                continue
            if first.pair is None and times == 1 and not self._is_whole(first, statuses):
                yield from self._of(first, depth, f"{name}.")
                continue
            yield from self._passed_over(depth)
            yield self._row(first, depth, name, turns)
            if first.pair is None and not self._is_whole(first, statuses):
                yield from self._of(first, depth + 1)
                yield from self._passed_over(depth + 1)

    def _is_whole(self, part: _Branch, statuses: set[str]) -> bool:
        """Whether a group was added or removed as one, and is so shown."""
        if not self.fold or statuses not in ({"added"}, {"removed"}):
            return False
        return sum(1 for _ in part.pairs()) > LISTED

    def _passed_over(self, depth: int) -> Iterator[DifferenceRow]:
        if self.same:
            count = count_of(self.same, "layer")
            yield DifferenceRow(" ", depth, "", 1, None, f"{count} the same", None, None)
            self.same = 0

    def _row(self, part: _Branch, depth: int, name: str, turns: Sequence[_Branch]) -> DifferenceRow:
        pairs = list(part.pairs())
        firsts = [pair.first for pair in pairs if pair.first]
        seconds = [pair.second for pair in pairs if pair.second]
        times = len(turns)
        return DifferenceRow(
            mark=_mark(pairs, part.pair),
            depth=depth,
            label=name,
            times=times,
            pair=part.pair,
            text="" if part.pair else self._group_text(part, len(pairs)),
            first=_side(firsts, times),
            second=_side(seconds, times),
        )

    def _group_text(self, part: _Branch, layers: int) -> str:
        """'bottleneck, 10 layers', or 'basic → bottleneck, 10 layers'."""
        statuses = part.statuses()
        networks = [self.difference.first] if statuses != {"added"} else []
        networks += [self.difference.second] if statuses != {"removed"} else []
        groups = [network.groups.get(part.path) for network in networks]
        blocks = dict.fromkeys(group.type for group in groups if group and group.type)
        return ", ".join(
            [
                *([f" {ARROW} ".join(blocks)] if blocks else []),
                count_of(layers, "layer"),
            ]
        )


def _mark(pairs: Sequence[LayerPair], leaf: LayerPair | None) -> Mark:
    statuses = {pair.status for pair in pairs}
    if statuses == {"added"}:
        return "+"
    if statuses == {"removed"}:
        return "-"
    if leaf is None:
        return " "
    return "~" if leaf.changes else "·"


def _side(nodes: Sequence[Node], times: int) -> Side | None:
    if not nodes:
        return None
    macs = sum_known([node.macs for node in nodes])
    return Side(
        nodes[-1].output_shape,
        times * sum(node.params for node in nodes),
        None if macs is None else times * macs,
    )
