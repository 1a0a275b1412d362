"""Wrong specs of every kind that people write: what a message proposes is put in, and cures."""

from __future__ import annotations

from collections import Counter

import pytest

from cnnshape.suggesting import trying
from cnnshape.suggesting.putting import put_in

from ..expansion.test_fixes import faults_of
from .slips_of_people import wrong_specs

WITHOUT = 32
"""Faults of all these specs for which nothing is proposed: what was meant stands nowhere."""


@pytest.mark.slow
def test_what_a_message_proposes_cures(monkeypatch: pytest.MonkeyPatch) -> None:
    # A search that fails ends quietly for people; here it shall be seen.
    monkeypatch.setattr(trying, "_QUIET", (trying._Spent,))
    specs = list(dict(wrong_specs_by_text()).items())
    assert len(specs) > 900
    proposals = Counter[str]()
    without = []
    for text, kind in specs:
        found = faults_of(text)
        for fault in found:
            if not fault.fixes:
                without.append((kind, fault.message, fault.help))
            for fix in fault.fixes:
                proposals[kind] += 1
                left = [each.message for each in faults_of(put_in(text, fix))]
                before = [each.message for each in found]
                assert left.count(fault.message) < before.count(fault.message), (text, fix.says)
    assert proposals.total() > 900
    assert len(proposals) == len({kind for _, kind in specs}), "a kind without any proposal"
    assert len([one for one in without if not one[2]]) <= WITHOUT, without


def wrong_specs_by_text() -> list[tuple[str, str]]:
    return [(text, kind) for kind, text in wrong_specs()]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("layers", "helps"),
    {
        # Each of several faults has its own, though the others remain.
        "[{type: Conv2d, filters: 8, kernel: 3}]": ["filters is out_channels here",
                                                  "kernel is kernel_size here"],
        "[{type: Conv2d, out_channels: '8', kernel_size: '3'}]": ["write a plain number: 8",
                                                               "write a plain number: 3"],
        # A fault that hides another behind it.
        "[{type: Conv2d, out_channels: '8', kernel_size: 3}, {type: BatchNorm2d, num_features: 9}]":
            ["write a plain number: 8"],
        "[{type: MaxPool2d, pool_size: 2}, {type: MaxPool2d, pool_size: 2}]":
            ["pool_size is kernel_size here"] * 2,
        "[{type: Conv2d, out_channels: 20, kernel_size: 64, groups: 16}]": ["groups: 4"],
        "[{type: ReLU, name: a}, {type: Tanh, name: a}]": ["name it a_2"],
        "[{name: s, layers: [{type: ReLU, name: a}, {type: Tanh, name: a}], repeat: 2}]":
            ["name it a_2"] * 2,
        "[{Conv2d: {out_channels: 8, kernel_size: 3}}]":
            ["write type: Conv2d, with its arguments beside it"],
        "[{kind: ReLU}]": ["did you mean type?"],
        "[{join: Add, branch: [[], [ReLU]]}]": ["did you mean branches?"],
        "[{join: concatenate, branches: [[], [ReLU]]}]": ["concatenate is Concat here"],
        "[{type: Upsample, scale_factor: 2, mode: bilnear}]": ["mode: bilinear"],
        "[{type: Dropout, p: 50%}]": ["write a fraction: 0.5"],
        "ReLU": ["write a list with [ ]: [ReLU]"],
        # What other libraries write for a value.
        "[{type: Conv2d, out_channels: 4, kernel_size: 3, padding_mode: mirror}]":
            ["padding_mode: reflect"],
        "[{type: Conv2d, out_channels: 4, kernel_size: 3, padding: SAME_UPPER}]":
            ["padding: same"],
        "[{type: Upsample, scale_factor: 2, mode: cubic}]": ["mode: bicubic"],
        "[{type: GELU, approximate: true}]": ["approximate: tanh"],
        "[{type: Dropout, p: 50}]": ["p: 0.5"],
        "[{type: Conv2d, out_channels: 4, kernel_size: [3, 3, 3]}]": ["kernel_size: 3"],
        "[{type: MaxPool2d, kernel_size: [1, 2, 3, 1]}]": ["kernel_size: [2, 3]"],
        "[{type: Upsample, scale_factor: [1, 1, 2, 3]}]": ["scale_factor: [2, 3]"],
        "[{type: Conv2d, out_channels: 4, kernel_size: 3, padding: [0, 1, 0, 1]}]":
            ["padding: [0, 1]"],
        "[{type: Conv2d, out_channels: 4, kernel_size: 3, padding: [1, 1, 0, 0]}]":
            ["padding: [0, 1]"],
        "[{type: Conv2d, out_channels: 4, kernel_size: 3, padding: [[2, 2], [1, 1]]}]":
            ["padding: [2, 1]"],
        "[{type: Conv2d, out_channels: 4, kernel_size: 3, stride: [1, 2, 3]}]": [""],
        "[{join: Sum, branches: [[], [ReLU]]}]": ["Sum of several values is Add here"],
        "[{join: max, branches: [[], [ReLU]]}]": ["max of several values is Maximum here"],
        "[{type: ReLU, name: a}, {type: Tanh, name: b}, {type: Sum, from: [a, b], dim: 1}]":
            ["Sum of several values is Add here"],
        # With what would be proposed another fault stands in the place of this one.
        "[ReLU, null, 3, [ReLU]]": ["", "", "for branches write {branches: [...], join: Add}; "
                                            "for a group {layers: [...]}"],
    }.items(),
)  # fmt: skip
def test_each_fault_has_its_help(layers: str, helps: list[str]) -> None:
    text = f"input: [8, 32, 32]\nlayers: {layers}\n"
    found = faults_of(text)
    assert [fault.help for fault in found] == helps
    for fault in found:
        for fix in fault.fixes:
            left = [each.message for each in faults_of(put_in(text, fix))]
            before = [each.message for each in found]
            assert left.count(fault.message) < before.count(fault.message)


@pytest.mark.parametrize(
    "text",
    [
        # layers: is left out, and so each line is where none can be.
        "input: [1, 8, 8]\nblocks:\n  a:\n    layers:\n      - ReLU\n  - {type: a}\n  - Tanh\n",
        "  params: {w: 2}\ninput: [1, 8, 8]\nname: x\nlayers: [ReLU]\n",
        "input: [1, 8, 8]\nlayers:\n  - {name: a, type: Softmax, dim: ${}\n  - {type: ReLU}\n",
    ],
)
def test_what_only_moves_the_fault_of_the_yaml_is_not_proposed(text: str) -> None:
    (fault,) = faults_of(text)
    for fix in fault.fixes:
        assert not any(left.message == fault.message for left in faults_of(put_in(text, fix)))


@pytest.mark.parametrize(
    ("shape", "help"),
    {
        "[null, 8, 32, 32]": "write the input without the batch: [8, 32, 32]",
        "[-1, 8, 32, 32]": "write the input without the batch: [8, 32, 32]",
        "[-1, 8, 32]": "write the input without the batch: [8, 32]",
        "[0, 8, 32, 32]": "write the input without the batch: [8, 32, 32]",
        # No batch is like these: without them a dimension would be lacking.
        "[0, 28, 28]": "write whole numbers, such as [3, 28, 28]",
        "[.inf, 28, 28]": "write whole numbers, such as [3, 28, 28]",
        "[8, 32.0, 32]": "write whole numbers: [8, 32, 32]",
        "['8', '32', 32]": "write whole numbers: [8, 32, 32]",
    }.items(),
)
def test_an_input_that_is_not_whole_numbers(shape: str, help: str) -> None:
    text = f"input: {shape}\nlayers: [ReLU]\n"
    (fault,) = faults_of(text)
    assert fault.help == help
    assert not faults_of(put_in(text, fault.fixes[0]))


@pytest.mark.parametrize("shape", ["[8, 1.5, 32]", "[1, 1.5, 32]", "[8, -32, 32]", "[8, 32, w]"])
def test_no_input_is_proposed_that_lacks_a_dimension(shape: str) -> None:
    (fault, *_) = faults_of(f"input: {shape}\nlayers: [ReLU]\n")
    assert not any(fix.input and len(fix.input) < 3 for fix in fault.fixes)


def test_a_search_that_fails_ends_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(trying, "candidates", fails)
    (fault,) = faults_of("input: [8, 32, 32]\nlayers: [{type: Swish}]\n")
    assert fault.message == "there is no layer type or block 'Swish'"


@pytest.mark.parametrize(
    ("written", "meant"),
    {"[3, 1.5, 8]": "[3, 2, 8]", "[3, -8, 8]": "[3, 8, 8]", "[3, 0, 8]": "[3, 32, 8]",
     "[3, H, W]": "[3, 32, 32]", "[3, null, 8]": "[3, 32, 8]"}.items(),
)  # fmt: skip
def test_an_input_without_whole_numbers_has_an_example_like_it(written: str, meant: str) -> None:
    text = f"input: {written}\nlayers: [{{type: Conv2d, out_channels: 4, kernel_size: 1}}]\n"
    (fault,) = faults_of(text)
    assert fault.help == f"write whole numbers, such as {meant}"
    assert not faults_of(put_in(text, fault.fixes[0]))
