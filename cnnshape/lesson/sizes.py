"""Which input sizes suit a network: found by expanding it at one size after another."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from math import lcm
from typing import Any, NamedTuple

from ..analysis.receptive_field import views_of_input
from ..errors import SpecError
from ..layers import LayerError
from ..layers._window import WindowLayer
from ..layers.shapes import Shape
from ..network import Network, Node
from ..text.counts import listing_of

TRIES = 256
"""The sizes that are tried of a small network; of a large one fewer."""
LAYERS = 40_000
"""The layers that all tries expand together."""
FEWEST_TRIES = 40
LISTED = 8
"""The sizes that are listed around the network's own."""


class Trial(NamedTuple):
    """What a network makes of one input size.

    Attributes:
        size: along the dimensions that are varied.
        input: the whole shape.
        outputs: the shapes that come out; () where it fails.
        fault: why it fails, or ''.
        left: 'S2 leaves 1 of 29 over', of the first layer that does; ''.
        uneven: the first layer whose stride does not divide; ''.
        left_period, uneven_period: sizes that differ by this share that fate; 0 where there is
            none.
    """

    size: int
    input: Shape
    outputs: tuple[Shape, ...]
    fault: str
    left: str
    uneven: str
    left_period: int
    uneven_period: int

    def to_dict(self) -> dict[str, Any]:
        """As plain data, for JSON."""
        return {
            "input": list(self.input),
            "outputs": [list(shape) for shape in self.outputs],
            "fault": self.fault,
            "whole": not self.fault and not self.left,
            "exact": not self.fault and not self.uneven,
        }


class Rule(NamedTuple):
    """Sizes that have something in common: those that leave these rests, from the first on."""

    period: int
    rests: tuple[int, ...]
    first: int

    def __str__(self) -> str:
        start = f", from {self.first} on"
        if len(self.rests) == self.period:
            return f"every size{start}"
        more = f" and {len(self.rests) - 6} more" if len(self.rests) > 6 else ""
        said = f" plus {listing_of([str(rest) for rest in self.rests[:6]], 'or')}{more}"
        return f"multiples of {self.period}{said if self.rests != (0,) else ''}{start}"

    def to_dict(self) -> dict[str, Any]:
        """As plain data, for JSON."""
        return {"period": self.period, "rests": list(self.rests), "first": self.first}

    def at(self, place: int) -> int:
        """The size of this place among all, from the first multiple on."""
        whole, rest = divmod(place, len(self.rests))
        return whole * self.period + self.rests[rest]

    def place(self, size: int) -> int:
        """The place of the first that is not below a size."""
        whole, rest = divmod(size, self.period)
        return whole * len(self.rests) + bisect_left(self.rests, rest)


class Sizes(NamedTuple):
    """Which sizes suit a network along dimensions that are varied together.

    Attributes:
        dimensions: which, from 0 for the first behind the channels.
        own: the network's own size.
        works: the sizes at which it can be, if nothing that was tried near its own fails.
        failed: the first of the sizes that were tried from its own on that failed.
        whole: the sizes of which no layer leaves a position over; None: none was found.
        exact: those at which every stride divides.
        listed: sizes near its own, and the smallest, with what comes out.
        relation: the output's size as a rule of the input's, or ''.
    """

    dimensions: tuple[int, ...]
    own: Trial
    works: Rule | None
    failed: Trial | None
    whole: Rule | None
    exact: Rule | None
    listed: tuple[Trial, ...]
    relation: str

    def to_dict(self) -> dict[str, Any]:
        """As plain data, for JSON; a rule is None where none was found."""
        rules = {"works": self.works, "whole": self.whole, "exact": self.exact}
        return {
            "dimensions": list(self.dimensions),
            "rules": {name: rule and rule.to_dict() for name, rule in rules.items()},
            "failed": self.failed and self.failed.to_dict(),
            "output": self.relation,
            "sizes": [trial.to_dict() for trial in self.listed],
        }


def sizes_of(network: Network, at: Callable[[Shape], Network]) -> list[Sizes]:
    """For each group of dimensions that are alike in the network's own input, what suits it.

    Args:
        network: at its own input.
        at: the same with another input; raises SpecError where that cannot be.
    """
    space = network.input_shape[1:]
    groups = [
        tuple(place for place, size in enumerate(space) if size == own)
        for own in dict.fromkeys(space)
    ]
    return [_Search(network, at, group).found() for group in groups]


def enlarged(shape: Shape | None, at: Callable[[Shape], Network]) -> Network | None:
    """The network at a multiple of an input at which it cannot be; None: it fails there too.

    Args:
        shape: the input, where it is known.
        at: the network at an input; raises SpecError where that cannot be.
    """
    if shape:
        channels, *space = shape
        for factor in (2, 4, 8, 16):
            try:
                return at((channels, *(size * factor for size in space)))
            except SpecError:
                continue
    return None


def _steps_alike(node: Node) -> bool:
    """Whether a layer steps as far on a map that is twice as large, as no global pool does."""
    larger = tuple((shape[0], *(2 * size for size in shape[1:])) for shape in node.input_shapes)
    try:
        steps = node.layer.footprint(larger, node.layer.output_shape(larger))
    except LayerError:
        return False
    return steps == node.layer.footprint(node.input_shapes, node.output_shape)


class _Search:
    """The sizes that were tried, and what may be concluded from them."""

    def __init__(
        self, network: Network, at: Callable[[Shape], Network], dimensions: tuple[int, ...]
    ) -> None:
        self.shape = network.input_shape
        self.at = at
        self.dimensions = dimensions
        self.own = self.shape[1 + dimensions[0]]
        self.tries = max(FEWEST_TRIES, min(TRIES, LAYERS // len(network.layers)))
        self.tried: dict[int, Trial] = {}
        # How many positions of the input make the sizes, up to each layer, begin again.
        self.periods: dict[str, int] = {}
        period = 1
        seen = views_of_input(network)
        # What reads the whole of a map, as a global pool, does not say where it begins again,
        # nor does what reads that alone.
        ended: set[str] = set()
        for node in network.layers:
            views = seen[node.path] or ()
            one_place = all(view.places == 1 for view in views)
            if one_place and (ended.issuperset(node.inputs) or not _steps_alike(node)):
                ended.add(node.path)
            else:
                period = lcm(period, *(Fraction(view.jump).numerator for view in views))
            self.periods[node.path] = period
        self.period = period

    def found(self) -> Sizes:
        own = self.trial(self.own)
        exact = self.rule(lambda trial: trial.uneven_period)  # it takes the fewest tries
        whole = self.rule(lambda trial: trial.left_period)
        near = (trial for size, trial in self.tried.items() if size >= self.own)
        failed = next((trial for trial in near if trial.fault), None)
        works = self.begun(Rule(1, (0,), 1), lambda trial: not trial.fault)
        listed = self.listed(exact or whole or works)
        return Sizes(
            self.dimensions, own, None if failed else works, failed, whole, exact,
            listed, self.relation([trial for trial in listed if trial.outputs]),
        )  # fmt: skip

    def trial(self, size: int) -> Trial:
        """The network at a size, expanded once."""
        if size not in self.tried:
            self.tries -= 1
            self.tried[size] = self._tried(size)
        return self.tried[size]

    def _tried(self, size: int) -> Trial:
        changed = [
            size if place - 1 in self.dimensions else own for place, own in enumerate(self.shape)
        ]
        shape, fault = tuple(changed), ""
        network: object
        try:
            network = self.at(shape)
        except SpecError as error:
            network, fault = error.partial, error.diagnostics[0].message
        if not isinstance(network, Network):
            return Trial(size, shape, (), fault, "", "", 0, 0)
        outputs = () if fault else tuple(network.by_path[p].output_shape for p in network.outputs)
        left = next(self._beside(network, exact=False), ("", 0))
        uneven = next(self._beside(network, exact=True), ("", 0))
        return Trial(size, shape, outputs, fault, left[0], uneven[0], left[1], uneven[1])

    def _beside(self, network: Network, *, exact: bool) -> Iterator[tuple[str, int]]:
        """The layers that leave positions over, or whose stride does not divide."""
        for node in network.layers:
            layer = node.layer
            if not isinstance(layer, WindowLayer):
                continue
            size = node.input_shapes[0][1:]
            own = self.dimensions if len(size) == len(self.shape) - 1 else range(len(size))
            for place in own:
                window, n = layer.windows()[place], size[place]
                # What lies between two windows is not read anyway.
                over = window.left_over(n) - max(0, window.stride - window.extent)
                period = self.periods.get(node.path, self.period)
                if exact and not window.divides(n):
                    yield f"{node.path}: the stride {window.stride} does not divide", period
                elif not exact and over > 0:
                    yield f"{node.path} leaves {over} of {n} over", period

    def rule(self, fate: Callable[[Trial], int]) -> Rule | None:
        """The sizes that work and have no such fate, by one period from the own size on."""
        bad: set[tuple[int, int]] = set()
        good = []
        for size in range(self.own, self.own + self.period):
            if any(size % period == rest for period, rest in bad):
                continue
            if self.tries <= 0:
                return None
            trial = self.trial(size)
            if period := fate(trial):
                bad.add((period, size % period))
            elif not trial.fault:
                good.append(size % self.period)
        if not good:
            return None
        return self.begun(self.shortest(good), lambda t: not t.fault and not fate(t))

    def shortest(self, good: Sequence[int]) -> Rule:
        """The rule of these rests with the shortest period that says the same."""
        rests = {*good}
        for period in range(1, self.period + 1):
            if self.period % period == 0:
                short = {rest % period for rest in rests}
                if len(short) * self.period == len(rests) * period:
                    return Rule(period, tuple(sorted(short)), 0)
        raise AssertionError("the period itself says the same")

    def begun(self, rule: Rule, fits: Callable[[Trial], bool]) -> Rule:
        """The rule with the smallest size from which on it holds."""
        places = range(rule.place(1), rule.place(self.own + self.period))
        first = bisect_left(places, True, key=lambda place: fits(self.trial(rule.at(place))))
        return rule._replace(first=rule.at(places.start + first))

    def listed(self, rule: Rule) -> tuple[Trial, ...]:
        """The smallest size of a rule, and those around the own size."""
        middle = rule.place(self.own)
        least = rule.place(rule.first)
        places = range(max(least, middle - LISTED // 2), max(least, middle - LISTED // 2) + LISTED)
        sizes = {rule.first, self.own, *map(rule.at, places)}
        return tuple(self.trial(size) for size in sorted(sizes))

    def relation(self, trials: Sequence[Trial]) -> str:
        """'input − 184', where the first output is a map whose size follows so from the input's."""
        good = [trial for trial in trials if not trial.left]
        if len(good) < 3 or any(len(trial.outputs[0]) != len(self.shape) for trial in good):
            return ""
        place = 1 + self.dimensions[0]
        pairs = [(trial.size, trial.outputs[0][place]) for trial in good]
        (n, out), (last, end) = pairs[0], pairs[-1]
        slope = Fraction(end - out, last - n)
        rest = out - slope * n
        if any(size * slope + rest != output for size, output in pairs):
            return ""
        if slope == 0:
            return str(out)
        top = f"{slope.numerator}·input" if slope.numerator != 1 else "input"
        added = int(rest * slope.denominator)
        top += f" {'−' if added < 0 else '+'} {abs(added)}" if added else ""
        top = f"({top})" if added and slope.denominator != 1 else top
        return top if slope.denominator == 1 else f"{top}/{slope.denominator}"
