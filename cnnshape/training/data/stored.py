"""The files of a published data set: found in a folder, or fetched once into the cache."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sized
from dataclasses import dataclass
from pathlib import Path

from ...storage.cache import FOLDER_VARIABLE, cache_folder
from .dataset import DataError, Report


@dataclass(frozen=True)
class Publication:
    """Where a data set is published.

    Attributes:
        name: as it is asked for, 'mnist'.
        mirrors: the addresses of the folders that hold its files, the best first.
        sha256: the digest of each file, by the file's name.
    """

    name: str
    mirrors: tuple[str, ...]
    sha256: dict[str, str]

    @property
    def cache(self) -> Path:
        """The folder in the user's cache."""
        return Path(cache_folder(), "data", self.name)


def find(folder: Path, subfolders: Iterable[str], names: Iterable[str]) -> Path | None:
    """The first file of one of these names in a folder or in one of its subfolders."""
    names = tuple(names)
    for place in (folder, *(folder / subfolder for subfolder in subfolders)):
        for name in names:
            if (place / name).is_file():
                return place / name
    return None


def check_folder(folder: Path) -> None:
    """Raise DataError where there is no such folder."""
    if not folder.is_dir():
        raise DataError(f"--data-dir {folder}: there is no such folder")


def cached(publication: Publication, *, download: bool, report: Report) -> list[Path]:
    """The files in the user's cache, fetched where they are not there or not whole.

    Raises:
        DataError: a file cannot be had.
    """
    wanted = [
        name
        for name, digest in publication.sha256.items()
        if not _is_whole(publication.cache / name, digest)
    ]
    if wanted and not download:
        raise DataError(f"{missing(publication, wanted)}; let it be fetched, or {_help()}")
    if wanted:
        from .download import DownloadError, fetch

        for name in wanted:
            try:
                fetch(publication, name, report)
            except DownloadError as fault:
                raise DataError(f"{missing(publication, [name])}, and {fault}; {_help()}") from None
    return [publication.cache / name for name in publication.sha256]


def counted(name: str, train: Sized, test: Sized, published: tuple[int, int]) -> str:
    """How many images a set has, and how many were published where that is another number."""
    told = f"{name}: {len(train):,} training and {len(test):,} test images"
    if (len(train), len(test)) == published:
        return told
    return f"{told}, not the {published[0]:,} and {published[1]:,} that were published"


def missing(publication: Publication, names: list[str]) -> str:
    """'mnist needs train-images-idx3-ubyte.gz: not in ~/.cache/cnnshape/data/mnist'."""
    return f"{publication.name} needs {', '.join(names)}: not in {publication.cache}"


def _help() -> str:
    return (
        "name a folder that holds the files by --data-dir, another cache by "
        f"{FOLDER_VARIABLE}, or train on --dataset digits, which needs no network"
    )


def _is_whole(path: Path, digest: str) -> bool:
    try:
        with path.open("rb") as file:
            found = hashlib.sha256()
            while block := file.read(1 << 20):
                found.update(block)
    except OSError:
        return False
    return found.hexdigest() == digest
