"""Questions on a network's numbers, whose answers are the engine's own, with the reasons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from ..analysis.explanation import Explanation, explain
from ..layers.shapes import Shape, format_shape
from ..views.columns import described
from ..views.explanation import sections
from .calculating import Part, build, read_part

if TYPE_CHECKING:
    from ..network import Network

SIZE, PARAMETERS, MACS, FIELD = "output size", "parameters", "MACs", "receptive field"
"""The kinds of questions: the titles under which `explain` gives the reasons."""

_INPUTS = (28, 32, 56, 64, 112, 224)
_INPUTS_OF_A_ROW = (56, 64, 112, 224)
"""Sizes that can be halved three times and still hold a window of 5."""
_CHANNELS = (1, 3, 6, 16, 32, 64)
_IN_A_ROW = ("conv3", "conv5", "conv3s2p1", "pool2", "pool3s2p1", "conv3p2d2")


class Question(NamedTuple):
    """A question, its answer, and why it is so.

    Attributes:
        kind: what is asked for.
        text: the question.
        answer: a count as one number, or one number a dimension.
        why: the formula with its numbers, line by line.
    """

    kind: str
    text: str
    answer: Shape
    why: tuple[str, ...]

    @property
    def shown(self) -> str:
        """The answer as it is written: '1,456', '16×10×10'."""
        return f"{self.answer[0]:,}" if len(self.answer) == 1 else format_shape(self.answer)

    def is_right(self, given: Shape) -> bool:
        """Whether an answer is right; one number stands for all dimensions of a field."""
        folds = self.kind == FIELD and len({*self.answer}) == 1
        return given == self.answer or (folds and given == self.answer[:1])


def read_answer(text: str, question: Question) -> Shape | None:
    """'16x10x10', '16 10 10' or '1,456' as numbers; None: neither is written."""
    written = text.strip().lower()
    if len(question.answer) == 1:
        written = re.sub("[ ,_]", "", written)
    if not re.fullmatch(r"[0-9]{1,18}([x×*·, ]+[0-9]{1,18}){0,3}", written, re.ASCII):
        return None
    return tuple(map(int, re.findall("[0-9]+", written)))


def on_network(network: Network, count: int, seed: int) -> list[Question]:
    """So many questions on a network's layers, or as many as there are; of all kinds in turn."""
    random = Random(seed)
    asked: dict[str, list[Question]] = {kind: [] for kind in (SIZE, PARAMETERS, MACS, FIELD)}
    for explanation in explain(network):
        for question in _asked(explanation, network):
            asked[question.kind].append(question)
    for questions in asked.values():
        random.shuffle(questions)
    in_turn = [each for row in zip_longest(*asked.values()) for each in row if each is not None]
    return in_turn[:count]


def on_random_layers(count: int, seed: int) -> list[Question]:
    """So many questions, each on a layer, or a few in a row, of usual settings."""
    random = Random(seed)
    kinds = (SIZE, PARAMETERS, FIELD, SIZE, MACS)
    return [_on_random(kinds[place % len(kinds)], random) for place in range(count)]


def _asked(explanation: Explanation, network: Network) -> Iterator[Question]:
    """The questions that can be asked of one layer, and answered by hand."""
    node = explanation.node
    reads = " and ".join(map(format_shape, node.input_shapes))
    layer = f"{node.path}: {described(node.layer)} reads {reads}"
    why = _why(explanation, network)
    if explanation.formula and len(node.output_shape) > 1:
        yield Question(SIZE, f"{layer}. Which shape comes out, channels first?",
                       node.output_shape, why[SIZE])  # fmt: skip
    if node.params and explanation.parameters:
        yield Question(PARAMETERS, f"{layer}. How many parameters does it have?",
                       (node.params,), why[PARAMETERS])  # fmt: skip
    if node.macs and explanation.macs.working:
        yield Question(MACS, f"{layer}. How many multiply-accumulates does it take?",
                       (node.macs,), why[MACS])  # fmt: skip
    field, sights = explanation.receptive_field, explanation.sights
    whole = all(n == n // 1 for sight in sights for n in (*sight.before[:2], *sight.after[:2]))
    if field is not None and whole and any(sight.step.span for sight in sights):
        seen = format_shape(int(sight.before.size) for sight in sights)
        apart = format_shape(int(sight.before.jump) for sight in sights)
        yield Question(
            FIELD,
            f"{layer}. A position of what it reads sees {seen} of the input, and the next one "
            f"lies {apart} further on. What does a position of its output see?",
            field, why[FIELD],
        )  # fmt: skip


def _why(explanation: Explanation, network: Network) -> dict[str, tuple[str, ...]]:
    """What `explain` says, by its titles."""
    return {section.title: tuple(section.lines) for section in sections(explanation, network)}


def _on_random(kind: str, random: Random) -> Question:
    size, channels = random.choice(_INPUTS), random.choice(_CHANNELS)
    if kind == FIELD:
        row = [random.choice(_IN_A_ROW) for _ in range(random.randrange(2, 5))]
        size = random.choice(_INPUTS_OF_A_ROW)
        network = build((size, size), [_part(each) for each in row], channels=channels)
        steps = [explain(network, [node.path])[0] for node in network.layers]
        return Question(
            FIELD,
            f"{', then '.join(described(step.node.layer) for step in steps)}, on "
            f"{format_shape(network.input_shape)}. How much of the input does a position of the "
            "last one's output see?",
            steps[-1].receptive_field or (),
            tuple(
                f"{described(step.node.layer)}: {_why(step, network)[FIELD][0]}" for step in steps
            ),
        )
    network = build((size, size), [_usual(kind, random)], channels=channels)
    (explanation,) = explain(network)
    (question,) = [each for each in _asked(explanation, network) if each.kind == kind]
    _, _, text = question.text.partition(": ")
    why = tuple(line.partition(", 100 % of the network")[0] for line in question.why)
    return question._replace(text=text, why=why)


def _usual(kind: str, random: Random) -> Part:
    """A layer of usual settings; what is asked for its weights has some."""
    base = random.choice(("conv", "conv", "conv", "pool", "convt"))
    if kind in (PARAMETERS, MACS) and base == "pool":
        base = "conv"
    if base == "convt":
        kernel = random.choice((2, 3, 4))
        settings = f"s2p{(kernel - 1) // 2}"
    elif base == "pool":
        kernel = random.choice((2, 3))
        settings = f"s2p{random.randrange(kernel // 2 + 1)}"
    else:
        kernel = random.choice((1, 3, 3, 5, 7, 11))
        settings = f"s{random.choice((1, 1, 2, 2, 3))}p{random.randrange(kernel // 2 + 1)}"
        settings += "d2" if kernel == 3 and random.randrange(4) == 0 else ""
    maps = 0 if base == "pool" else random.choice((6, 16, 32, 64, 128))
    return _part(f"{base}{kernel}{settings}", maps)


def _part(word: str, maps: int = 16) -> Part:
    part = read_part(word)
    if part.base == "MaxPool":
        return part
    return part._replace(arguments={"out_channels": maps, **part.arguments})
