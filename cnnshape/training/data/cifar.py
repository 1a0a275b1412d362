"""CIFAR-10 and CIFAR-100: colour images of 32×32 in 10 and 100 classes.

Source: Krizhevsky, 2009, "Learning Multiple Layers of Features from Tiny Images", and the
data sets' own page. A binary batch is a list of records: the label, for CIFAR-100 the coarse
one and then the fine, and 3,072 bytes: red, green and blue, each row by row.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from . import stored
from .cifar100_classes import CIFAR100_CLASSES
from .cifar_batches import Batch, Form, read_archive, read_batches
from .dataset import ArrayImages, Data, DataError, Report
from .python_batches import NotABatch, read_python_batch
from .stored import Publication

if TYPE_CHECKING:
    from .dataset import Labels, Pixels

SHAPE = (3, 32, 32)
PIXELS = 3 * 32 * 32
PUBLISHED = (50_000, 10_000)
"""Images for training and for the test of each set."""
MIRRORS = (
    "https://www.cs.toronto.edu/~kriz/",
    "https://cave.cs.toronto.edu/kriz/",
    "https://mindspore-website.obs.cn-north-4.myhuaweicloud.com/notebook/datasets/",
)


@dataclass(frozen=True)
class CifarSet:
    """A published set.

    Attributes:
        publication: its name, its mirrors and the digest of the binary archive.
        classes: their names, by label.
        forms: the forms in which it may lie in a folder; the first is the archive's.
        label_bytes: bytes before the pixels of a record; the last of them is the label.
        labels_key: what Python batches call the labels.
    """

    publication: Publication
    classes: tuple[str, ...]
    forms: tuple[Form, ...]
    label_bytes: int
    labels_key: str


_TEN = tuple(f"data_batch_{number}" for number in range(1, 6))
_TEN_BINARY = tuple(f"{name}.bin" for name in _TEN)
_TEN_CLASSES = "airplane automobile bird cat deer dog frog horse ship truck"
_TEN_SHA256 = "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9dddda3db29a59bca1dd"
_HUNDRED_SHA256 = "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec"

SETS = {
    "cifar10": CifarSet(
        Publication("cifar10", MIRRORS, {"cifar-10-binary.tar.gz": _TEN_SHA256}),
        tuple(_TEN_CLASSES.split()),
        (
            Form(
                "cifar-10-binary.tar.gz",
                "cifar-10-batches-bin",
                _TEN_BINARY,
                "test_batch.bin",
                binary=True,
            ),
            Form("cifar-10-python.tar.gz", "cifar-10-batches-py", _TEN, "test_batch", binary=False),
        ),
        label_bytes=1,
        labels_key="labels",
    ),
    "cifar100": CifarSet(
        Publication("cifar100", MIRRORS, {"cifar-100-binary.tar.gz": _HUNDRED_SHA256}),
        CIFAR100_CLASSES,
        (
            Form(
                "cifar-100-binary.tar.gz",
                "cifar-100-binary",
                ("train.bin",),
                "test.bin",
                binary=True,
            ),
            Form("cifar-100-python.tar.gz", "cifar-100-python", ("train",), "test", binary=False),
        ),
        label_bytes=2,
        labels_key="fine_labels",
    ),
}
"""The sets, by name."""


def load_cifar(name: str, data_dir: Path | None, *, download: bool, report: Report) -> Data:
    """A set of `SETS`, from a folder, an archive or the cache.

    Raises:
        DataError: batches are missing, or are not what they should be.
    """
    chosen = SETS[name]
    if data_dir is None:
        (archive,) = stored.cached(chosen.publication, download=download, report=report)
        form, batches = read_archive(archive, chosen.forms[:1])
    else:
        form, batches = read_batches(data_dir, chosen.forms, name)
    read = _read_records if form.binary else _read_python
    *parts, last = (read(chosen, batch) for batch in batches)
    train, test = _joined(parts), _joined([last])
    note = stored.counted(name, train, test, PUBLISHED)
    return Data(name, chosen.classes, train, test, (note,))


def _read_records(chosen: CifarSet, batch: Batch) -> ArrayImages:
    import numpy as np

    record = chosen.label_bytes + PIXELS
    if not batch.content or len(batch.content) % record:
        raise DataError(
            f"{batch.place} is of {len(batch.content):,} bytes: expected records of {record:,}; "
            "it is cut off or not of this set"
        )
    table = np.frombuffer(batch.content, np.uint8).reshape(-1, record)
    labels = table[:, chosen.label_bytes - 1].astype(np.int64)
    return _checked(chosen, batch, table[:, chosen.label_bytes :], labels)


def _read_python(chosen: CifarSet, batch: Batch) -> ArrayImages:
    import numpy as np

    try:
        content, numbers = read_python_batch(batch.content, chosen.labels_key)
    except NotABatch as fault:
        raise DataError(f"{batch.place} is no CIFAR batch: {fault}") from None
    if not numbers or len(content) != len(numbers) * PIXELS:
        raise DataError(
            f"{batch.place} holds {len(content):,} bytes of pixels and {len(numbers):,} labels: "
            f"expected {PIXELS:,} bytes a label"
        )
    pixels = np.frombuffer(content, np.uint8)
    return _checked(chosen, batch, pixels, np.array(numbers, np.int64))


def _checked(chosen: CifarSet, batch: Batch, pixels: Pixels, labels: Labels) -> ArrayImages:
    wrong = labels[(labels < 0) | (labels >= len(chosen.classes))]
    if len(wrong):
        raise DataError(
            f"{batch.place} holds the label {wrong[0]}: expected 0 to {len(chosen.classes) - 1}"
        )
    return ArrayImages(pixels.reshape(-1, *SHAPE), labels)


def _joined(parts: list[ArrayImages]) -> ArrayImages:
    """The images of batches in an array of their own: those in a file's bytes torch warns of."""
    import numpy as np

    pixels = np.concatenate([part.array for part in parts])
    return ArrayImages(pixels, np.concatenate([part.labels for part in parts]))
