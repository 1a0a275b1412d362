"""The HTML file: one text, the same each time, closed to every server."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html import unescape

import pytest

from cnnshape import load
from cnnshape.diagrams import THEMES, Look
from cnnshape.diagrams.page import to_page
from tests.specs import net

ELEMENT = re.compile(r"<(script|style)([^>]*)>(.*?)</\1>", re.DOTALL)


def test_the_same_network_is_the_same_text() -> None:
    assert to_page(load("resnet18"), Look()) == to_page(load("resnet18"), Look())


def test_nothing_is_asked_of_a_server() -> None:
    page = to_page(load("googlenet"), Look())
    assert not re.search(r"\b(src|href|srcset|action)\s*=", page)
    assert not re.search(r"\burl\(|@import|\bfetch\(|XMLHttpRequest|WebSocket|import\(", page)
    assert set(re.findall(r"https?://[^\s\"'<)]+", page)) == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"localStorage|sessionStorage|document\.cookie|indexedDB", page)


def test_the_policy_lets_run_what_is_in_the_file_and_nothing_else() -> None:
    page = to_page(load("lenet5"), Look())
    found = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', page)
    assert found is not None
    rules = dict(rule.strip().split(" ", 1) for rule in unescape(found[1]).split(";"))
    assert rules["default-src"] == "'none'"
    texts = {
        kind: text for kind, attributes, text in ELEMENT.findall(page) if "json" not in attributes
    }
    for kind in ("script", "style"):
        digest = b64encode(sha256(texts[kind].encode()).digest()).decode()
        assert rules[f"{kind}-src"] == f"'sha256-{digest}'"


def test_no_markup_is_ever_made_of_text() -> None:
    page = to_page(load("lenet5"), Look())
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", page)


def test_colours_are_those_of_the_themes() -> None:
    page = to_page(load("lenet5"), Look())
    for theme in THEMES.values():
        assert f"--background: {theme.background};" in page
        assert f"--convolution-fill: {theme.ink('convolution').fill};" in page


@pytest.mark.parametrize(
    ("theme", "start"), [("light", "auto"), ("dark", "dark"), ("print", "light")]
)
def test_the_look_chooses_the_colours_at_the_start(theme: str, start: str) -> None:
    assert f'data-theme="{start}"' in to_page(load("lenet5"), Look(theme=THEMES[theme]))


def test_placeholders_in_a_spec_stay_text() -> None:
    network = net("[{name: '@@script@@', type: ReLU}]", head="name: '@@style@@ </title><b>'")
    page = to_page(network, Look())
    assert "<title>@@style@@ &lt;/title&gt;&lt;b&gt;</title>" in page
    assert page.count('"use strict"') == 1
