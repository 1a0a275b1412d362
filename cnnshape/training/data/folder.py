"""A folder of image files, a folder a class: read at once where they fit, else when asked for."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from math import prod
from time import perf_counter
from typing import TYPE_CHECKING, TypeAlias

from ...layers.shapes import format_shape
from ...text.counts import count_of, few
from .dataset import ArrayImages, CheckClasses, Data, DataError, Drawing, Images, SomeImages
from .folder_listing import Found, find_images, find_to_test, folder_named
from .image_files import BrokenImage, Reading, read_middle, without_warnings
from .split import take_share

if TYPE_CHECKING:
    from .dataset import Index, Labels, Pixels, Report
    from .preparation import Preparation

ReadFile: TypeAlias = Callable[[str], Reading]
"""Reads an image file at the shape that is wanted; raises BrokenImage."""

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
        read: a file as an image of the shape; raises BrokenImage.
        labels, shape, drawing, in_memory: see `Images`.
    """

    root: str
    names: tuple[str, ...]
    labels: Labels
    shape: tuple[int, ...]
    read: ReadFile
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
                    pixels[place] = self.read(path).pixels
                except BrokenImage as fault:
                    raise DataError(
                        f"{path} cannot be read any more ({fault}): put it back as it was when the "
                        "run began, or remove it and begin anew"
                    ) from None
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
    found = find_images(folder_named(path))
    check_classes(len(found.classes))
    # What is broken goes before the set is divided: without it, it is divided alike.
    files = _read(found, shape, partial(read_middle, shape=shape), budget, report)
    broken = _broken_told(files, strict)
    train, test, division = _divided(found, files, seed)
    alike = _alike_told(files, train, test)
    learned, tested = (SomeImages(files.images, part) for part in (train, test))
    untested = _check_classes(found, learned, tested, broken)
    kept = "they are read anew in every epoch, too large for memory"
    return Data(
        f"folder:{found.root}",
        found.classes,
        learned,
        tested,
        (
            f"{found.root}: {len(learned):,} training and {len(tested):,} test images in "
            f"{len(found.classes)} classes",
            *found.notes, *division, *broken, *files.notes, *alike, *untested,
            f"each is resized until its shorter side fits {format_shape(shape[1:])}, and its "
            "middle taken",
            *([] if files.images.in_memory else [kept]),
        ),
        tuple(
            f"{part} {name} {os.path.getsize(os.path.join(found.root, name))}"
            for part, numbers in (("train", train), ("test", test))
            for name in (files.names[number] for number in numbers)
        ),
    )  # fmt: skip


def load_to_test(
    path: str, classes: tuple[str, ...], preparation: Preparation, budget: int, report: Report
) -> Data:
    """The images of a folder for a network that was trained, each read as a single file is.

    Args:
        path: holds a folder a class, of which all images are taken; or a part for the test.
        classes: those of the network.
        preparation: of its images. What it makes of a file is already as the network reads it.
        budget: bytes of pixels up to which the images are kept in memory.
        report: is told a line of what takes its time.

    Raises:
        DataError: the folder is not made so.
    """
    if not preparation.reads_files:
        shape = format_shape(preparation.source)
        raise DataError(f"folder:{path} holds images, and the network reads {shape}")
    found = find_to_test(folder_named(path), classes)
    files = _read(found, preparation.output_shape, preparation.read, budget, report)
    if not files.names:
        raise DataError(f"of the images in {path} none can be read: {_named(files.broken)}")
    notes = (*found.notes, *_broken_told(files, strict=False), *files.notes)
    return Data(f"folder:{path}", classes, files.images, files.images, notes)


@dataclass(frozen=True)
class _Files:
    """The files that can be read.

    Attributes:
        root: the folder that they are in.
        names: theirs, in it.
        images: of them.
        tested: of each, whether it lies in the part for the test.
        broken: of each other its name and why.
        notes: what was done to some of them.
    """

    root: str
    names: tuple[str, ...]
    images: Images
    tested: tuple[bool, ...]
    broken: list[tuple[str, str]]
    notes: list[str]


def _read(
    found: Found, shape: tuple[int, ...], read_file: ReadFile, budget: int, report: Report
) -> _Files:
    """Decode all images: what does not fit into the budget is seen to be whole, and dropped."""
    import numpy as np

    root, held = str(found.root), found.test
    names = found.train.names + (held.names if held else [])
    labels = np.array(found.train.labels + (held.labels if held else []), np.int64)
    pixels = (
        np.empty((len(names), *shape), np.uint8) if len(names) * prod(shape) <= budget else None
    )
    remarks: list[str] = []

    def read(number: int) -> str | None:
        try:
            each = read_file(os.path.join(root, names[number]))
        except BrokenImage as fault:
            return str(fault)
        remarks.extend((*each.notes, *(f"doubtful: {doubt}" for doubt in each.doubts)))
        if pixels is not None:
            pixels[number] = each.pixels
        return None

    report(f"reading {len(names):,} images of {root}")
    reasons: list[str | None] = []
    told = perf_counter()
    with without_warnings(), ThreadPoolExecutor(READERS) as readers:
        for start in range(0, len(names), CHUNK):
            reasons += readers.map(read, range(start, min(start + CHUNK, len(names))))
            if perf_counter() - told > SILENCE_SECONDS:
                report(f"read {len(reasons):,} of {len(names):,} images of {root}")
                told = perf_counter()
    good = np.array([n for n, reason in enumerate(reasons) if reason is None], np.int64)
    kept = tuple(names[number] for number in good)
    images: Images
    if pixels is None:
        images = FileImages(root, kept, labels[good], shape, read_file)
    elif len(kept) == len(names):
        images = ArrayImages(pixels, labels)
    else:
        images = SomeImages(ArrayImages(pixels, labels), good)
    return _Files(
        root, kept, images, tuple(number >= len(found.train.names) for number in good.tolist()),
        [(name, reason) for name, reason in zip(names, reasons, strict=True) if reason],
        [f"of {count:,} of {len(names):,} images: {text}" for text, count in
         sorted(Counter(remarks).items())],
    )  # fmt: skip


def _named(broken: list[tuple[str, str]]) -> str:
    return few([f"{name} ({reason})" for name, reason in broken])


def _broken_told(files: _Files, strict: bool) -> list[str]:
    """What to tell of broken files; raises DataError where it is to be strict."""
    broken = files.broken
    if not broken:
        return []
    if strict:
        raise DataError(f"{len(broken):,} broken in {files.root}: {_named(broken)}; mend or remove")
    count = len(broken) + len(files.names)
    return [f"left out as broken, {len(broken):,} of {count:,} images: {_named(broken)}"]


def _divided(found: Found, files: _Files, seed: int) -> tuple[Labels, Labels, list[str]]:
    """The numbers of what to learn from and what to test on, and how they were divided."""
    import numpy as np

    if found.test is not None:
        tested = np.array(files.tested, bool)
        return np.flatnonzero(~tested), np.flatnonzero(tested), []
    train, test = take_share(files.images.labels, files.names, TEST_SHARE, seed)
    note = f"of each class, {TEST_SHARE:.0%} of the images are for the test, drawn by seed {seed}"
    return train, test, [note]


def _alike_told(files: _Files, train: Labels, test: Labels) -> list[str]:
    """What to tell of files that are in both parts, byte for byte. Only what has the size of
    another is read for it."""
    by_size: dict[int, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for part, numbers in enumerate((train, test)):
        for name in (files.names[number] for number in numbers):
            by_size[os.path.getsize(os.path.join(files.root, name))][part].append(name)
    pairs = []
    for learned, tested in by_size.values():
        if learned and tested:
            known = {_digest(files.root, name): name for name in reversed(learned)}
            same = ((name, known.get(_digest(files.root, name))) for name in tested)
            pairs += [f"{name} is {other}" for name, other in same if other is not None]
    count = len(pairs)
    if not pairs:
        return []
    are = f"{count_of(count, 'image')} of the test {'is' if count == 1 else 'are'}"
    return [f"{are} learned from, too: {few(sorted(pairs))}"]


def _digest(root: str, name: str) -> bytes:
    try:
        with open(os.path.join(root, name), "rb") as file:
            return sha256(file.read()).digest()
    except OSError as fault:
        raise DataError(f"cannot read {os.path.join(root, name)}: {fault.strerror}") from None


def _check_classes(found: Found, train: Images, test: Images, broken: list[str]) -> list[str]:
    """What to tell of classes that are not tested.

    Raises:
        DataError: there is nothing to learn of a class, or nothing to test on.
    """
    unlearned, untested = (
        [name for label, name in enumerate(found.classes) if label not in part.labels]
        for part in (train, test)
    )
    if unlearned:
        notes = [*found.notes, *broken]
        why = f" ({'; '.join(notes)})" if notes else ""
        raise DataError(
            f"folder:{found.root}: there is no image to learn from of {few(unlearned)}{why}"
        )
    if not len(test):
        raise DataError(
            f"folder:{found.root}: there is no image for the test; a class needs two or more"
        )
    return [f"the test has no image of {few(untested)}"] if untested else []
