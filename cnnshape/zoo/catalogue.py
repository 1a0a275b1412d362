"""The nets of the zoo with their sizes: out of an index where it holds, else by analysis.

To analyse every net takes longer than to print them all. So the sizes are kept beside the
spec files, in ``index.json``, which docs/generate.py writes. What it says of a file counts
only as long as the file holds the very text that it was made from.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from .. import shipped
from ..errors import SpecError
from .entries import Entry, nets

if TYPE_CHECKING:
    from ..spec import Spec

INDEX = "index.json"
"""The index's name in the folder of the spec files."""

_SCHEMA_VERSION = 1


class Listing(NamedTuple):
    """A net of the zoo, and how large it is.

    Attributes:
        name: how a command line calls it.
        reference: where it is from, in the spec's own words.
        input: the shape of one sample, without the batch.
        params: learnable elements.
        macs: multiply-accumulates of one sample; None: not known.
        file: the name of its spec file.
    """

    name: str
    reference: str
    input: tuple[int, ...]
    params: int
    macs: int | None
    file: str

    @property
    def family(self) -> str:
        """The nets of one file are a family, which goes by the file's stem."""
        return self.file.rpartition(".")[0]


def listings(
    entries: Iterable[Entry], faults: list[SpecError], *, indexed: bool = True
) -> Iterator[Listing]:
    """The listings of nets, in order; a faulty file's fault goes to `faults`.

    Args:
        entries: nets as `cnnshape.zoo.nets` gives them, those of a file in a row.
        faults: gains a SpecError for each file that is faulty.
        indexed: whether the index may be asked.
    """
    index = _read_index() if indexed else {}
    for file, group in groupby(entries, key=lambda entry: entry.file):
        known = _indexed(index.get(file.name), file)
        spec = None
        try:
            for entry in group:
                listing = known.get(entry.name)
                if listing is None:
                    spec = spec or _read(file)
                    listing = _analysed(spec, entry)
                yield listing
        except SpecError as fault:
            faults.append(fault)


def index_text() -> str:
    """What the index must hold, all of it analysed anew; raises SpecError."""
    faults: list[SpecError] = []
    files: dict[str, Any] = {}
    for file, group in groupby(nets(), key=lambda entry: entry.file):
        found = [[*listing] for listing in listings(group, faults, indexed=False)]
        if faults:
            raise faults[0]
        files[file.name] = {"sha256": _digest(file), "nets": found}
    lines = [f"  {json.dumps(name)}: {_index_entry(files[name])}" for name in files]
    return f'{{"schema": {_SCHEMA_VERSION}, "files": {{\n' + ",\n".join(lines) + "\n}}\n"


def _index_entry(entry: dict[str, Any]) -> str:
    """A file's part of the index, a line a net, so that a change of it can be read."""
    nets = ",\n".join(f"    {json.dumps(net, ensure_ascii=False)}" for net in entry["nets"])
    return f'{{"sha256": "{entry["sha256"]}", "nets": [\n{nets}\n  ]}}'


def _read_index() -> dict[str, Any]:
    try:
        index = json.loads((shipped.folder() / INDEX).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    known = isinstance(index, dict) and index.get("schema") == _SCHEMA_VERSION
    return index["files"] if known else {}


def _indexed(part: dict[str, Any] | None, file: Path) -> dict[str, Listing]:
    """The listings that the index has of a file, by name; none where the file was changed."""
    if part is None or part["sha256"] != _digest(file):
        return {}
    rows = [Listing(*row)._replace(input=tuple(row[2])) for row in part["nets"]]
    return {listing.name: listing for listing in rows}


def _digest(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()


def _read(file: Path) -> Spec:
    from ..loading import read_file

    return read_file(file, file.name)


def _analysed(spec: Spec, entry: Entry) -> Listing:
    from ..loading import build_network

    network = build_network(spec, variant=entry.variant)
    return Listing(
        entry.name,
        network.reference,
        network.input_shape,
        network.totals.params,
        network.totals.macs,
        entry.file.name,
    )
