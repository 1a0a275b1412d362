"""The batches of a CIFAR set as bytes: loose in a folder, or packed in an archive.

An archive is read in place: nothing of it is written anywhere, whatever its members are called.
"""

from __future__ import annotations

import gzip
import tarfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from .dataset import DataError

MOST_BYTES = 200_000_000
"""More than any batch of the published sets holds."""


@dataclass(frozen=True)
class Form:
    """One of the forms in which a set is given.

    Attributes:
        archive: the name of the packed file.
        folder: the folder in it, and where it is unpacked.
        train: the names of the training batches, in order.
        test: the name of the test batch.
        binary: whether they are records of bytes; else Python's pickle wrote them.
    """

    archive: str
    folder: str
    train: tuple[str, ...]
    test: str
    binary: bool

    @property
    def batches(self) -> tuple[str, ...]:
        """The names of all batches, the test's last."""
        return (*self.train, self.test)


class Batch(NamedTuple):
    """A batch: where it was found, as an error calls it, and its bytes."""

    place: str
    content: bytes


def read_batches(place: Path, forms: Sequence[Form], name: str) -> tuple[Form, list[Batch]]:
    """The batches of a set in a folder, or in an archive, in the first form that is there.

    Args:
        place: a folder that holds the batches, their folder or their archive; or the archive.
        forms: the forms in which the set may lie, the best first.
        name: of the set, for errors.

    Raises:
        DataError: there is no such set, or it is not whole.
    """
    if place.is_file():
        return read_archive(place, forms)
    if not place.is_dir():
        raise DataError(f"--data-dir {place}: there is no such folder or archive")
    for form in forms:
        for folder in (place, place / form.folder):
            present = [batch for batch in form.batches if (folder / batch).is_file()]
            if len(present) == len(form.batches):
                return form, [_read_loose(folder / batch) for batch in form.batches]
            if form.train[0] in present:
                lacking = ", ".join(batch for batch in form.batches if batch not in present)
                raise DataError(f"{name} is not whole in {folder}: {lacking} is missing")
    for form in forms:
        if (place / form.archive).is_file():
            return read_archive(place / form.archive, [form])
    wanted = " or ".join(f"{form.folder}/, {form.archive}" for form in forms)
    raise DataError(f"there is no {name} in {place}: expected {wanted}")


def read_archive(path: Path, forms: Sequence[Form]) -> tuple[Form, list[Batch]]:
    """The batches that a tar.gz file holds; see `read_batches`."""
    wanted = {batch for form in forms for batch in form.batches}
    found: dict[str, Batch] = {}
    try:
        with gzip.open(path) as stream:
            with tarfile.open(fileobj=stream, mode="r|") as archive:
                for member in archive:
                    name = PurePosixPath(member.name).name
                    if member.isfile() and name in wanted and name not in found:
                        found[name] = _read_member(archive, member, f"{name} in {path}")
            while stream.read(1 << 20):
                pass  # the checksum comes at the very end
    except (tarfile.TarError, EOFError, zlib.error) as fault:
        raise DataError(f"{path} is no whole tar.gz archive ({fault}); get it again") from None
    except OSError as fault:
        raise DataError(f"cannot read {path}: {fault.strerror or fault}; get it again") from None
    for form in forms:
        if found.keys() >= set(form.batches):
            return form, [found[batch] for batch in form.batches]
    lacking = [batch for batch in forms[0].batches if batch not in found]
    raise DataError(f"{path} is not whole: {', '.join(lacking)} is missing in it; get it again")


def _read_member(archive: tarfile.TarFile, member: tarfile.TarInfo, place: str) -> Batch:
    if member.size > MOST_BYTES:
        raise DataError(f"{place} is of {member.size:,} bytes: no batch is so large")
    content = archive.extractfile(member)
    return Batch(place, content.read() if content else b"")


def _read_loose(path: Path) -> Batch:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise DataError(f"{path} is of {path.stat().st_size:,} bytes: no batch is so large")
        return Batch(str(path), path.read_bytes())
    except OSError as fault:
        raise DataError(f"cannot read {path}: {fault.strerror or fault}") from None
