"""Docstrings of layer types, taken apart."""

from __future__ import annotations

import re
from operator import attrgetter
from pathlib import Path

import torch

from cnnshape.layers import Boolean, Integer, Layer, defaulted, listed, required
from cnnshape.views.documentation import document


class Shared(Layer, abstract=True):
    """What several layers share.

    Args:
        size: how large it is; told of both,
            over two lines.
        flag, other: whether it is so.
    """

    size = required(Integer())
    flag = defaulted(Boolean(), False)
    other = defaulted(Boolean(), False)


class Special(Shared, abstract=True):
    """Does something
    special. Source: torch.nn.Special.

    It has details.

    Args:
        flag: means something else here.
    """


class Undocumented(Shared, abstract=True):
    pass


def test_a_docstring_is_taken_apart() -> None:
    summary, details, source, arguments = document(Special)
    assert summary == "Does something special."
    assert details == "It has details."
    assert source == "torch.nn.Special"
    assert arguments == {
        "size": "how large it is; told of both, over two lines.",
        "flag": "means something else here.",
        "other": "whether it is so.",
    }


def test_a_type_without_a_docstring_has_no_words_but_its_bases_arguments() -> None:
    documentation = document(Undocumented)
    assert documentation[:3] == ("", "", "")
    assert set(documentation.arguments) == {"size", "flag", "other"}


def test_a_source_in_torch_is_there() -> None:
    sources = [document(layer).source for layer in listed().values()]
    names = [found[1] for source in sources if (found := re.match(r"torch\.([\w.]+)", source))]
    assert len(names) > 100
    for name in names:
        attrgetter(name)(torch)


def test_no_link_of_the_docs_has_a_space_in_it() -> None:
    root = Path(__file__).parents[2]
    pages = [*(root / "docs").glob("*.md"), root / "README.md"]
    links = [
        link for page in pages for link in re.findall(r"\]\(([^)\n]*)\)", page.read_text("utf-8"))
    ]
    assert len(links) > 100
    assert [link for link in links if " " in link] == []
