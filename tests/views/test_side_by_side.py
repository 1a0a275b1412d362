"""Comparisons as they are printed: golden output, relations, folding, the forms for files."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

import pytest
from rich.cells import cell_len
from rich.console import Console

from cnnshape import Comparison, compare, load
from cnnshape.analysis.difference import Difference
from cnnshape.analysis.facts import FACTS, Value
from cnnshape.views.comparison_text import to_csv, to_markdown
from cnnshape.views.differences import difference_rows
from cnnshape.views.facts import BY_KEY, UnknownFact, choose, relation_text, value_text
from cnnshape.views.side_by_side import render

from ..specs import net

PAIRS = {
    "lenets": ("lenet5", "lenet5_1998"),
    "resnets": ("resnet18", "resnet34"),
    "wide": ("resnet50", "wide_resnet50_2"),
    "vggs": ("vgg16", "vgg16_bn"),
    "mobilenets": ("mobilenet_v2", "mobilenet_v3_large"),
    "five": ("lenet5", "alexnet", "vgg16", "resnet50", "mobilenet_v2"),
    "same": ("lenet5", "lenet5"),
}


def compared(name: str) -> Comparison:
    names = PAIRS[name]
    return compare(*map(load, names), labels=names)


def shown(comparison: Comparison, width: int, **options: bool) -> str:
    console = Console(file=io.StringIO(), width=width, no_color=True)
    render(comparison, console=console, facts=FACTS, **options)
    assert isinstance(console.file, io.StringIO)
    return "\n".join(line.rstrip() for line in console.file.getvalue().split("\n"))


@pytest.mark.slow
@pytest.mark.parametrize("width", [80, 200])
@pytest.mark.parametrize("name", ["lenets", "resnets", "wide", "vggs", "five", "same"])
def test_the_comparison_is_the_golden_one(
    name: str, width: int, golden: Callable[[str, str], None]
) -> None:
    golden(f"compare-{name}-{width}.txt", shown(compared(name), width))


@pytest.mark.slow
@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_nothing_is_cut_and_nothing_is_wider_than_the_terminal(name: str, width: int) -> None:
    comparison = compared(name)
    text = shown(comparison, width)
    assert max(map(cell_len, text.split("\n"))) <= width
    assert "…" not in text
    for network in comparison.networks:
        assert f"{network.totals.params:,}" in text


def test_networks_are_columns_where_they_fit_and_rows_else() -> None:
    first = shown(compared("five"), 200, layers=False).split("\n")[0]
    assert first.split() == [*PAIRS["five"]]
    narrow = shown(compared("five"), 80, layers=False).split("\n")
    assert [line.split()[0] for line in narrow[2:7]] == [*PAIRS["five"]]
    many = compare(*[load("lenet5")] * 7)
    assert shown(many, 1000, layers=False).split("\n")[2].startswith("LeNet-5 (1)")


@pytest.mark.parametrize(
    ("key", "first", "other", "text"),
    [
        ("params", 100, 187, "×1.87"),
        ("params", 100, 53, "×0.530"),
        ("params", 1, 123_456, "×123,456"),
        ("params", 100, 100, "="),
        ("params", 0, 12, "+12"),
        ("params", 12, 0, "−12"),
        ("params", 61_100_840, 61_100_904, "+64"),
        ("params", None, 3, "unknown"),
        ("params", 3, None, "unknown"),
        ("params", None, None, "unknown"),
        ("layers", 13, 14, "+1"),
        ("depth", 1_200, 1, "−1,199"),
        ("input", ((1, 2),), ((1, 2),), "="),
        ("input", ((1, 2),), ((1, 3),), ""),
        ("rf", (None,), (None,), ""),
    ],
)
def test_how_a_value_relates_to_the_first(key: str, first: Value, other: Value, text: str) -> None:
    assert relation_text(BY_KEY[key], first, other) == text


def test_values_as_text() -> None:
    assert value_text(1234567) == "1,234,567"
    assert value_text(None) == "unknown"
    assert value_text(((3, 4), None)) == "3×4, unknown"


def test_an_unknown_fact_is_named_with_what_there_is() -> None:
    assert choose(None) == FACTS
    assert [fact.key for fact in choose(["macs", "params"])] == ["macs", "params"]
    with pytest.raises(UnknownFact, match="no fact 'parms'; did you mean params"):
        choose(["parms"])


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, nets in PAIRS.items() if len(nets) == 2])
@pytest.mark.parametrize("fold", [True, False])
def test_the_rows_add_up_to_the_difference_of_the_networks(name: str, fold: bool) -> None:
    comparison = compared(name)
    first, second = comparison.networks
    rows = difference_rows(comparison.differences[0], fold=fold)
    top = [row for row in rows if row.depth == 0]
    for quantity in ("params", "macs"):
        gained = sum(
            (getattr(row.second, quantity) if row.second else 0)
            - (getattr(row.first, quantity) if row.first else 0)
            for row in top
        )
        assert gained == getattr(second.totals, quantity) - getattr(first.totals, quantity)


def test_unfolded_each_layer_that_differs_has_a_row() -> None:
    comparison = compared("mobilenets")
    difference = comparison.differences[0]
    rows = difference_rows(difference, fold=False)
    differing = len(difference.layers) - difference.counts["same"] - difference.counts["renamed"]
    assert sum(row.pair is not None for row in rows) == differing
    assert all(row.times == 1 for row in rows)
    passed_over = [int(row.text.split()[0].replace(",", "")) for row in rows if not row.label]
    assert sum(passed_over) == difference.counts["same"] + difference.counts["renamed"]


def test_repeats_that_differ_alike_are_one_row() -> None:
    rows = difference_rows(compared("wide").differences[0])
    folded = {row.label: row for row in rows if row.times > 1}
    assert [*folded] == ["layer1.1–2", "layer2.1–3", "layer3.1–5", "layer4.1–2"]
    row = folded["layer3.1–5"]
    assert (row.times, row.text) == (5, "bottleneck, 10 layers")
    assert row.first is not None
    assert row.first.params == 5 * 1_117_184


def test_what_a_folded_layer_reads_is_alike_from_inside_its_group() -> None:
    block = "{name: b, repeat: 2, layers: [{name: r, type: ReLU}, {name: s, type: Sigmoid}, %s]}"
    add = "{name: add, type: Add, from: [%s]}"
    before = net(f"[{{name: x, type: ReLU}}, {block % (add % 'r, s')}]")
    inside = net(f"[{{name: x, type: ReLU}}, {block % (add % 's, s')}]")
    (row,) = (row for row in difference_rows(Difference(before, inside)) if row.times > 1)
    assert row.label == "b.0–1"


def test_colours_are_those_of_a_diff() -> None:
    console = Console(file=io.StringIO(), width=200, force_terminal=True, color_system="standard")
    render(compared("lenets"), console=console, facts=FACTS[:1])
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert re.search(r"\x1b\[32m\+ scaledtanh2", text)
    assert re.search(r"\x1b\[31m- softmax1", text)
    assert re.search(r"\x1b\[33m~ S2", text)


def test_markdown_is_the_golden_one(golden: Callable[[str, str], None]) -> None:
    golden("compare-lenets.md", to_markdown(compared("lenets"), FACTS))
    golden("compare-five.md", to_markdown(compared("five"), FACTS, layers=False))


def test_csv_has_a_line_for_each_network() -> None:
    lines = list(csv.DictReader(io.StringIO(to_csv(compared("five"), FACTS))))
    assert [line["net"] for line in lines] == [*PAIRS["five"]]
    assert (lines[3]["params"], lines[3]["input"]) == ("25557032", "3×224×224")
    odd = compare(load("lenet5"), load("lenet5"), labels=["=1+1", "b"])
    assert to_csv(odd, FACTS[:1]).splitlines()[1].startswith("'=1+1,")
