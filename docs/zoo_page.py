"""docs/zoo.md: the shipped nets, family by family, with their sizes."""

from __future__ import annotations

from itertools import groupby

from cnnshape import shipped, zoo
from cnnshape.api import load
from cnnshape.errors import SpecError
from cnnshape.layers import format_shape
from cnnshape.views.columns import format_count
from cnnshape.zoo.catalogue import Listing, listings

INTRODUCTION = """\
# The zoo

These nets ship with cnnshape: try `cnnshape show resnet50`. Each file in `architectures/` is a
family, and its variants are the nets. `cnnshape list` filters and sorts them, and
`cnnshape verify --all` compares each with PyTorch. [The proof](proof.md) names the published
figures that they are compared with.

This page is generated from the files by `python docs/generate.py`.
"""


def zoo_page() -> str:
    """The page's text; raises SpecError where a file is faulty."""
    faults: list[SpecError] = []
    nets = [*listings(zoo.nets(), faults)]
    if faults:
        raise faults[0]
    families = [[*group] for _, group in groupby(nets, key=lambda net: net.file)]
    return "\n".join([INTRODUCTION, *map(_family, families)])


def _family(nets: list[Listing]) -> str:
    first = nets[0]
    spec = load(shipped.folder() / first.file)
    title = spec.name
    lines = [f"## {title}", "", f"[`{first.file}`](../architectures/{first.file})", ""]
    lines += [f"{text.strip()}.\n".replace("..", ".") for text in _texts(spec.reference)]
    lines += [f"{text.strip()}\n" for text in _texts(spec.description)]
    lines += ["| net | input | parameters | MACs |", "| --- | --- | ---: | ---: |"]
    lines += [
        f"| `{net.name}` | {format_shape(net.input)} | {format_count(net.params)} "
        f"| {format_count(net.macs)} |"
        for net in nets
    ]
    return "\n".join([*lines, ""])


def _texts(text: str) -> list[str]:
    return [text] if text else []
