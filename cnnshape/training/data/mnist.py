"""MNIST and the sets that were made in its image: 28×28, grey, light on dark, ten classes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from . import stored
from .dataset import ArrayImages, Data, DataError, Drawing, Report
from .idx import read_idx
from .stored import Publication

if TYPE_CHECKING:
    from .dataset import Labels

PUBLISHED = (60_000, 10_000)
"""Images for training and for the test of each set."""
FILES = (
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
)


@dataclass(frozen=True)
class IdxSet:
    """A published set in IDX files.

    Attributes:
        publication: its name, its mirrors, and the digests of `FILES`.
        classes: their names, by label.
        subfolders: where in a folder of data sets its files usually lie.
        drawing: how its images are drawn.
    """

    publication: Publication
    classes: tuple[str, ...]
    subfolders: tuple[str, ...]
    drawing: Drawing


def _idx_set(
    name: str,
    title: str,
    classes: tuple[str, ...],
    mirrors: tuple[str, ...],
    *digests: str,
    box: int | None = None,
) -> IdxSet:
    publication = Publication(name, mirrors, dict(zip(FILES, digests, strict=True)))
    return IdxSet(publication, classes, (f"{title}/raw", "raw", title, name), Drawing(box))


SETS = {
    "mnist": _idx_set(
        "mnist",
        "MNIST",
        tuple("0123456789"),
        (
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
        ),
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        box=20,
    ),
    "fashion-mnist": _idx_set(
        "fashion-mnist",
        "FashionMNIST",
        (
            "T-shirt", "trouser", "pullover", "dress", "coat",
            "sandal", "shirt", "sneaker", "bag", "ankle boot",
        ),
        (
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        ),
        "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
    ),
    "kmnist": _idx_set(
        "kmnist",
        "KMNIST",
        ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
        (
            "https://codh.rois.ac.jp/kmnist/dataset/kmnist/",
            "http://codh.rois.ac.jp/kmnist/dataset/kmnist/",
        ),
        "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4",
        "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17",
        "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5",
        "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c",
    ),
}  # fmt: skip
"""The sets of this format, by name."""


def load_idx_set(name: str, data_dir: Path | None, *, download: bool, report: Report) -> Data:
    """A set of `SETS`, from a folder or from the cache.

    Raises:
        DataError: files are missing, are not what they should be, or do not agree.
    """
    chosen = SETS[name]
    if data_dir is None:
        paths = stored.cached(chosen.publication, download=download, report=report)
    else:
        paths = _find_files(chosen, data_dir)
    train = _read_part(chosen, paths[0], paths[1])
    test = _read_part(chosen, paths[2], paths[3])
    if train.shape != test.shape:
        raise DataError(
            f"{paths[0]} and {paths[2]} are not of one set: their images are "
            f"{train.shape[1]}×{train.shape[2]} and {test.shape[1]}×{test.shape[2]}"
        )
    note = stored.counted(name, train, test, PUBLISHED)
    return Data(name, chosen.classes, train, test, (note,))


def _find_files(chosen: IdxSet, folder: Path) -> list[Path]:
    stored.check_folder(folder)
    found = [stored.find(folder, chosen.subfolders, _spellings(name)) for name in FILES]
    lacking = [name for name, path in zip(FILES, found, strict=True) if path is None]
    if lacking:
        raise DataError(
            f"{chosen.publication.name} needs {', '.join(lacking)} (with .gz or without): not in "
            f"{folder}, nor in its subfolders {', '.join(chosen.subfolders)}"
        )
    return [path for path in found if path is not None]


def _spellings(name: str) -> tuple[str, ...]:
    """A file's name, packed and unpacked, also as some archives write it."""
    plain = name.removesuffix(".gz")
    dotted = plain.replace("-idx", ".idx")
    return name, plain, dotted, f"{dotted}.gz"


def _read_part(chosen: IdxSet, images: Path, labels: Path) -> ArrayImages:
    import numpy as np

    pixels = read_idx(images, 3)
    numbers: Labels = read_idx(labels, 1).astype(np.int64)
    if len(pixels) != len(numbers):
        raise DataError(
            f"{images} holds {len(pixels):,} images and {labels} holds {len(numbers):,} labels: "
            "they are not of one set, or one is cut off"
        )
    classes = len(chosen.classes)
    if numbers.max() >= classes:
        raise DataError(f"{labels} holds the label {numbers.max()}: expected 0 to {classes - 1}")
    return ArrayImages(pixels[:, None], numbers, chosen.drawing)
