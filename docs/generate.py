"""Writes the files that follow from the code: python docs/generate.py [--check] [FILE ...].

With --check nothing is written; the exit status is 1 where a file is stale.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from cnnshape.commands._reference import cli_reference
from cnnshape.layers import Example, Layer, format_shape, listed
from cnnshape.views.documentation import document
from cnnshape.views.schema import json_schema
from cnnshape.zoo.catalogue import index_text

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "docs"))

from console import pages, refreshed, translated  # noqa: E402  (beside this file, not a package)
from pictures import DIAGRAMS, convolution, diagram, show_lenet5  # noqa: E402
from zoo_page import zoo_page  # noqa: E402

FAMILIES = {
    "convolution": "Convolution",
    "pooling": "Pooling and reduction",
    "linear": "Linear",
    "activation": "Activation",
    "normalization": "Normalization and scaling",
    "dropout": "Dropout",
    "padding": "Padding",
    "resampling": "Resampling",
    "shape": "Rearranging",
    "merge": "Merging",
    "attention": "Attention",
    "other": "Other",
}
"""The title of each kind of layer, in the order of the page; one of another kind comes last."""

INTRODUCTION = """\
# Layer types

A type's name and arguments are those of the `torch.nn` class of the same name, unless its
source says otherwise. Shapes are without the batch, C×H×W; an argument `dim` counts the
batch as dimension 0, as PyTorch does. An *inferred* argument follows from the incoming
shape; where it is written, it is checked.

This page is generated from the classes in `cnnshape/layers` by `python docs/generate.py`.
Every example on it is built and run in PyTorch by the tests.
"""


PLUGINS = """\
## A type of your own

A class in a Python file of yours is a layer type like all others, once `--plugin FILE` names
the file. A package brings its types by the entry point group `cnnshape.layers`. What cannot
be said of a layer may be left out: MACs that are not known are shown as unknown.
"""


def layer_reference() -> str:
    """docs/layers.md: every layer type with its arguments and examples, by family."""
    families: dict[str, list[type[Layer]]] = {kind: [] for kind in FAMILIES}
    for layer in listed().values():
        families.setdefault(layer.kind, []).append(layer)
    parts = [INTRODUCTION]
    for kind, types in families.items():
        if types:
            links = ", ".join(f"[{each.__name__}](#{each.__name__.lower()})" for each in types)
            title = FAMILIES.get(kind, kind.capitalize())
            parts += [f"## {title}\n\n{links}\n", *map(_layer, types)]
    return "\n".join([*parts, _plugins()])


def _plugins() -> str:
    code = (ROOT / "docs" / "my_layers.py").read_text(encoding="utf-8")
    return f"{PLUGINS}\n```python\n{code}```\n"


def _layer(layer: type[Layer]) -> str:
    documentation = document(layer)
    lines = [f"### {layer.__name__}", "", documentation.summary]
    if documentation.details:
        lines += ["", documentation.details]
    if documentation.source:
        lines += ["", f"Source: {_source(documentation.source)}"]
    if layer.fields:
        lines += ["", "| argument | default | meaning |", "| --- | --- | --- |"]
        lines += [
            f"| `{name}` | {_default(layer, name)} | {_cell(documentation.arguments[name])} |"
            for name in layer.fields
        ]
    lines += ["", *(_example(layer, example) for example in layer.examples), ""]
    return "\n".join(lines)


def _source(source: str) -> str:
    """The source, with the torch class or function that it begins with as a link to its page."""
    name = re.match(r"torch(\.\w+)+", source)
    if name is None:
        return source
    page = f"https://docs.pytorch.org/docs/stable/generated/{name[0]}.html"
    return f"[`{name[0]}`]({page}){source[name.end() :]}"


def _default(layer: type[Layer], name: str) -> str:
    field = layer.fields[name]
    if field.required:
        return "required"
    return "inferred" if field.inferred else f"`{_yaml(field.default)}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _example(layer: type[Layer], example: Example) -> str:
    faults: list[Any] = []
    read = layer.read(example.arguments, faults)
    assert read is not None, faults
    formula = read.bind(example.inputs).formula(example.inputs, example.gives)
    reads = ", ".join(map(format_shape, example.inputs))
    because = f": {formula}" if formula else ""
    return f"- `{_written(layer, example)}` on {reads} gives {format_shape(example.gives)}{because}"


def _written(layer: type[Layer], example: Example) -> str:
    """The example as a spec writes it: a bare name where there are no arguments."""
    if not example.arguments:
        return layer.__name__
    arguments = ", ".join(f"{name}: {_yaml(value)}" for name, value in example.arguments.items())
    return f"{{type: {layer.__name__}, {arguments}}}"


def _yaml(value: Any) -> str:
    if isinstance(value, str):
        return value if value.isidentifier() else json.dumps(value)
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_yaml, value))}]"
    return json.dumps(value)


def schema_file() -> str:
    """architectures/schema.json: what the specs' modeline points at."""
    return json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"


ORIGINALS = {"README.ko.md": "README.md", "docs/ko/tutorial.md": "docs/tutorial.md"}
"""Each translated page, and the page whose commands' output it takes over."""


def _data_sets() -> list[str]:
    from cnnshape.training.data.loading import SETS

    rows = [f"| `{name}{each.argument}` | {each.holds} |" for name, each in SETS.items()]
    return ["| `--dataset` | what it is |", "| --- | --- |", *rows]


TABLES: dict[str, Callable[[], list[str]]] = {"data sets": _data_sets}
"""The lines of each table that a page has under a comment of its name."""


def with_tables(text: str) -> str:
    """A page with its tables as the code has them now."""
    for name, lines in TABLES.items():
        comment = f"<!-- {name} -->\n"
        if comment in text:
            table = "".join(f"{line}\n" for line in lines())
            text = re.sub(rf"{comment}(?:\|.*\n)*", lambda _: comment + table, text)  # noqa: B023
    return text


def _refreshed(page: Path) -> str:
    """A page with what its commands print today, or with what they print in its original."""
    text = with_tables(page.read_text(encoding="utf-8"))
    if original := ORIGINALS.get(str(page.relative_to(ROOT))):
        return translated(text, (ROOT / original).read_text(encoding="utf-8"))
    return refreshed(text)


GENERATED: dict[str, Callable[[], str]] = {
    "architectures/index.json": index_text,
    "architectures/schema.json": schema_file,
    "docs/cli.md": cli_reference,
    "docs/images/convolve.svg": convolution,
    "docs/images/show-lenet5.svg": show_lenet5,
    **{f"docs/images/{name}": partial(diagram, *how) for name, how in DIAGRAMS.items()},
    "docs/layers.md": layer_reference,
    "docs/zoo.md": zoo_page,
    **{str(page.relative_to(ROOT)): partial(_refreshed, page) for page in pages()},
}
"""Each generated file, from the top of the checkout, with what makes its text."""


def stale(names: Iterable[str]) -> list[str]:
    """Those generated files whose text is not what the code says now."""
    return [
        name
        for name in names
        if not (ROOT / name).exists()
        or (ROOT / name).read_text(encoding="utf-8") != GENERATED[name]()
    ]


def main(arguments: list[str]) -> int:
    """Write what is stale, or with --check only name it; of the files named, or of all."""
    check = "--check" in arguments
    names = stale([name for name in arguments if name != "--check"] or GENERATED)
    for name in names:
        if not check:
            (ROOT / name).write_text(GENERATED[name](), encoding="utf-8")
        sys.stdout.write(f"{name} {'is stale' if check else 'written'}\n")
    return 1 if names and check else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
