"""YAML to a tree with marks: scalars of YAML 1.2, anchors, merge keys, and its faults."""

from __future__ import annotations

from typing import Any

import pytest

from cnnshape import loads
from cnnshape.errors import Mark, SpecError
from cnnshape.spec.document import Mapping, Scalar, Sequence, Source, decode, parse

from ..specs import fault


def plain(text: str) -> Any:
    """The document as plain data."""

    def of(value: Mapping | Sequence | Scalar) -> Any:
        if isinstance(value, Scalar):
            return value.value
        if isinstance(value, Sequence):
            return [of(item) for item in value.items]
        return {key: of(item) for key, item in value.items.items()}

    return of(parse(Source(text, "spec.yaml")))


def told(text: str) -> str:
    """What is told of a text that is no sound YAML."""
    with pytest.raises(SpecError) as caught:
        parse(Source(text, "spec.yaml"))
    (diagnostic,) = caught.value.diagnostics
    assert caught.value.partial is None
    mark = diagnostic.mark
    return (f"{mark.line}:{mark.column} " if mark else "") + diagnostic.message


@pytest.mark.slow
@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1", 1), ("-1", -1), ("+1", 1), ("010", 10), ("1_000", 1000), ("0x1F", 31), ("0o17", 15),
        ("1.5", 1.5), ("1e-5", 1e-5), ("1E5", 1e5), (".5", 0.5), ("5.", 5.0), ("-.5", -0.5),
        (".inf", float("inf")), ("-.inf", float("-inf")),
        ("true", True), ("True", True), ("FALSE", False),
        ("null", None), ("~", None), ("", None),
        ("no", "no"), ("yes", "yes"), ("on", "on"), ("off", "off"), ("y", "y"), ("n", "n"),
        ("1__0", "1__0"), ("1_", "1_"), ("1x1", "1x1"), ("3.2.1", "3.2.1"), ("0b11", "0b11"),
        ("1:30", "1:30"), ("2020-01-01", "2020-01-01"), ("0x", "0x"), (".", "."),
        ("'1'", "1"), ('"true"', "true"), ("'~'", "~"), ("!!str 1", "1"), ("!!int '5'", 5),
        ("!!float 0.5", 0.5), ("!!bool true", True), ("!!null ''", None), ("! 5", "5"),
        ("same", "same"), ("é漢", "é漢"),
    ],
)  # fmt: skip
def test_scalars_are_those_of_yaml_1_2(written: str, value: object) -> None:
    found = plain(f"a: {written}")["a"]
    assert found == value
    assert type(found) is type(value)


def test_a_number_that_is_not_one_is_not_a_number() -> None:
    assert str(plain("a: .nan")["a"]) == "nan"


def test_marks_count_lines_and_columns_from_one() -> None:
    root = parse(Source("a: 1\nlist:\n  - {b: abc}\n", "spec.yaml"))
    assert root.keys["list"] == Mark(2, 1, 4)
    items = root.items["list"]
    assert isinstance(items, Sequence)
    (first,) = items.items
    assert isinstance(first, Mapping)
    assert first.mark[:2] == (3, 5)
    assert first.items["b"].mark == Mark(3, 9, 3)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\x85", "\u2028"])
def test_the_line_at_fault_is_shown_whatever_ends_lines(newline: str) -> None:
    text = newline.join(["# é", "input: [3]", "layers: [Rely]"])
    with pytest.raises(SpecError) as caught:
        loads(text)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.text == "layers: [Rely]"
    assert diagnostic.mark == Mark(3, 10, 4)


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    source = decode("input: [3]\nlayers: [ReLU]".encode("utf-8-sig"), "spec.yaml")
    assert parse(source).keys["input"] == Mark(1, 1, 5)


# Anchors, aliases and merge keys ------------------------------------------------------


def test_an_alias_is_the_value_again() -> None:
    assert plain("a: &x [1, 2]\nb: *x\nc: {d: *x}") == {
        "a": [1, 2],
        "b": [1, 2],
        "c": {"d": [1, 2]},
    }


def test_an_anchor_may_be_used_again_for_another_value() -> None:
    assert plain("a: &x 1\nb: *x\nc: &x 2\nd: *x") == {"a": 1, "b": 1, "c": 2, "d": 2}


@pytest.mark.parametrize(
    ("text", "merged"),
    [
        ("{<<: *x}", {"a": 1, "b": 2}),
        ("{<<: *x, b: 3}", {"a": 1, "b": 3}),
        ("{b: 3, <<: *x}", {"b": 3, "a": 1}),
        ("{<<: [*x, *y]}", {"a": 1, "b": 2, "c": 9}),
        ("{<<: [*y, *x]}", {"a": 1, "b": 8, "c": 9}),
        ("{<<: *x, <<: *y}", {"a": 1, "b": 2, "c": 9}),
        ("{<<: {a: 5}}", {"a": 5}),
    ],
)
def test_merge_keys(text: str, merged: dict[str, int]) -> None:
    head = "x: &x {a: 1, b: 2}\ny: &y {b: 8, c: 9}\nz: "
    assert plain(head + text)["z"] == merged


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: *x", "1:4 *x names no anchor before it"),
        ("a: &x [*x]", "1:8 *x stands inside the value that it names"),
        ("a: &x {<<: *x}", "1:12 *x stands inside the value that it names"),
        ("a: {<<: 5}", "1:9 <<: takes a mapping, or a list of mappings"),
        ("a: {<<: [5]}", "1:9 <<: takes a mapping, or a list of mappings"),
    ],
)
def test_faulty_aliases(text: str, message: str) -> None:
    assert told(text) == message


# Faults of the YAML itself ------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("# nothing\n", "the file is empty"),
        ("- a", "1:1 a spec is a mapping with input: and layers:, not a list"),
        ("text", "1:1 a spec is a mapping with input: and layers:, not a single value"),
        ("a: 1\nb: 2\na: 3", "3:1 the key 'a' stands twice; first in line 1"),
        ("{a: 1, a: 2}", "1:8 the key 'a' stands twice; first in line 1"),
        ("? [1]\n: 2", "1:3 a key must be a single text"),
        ("? {a: 1}\n: 2", "1:3 a key must be a single text"),
        ("a: 1\n---\nb: 2", "2:1 a spec is one YAML document; a second begins here"),
        ("a: !!python/object:os.system []",
         "1:4 the tag tag:yaml.org,2002:python/object:os.sy... is not known: "
         "a spec holds plain values only"),
        ("a: !mine 1", "1:4 the tag !mine is not known: a spec holds plain values only"),
        ("a: !!set {x}", "1:4 the tag tag:yaml.org,2002:set is not known: "
         "a spec holds plain values only"),
        ("a: !!int x", "1:4 'x' is not of the type !!int"),
        ("a: !!seq {}", "1:4 the tag tag:yaml.org,2002:seq is not known: "
         "a spec holds plain values only"),
        ("a: 1099511627777", "1:4 1099511627777 is too large: whole numbers go up to 2^40"),
        ("a: -" + "9" * 5000, "1:4 -" + "9" * 36 + "... is too large: whole numbers go up to 2^40"),
        ("a: [1, 2", "1:9 this is not YAML: did not find expected ',' or ']', "
         "while parsing a flow sequence that begins in line 1"),
        ("a: [1\nb: 2\n\n\n", "2:2 this is not YAML: did not find expected ',' or ']', "
         "while parsing a flow sequence that begins in line 1"),
        ("\tb: 1", "1:1 this is not YAML: found character that cannot start any token, "
         "while scanning for the next token that begins in line 1"),
        ("a: b: c", "1:5 this is not YAML: mapping values are not allowed in this context"),
        ("é: \x07", "1:4 this is not YAML: control characters are not allowed"),
        ("a: 'b\0'", "1:6 this is not YAML: control characters are not allowed"),
        ("a: é\ud800", "1:5 the text holds half a character: U+D800"),
    ],
)  # fmt: skip
def test_faults(text: str, message: str) -> None:
    assert told(text) == message


def test_the_largest_whole_number_is_one() -> None:
    assert plain("a: 1099511627776") == {"a": 2**40}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a: 1\nb: \xff", "the file is not UTF-8 text: byte 0xff in line 2"),
        ("a: é".encode()[:-1], "the file is not UTF-8 text: byte 0xc3 in line 1"),
        ("a: 1".encode("utf-16"), "the file is not UTF-8 text: byte 0xff in line 1"),
    ],
)
def test_bytes_that_are_no_text(data: bytes, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        decode(data, "spec.yaml")
    (diagnostic,) = caught.value.diagnostics
    assert (diagnostic.message, diagnostic.help) == (message, "save it as UTF-8")
    assert str(caught.value).splitlines()[1] == "  --> spec.yaml"


def test_a_key_that_is_there_already_is_to_be_removed() -> None:
    text = "input: [3, 8, 8]\n{}: [3, 8, 8]\nlayers: [{{type: MaxPool2d, kernel_size: 2{}}}]"
    assert fault(text.format("inptu", "")).endswith("(input is there already: remove inptu)")
    assert fault(text.format("layer", "")).endswith("(layers is there already: remove layer)")
    told = fault(text.format("x-a", ", kernel_sise: 2"))
    assert told.endswith("(kernel_size is there already: remove kernel_sise)")


def test_a_misspelt_key_is_not_missing_too() -> None:
    assert fault("input: [3, 8, 8]\nlayer: [ReLU]").endswith("(did you mean layers?)")
    assert fault("inptu: [3, 8, 8]\nlayers: [ReLU]").endswith("(did you mean input?)")


def test_yaml_that_needs_quotes_says_so() -> None:
    assert fault("description: a: b").endswith(
        "(quote a text that holds ': ': description: \"a: b\")"
    )
    assert fault("name: @x").endswith(
        '(quote a text that begins with a special character: name: "@x")'
    )
