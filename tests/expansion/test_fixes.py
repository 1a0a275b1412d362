"""Every fix that a message proposes cures the fault that it is proposed for."""

from __future__ import annotations

import re

import pytest

from cnnshape import SpecError, load, loads
from cnnshape.errors import Diagnostic
from cnnshape.layers import registry
from cnnshape.suggesting.putting import put_in

from .wrong_specs import spec_of, wrong_specs

ADVICE = (
    "both must have as many dimensions",
    "it reads ",
    "put a Reshape or Unflatten before it that gives ",
    "give it a map: ",
    "give it ",
    "an input of at least ",
    "the sizes must ",
    "write the ",
    "write index: the positions; or count: ",
    "read the values first",
    "from: [",
    "name what it reads: from: [a, b]",
    "they must be equal in each dimension",
    "bring them to one size",
    "both must be",
    "crop the larger map",
    "the scores are those of MatMul",
    "Unfold gives such columns",
    "add ",
    "cnnshape layers lists the types",
    "write one number for each channel",
    "dimensions before the last two",
    "the second must have",
    "write the others as numbers",
    "put Unflatten with dim: 1 before each",
)
"""How help begins that proposes no change that could be put in: it says what is expected."""


def faults_of(text: str) -> tuple[Diagnostic, ...]:
    try:
        loads(text)
    except SpecError as error:
        return error.diagnostics
    return ()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_each_fix_cures_and_what_is_no_fix_is_known_as_advice(seed: int) -> None:
    tried = whole = 0
    for text in wrong_specs(seed, 250):
        found = faults_of(text)
        if len(found) != 1:
            continue
        (fault,) = found
        for fix in fault.fixes:
            tried += 1
            left = [each.message for each in faults_of(put_in(text, fix))]
            assert fault.message not in left, (text, fix.says)
            whole += not left
        if not fault.fixes:
            assert not fault.help or fault.help.startswith(ADVICE), (text, fault.help)
    assert tried > 40
    assert whole > 0.9 * tried  # a layer that has another fault too has it still


@pytest.mark.slow
@pytest.mark.parametrize("channels", [4, 6, 12, 16, 20])
def test_every_groups_that_is_proposed_divides_both_channels(channels: int) -> None:
    for maps in (1, 2, 3, 4, 6, 8, 9, 12, 15, 16, 20, 24):
        for groups in range(2, 17):
            arguments = {"out_channels": maps, "kernel_size": 1, "groups": groups}
            text = spec_of("Conv2d", arguments, [[channels, 3, 3]])
            for fault in faults_of(text):
                assert fault.fixes, text
                for fix in fault.fixes:
                    assert faults_of(put_in(text, fix)) == (), (text, fix.says)


@pytest.mark.slow
def test_the_wrong_specs_reach_most_types() -> None:
    faulty = {
        re.findall(r"type: (\w+)", text)[-1] for text in wrong_specs(0, 1500) if faults_of(text)
    }
    assert len(faulty) > 0.6 * len(registry())


def help_of(text: str) -> str:
    (fault,) = faults_of(text)
    for fix in fault.fixes:
        assert not faults_of(put_in(text, fix)), fix.says
    return fault.help


def test_a_fix_in_a_repeat_cures_every_turn() -> None:
    text = "input: [3, 32, 32]\nlayers: [{type: MaxPool2d, kernel_size: 2, repeat: 7}]\n"
    (fault,) = faults_of(text)
    assert fault.notes == ("in turn 6 of 7 of what line 2 repeats (i = 5)",)
    help_of(text)


def test_a_chain_of_contradictions_is_told_at_once() -> None:
    text = """\
input: [3, 32, 32]
blocks: {b: {layers: [{type: Conv2d, in_channels: 4, out_channels: 8, kernel_size: 3}]}}
layers:
  - b
  - {type: BatchNorm2d, num_features: 9}
  - {type: Linear, out_features: 3}
  - {type: Linear, in_features: 4, out_features: 3}
"""
    assert [fault.message.partition(",")[0].partition(":")[0] for fault in faults_of(text)] == [
        "in_channels is 4",
        "num_features is 9",
        "Linear cannot read 8×30×30",
        "in_features is 4",
    ]


def test_maps_that_differ_by_a_row_name_the_pool_and_the_multiple() -> None:
    text = """\
input: [3, 125, 125]
layers:
  - {type: Conv2d, out_channels: 8, kernel_size: 3, padding: 1, name: a}
  - {type: MaxPool2d, kernel_size: 2, name: p1}
  - {type: Upsample, scale_factor: 2, name: u}
  - {type: Concat, from: [u, a]}
"""
    (fault,) = faults_of(text)
    assert fault.notes == (
        "p1 (MaxPool2d) makes 8×62×62 of 8×125×125: "
        "the last row and column of 125×125 are never read",
    )
    assert help_of(text) == (
        "cut 8×125×125 to the size of 8×124×124: {type: CropLike, from: [the larger, the smaller]}"
        ", or an input whose sizes are multiples of 2, as [3, 126, 126]"
    )


def test_a_block_that_names_an_outer_layer_is_told_of_inputs() -> None:
    text = """\
input: [3, 32, 32]
blocks: {b: {layers: [ReLU, {type: Add, from: [input, skip]}]}}
layers:
  - {type: ReLU, name: skip}
  - {type: b}
"""
    (fault,) = faults_of(text)
    assert fault.message == (
        "'skip' is a layer outside the block b, which sees only its own layers and what it reads"
    )
    assert "give the block inputs: [input, skip], and name skip last in from:" in fault.help
    mended = text.replace("b: {layers", "b: {inputs: [input, skip], layers")
    assert not faults_of(mended.replace("{type: b}", "{type: b, from: [skip, skip]}"))


def test_in_channels_outside_a_block_says_whose_it_is() -> None:
    text = """\
input: [3, 32, 32]
layers:
  - {type: Conv2d, out_channels: 16, kernel_size: 3}
  - {type: Conv2d, out_channels: 18, kernel_size: 3, groups: $in_channels}
"""
    (fault,) = faults_of(text)
    assert fault.notes == ("in_channels is 3 here: that of what the network reads, 3×32×32",)


@pytest.mark.parametrize(
    ("shape", "help"),
    [
        ("[1, 3, 32, 32]", "write the input without the batch: [3, 32, 32]"),
        ("[64, 3, 32, 32]", "write the input without the batch: [3, 32, 32]"),
        ("[8, 1, 28, 28]", "write the input without the batch: [1, 28, 28]"),
        (
            "[64, 32, 32, 3]",
            "write the input without the batch, its channels first: [3, 32, 32]",
        ),
        ("[32, 32, 3]", "write the input's channels first: [3, 32, 32]"),
    ],
)
def test_an_input_with_its_batch_or_its_channels_last(shape: str, help: str) -> None:
    layers = "layers: [{type: Conv2d, out_channels: 8, kernel_size: 7}]"
    assert help_of(f"input: {shape}\n{layers}\n").startswith(help)


def test_channels_last_are_warned_about_where_the_network_stands() -> None:
    text = "input: [28, 28, 3]\nlayers: [{type: Conv2d, out_channels: 2, kernel_size: 3}]\n"
    (warning,) = loads(text).warnings
    assert "28 channels of 28×3; with the channels first it would be 3×28×28" in warning.message
    assert not loads(text.replace("28, 28, 3", "3, 28, 28")).warnings


@pytest.mark.parametrize(
    ("shape", "help"),
    [
        ((64, 1, 32, 32), "write the input without the batch: 1×32×32"),
        ((1, 32, 32, 1), "write the input without the batch, its channels first: 1×32×32"),
    ],
)
def test_a_given_input_with_its_batch(shape: tuple[int, ...], help: str) -> None:
    with pytest.raises(SpecError) as caught:
        load("lenet5", input=shape)
    assert caught.value.diagnostics[0].help == help
