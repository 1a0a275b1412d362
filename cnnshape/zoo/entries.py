"""The nets that ship with cnnshape: a folder of spec files, found by listing it.

A net's name is its file's stem, or one of the file's variants: ``resnet.yaml`` holds
``resnet18`` to ``resnet152``, and ``resnet`` is the file with its own default parameters.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from .. import shipped
from ..errors import did_you_mean

_VARIANTS = re.compile(r"^variants:.*\n?(?:(?:[ \t].*|#.*|[ \t]*)\n?)*", re.MULTILINE)
"""The `variants:` of a spec: from its key to the next key at the left margin."""

_ENDING = ".yaml"


class Entry(NamedTuple):
    """A net of the zoo.

    Attributes:
        name: how a command line calls it.
        file: the spec file that it is in.
        variant: the variant of that file; None: the file's own parameters.
    """

    name: str
    file: Path
    variant: str | None


class UnknownNet(LookupError):
    """No net of the zoo has this name.

    Attributes:
        name: the name that was asked for.
        suggestion: the name that is nearest to it, or None.
    """

    def __init__(self, name: str, suggestion: str | None) -> None:
        hint = f"did you mean {suggestion}?" if suggestion else "`cnnshape list` shows the zoo"
        super().__init__(f"no file and no net of the zoo is called {name!r}; {hint}")
        self.name = name
        self.suggestion = suggestion


def names() -> list[Entry]:
    """Every net that has a name, in the order of files, each before its variants."""
    return [entry for file in _files() for entry in _entries(file)]


def nets() -> list[Entry]:
    """Every net once: of a file with variants, the variants alone."""
    found: list[Entry] = []
    for file in _files():
        plain, *variants = _entries(file)
        found += variants or [plain]
    return found


def find(name: str) -> Entry:
    """The net of this name; raises `UnknownNet`.

    Few files are opened: a file called so needs no reading, and a variant's name usually
    begins with its file's.
    """
    stems = _stems()
    if name in stems:
        return Entry(name, _file(name), None)
    for stem in sorted(stems, key=lambda stem: not name.startswith(stem)):
        for entry in _entries(_file(stem)):
            if entry.name == name:
                return entry
    raise UnknownNet(name, did_you_mean(name, [entry.name for entry in names()]))


def resolve(spec: str) -> tuple[Path, str | None]:
    """The file and the variant that a SPEC argument means.

    It is a path when it ends in .yaml or .yml, holds a separator, or is the name of a
    file that exists; else it is a name of the zoo.

    Raises:
        UnknownNet: it is no path, and no net of the zoo has this name.
    """
    separators = {"/", os.sep}
    if (
        spec.endswith((".yaml", ".yml"))
        or any(separator in spec for separator in separators)
        or os.path.isfile(spec)
    ):
        return Path(spec), None
    entry = find(spec)
    return entry.file, entry.variant


def _files() -> list[Path]:
    return [_file(stem) for stem in _stems()]


def _file(stem: str) -> Path:
    return shipped.folder() / f"{stem}{_ENDING}"


def _stems() -> list[str]:
    """The names of the files. Of texts, not paths: most calls want one file of many."""
    listed = sorted(os.listdir(shipped.folder()))
    return [name.removesuffix(_ENDING) for name in listed if name.endswith(_ENDING)]


def _entries(file: Path) -> Iterator[Entry]:
    yield Entry(file.stem, file, None)
    block = _VARIANTS.search(file.read_text(encoding="utf-8"))
    if block is None:
        return
    import yaml

    # Composed only: the keys are wanted, and not the values that the nodes stand for.
    root = yaml.compose(block.group(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    variants = root.value[0][1].value if isinstance(root, yaml.MappingNode) else ()
    for key, _ in variants or ():
        yield Entry(key.value, file, key.value)
