"""How a diagnostic is drawn, and what may have been meant by a word."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnshape import SpecError, loads
from cnnshape.errors import Diagnostic, Mark, did_you_mean


def drawn(text: str, column: int, length: int = 1, **parts: object) -> list[str]:
    return str(Diagnostic("it is wrong", Mark(7, column, length), "a.yaml", text, **parts)).split(
        "\n"
    )  # type: ignore[arg-type]


def test_a_diagnostic_with_everything() -> None:
    assert drawn("  - {type: Linear}", 6, 4, help="mend it", notes=("in b", "in c")) == [
        "error: it is wrong",
        "  --> a.yaml:7:6",
        "   |",
        " 7 |   - {type: Linear}",
        "   |      ^^^^",
        "   = note: in b",
        "   = note: in c",
        "   = help: mend it",
    ]


def test_as_little_as_may_be() -> None:
    assert str(Diagnostic("it is wrong")) == "error: it is wrong"
    assert str(Diagnostic("it is wrong", source="a.yaml")) == "error: it is wrong\n  --> a.yaml"
    assert str(Diagnostic("it is wrong", Mark(1, 1))) == "error: it is wrong\n  --> <spec>:1:1"
    assert str(Diagnostic("it is odd", severity="warning")) == "warning: it is odd"


def test_the_margin_fits_the_number_of_the_line() -> None:
    told = Diagnostic("it is wrong", Mark(12345, 1), "a.yaml", "text")
    assert str(told).splitlines()[1:] == [
        "     --> a.yaml:12345:1",
        "      |",
        "12345 | text",
        "      | ^",
    ]


@pytest.mark.parametrize(
    ("text", "column", "length", "shown", "caret"),
    [
        ("漢字: x", 5, 1, "漢字: x", "      ^"),
        ("漢字: x", 1, 2, "漢字: x", "^^^^"),
        ("🙂: x", 4, 1, "🙂: x", "    ^"),
        ("e\u0301: x", 5, 1, "e\u0301: x", "   ^"),
        ("\t\tx", 3, 1, "  x", "  ^"),
        ("a\x1b[31mb", 7, 1, "a\ufffd[31mb", "      ^"),
        ("abc", 4, 1, "abc", "   ^"),
        ("abc", 99, 5, "abc", "   ^"),
        ("abc", 2, 99, "abc", " ^^"),
    ],
)
def test_the_caret_stands_under_the_place(
    text: str, column: int, length: int, shown: str, caret: str
) -> None:
    assert drawn(text, column, length)[3:] == [f" 7 | {shown}", f"   | {caret}"]


@pytest.mark.parametrize("column", [1, 50, 500, 990, 1000])
def test_a_long_line_is_shown_around_the_place(column: int) -> None:
    text = "".join(chr(ord("a") + index % 26) for index in range(1000))
    *_, line, caret = drawn(text, column, 3)
    assert len(line) < 180
    place = caret.index("^")
    assert line[place] == text[column - 1]
    assert line[place : place + caret.count("^")] == text[column - 1 : column + 2]
    assert ("..." in line[:8]) == (column > 61)
    assert line.endswith("...") == (column < 900)


def test_control_characters_reach_no_terminal() -> None:
    told = Diagnostic("a\x1b[31m\nb", Mark(1, 1), "s", "\x1b]0;x\x07", "h\x9b1m", ("n\x1bc\r",))
    text = str(told).replace("\n", "")
    assert all(char.isprintable() for char in text)
    assert str(told).startswith("error: a\ufffd[31m b\n")


@given(st.text(), st.integers(1, 300), st.integers(1, 300))
def test_any_text_is_drawn_with_a_caret_in_it(text: str, column: int, length: int) -> None:
    lines = drawn(text.replace("\n", " "), column, length)
    if not text:
        assert len(lines) == 2
        return
    *_, line, caret = lines
    assert "^" in caret
    cells = sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in line
    )
    assert len(caret) <= cells + 1


@pytest.mark.parametrize("ending", ["\n", "\r\n", ""])
def test_the_last_line_is_shown_whatever_it_ends_with(ending: str) -> None:
    with pytest.raises(SpecError) as caught:
        loads(f"input: [3, 8, 8]\r\nlayers: [Rely]{ending}")
    assert str(caught.value).splitlines()[2:5] == [
        "   |",
        " 2 | layers: [Rely]",
        "   |          ^^^^",
    ]


def test_styles_are_apart_from_the_text() -> None:
    told = Diagnostic("it is wrong", Mark(1, 1), "a", "b", severity="warning")
    styles = {style for style, _ in told.segments()}
    assert styles == {"bold yellow", "bold", "blue", ""}
    assert "".join(text for _, text in told.segments()) == f"{told}\n"


def test_an_error_says_all_its_faults() -> None:
    error = SpecError([Diagnostic("one"), Diagnostic("two")])
    assert str(error) == "error: one\nerror: two"
    assert error.partial is None
    assert [told.message for told in error.diagnostics] == ["one", "two"]


TYPES = ["Conv1d", "Conv2d", "ReLU", "MaxPool2d", "BatchNorm2d", "kernel_size", "padding", "dim"]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("relu", "ReLU"), ("CONV2D", "Conv2d"), ("Conv2D", "Conv2d"), ("MaxPool", "MaxPool2d"),
        ("BatchNorm", "BatchNorm2d"), ("kernal_size", "kernel_size"), ("kernel", "kernel_size"),
        ("pading", "padding"), ("xyz", None), ("", None), ("Transformer", None),
        ("x" * 100_000, None),
    ],
)  # fmt: skip
def test_did_you_mean(word: str, meant: str | None) -> None:
    assert did_you_mean(word, TYPES) == meant


def test_nothing_is_meant_where_nothing_is_known() -> None:
    assert did_you_mean("a", []) is None
