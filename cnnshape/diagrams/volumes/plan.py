"""In which column and lane each item stands, and on which level of a U.

The main path is a straight lane. What runs beside it is cut into chains, and each chain has
a lane above or below for as long as it runs. A net whose maps shrink and grow again takes a
level down with each shrinking and one up with each growing, which draws a U.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import log2, prod

from .items import Item, Link, Parts

Chain = tuple[Item, ...]
"""Items one after the other, without a fork between them."""


@dataclass(frozen=True)
class Plan:
    """Where items stand, before anything is measured.

    Attributes:
        column: along the way of the data; between two columns where it is alone beside both.
        lane: 0: the main path; negative: above; positive: below.
        chains: the chains beside the main path, the nearest to it first.
        level: how far down in a U; None: the net is drawn straight.
    """

    column: dict[Item, float]
    lane: dict[Item, int]
    chains: tuple[Chain, ...]
    level: dict[Item, int] | None


def make_plan(parts: Parts) -> Plan:
    """The places of all items."""
    return _Planner(parts).plan()


@dataclass
class _Planner:
    parts: Parts
    into: dict[Item, list[Link]] = field(default_factory=dict)
    out_of: dict[Item, list[Link]] = field(default_factory=dict)
    column: dict[Item, float] = field(default_factory=dict)
    lane: dict[Item, int] = field(default_factory=dict)

    def plan(self) -> Plan:
        for item in self.parts.items:
            self.into[item], self.out_of[item] = [], []
        for link in self.parts.links:
            self.into[link.target].append(link)
            self.out_of[link.source].append(link)
        for item in self.parts.items:
            before = [self.column[link.source] for link in self.into[item]]
            self.column[item] = 1 + max(before, default=-1.0)
        chains = self._chains()
        self._choose_lanes(chains)
        for chain in chains:
            self._centre(chain)
        near = sorted(chains, key=lambda chain: abs(self.lane[chain[0]]))
        return Plan(self.column, self.lane, tuple(near), self._levels(chains))

    def _chains(self) -> list[Chain]:
        """What is beside the main path, cut into ways without a fork, in order."""
        used = set(self.parts.main)
        chains = []
        for item in self.parts.items:
            if item in used:
                continue
            chain = [item]
            used.add(item)
            while True:
                onward = [link.target for link in self.out_of[chain[-1]]]
                following = next((target for target in onward if target not in used), None)
                if following is None:
                    break
                chain.append(following)
                used.add(following)
            chains.append(tuple(chain))
        return chains

    def _extent(self, chain: Chain) -> tuple[float, float]:
        """The first and last column in which a chain or its lines run along its lane."""
        sources = [self.column[link.source] + 1 for link in self.into[chain[0]]]
        targets = [self.column[link.target] - 1 for link in self.out_of[chain[-1]]]
        first, last = self.column[chain[0]], self.column[chain[-1]]
        return min([first, *sources]), max([last, *targets])

    def _choose_lanes(self, chains: list[Chain]) -> None:
        """A lane for each chain, as near to the main path as those inside of it leave free."""
        self.lane = dict.fromkeys(self.parts.main, 0)
        chain_of = {item: chain for chain in chains for item in chain}
        hosted: dict[Chain | None, list[Chain]] = {None: []}
        for chain in chains:
            host = chain_of.get(self.into[chain[0]][0].source)
            hosted.setdefault(host, []).append(chain)
        taken: dict[int, list[tuple[float, float]]] = {}

        def place(chain: Chain, side: int, lane: int) -> None:
            start, end = self._extent(chain)
            while any(start <= last and first <= end for first, last in taken.get(lane, ())):
                lane += side
            taken.setdefault(lane, []).append((start, end))
            self.lane.update(dict.fromkeys(chain, lane))
            for inner in hosted.get(chain, ()):
                place(inner, side, lane + side)

        above = self._above(hosted[None])
        below = [chain for chain in hosted[None] if chain not in above]
        for side, group in ((-1, above), (1, below)):
            for chain in sorted(group, key=self._length):
                place(chain, side, side)

    def _length(self, chain: Chain) -> float:
        start, end = self._extent(chain)
        return end - start

    def _above(self, chains: list[Chain]) -> list[Chain]:
        """The chains that run above the main path, the nearest first.

        Of several between the same two items, those that the spec wrote before it; one alone.
        """
        order = {item: index for index, item in enumerate(self.parts.items)}
        beside: dict[tuple[Item, Item], list[Chain]] = {}
        for chain in chains:
            ends = self.out_of[chain[-1]]
            if ends:
                beside.setdefault((self.into[chain[0]][0].source, ends[0].target), []).append(chain)
        above: list[Chain] = []
        for (source, target), between in beside.items():
            trunk = [
                item
                for item in self.parts.main
                if self.column[source] < self.column[item] < self.column[target]
            ]
            first = order[trunk[0]] if trunk else order[target]
            if len(between) == 1:
                above += between
            else:
                above += [chain for chain in reversed(between) if order[chain[0]] < first]
        return above

    def _centre(self, chain: Chain) -> None:
        """Move a chain that has room to the right to the middle of its room."""
        inner = [link for item in chain[1:] for link in self.into[item]]
        outer = [link for item in chain[:-1] for link in self.out_of[item]]
        if not all(link.source in chain and link.target in chain for link in inner + outer):
            return
        ends = [self.column[link.target] for link in self.out_of[chain[-1]]]
        room = min(ends, default=0.0) - 1 - self.column[chain[-1]]
        if room > 0:
            shift = room / 2 if len(chain) == 1 else room // 2
            for item in chain:
                self.column[item] += shift

    def _level_beside(self, chain: Chain, levels: dict[Item, int]) -> int:
        """The level of what a chain ends in, or begins with."""
        end = chain[-1]
        while end not in levels and self.out_of[end]:
            end = self.out_of[end][0].target
        start = chain[0]
        while start not in levels:
            start = self.into[start][0].source
        return levels.get(end, levels[start])

    def _levels(self, chains: list[Chain]) -> dict[Item, int] | None:
        """The levels of a net whose maps shrink and then grow again, else None.

        A level is a halving: log₂ of the change of size of one layer, rounded. A merge goes
        with what it joins.
        """
        level, deepest = 0, 0
        size = self.parts.main[0].spatial
        levels: dict[Item, int] = {}
        rising = False
        for item in self.parts.main:
            spatial = item.spatial
            if spatial and size and not item.symbol:
                step = round(log2(prod(size) / prod(spatial)) / len(spatial))
                if step > 0 and rising:
                    return None
                rising = rising or step < 0
                level += step
                deepest = max(deepest, level)
            size = spatial or size
            levels[item] = level
        if not rising or deepest < 1 or 2 * (deepest - level) < deepest or level < 0:
            return None
        for chain in chains:
            levels.update(dict.fromkeys(chain, self._level_beside(chain, levels)))
        used = sorted(set(levels.values()))
        return {item: used.index(value) for item, value in levels.items()}
