"""docs/spec.md: every example runs, and its tables say what the code says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cnnshape import loads
from cnnshape.layers.shapes import format_shape
from cnnshape.spec import limits
from cnnshape.spec.functions import FUNCTIONS
from cnnshape.spec.vocabulary import SPEC_KEYS

PAGE = (Path(__file__).parents[2] / "docs" / "spec.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def section(title: str) -> str:
    """The part of the page under a heading."""
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_gives_the_shape_that_it_says(example: str) -> None:
    network = loads(example)
    said = re.findall(r"^# output: (.*)$", example, re.MULTILINE)
    assert said == [" and ".join(map(format_shape, network.output_shapes))]
    assert network.warnings == ()


def test_there_are_examples() -> None:
    assert len(EXAMPLES) > 10


def test_the_keys_of_a_spec() -> None:
    keys = re.findall(r"^\| `([\w.-]+)` \|", section("Keys of a spec"), re.MULTILINE)
    assert keys == [*SPEC_KEYS, "x-..."]


def test_the_functions() -> None:
    names = re.findall(r"^\| `(\w+)\(", section("Expressions"), re.MULTILINE)
    assert names == sorted(FUNCTIONS)


def test_the_limits() -> None:
    rows = re.findall(r"^\| .* \| ([\d,^]+) \| `(\w+)` \|$", section("Limits"), re.MULTILINE)
    stated = {name: _number(number) for number, name in rows}
    assert stated == {name: value for name, value in vars(limits).items() if name.isupper()}


def _number(text: str) -> int:
    base, _, exponent = text.replace(",", "").partition("^")
    number: int = int(base) ** int(exponent or 1)
    return number


def test_the_contents_lead_to_headings() -> None:
    headings = re.findall(r"^##+ (.*)$", PAGE, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in headings}
    assert set(re.findall(r"\]\(#([^)]*)\)", PAGE)) <= anchors
