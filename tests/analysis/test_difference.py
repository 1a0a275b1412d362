"""Which layers stand for which, and what differs: by the graph, whatever the names."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnshape import Network, load, loads, shipped
from cnnshape.analysis import alignment
from cnnshape.analysis.difference import Change, Difference
from cnnshape.analysis.sequences import best_pairs

from ..specs import net

CONV = "{{name: {0}, type: Conv2d, out_channels: {1}, kernel_size: 3, padding: 1}}"
BLOCK = (
    "{name: body, layers: [{name: conv, type: Conv2d, out_channels: 8, kernel_size: 3, padding: 1},"
    " {name: norm, type: BatchNorm2d}, {name: act, type: ReLU}], repeat: %d}"
)


def told(difference: Difference) -> list[str]:
    """What differs: '+ path', '- path', or 'path name: before → after' for each change."""
    lines = []
    for pair in difference.layers:
        if pair.status in ("added", "removed"):
            lines.append(f"{'+' if pair.status == 'added' else '-'} {pair.node.path}")
        lines += [f"{pair.node.path} {c.name}: {c.before} → {c.after}" for c in pair.changes]
    return lines


def between(first: str, second: str) -> Difference:
    return Difference(net(f"[{first}]"), net(f"[{second}]"))


@pytest.mark.parametrize(
    "name", ["lenet5", "resnet50", "googlenet", "unet", "densenet121", "shufflenet_v2_x1_0"]
)
def test_a_network_is_the_same_as_itself(name: str) -> None:
    network = load(name)
    difference = Difference(network, load(name))
    assert difference.is_same
    assert difference.counts == {"same": len(network.layers)}
    assert difference.outputs is None


def test_a_layer_inserted_in_the_middle_is_that_one() -> None:
    a, b, c = (CONV.format(name, 16) for name in ("a", "b", "c"))
    assert told(between(f"{a}, {b}, {c}", f"{a}, {{name: new, type: ReLU}}, {b}, {c}")) == ["+ new"]
    assert told(between(f"{a}, {{name: old, type: ReLU}}, {b}, {c}", f"{a}, {b}, {c}")) == ["- old"]


def test_names_that_count_do_not_mislead() -> None:
    """conv2 is what conv3 was, for one was put before it."""
    one, two, three = (CONV.format(name, n) for name, n in (("c1", 16), ("c2", 24), ("c3", 40)))
    new = CONV.format("c2", 12)
    shifted = f"{one}, {new}, {two.replace('c2', 'c3')}, {three.replace('c3', 'c4')}"
    difference = between(f"{one}, {two}, {three}", shifted)
    assert told(difference) == ["+ c2"]
    assert difference.counts == {"same": 1, "added": 1, "changed": 1, "renamed": 1}
    default = "{type: Conv2d, out_channels: %d, kernel_size: 3, padding: 1}"
    before = f"{default % 8}, ReLU, {default % 16}, ReLU"
    after = f"{default % 8}, ReLU, BatchNorm2d, ReLU, {default % 16}, ReLU"
    assert told(between(before, after)) == ["+ batchnorm2d1", "+ relu2"]


def test_renamed_layers_and_groups_are_the_same() -> None:
    grouped = between(
        f"{CONV.format('c1', 8)}, {{name: r, type: ReLU}}, {CONV.format('c2', 4)}",
        f"{{name: stem, layers: [{CONV.format('conv', 8)}, {{name: act, type: ReLU}}]}}, "
        f"{CONV.format('last', 4)}",
    )
    assert grouped.is_same
    assert grouped.counts == {"renamed": 3}


def test_renamed_groups_are_found_where_every_shape_is_another() -> None:
    """So that no layer does what one of the other network does."""
    first = load("resnet18")
    text = (shipped.folder() / "resnet.yaml").read_text(encoding="utf-8")
    renamed = loads(re.sub(r"\blayer([1-4])", r"stage\1", text), variant="resnet18",
                    input=(3, 256, 256))  # fmt: skip
    pairs = Difference(first, renamed).layers
    assert [pair.first and pair.first.path.replace("layer", "stage") for pair in pairs] == [
        node.path for node in renamed.layers
    ]


def test_a_block_repeated_once_more_is_one_block() -> None:
    assert told(between(BLOCK % 3, BLOCK % 4)) == [
        "+ body.3.conv", "+ body.3.norm", "+ body.3.act",
    ]  # fmt: skip
    layers = Difference(load("resnet18"), load("resnet34")).layers
    added = {".".join(pair.node.path.split(".")[:2]) for pair in layers if pair.status == "added"}
    assert added == {"layer1.2", "layer2.2", "layer2.3", "layer3.2", "layer3.3", "layer3.4",
                     "layer3.5", "layer4.2"}  # fmt: skip


def test_changed_arguments_are_named_and_what_follows_is_apart() -> None:
    first = f"{CONV.format('a', 16)}, ReLU, {CONV.format('b', 4)}"
    difference = between(first, first.replace("16, kernel_size: 3", "24, kernel_size: 5", 1))
    changed, *followers = difference.layers
    assert changed.changes == (Change("out_channels", "16", "24"), Change("kernel_size", "3", "5"))
    assert [(pair.status, pair.changes) for pair in followers] == [("changed", ())] * 2
    assert not difference.is_same


def test_another_type_in_the_same_place_is_a_change() -> None:
    a = CONV.format("a", 16)
    assert told(between(f"{a}, ReLU", f"{a}, GELU")) == ["gelu1 type: ReLU → GELU"]
    pool = f"{a}, {{name: p, type: MaxPool2d, kernel_size: 2}}"
    convolution = f"{a}, {{name: p, type: Conv2d, out_channels: 16, kernel_size: 2}}"
    assert told(between(pool, convolution)) == ["p type: MaxPool2d → Conv2d"]


def test_what_a_layer_reads_is_a_change_of_its_own() -> None:
    layers = "{name: a, type: ReLU}, {name: b, type: Sigmoid, from: input}, "
    joined = "{name: c, type: %s, from: [%s]}"
    other = between(layers + joined % ("Add", "a, b"), layers + joined % ("Add", "a, input"))
    assert told(other) == ["c reads: a, b → a, input"]
    # The order in which values are joined counts: it is the order of the channels.
    swapped = between(layers + joined % ("Concat", "a, b"), layers + joined % ("Concat", "b, a"))
    assert told(swapped) == ["c reads: a, b → b, a"]


def test_branches_in_another_order_are_the_same_network() -> None:
    a, b = "{name: a, type: ReLU, from: input}", "{name: b, type: Sigmoid, from: input}"
    join = "{name: c, type: Add, from: [a, b]}"
    assert between(f"{a}, {b}, {join}", f"{b}, {a}, {join}").is_same


def test_outputs_and_shared_weights_count() -> None:
    text = "input: [4]\nlayers: [{name: a, type: ReLU}, {name: b, type: ReLU}]\noutputs: "
    difference = Difference(loads(text + "[a, b]"), loads(text + "[b]"))
    assert difference.outputs == Change("outputs", "a, b", "b")
    assert not difference.is_same
    linear = "{name: a, type: Linear, out_features: 4}, {name: b, %s}"
    shared, own = (
        loads(f"input: [4]\nlayers: [{linear % how}]")
        for how in ("share: a", "type: Linear, out_features: 4")
    )
    assert told(Difference(own, shared)) == ["b weights: its own → those of a"]


def test_another_input_changes_every_shape_and_nothing_else() -> None:
    difference = Difference(load("resnet18"), load("resnet18", input=(3, 320, 320)))
    assert not difference.is_same
    assert told(difference) == []
    assert set(difference.counts) == {"changed", "same"}


@pytest.mark.slow
@given(data=st.data())
def test_inserting_one_layer_is_found_as_exactly_that(data: st.DataObject) -> None:
    """Into a random network, at a random place, whether its layers are named or not."""
    count = data.draw(st.integers(2, 12))
    named = data.draw(st.booleans())
    kinds = ("ReLU", "Sigmoid", "BatchNorm2d", "Conv2d, out_channels: 8, kernel_size: 1",
             "Conv2d, out_channels: 8, kernel_size: 3, padding: 1")  # fmt: skip
    types = [data.draw(st.sampled_from(kinds)) for _ in range(count)]
    skips = {
        place: data.draw(st.integers(0, place - 1))
        for place in range(2, count)
        if named and data.draw(st.booleans())
    }
    layers = []
    for place, type in enumerate(types):
        name = f"name: x{place}, " if named else ""
        if place in skips:
            layers.append(f"{{{name}type: Add, from: [x{place - 1}, x{skips[place]}]}}")
        else:
            layers.append(f"{{{name}type: {type}}}")
    where = data.draw(st.integers(0, count - 1))
    # Of the layers before an Add the one before it is named: what comes between is not read.
    while where + 1 in skips or (where in skips and where):
        where -= 1
    new = f"{{{'name: new, ' if named else ''}type: Softsign}}"
    after = [*layers[:where], new, *layers[where:]]
    difference = between(", ".join(layers), ", ".join(after))
    assert difference.counts["added"] == 1
    assert difference.counts["added"] + difference.counts["same"] + difference.counts[
        "renamed"
    ] == (len(after))
    assert [pair.node.type for pair in difference.layers if pair.status == "added"] == ["Softsign"]


def _flat(layers: int, seed: int, name: str = "", size: int = 32) -> Network:
    """A long network without groups, of layers drawn at random."""
    draw = random.Random(seed)
    types = ("ReLU", "BatchNorm2d", "Sigmoid", "Conv2d, out_channels: 8, kernel_size: 1",
             "Conv2d, out_channels: 8, kernel_size: 3, padding: 1")  # fmt: skip
    entries = (
        f"{{{f'name: {name}{place}, ' if name else ''}type: {draw.choice(types)}}}"
        for place in range(layers)
    )
    return net(f"[{', '.join(entries)}]", f"[8, {size}, {size}]")


@pytest.mark.slow
def test_long_networks_under_other_names_are_the_same() -> None:
    difference = Difference(_flat(1500, 1, "a"), _flat(1500, 1, "b"))
    assert difference.is_same
    assert difference.counts == {"renamed": 1500}


@pytest.mark.slow
def test_long_networks_are_parted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 1,500 layers each a fraction of the two million pairs is weighed."""
    weighed = 0

    def counted(weights: Iterable[Sequence[int]], columns: int) -> Iterator[tuple[int, int]]:
        nonlocal weighed
        rows = list(weights)
        weighed += len(rows) * columns
        return best_pairs(rows, columns)

    monkeypatch.setattr(alignment, "best_pairs", counted)
    wholly_other = Difference(_flat(1500, 1), _flat(1500, 2))
    assert len(wholly_other.layers) >= 1500
    assert weighed < 1_000_000
    # And pairs are found also where no layer does what one of the other network does.
    weighed = 0
    larger = Difference(_flat(1500, 1), _flat(1500, 1, size=64))
    assert larger.counts == {"changed": 1500}
    assert weighed < 1_000_000


def test_what_was_paired_is_paired_both_ways() -> None:
    first, second = load("mobilenet_v2"), load("mobilenet_v3_large")
    difference = Difference(first, second)
    firsts = [pair.first.path for pair in difference.layers if pair.first]
    seconds = [pair.second.path for pair in difference.layers if pair.second]
    assert sorted(firsts) == sorted(node.path for node in first.layers)
    assert seconds == [node.path for node in second.layers]
