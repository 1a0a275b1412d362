"""Text from outside reaches no terminal as it came."""

from __future__ import annotations

import csv
import io
import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnshape.text.printable import csv_line, printable, printable_lines, to_json

HOSTILE = "a\x1b[31m\x07\r\n\x9b2J\u202eb\u2066\u200b\ud800\x7f\u2028"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a b", "a b"),
        ("漢字 é ×", "漢字 é ×"),
        ("a\tb\nc\rd", "a b c d"),
        ("a\x1b[31mb", "a\ufffd[31mb"),
        ("\x07\x9b\u202e\ud800", "\ufffd" * 4),
        ("a\u2028b\u00a0c", "a b c"),
    ],
)
def test_what_is_shown_of_a_text(text: str, shown: str) -> None:
    assert printable(text) == shown


@pytest.mark.slow
@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_any_text_is_one_printable_line_of_the_same_length(text: str) -> None:
    shown = printable(text)
    assert shown.isprintable()
    assert len(shown) == len(text)
    assert all(a == b for a, b in zip(text, shown, strict=True) if a.isprintable())
    assert printable(shown) == shown


def test_lines_stay_apart() -> None:
    assert printable_lines("a\x1b\n  b\r\n") == "a\ufffd\n  b \n"


@pytest.mark.slow
@given(
    st.recursive(
        st.text() | st.integers() | st.none(), lambda s: st.lists(s) | st.dictionaries(st.text(), s)
    )
)
def test_json_is_printable_and_says_the_same(value: object) -> None:
    for indent in (None, 2):
        text = to_json(value, indent=indent)
        assert text.replace("\n", "").isprintable()
        assert json.loads(text) == value
        assert indent is not None or "\n" not in text


def test_json_keeps_what_can_be_read() -> None:
    assert to_json(["é×漢", HOSTILE[:2]]) == '["é×漢", "a\\u001b"]'


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u00a0=1", "＝1", "\u200b=1"]
)
def test_no_text_is_a_formula(text: str) -> None:
    ((cell,),) = csv.reader(io.StringIO(csv_line([text])))
    assert unicodedata.normalize("NFKC", cell[0]) not in "=+-@\t\r "


def test_a_row_of_csv() -> None:
    cells = ["a,b", 'c"d', "e\nf", -1, 0.5, None, "", "1×28×28"]
    assert csv_line(cells) == '"a,b","c""d",e f,-1,0.5,,,1×28×28\n'


@pytest.mark.slow
@given(st.lists(st.text(), min_size=1))
def test_a_row_of_csv_is_one_printable_line(cells: list[str]) -> None:
    line = csv_line(cells)
    assert line[:-1].isprintable()
    (read,) = csv.reader(io.StringIO(line), strict=True)
    assert [cell.removeprefix("'") for cell in read] == [
        printable(cell).removeprefix("'") for cell in cells
    ]
