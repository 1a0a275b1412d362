"""Which layer of one network stands for which of another.

Forwards from the input, what does the same with the values of layers already paired is a pair.
If that pairs all, the networks are the same but for names and order. Else three passes follow,
each over what the one before left. Forwards again, but under the same names. Backwards from
the outputs: what does the same under the same path for readers that are pairs. What remains
lies between two changes, or is changed itself: there the pairs are chosen that keep the order
and are together the most alike; first of groups, then of what is in them. At last, what was
moved is looked for as in the beginning.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Sequence
from typing import TypeAlias

from ..network import INPUT, Network, Node
from ..parts import Part, tree_of
from .likeness import Item, task
from .sequences import best_pairs, best_run

Pairs: TypeAlias = dict[str, str]
"""Paths of the one network with those that stand for them in the other."""

MOST_CELLS = 200_000
"""How many pairs are weighed at once. Longer lists are parted at the longest run they share."""

# Among pairings that are equally alike, those count that keep what a layer reads and its name.
_READS, _PATH, _NAME = 4, 2, 1
_STEP = 1 << 16
"""What one point of likeness weighs: more than all that the ties of a network can add up to."""


def align(first: Network, second: Network) -> Pairs:
    """The layers of `first` that stand for a layer of `second`, each of which stands for one.

    The inputs of the two are a pair, too.
    """
    return _Alignment(first, second).pairs


class _Alignment:
    def __init__(self, first: Network, second: Network) -> None:
        self.first, self.second = first, second
        self.pairs: Pairs = {INPUT: INPUT}
        self.taken = {INPUT}
        self.likenesses: dict[tuple[Hashable, Hashable, bool], int] = {}
        self._from_the_input(named=False)
        if len(self.pairs) - 1 == len(first.layers) == len(second.layers):
            return
        self.pairs, self.taken = {INPUT: INPUT}, {INPUT}
        self._from_the_input(named=True)
        self._from_the_outputs()
        trees = tree_of(_left(first.layers, self.pairs)), tree_of(_left(second.layers, self.taken))
        self._among(*(Item(tree).children for tree in trees))
        for gap, other_gap in self._gaps():
            self._among(gap, other_gap)
        self._from_the_input(named=False)

    def _pair(self, path: str, other: str) -> None:
        self.pairs[path] = other
        self.taken.add(other)

    def _from_the_input(self, *, named: bool) -> None:
        """Pair what does the same with the same values.

        With `named`, under the same path, or under paths that the other network has not.
        """
        waiting: dict[Hashable, list[Node]] = defaultdict(list)
        for node in _left(self.second.layers, self.taken):
            waiting[task(node.op), node.inputs].append(node)
        for node in _left(self.first.layers, self.pairs):
            if all(path in self.pairs for path in node.inputs):
                inputs = tuple([self.pairs[path] for path in node.inputs])
                candidates = waiting.get((task(node.op), inputs), [])
                other = self._choice(node, candidates, named)
                if other is not None:
                    candidates.remove(other)
                    self._pair(node.path, other.path)

    def _choice(self, node: Node, candidates: Sequence[Node], named: bool) -> Node | None:
        same = self.second.by_path.get(node.path)
        if same in candidates:
            return same
        if named:
            new = [other for other in candidates if other.path not in self.first.by_path]
            candidates = new if same is None else ()
        return next(iter(candidates), None)

    def _from_the_outputs(self) -> None:
        """Pair what does the same under the same path for readers that are pairs."""
        readers, others = _readers(self.first), _readers(self.second)
        for node in reversed(_left(self.first.layers, self.pairs)):
            other = self.second.by_path.get(node.path)
            if other is None or other.path in self.taken or task(node.op) != task(other.op):
                continue
            reading = {(path and self.pairs.get(path), place) for path, place in readers[node.path]}
            if reading == others[other.path]:
                self._pair(node.path, other.path)

    # Between changes ------------------------------------------------------------------

    def _among(self, items: list[Item], others: list[Item]) -> None:
        """Pair the layers of two lists of parts; groups first, and what is in them."""
        rows, columns = _comparable(items, others)
        row = column = 0
        for place, twin in [*self._in_order(rows, columns), (len(rows), len(columns))]:
            self._between(rows[row:place], columns[column:twin])
            row, column = place + 1, twin + 1
            if place < len(rows):
                item, other = rows[place], columns[twin]
                if item.is_group:
                    self._among(item.children, other.children)
                else:
                    self._pair(item.part.path, other.part.path)

    def _between(self, items: list[Item], others: list[Item]) -> None:
        """Pair what is left between two pairs: what groups hold, since as such they fit none."""
        if items and others and any(item.is_group for item in (*items, *others)):
            self._among(_opened(items), _opened(others))

    def _gaps(self) -> Iterator[tuple[list[Item], list[Item]]]:
        """What is left of each network between two pairs that follow each other in both."""
        places = {node.path: place for place, node in enumerate(self.second.layers)}
        ends = [
            (here, places[self.pairs[node.path]])
            for here, node in enumerate(self.first.layers)
            if node.path in self.pairs
        ]
        start = other_start = 0
        for end, other_end in [*ends, (len(self.first.layers), len(places))]:
            if other_end < other_start:
                continue  # a layer that was moved
            gap = _left(self.first.layers[start:end], self.pairs)
            other_gap = _left(self.second.layers[other_start:other_end], self.taken)
            if gap and other_gap:
                yield _as_items(gap), _as_items(other_gap)
            start, other_start = end + 1, other_end + 1

    def _in_order(self, rows: list[Item], columns: list[Item]) -> list[tuple[int, int]]:
        """The pairs of places that are together the most alike and keep the order."""
        found: list[tuple[int, int]] = []
        stretches = [(0, len(rows), 0, len(columns))]
        while stretches:
            start, end, other_start, other_end = stretches.pop()
            some, others = rows[start:end], columns[other_start:other_end]
            if len(some) * len(others) <= MOST_CELLS:
                pairs = best_pairs(self._weights(some, others), len(others))
                found += ((start + row, other_start + column) for row, column in pairs)
                continue
            run = best_run(some, others)
            if run.size:
                row, column = start + run.row, other_start + run.column
                found += ((row + place, column + place) for place in range(run.size))
                stretches.append((start, row, other_start, column))
                stretches.append((row + run.size, end, column + run.size, other_end))
        return sorted(found)

    def _weights(self, rows: Sequence[Item], columns: Sequence[Item]) -> Iterator[list[int]]:
        """For each row, what a pair with each column weighs; 0: they cannot be one."""
        alike: dict[Hashable, list[int]] = {}
        paths, names, readers = (
            _places(columns, key)
            for key in (lambda item: item.part.path, lambda item: item.last_names, _inputs)
        )
        for item in rows:
            if item.key not in alike:
                alike[item.key] = [_STEP * self._likeness(item, other) for other in columns]
            weights = alike[item.key][:]
            for place in paths.get(item.part.path, ()):
                if item.has_own_name:
                    likeness = self._likeness(item, columns[place], in_place=True)
                    weights[place] = _STEP * likeness
            inputs = tuple([self.pairs.get(path) for path in _inputs(item)])
            for places, tie in (
                (paths.get(item.part.path, ()), _PATH),
                (names.get(item.last_names, ()), _NAME),
                (readers.get(inputs, ()) if inputs else (), _READS),
            ):
                for place in places:
                    if weights[place]:
                        weights[place] += tie
            yield weights

    def _likeness(self, item: Item, other: Item, *, in_place: bool = False) -> int:
        key = item.key, other.key, in_place
        found = self.likenesses.get(key)
        if found is None:
            found = self.likenesses[key] = item.likeness(other, in_place=in_place)
        return found


def _left(layers: Iterable[Node], paired: Container[str]) -> list[Node]:
    return [node for node in layers if node.path not in paired]


def _readers(network: Network) -> dict[str, set[tuple[str | None, int]]]:
    """For each value, the layers that read it, and as which input; an output is read by ''."""
    found: dict[str, set[tuple[str | None, int]]] = defaultdict(set)
    for node in network.layers:
        for place, path in enumerate(node.inputs):
            found[path].add((node.path, place))
    for place, path in enumerate(network.outputs):
        found[path].add(("", place))
    return found


def _as_items(layers: Iterable[Node]) -> list[Item]:
    """Layers as parts of no group."""
    return [Item(Part(node.name, node.path, node)) for node in layers]


def _opened(items: Iterable[Item]) -> list[Item]:
    """What is in the groups, one level down, and the layers beside them."""
    return [child for item in items for child in (item.children if item.is_group else [item])]


def _comparable(items: list[Item], others: list[Item]) -> tuple[list[Item], list[Item]]:
    """The parts, with those groups opened that are far larger than any part they could fit."""
    rows, columns = _not_far_larger(items, others), _not_far_larger(others, items)
    if (rows, columns) == (items, others):
        return items, others
    return _comparable(rows, columns)


def _not_far_larger(items: list[Item], others: list[Item]) -> list[Item]:
    names = {other.part.path for other in others if other.has_own_name}
    most = 2 * max((len(other.leaves) for other in others), default=0)
    return [
        part
        for item in items
        for part in (
            item.children
            if len(item.leaves) > most > 0 and item.is_group and item.part.path not in names
            else [item]
        )
    ]


def _inputs(item: Item) -> tuple[str, ...]:
    """What a layer reads; of a group nothing is said."""
    return item.part.node.inputs if item.part.node else ()


def _places(items: Iterable[Item], key: Callable[[Item], Hashable]) -> dict[Hashable, list[int]]:
    found: dict[Hashable, list[int]] = defaultdict(list)
    for place, item in enumerate(items):
        found[key(item)].append(place)
    return found
