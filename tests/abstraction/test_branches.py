"""What is forked and joined is written as branches, where they stay near."""

from __future__ import annotations

import pytest

import cnnshape
from cnnshape.abstraction import program
from cnnshape.abstraction.branches import MOST_LINES, Branches, nested
from cnnshape.abstraction.yaml_text import difference, spec_text


def written(layers: str) -> str:
    network = cnnshape.loads(f"input: [8, 16, 16]\nlayers: {layers}\n")
    text = spec_text(network)
    assert not difference(text, network)
    return text.partition("layers:\n")[2]


def test_a_residual() -> None:
    assert written("[Tanh, Sigmoid, ReLU, {type: Add, from: [relu1, tanh1]}]") == (
        "  - Tanh\n"
        "  - join: Add\n"
        "    branches:\n"
        "      - - Sigmoid\n"
        "        - ReLU\n"
        "      - []\n"
    )  # fmt: skip


def test_branches_in_branches_with_arguments_and_a_name() -> None:
    layers = (
        "[{name: a, type: ReLU}, {name: b, type: Tanh, from: input},"
        " {name: c, type: ReLU, from: b}, {name: d, type: Sigmoid, from: b},"
        " {type: Multiply, from: [c, d]}, {name: all, type: Concat, dim: 2, from: [a, multiply1]}]"
    )
    assert written(layers) == (
        "  - join: {name: all, type: Concat, dim: 2}\n"
        "    branches:\n"
        "      - {name: a, type: ReLU}\n"
        "      - - {name: b, type: Tanh}\n"
        "        - join: Multiply\n"
        "          branches:\n"
        "            - {name: c, type: ReLU}\n"
        "            - {name: d, type: Sigmoid}\n"
    )


def test_branches_that_are_groups_are_named() -> None:
    layers = (
        "[{name: one, layers: [ReLU, Tanh]}, {name: two, from: input, layers: [Sigmoid]},"
        " {type: Concat, from: [one, two]}]"
    )
    assert written(layers) == (
        "  - join: Concat\n"
        "    branches:\n"
        "      one:\n"
        "        - ReLU\n"
        "        - Tanh\n"
        "      two:\n"
        "        - Sigmoid\n"
    )


def test_a_fork_that_is_not_before() -> None:
    layers = (
        "[{name: a, type: ReLU}, {name: b, type: Tanh}, {name: c, type: Sigmoid, from: a},"
        " {name: d, type: Add, from: [c, a]}, {type: Multiply, from: [b, d]}]"
    )
    assert "from:" not in written(layers)
    apart = "[{name: a, type: ReLU}, {name: b, type: Tanh}, {name: c, type: Sigmoid, from: a}," \
        " {type: Add, from: [c, a]}, {type: Multiply, from: [add1, b]}]"  # fmt: skip
    text = written(apart)
    assert "    from: a\n" in text
    assert "from: [add1, b]" in text


@pytest.mark.parametrize(
    "layers",
    [
        # In another order than that of the layers.
        "[ReLU, {type: Tanh, from: input}, {type: Concat, from: [tanh1, relu1]}]",
        # One value twice.
        "[ReLU, {type: Concat, from: [relu1, relu1]}]",
        # No common fork.
        "[ReLU, Tanh, {type: Sigmoid, from: relu1}, {type: Add, from: [tanh1, input, sigmoid1]}]",
    ],
)
def test_what_is_no_tree_stays_with_from(layers: str) -> None:
    text = written(layers)
    assert "branches" not in text
    assert "from:" in text


def test_what_is_far_apart_stays_with_from() -> None:
    for between, branches in ((MOST_LINES, True), (MOST_LINES + 1, False)):
        layers = f"[Tanh, {'ReLU, ' * between}{{type: Add, from: [relu{between}, tanh1]}}]"
        assert ("branches" in written(layers)) is branches


def test_the_order_of_the_layers_stays() -> None:
    network = cnnshape.load("inception_v3")
    found = program(network)
    for template in found.templates.values():
        items = nested(template.children, found.templates)
        flat = []
        while items:
            item = items.pop(0)
            if isinstance(item, Branches):
                inner = [each for branch in item.branches for each in branch]
                items = [*inner, item.join, *items]
            else:
                flat.append(item)
        assert tuple(flat) == template.children
