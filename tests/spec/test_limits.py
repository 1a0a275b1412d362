"""Every limit is reached and named; every hostile or damaged file ends as a SpecError."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnshape import loads, shipped
from cnnshape.spec import limits

from ..patience import PATIENCE
from ..specs import fault, faults, net, text_of
from .hostile import CORPUS, outcome

ROOT = Path(__file__).parents[2]

# Each limit, just within it and just beyond --------------------------------------------


def list_of(count: int) -> str:
    return "[" + "1," * (count - 1) + "1]"


def test_the_size_of_a_file() -> None:
    text = text_of("[ReLU]")
    filled = text + "#" * (limits.FILE_BYTES - len(text))
    assert len(loads(filled).layers) == 1
    assert fault(filled + "#") == "the text has 1,048,577 characters; a spec may have 1,048,576"
    assert outcome(filled.encode() + b"#") == (
        "error: the file has 1,048,577 bytes; a spec may have 1,048,576\n  --> hostile.yaml"
    )


@pytest.mark.slow
def test_the_number_of_values() -> None:
    # Beside its elements there are the spec, three keys, three lists, and three sizes and ReLU.
    assert loads(text_of("[ReLU]", head=f"x-a: {list_of(limits.YAML_NODES - 1 - 3 - 3 - 4)}"))
    told = fault(text_of("[ReLU]", head=f"x-a: {list_of(limits.YAML_NODES)}"))
    assert told == (
        "1:6 the file holds more than 120,000 YAML values, aliases counted in full "
        "(say repetition with blocks: and repeat:)"
    )


def test_aliases_count_as_much_as_what_they_name() -> None:
    aliases = "[" + "*a," * 120 + "]"
    assert loads(text_of("[ReLU]", head=f"x-a: &a {list_of(900)}\nx-b: {aliases}"))
    told = fault(text_of("[ReLU]", head=f"x-a: &a {list_of(1000)}\nx-b: {aliases}"))
    assert "more than 120,000 YAML values" in told


def test_the_depth_of_lists_and_mappings() -> None:
    depth = limits.YAML_DEPTH - 1  # the spec itself is a mapping
    assert loads(text_of("[ReLU]", head=f"x-a: {'[' * depth}{']' * depth}"))
    told = fault(text_of("[ReLU]", head=f"x-a: {'[' * (depth + 1)}"))
    assert told == "1:53 lists and mappings nest more than 48 deep"
    half = depth // 2
    head = f"x-a: &a {'[' * half}{']' * half}\nx-b: {'[' * half}*a{']' * half}"
    assert loads(text_of("[ReLU]", head=head))
    deeper = head.replace("[*a]", "[[[*a]]]")
    assert fault(text_of("[ReLU]", head=deeper)).endswith("nest more than 48 deep")


def test_whole_numbers() -> None:
    assert loads(text_of("[ReLU]", head=f"params: {{a: {limits.INTEGER}}}"))
    told = fault(text_of("[ReLU]", head=f"params: {{a: {limits.INTEGER + 1}}}"))
    assert told == "1:13 1099511627777 is too large: whole numbers go up to 2^40"


def test_elements_of_a_tensor() -> None:
    assert net("[ReLU]", input="[1, 1048576, 1048576]")
    big = "[1048576, 1048576, 1048576]"
    assert fault(text_of("[ReLU]", input="[1099511627776, 1099511627776, 1]")).startswith(
        "2:8 the input 1099511627776×1099511627776×1 is too large"
    )
    assert net("[ReLU]", input=big).layers[0].output_shape == (2**20, 2**20, 2**20)
    told = fault(text_of("[{type: Conv2d, out_channels: 4194305, kernel_size: 1}]", input=big))
    assert told == (
        "3:10 Conv2d gives 4194305×1048576×1048576 and has 4,398,051,753,985 parameters: "
        "more than a tensor can hold"
    )


def test_an_expression() -> None:
    code = "1" + "+1" * 249
    assert len(code) == limits.EXPRESSION_CHARACTERS - 1
    wide = "sum([" + "1, " * 160 + "])"
    assert net(f'[{{type: ReLU, repeat: "${{{wide}}}"}}]')
    told = fault(text_of(f'[{{type: ReLU, repeat: "${{{code}+1}}"}}]'))
    assert told == "3:31 the expression has 501 characters; it may have 500"
    deep = "-" * limits.EXPRESSION_DEPTH + "1"
    assert net(f'[{{type: ReLU, repeat: "${{{deep}}}"}}]')
    told = fault(text_of(f'[{{type: ReLU, repeat: "${{-{deep}}}"}}]'))
    assert told == "3:31 the expression nests more than 40 deep"


def test_a_list_or_a_text() -> None:
    assert loads(text_of("[ReLU]", head=f"params: {{a: {list_of(limits.LIST - 1)}}}"))
    message = (
        "1:13 the value is too long: a list may have 1,000 elements, where a text "
        "counts its characters"
    )
    for value in (list_of(limits.LIST), "a" * (limits.LIST + 1), f"['{'a' * 500}', '{'b' * 500}']"):
        assert fault(text_of("[ReLU]", head=f"params: {{a: {value}}}")) == message


@pytest.mark.slow
def test_the_work_of_all_expressions() -> None:
    layer = '{type: ReLU, repeat: 2, when: "${len(' + " + ".join(["[i] * 30"] * 30) + ') > i}"}'
    assert len(net(f"[{layer}]").layers) == 2
    told = fault(text_of(f"[{layer}]".replace("repeat: 2", "repeat: 2000")))
    assert told == (
        "3:43 the expressions and arguments of this spec, with every repeat, make more than "
        "2,000,000 values"
    )


def test_names_and_paths() -> None:
    name = "n" * limits.NAME_CHARACTERS
    assert net(f"[{{name: {name}, type: ReLU}}]").layers[0].path == name
    told = fault(text_of(f"[{{name: {name}n, type: ReLU}}]"))
    assert told == "3:17 the name has 101 characters; it may have 100"
    nested = f"{{name: {name}, type: ReLU}}"
    for _ in range(limits.PATH_CHARACTERS // (limits.NAME_CHARACTERS + 1)):
        nested = f"{{name: {name}, layers: [{nested}]}}"
    assert fault(text_of(f"[{nested}]")).endswith("a layer's path has more than 1,000 characters")
    head = f"blocks: {{b: {{layers: [{{name: {name}, type: ReLU}}]}}}}"
    uses = nested.replace("type: ReLU", "type: b")
    assert "a layer's path has more than 1,000 characters" in fault(text_of(f"[{uses}]", head=head))


def test_parameters() -> None:
    def head(count: int) -> str:
        return "{" + ", ".join(f"p{index}: 1" for index in range(count)) + "}"

    assert loads(text_of("[ReLU]", head=f"params: {head(limits.PARAMS)}"))
    told = fault(text_of("[ReLU]", head=f"params: {head(limits.PARAMS + 1)}"))
    assert told == "1:9 params has more than 200 names"
    blocks = f"blocks: {{b: {{params: {head(limits.PARAMS + 1)}, layers: [ReLU]}}}}"
    assert fault(text_of("[b]", head=blocks)) == (
        "1:22 params of the block b has more than 200 names"
    )


@pytest.mark.slow
def test_layers() -> None:
    assert len(net(f"[{{type: ReLU, repeat: {limits.LAYERS}}}]").layers) == limits.LAYERS
    message = "the network has more than 20,000 layers"
    assert fault(text_of(f"[{{type: ReLU, repeat: {limits.LAYERS + 1}}}]")) == f"3:10 {message}"
    head = "blocks: {b: {layers: [ReLU, ReLU]}}"
    assert len(net(f"[{{type: b, repeat: {limits.LAYERS // 2}}}]", head=head).layers) == 20_000
    told = fault(text_of(f"[{{type: b, repeat: {limits.LAYERS // 2 + 1}}}]", head=head))
    assert told == f"3:10 {message}"


@pytest.mark.slow
@pytest.mark.slow
def test_entries() -> None:
    told = fault(text_of(f"[ReLU, {{repeat: {limits.STEPS}, layers: []}}]"))
    assert told == (
        "3:16 the spec has more than 40,000 entries after blocks and repeats are expanded"
    )
    # Left out by when, or empty, they make no layers and still take time.
    assert "more than 40,000 entries" in fault(
        text_of(f"[ReLU, {{type: ReLU, when: false, repeat: {limits.STEPS}}}]")
    )


def test_blocks_in_blocks() -> None:
    def chain(count: int, use: str = "b{}") -> str:
        uses = [f"b{index}: {{layers: [{use.format(index - 1)}]}}" for index in range(1, count)]
        return "blocks: {b0: {layers: [ReLU]}, " + ", ".join(uses) + "}"

    deepest = limits.BLOCK_DEPTH
    assert len(net(f"[b{deepest - 1}]", head=chain(deepest)).layers) == 1
    told = fault(text_of(f"[b{deepest}]", head=chain(deepest + 1)))
    assert "blocks use blocks more than 32 deep (where a block uses itself" in told
    # Blocks of nothing but groups make no layer, however often they are doubled.
    doubled = chain(30, "{{layers: [b{0}]}}, {{layers: [b{0}]}}").replace("[ReLU]", "[]")
    told = fault(text_of("[b29]", head=doubled))
    assert "blocks within blocks make more than 200,000 layers and groups" in told


@pytest.mark.slow
def test_faults_and_warnings() -> None:
    told = faults(text_of("[" + "Rely," * 200 + "]"))
    assert len(told) == limits.FAULTS
    told = faults(text_of("[" + "{type: ReLU, from: nowhere}," * 200 + "]"))
    assert len(told) == limits.FAULTS
    assert len(net("[" + "{type: ReLU, from: input}," * 200 + "]").warnings) == limits.FAULTS


def test_faulty_parameters_stop_too() -> None:
    params = "{" + ", ".join(f'p{index}: "$x{index}"' for index in range(100)) + "}"
    assert len(faults(text_of("[ReLU]", head=f"params: {params}"))) == limits.FAULTS


# The corpus ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def measured() -> dict[str, Any]:
    """What came of every file of the corpus, read one after the other in a process of its own."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.spec.hostile"],
        cwd=ROOT, capture_output=True, check=True, timeout=PATIENCE,
    )  # fmt: skip
    result: dict[str, Any] = json.loads(run.stdout)
    return result


@pytest.mark.slow
def test_a_hostile_file_ends_soon_as_a_network_or_as_faults(measured: dict[str, Any]) -> None:
    """And takes no 200 MiB more than a small one. In one test, since each worker that had one of
    several would read the corpus."""
    assert measured["ordinary"]["said"].startswith("<Network ")
    assert measured["files"].keys() == CORPUS.keys()
    # About a second, told by what ten ordinary files of 5,000 layers take on the same machine.
    long = 10 * measured["ordinary"]["seconds"]
    bad = {
        name: file
        for name, file in measured["files"].items()
        if not file["said"].startswith(("<Network ", "error: "))
        or "\x1b" in file["said"]
        or max(map(len, file["said"].splitlines())) >= 1_200
        or file["seconds"] >= long
    }
    assert not bad
    assert measured["mebibytes"] < 200


# Damage to the specs that ship --------------------------------------------------------

SHIPPED = [path.read_bytes() for path in sorted(shipped.folder().glob("*.yaml"))]


@st.composite
def with_a_byte_changed(draw: st.DrawFn, data: bytes) -> bytes:
    place = draw(st.integers(0, len(data) - 1))
    byte = draw(st.integers(0, 255) | st.sampled_from(b"[]{}:,-$&*!'\"\n 019"))
    return data[:place] + bytes([byte]) + data[place + 1 :]


@st.composite
def with_a_line_moved_or_left_out(draw: st.DrawFn, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    line = lines.pop(draw(st.integers(0, len(lines) - 1)))
    if draw(st.booleans()):
        lines.insert(draw(st.integers(0, len(lines))), line)
    return b"".join(lines)


@st.composite
def cut_off(draw: st.DrawFn, data: bytes) -> bytes:
    return data[: draw(st.integers(0, len(data) - 1))]


@pytest.mark.slow
@pytest.mark.parametrize("damage", [with_a_byte_changed, with_a_line_moved_or_left_out, cut_off])
@settings(max_examples=80)
@given(data=st.data())
def test_a_damaged_spec_ends_as_a_network_or_as_faults(
    damage: Callable[[bytes], st.SearchStrategy[bytes]], data: st.DataObject
) -> None:
    """Once or twice, of any file that ships: another run draws other files and places."""
    text = data.draw(damage(data.draw(st.sampled_from(SHIPPED))))
    if text and data.draw(st.booleans()):
        text = data.draw(damage(text))
    assert outcome(text).startswith(("<Network ", "error: "))
