"""Slips of YAML, each with help of its own that cures it."""

from __future__ import annotations

import pytest

from cnnshape import loads
from cnnshape.suggesting.putting import put_in

from ..expansion.test_fixes import faults_of

HEAD = "params: {w: 8}\ninput: [3, 32, 32]\nlayers:\n"
CONV = "  - {type: Conv2d, out_channels: %s, kernel_size: 3}\n"

SLIPS = {
    "\t- ReLU\n": "indent with spaces, not with tabs",
    "  -\tReLU\n  - type: MaxPool2d\n\tkernel_size: 2\n": "tab",
    "  -{type: ReLU}\n": "put a space after the dash",
    "  -ReLU\n": "put a space after the dash",
    "  * ReLU\n": "begin the item with a dash",
    "  • ReLU\n": "begin the item with a dash",
    "  - {name:a, type: ReLU}\n": "put a space after the colon",
    "  - type: MaxPool2d\n    kernel_size:2\n": "put a space after the colon",
    "  - ReLU\n   - ReLU\n": "indent it by 2 spaces",
    "  - type: MaxPool2d\n     kernel_size: 2\n": "indent it by 4 spaces",
    CONV % "${8*2}": "quote an expression",
    CONV % '"$w*2"': 'an expression stands in ${ }: "${w*2}"',
    CONV % '"{w*2}"': 'an expression stands in ${ }: "${w*2}"',
    CONV % "w*2": 'an expression stands in ${ }: "${w*2}"',
    CONV % "$(w)": "a parameter stands after $: $w",
    CONV % "w": "a parameter stands after $: $w",
    CONV % "{w}": "$w",
    CONV % '"{{ w }}"': "a parameter stands after $: $w",
    CONV % '"${{ w }}"': "a parameter stands after $: $w",
    CONV % "{{ w }}": "$w",
    CONV % "{{ w*2 }}": "${w*2}",
    CONV % '"8"': "write a plain number: 8",
    CONV % "8.0": "8",
    CONV % "1_000x": "",
    "  - {type: MaxPool2d, kernel_size: (3,3)}\n": "write a list with [ ], not ( )",
    "  - type: MaxPool2d\n    kernel_size: (3, 3)\n": "write a list with [ ]",
    "  - {type: MaxPool2d, kernel_size: 3x3}\n": "write a list: [3, 3]",
    "  - {type: MaxPool2d, kernel_size: 3×3}\n": "write",
    "  - {type: MaxPool2d, kernel_size: 2, stride: None}\n": "write null",
    "  - {type: Conv2d, out_channels: 8, kernel_size: 3, bias: no}\n": "write false",
    "  - {type: Conv2d, out_channels: 8, kernel_size: 3, bias: Yes}\n": "write true",
    "  - {type: Conv2d, out_channels: 8, kernel_size: 3, bias: 0}\n": "write false",
    "  - {type: Conv2d, out_channels: 8, kernel_size: 3, padding: SAME}\n": "same",
    "  - {type: MaxPool2d, kernel_size: 2\n  - ReLU\n": "close what is opened",
    "  - {type: MaxPool2d, kernel_size: [3, 3}\n": "close what is opened",
    "  - {type: ReLU, name: \"a}\n": "close what is opened",
    "  - {type: MaxPool2d, kernel_size: 2}}\n": "close what is opened",
    "  - {type: MaxPool2d, kernel_size = 2}\n": "write a colon, not =",
    "  - type: MaxPool2d\n    kernel_size=2\n": "write a colon, not =",
    "  - {type: MaxPool2d; kernel_size: 2}\n": "write a comma, not ;",
    "  - {type: MaxPool2d kernel_size: 2}\n": "put a comma between two arguments",
    "  - {type: MaxPool2d,, kernel_size: 2}\n": "leave out one comma",
    "  - type: MaxPool2d\n    kernel_size: 2,\n": "leave out the comma at the end",
    "  - {type: MaxPool2d, kernel_size： 2}\n": "write plain quotes",
    "  - {type: MaxPool2d， kernel_size: 2}\n": "write plain quotes",
    "  - {type: AvgPool2d, kernel_size: 2, ceil_mode: “true”}\n": "write",
    "  – ReLU\n": "",
    "  - ReLU,\n": "ReLU",
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("layers", SLIPS)
def test_a_slip_has_help_that_cures_it(layers: str) -> None:
    text = HEAD + layers
    found = faults_of(text)
    assert found
    assert SLIPS[layers] in found[0].help
    for _ in range(4):
        fixes = [fix for fault in found for fix in fault.fixes]
        if not fixes:
            break
        text = put_in(text, fixes[0])
        found = faults_of(text)
    assert not SLIPS[layers] or not found, text


@pytest.mark.parametrize(
    ("entry", "meant"),
    [("{name:a}", "name: a"), ("{type:Conv2d, out_channels: 8}", "type: Conv2d")],
)
def test_a_space_is_put_in_whatever_else_is_missing(entry: str, meant: str) -> None:
    text = f"{HEAD}  - {entry}\n"
    (told,) = faults_of(text)
    assert told.help == f"put a space after the colon: {meant}"
    mended = put_in(text, told.fixes[0])
    assert f"{{{meant}" in mended
    assert told.message not in [fault.message for fault in faults_of(mended)]


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffinput: [3, 8, 8]\nlayers: [ReLU]\n",
        "input: [3, 8, 8]\r\nlayers:\r\n  - ReLU\r\n",
        "input: [3, 8, 8]\nlayers: [ReLU,]\n",
        "input: [3, 8, 8]\nlayers: [{type: MaxPool2d, kernel_size: 2, ceil_mode: True,}]\n",
        "input: [3, 8, 8]\nlayers: [{type: MaxPool2d, kernel_size: 2, stride: ~}]\n",
    ],
)  # fmt: skip
def test_what_is_no_slip_is_read(text: str) -> None:
    loads(text)


@pytest.mark.slow
def test_no_slip_costs_long() -> None:
    from time import process_time

    begun = process_time()
    faults_of(HEAD + "  - {type: Nothing, a: [1, 2]}\n" * 200)
    assert process_time() - begun < 5
