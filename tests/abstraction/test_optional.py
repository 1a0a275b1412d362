"""Groups of which some lack what others have: one block, and a condition that follows."""

from __future__ import annotations

import pytest

import cnnshape
from cnnshape.abstraction import GroupCall, LayerCall, program
from cnnshape.abstraction.yaml_text import difference, spec_text

from .test_structure import differences

CONV = "{name: conv%d, type: Conv2d, out_channels: %s, kernel_size: 3, stride: %s, padding: 1}"


def written(*groups: str, input: str = "[8, 32, 32]") -> str:
    """The text of a network of groups g0, g1 ... of the class Block, given by their layers.

    It is held against the network, as is the program.
    """
    layers = "\n".join(
        f"  - {{name: g{number}, layers: [{group}]}}" for number, group in enumerate(groups)
    )
    network = cnnshape.loads(f"input: {input}\nlayers:\n{layers}\n")
    classes = {f"g{number}": "Block" for number in range(len(groups))}
    text = spec_text(network, class_names=classes)
    assert not difference(text, network)
    assert not differences(program(network, class_names=classes, optional=True), network)
    return text


def residual(out: int, stride: int, project: bool) -> str:
    shortcut = (
        "{name: down, from: input, layers: [{name: c, type: Conv2d, out_channels: "
        f"{out}, kernel_size: 1, stride: {stride}}}]}}"
    )
    add = "{type: Add, from: [conv2, %s]}" % ("down" if project else "input")
    return (
        ", ".join(
            [
                CONV % (1, out, stride),
                CONV % (2, out, 1),
                *([shortcut] if project else []),
                add,
            ]
        )
        .replace("from: input", "from: FORK")
        .replace(", input]", ", FORK]")
    )


def chain(*blocks: tuple[int, int, bool]) -> str:
    """Residual blocks in a row; each reads the one before."""
    return written(
        *(
            residual(*block).replace("FORK", f"g{place - 1}" if place else "input")
            for place, block in enumerate(blocks)
        )
    )


def test_a_projection_where_the_stride_is_not_one() -> None:
    text = chain((8, 1, False), (16, 2, True), (16, 1, False), (32, 2, True))
    assert 'when: "${stride != 1}"' in text
    assert (
        '{name: "g${i + 1}", type: block, out: 16, stride: "${2 if i == 0 else 1}", repeat: 2}'
        in text
    )
    assert "params: {out: ~, stride: 1}" in text
    assert "stride: $stride}" in text


def test_a_projection_where_the_channels_change() -> None:
    text = chain((16, 1, True), (16, 1, False), (32, 2, True), (32, 1, False))
    assert 'when: "${in_channels != out}"' in text


def test_a_projection_for_either_reason() -> None:
    text = chain((16, 1, True), (16, 2, True), (16, 1, False), (24, 1, True), (24, 1, False))
    assert 'when: "${stride != 1 or in_channels != out}"' in text


def test_a_projection_for_no_reason_is_a_parameter() -> None:
    text = chain((8, 1, True), (8, 1, False), (8, 1, False))
    assert "params: {down: false}" in text
    assert "when: $down" in text
    assert '{name: "g$i", type: block, down: "${i == 0}", repeat: 3}' in text


def test_an_activation_of_several_types_or_none() -> None:
    conv = CONV % (1, 8, 1)
    text = written(f"{conv}, ReLU", f"{conv}, Hardswish", conv)
    assert "{type: $activation, when: \"${activation != 'none'}\"}" in text
    assert "{name: g2, type: block, activation: none}" in text


def test_an_activation_or_none() -> None:
    conv = CONV % (1, 8, 1)
    text = written(f"{conv}, ReLU", f"{conv}, ReLU", conv)
    assert "{type: ReLU, when: $activation}" in text
    assert "params: {activation: true}" in text


def test_a_layer_with_a_number_there_or_not() -> None:
    squeeze = "{name: squeeze, type: Conv2d, out_channels: %d, kernel_size: 1}"
    last = "{name: last, type: Conv2d, out_channels: 8, kernel_size: 3}, ReLU, Tanh"
    text = written(f"{squeeze % 2}, {last}", f"{squeeze % 4}, {last}", last)
    assert 'out_channels: $out, kernel_size: 1, when: "${out > 0}"' in text
    assert "params: {out: 0}" in text


@pytest.mark.parametrize("ratio", [1, 6])
def test_channels_that_are_expanded_or_not(ratio: int) -> None:
    def block(channels: int, ratio: int, out: int) -> str:
        wide = channels * ratio
        expand = [f"{{type: Conv2d, out_channels: {wide}, kernel_size: 1}}"] if ratio > 1 else []
        depthwise = f"{{type: Conv2d, out_channels: {wide}, kernel_size: 3, groups: {wide}}}"
        last = f"{{type: Conv2d, out_channels: {out}, kernel_size: 1}}"
        convs = [*expand, depthwise, "{type: BatchNorm2d}", last]
        return ", ".join(c.replace("{", f"{{name: '{k}', ", 1) for k, c in enumerate(convs))

    text = written(block(8, ratio, 16), block(16, 6, 24), block(24, 6, 40), block(40, 6, 40))
    if ratio == 1:
        assert "expand_ratio: 6" in text
        assert 'when: "${expand_ratio != 1}"' in text
        assert 'name: "${3 if expand_ratio != 1 else 2}"' in text
        assert "{name: g0, type: block, out: 16, expand_ratio: 1}" in text
    else:
        assert "when" not in text


def test_a_join_that_is_left_out_leaves_one_branch() -> None:
    def block(out: int, source: str) -> str:
        convs = f"{CONV % (1, out, 1)}, {CONV % (2, out, 1)}"
        return convs + (f", {{type: Add, from: [{source}, conv2]}}" if source else "")

    text = written(block(16, ""), block(16, "g0"), block(32, ""), block(32, "g2"))
    assert '- {when: "${in_channels == out}"}' in text
    assert "join: Add" in text


def test_repeats_of_several_lengths_are_no_options() -> None:
    relu = "{name: '%d', type: ReLU}"
    network = cnnshape.loads(
        "input: [3]\nlayers:\n"
        + "".join(
            f"  - {{name: g{n}, layers: [{', '.join(relu % k for k in range(n))}]}}\n"
            for n in (2, 3, 4)
        )
    )
    found = program(network, class_names=dict.fromkeys(("g2", "g3", "g4"), "B"), optional=True)
    assert len(found.templates) == 3


def test_what_is_named_is_not_left_out() -> None:
    """A `from` cannot name what may not be there: these are not written as one block."""
    end = "ReLU, {type: Concat, from: [%s, silu1, relu1]}, GELU"
    one = f"SiLU, Sigmoid, {{name: maybe, type: Tanh}}, {end % 'maybe'}"
    two = f"SiLU, Sigmoid, {end % 'sigmoid1'}"
    text = written(one, two)
    assert "when" not in text
    assert "type: block" not in text


def test_groups_that_lack_many_joins_stay_apart() -> None:
    """Each join that is left out may be passed by in several ways: not all can be tried."""

    def sparse(source: str, count: int) -> str:
        layers, values = [], [source]
        for k in range(1, count + 1):
            block = "{type: Linear, out_features: 2}, ReLU"
            layers.append(f"{{name: block{k}, layers: [{block}]}}")
            values.append(f"block{k}")
            reads = [values[-(2**n)] for n in range(count) if 2**n <= len(values)]
            layers.append(f"{{type: Concat, dim: 1, from: [{', '.join(reads)}]}}")
        return ", ".join(layers)

    text = written(
        *(sparse(*each) for each in (("input", 6), ("g0", 12), ("g1", 24), ("g2", 16))), input="[4]"
    )
    assert "when" not in text


def test_an_exporter_gets_no_optional_children() -> None:
    network = cnnshape.load("mobilenet_v3_small")
    for template in program(network).templates.values():
        for call in template.children:
            assert call.when is True
            assert call.called is None
            if isinstance(call, LayerCall):
                assert isinstance(call.type, str)
            assert isinstance(call, LayerCall | GroupCall)


def test_a_layer_of_several_types_in_groups_that_lack_nothing() -> None:
    conv = "{name: conv, type: Conv2d, out_channels: %d, kernel_size: 3}"
    text = written(
        f"{conv % 8}, {{name: act, type: ReLU}}", f"{conv % 4}, {{name: act, type: Tanh}}"
    )
    assert "- {name: act, type: $activation}" in text
    assert "{name: g1, type: block, out: 4, activation: Tanh}" in text
