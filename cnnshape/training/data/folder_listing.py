"""What lies in a folder of images: its parts, its classes and their files, in a fixed order."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ...text.counts import few
from .dataset import DataError
from .image_files import endings

PARTS = {
    "train": "train",
    "training": "train",
    "test": "test",
    "testing": "test",
    "val": "val",
    "valid": "val",
    "validation": "val",
}
"""Which part a folder of this name holds."""


class Listing(NamedTuple):
    """The image files of a part.

    Attributes:
        names: their paths within the root.
        labels: their classes, by index.
    """

    names: list[str]
    labels: list[int]


class Found(NamedTuple):
    """The image files of a data set.

    Attributes:
        root: the folder.
        classes: their names.
        train: what to learn from; or everything, where there is no test.
        test: what is for the test; None: the folder has no part for it.
        notes: what a user should be told.
    """

    root: Path
    classes: tuple[str, ...]
    train: Listing
    test: Listing | None
    notes: list[str]


def find_images(root: Path) -> Found:
    """The images in a folder that holds a folder a class, or train/ and test/ (val/) with them.

    Numbers are in the order of their value, other classes in that of the alphabet. A folder
    called train that holds files and no folders is a class of that name.

    Raises:
        DataError: it cannot be read, or is not made so.
    """
    notes: list[str] = []
    parts = _parts(root)
    learned = parts.get("train", root)
    held = parts.get("test", parts.get("val"))
    if {"test", "val"} <= parts.keys():
        notes.append(f"{parts['test'].name}/ is the test; {parts['val'].name}/ is not used")
    classes = _class_names(learned)
    others: list[str] = []
    train = _list_images(root, learned, classes, others)
    test = None if held is None else _list_images(root, held, classes, others)
    notes += _passed_over(others)
    return Found(root, classes, train, test, notes)


def find_to_test(root: Path, classes: tuple[str, ...]) -> Found:
    """The images of a folder for a network that knows the classes: all of it is `test`.

    It holds a folder a class, or has a part for the test with them: then the rest is not used.
    Classes of which it has none stay without images.

    Raises:
        DataError: it cannot be read, or has a folder that is no such class.
    """
    parts = _parts(root, learned=False)
    part = next((parts[name] for name in ("test", "val", "train") if name in parts), root)
    others: list[str] = []
    listing = _list_images(root, part, classes, others)
    if not listing.names:
        why = f" ({said[0]})" if (said := _passed_over(others)) else ""
        raise DataError(f"{part} holds no images of {few([*classes])}{why}")
    unused = [f"{folder.name}/" for folder in parts.values() if folder != part]
    notes = [f"{part.name}/ is measured; not {' or '.join(unused)}"] if unused else []
    notes += _passed_over(others)
    return Found(root, classes, Listing([], []), listing, notes)


def folder_named(path: str | Path) -> Path:
    """A folder of images; raises DataError where there is none."""
    folder = Path(path).expanduser()  # a shell leaves the ~ of folder:~/photos alone
    if not folder.is_dir():
        raise DataError(f"folder:{path}: there is no such folder")
    return folder


def _passed_over(others: list[str]) -> list[str]:
    return [f"passed over, as no images by their names: {few(others)}"] if others else []


def images_in(folder: Path) -> Iterator[Path]:
    """The images of a folder and of those within it, by their names; raises DataError."""
    return (path for path in _files(folder, ()) if path.suffix.lower() in endings())


def _parts(root: Path, learned: bool = True) -> dict[str, Path]:
    """The folders of 'train', 'test' and 'val'; empty where the folder itself holds classes.

    Where it is to be `learned`, there must be one to learn from.
    """
    found: dict[str, Path] = {}
    for folder in _subfolders(root):
        part = PARTS.get(folder.name.lower())
        if part and _subfolders(folder):
            if part in found:
                raise DataError(f"{found[part]} and {folder} are the same part: keep one")
            found[part] = folder
    if learned and found and "train" not in found:
        present = ", ".join(f"{folder.name}/" for folder in found.values())
        raise DataError(f"{root} has {present} and no train/ to learn from")
    return found


def _class_names(folder: Path) -> tuple[str, ...]:
    names = [entry.name for entry in _subfolders(folder)]
    if len(names) < 2:
        raise DataError(
            f"{folder} holds {f'one folder, {names[0]}' if names else 'no folders'}: expected a "
            "folder for each of two or more classes, with its images in it"
        )
    odd = next((name for name in names if not name.isprintable()), None)
    if odd is not None:
        raise DataError(f"the class of the folder {odd!a} cannot be printed: rename it")
    if all(name.isdecimal() for name in names):
        names.sort(key=lambda name: (int(name), name))
    return tuple(names)


def _list_images(root: Path, folder: Path, classes: tuple[str, ...], others: list[str]) -> Listing:
    """The images of each class, also in folders within it; `others` gets what are none."""
    for entry in _subfolders(folder):
        if entry.name not in classes:
            raise DataError(f"{entry} is no class that is learned: those are {few([*classes])}")
    listing = Listing([], [])
    for label, name in enumerate(classes):
        files = _files(folder / name, ()) if (folder / name).is_dir() else ()
        for path in files:
            relative = os.path.relpath(path, root)
            if path.suffix.lower() in endings():
                listing.names.append(relative)
                listing.labels.append(label)
            else:
                others.append(relative)
    return listing


def _files(folder: Path, around: tuple[str, ...]) -> Iterator[Path]:
    real = os.path.realpath(folder)
    if real in around:
        raise DataError(f"{folder} is a link to a folder that it lies in: remove it")
    for entry in _entries(folder):
        if entry.is_dir():
            yield from _files(entry, (*around, real))
        elif entry.is_file():
            yield entry


def _subfolders(folder: Path) -> list[Path]:
    return [entry for entry in _entries(folder) if entry.is_dir()]


def _entries(folder: Path) -> list[Path]:
    """What is in a folder, by name, but what is hidden or was left by an archiver."""
    try:
        entries = sorted(folder.iterdir())
    except OSError as fault:
        raise DataError(f"cannot read the folder {folder}: {fault.strerror}") from None
    return [entry for entry in entries if not entry.name.startswith((".", "__MACOSX"))]
