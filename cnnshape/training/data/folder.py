"""A folder of image files, a folder a class: read at once where they fit, else when asked for."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import prod
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

from ...layers.shapes import format_shape
from .dataset import ArrayImages, CheckClasses, Data, DataError, Drawing, Images
from .folder_listing import Found, Listing, few, find_images
from .image_files import (
    BrokenImage,
    check_picture,
    read_middle,
    without_warnings,
)
from .split import take_share

if TYPE_CHECKING:
    from .dataset import Index, Labels, Pixels, Report

TEST_SHARE = 0.2
"""Of each class, what is for the test where the folder has no part for it."""
READERS = min(8, os.cpu_count() or 1)
"""Threads that decode: Pillow lets others run meanwhile."""
CHUNK = 2000
"""Images that are read between two looks at the clock."""
SILENCE_SECONDS = 5.0
"""How long reading goes on without a line."""


@dataclass(frozen=True, eq=False)
class FileImages:
    """Images that are decoded when they are asked for.

    Attributes:
        root: the folder that the names are in.
        names: the files.
        labels, shape, drawing, in_memory: see :class:`Images`.
    """

    root: str
    names: tuple[str, ...]
    labels: Labels
    shape: tuple[int, int, int]
    drawing: Drawing | None = None
    in_memory: bool = False

    def __len__(self) -> int:
        return len(self.names)

    def pixels(self, index: Index) -> Pixels:
        import numpy as np

        numbers = np.arange(len(self))[index]
        pixels = np.empty((len(numbers), *self.shape), np.uint8)
        with without_warnings():
            for place, number in enumerate(numbers):
                path = os.path.join(self.root, self.names[number])
                try:
                    pixels[place] = read_middle(path, self.shape)
                except BrokenImage as fault:
                    raise DataError(f"{path} is broken ({fault}): mend or remove it") from None
        return pixels


def load_folder(
    path: str,
    shape: tuple[int, int, int],
    *,
    seed: int,
    strict: bool,
    budget: int,
    report: Report,
    check_classes: CheckClasses,
) -> Data:
    """The images of a folder, at the size that a network reads.

    Args:
        path: holds a folder a class, or train/ and test/ (or val/) with a folder a class in each.
        shape: C×H×W of the network's input.
        seed: of the division where there is no test part.
        strict: whether a broken image is an error; else it is left out, and said.
        budget: bytes; where all pixels take more, they are not kept in memory.
        report: is told what is done.
        check_classes: is given the number of classes before an image is read.

    Raises:
        DataError: the folder is not made so, a class is empty, or an image is broken (strict).
    """
    path = os.path.expanduser(path)  # a shell leaves the ~ of folder:~/photos alone
    if not os.path.isdir(path):
        raise DataError(f"folder:{path}: there is no such folder")
    found = find_images(Path(path))
    check_classes(len(found.classes))
    train, test, notes = _divided(found, seed)
    count = len(train.names) + len(test.names)
    report(f"reading {count:,} images of {path}")
    in_memory = count * prod(shape) <= budget
    learned, tested = (_read(path, part, shape, in_memory, report) for part in (train, test))
    broken = [f"{name} ({reason})" for name, reason in (learned.broken + tested.broken)]
    if broken and strict:
        raise DataError(f"{len(broken):,} broken in {path}: {few(broken)}; mend or remove")
    if broken:
        notes.append(f"left out as broken, {len(broken):,} of {count:,} images: {few(broken)}")
    notes += _check_classes(path, found.classes, learned.images, tested.images)
    return Data(
        f"folder:{path}",
        found.classes,
        learned.images,
        tested.images,
        (
            f"{path}: {len(learned.images):,} training and {len(tested.images):,} test images in "
            f"{len(found.classes)} classes",
            *notes,
            f"each is resized until its shorter side fits {format_shape(shape[1:])}, and its "
            "middle taken",
            *([] if in_memory else ["they are read anew in every epoch, too large for memory"]),
        ),
    )


def _divided(found: Found, seed: int) -> tuple[Listing, Listing, list[str]]:
    """What to learn from and what to test on, with the notes so far."""
    import numpy as np

    if found.test is not None:
        return found.train, found.test, found.notes
    names, labels = found.train
    parts = take_share(np.array(labels, np.int64), names, TEST_SHARE, seed)
    train, test = (
        Listing([names[number] for number in part], [labels[number] for number in part])
        for part in parts
    )
    note = f"of each class, {TEST_SHARE:.0%} of the images are for the test, drawn by seed {seed}"
    return train, test, [*found.notes, note]


class _Part(NamedTuple):
    """The images of a part that can be read, and of each other its name and why."""

    images: Images
    broken: list[tuple[str, str]]


def _read(
    root: str, listing: Listing, shape: tuple[int, int, int], in_memory: bool, report: Report
) -> _Part:
    """Decode all images of a part, or see of each that it is one."""
    import numpy as np

    names, labels = listing.names, np.array(listing.labels, np.int64)
    pixels = np.empty((len(names), *shape), np.uint8) if in_memory else None

    def read(number: int) -> str | None:
        path = os.path.join(root, names[number])
        try:
            if pixels is None:
                check_picture(path)
            else:
                pixels[number] = read_middle(path, shape)
        except BrokenImage as fault:
            return str(fault)
        return None

    reasons: list[str | None] = []
    told = perf_counter()
    with without_warnings(), ThreadPoolExecutor(READERS) as readers:
        for start in range(0, len(names), CHUNK):
            reasons += readers.map(read, range(start, min(start + CHUNK, len(names))))
            if perf_counter() - told > SILENCE_SECONDS:
                report(f"read {len(reasons):,} of {len(names):,} images of {root}")
                told = perf_counter()
    broken = [(name, reason) for name, reason in zip(names, reasons, strict=True) if reason]
    good = [number for number, reason in enumerate(reasons) if reason is None]
    if pixels is None:
        kept = tuple(names[number] for number in good)
        return _Part(FileImages(root, kept, labels[good], shape), broken)
    if broken:
        pixels, labels = pixels[good], labels[good]
    return _Part(ArrayImages(pixels, labels), broken)


def _check_classes(path: str, classes: tuple[str, ...], train: Images, test: Images) -> list[str]:
    """What to tell of classes that are not tested.

    Raises:
        DataError: there is nothing to learn of a class, or nothing to test on.
    """
    unlearned, untested = (
        [name for label, name in enumerate(classes) if label not in part.labels]
        for part in (train, test)
    )
    if unlearned:
        raise DataError(f"folder:{path}: there is no image to learn from of {few(unlearned)}")
    if not len(test):
        raise DataError(f"folder:{path}: there is no image for the test; a class needs two or more")
    return [f"the test has no image of {few(untested)}"] if untested else []
