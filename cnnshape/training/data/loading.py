"""From the name of a data set to its images."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeAlias

from ...layers.shapes import format_shape
from .dataset import CheckClasses, Data, DataError, Report

BUDGET = 1 << 29
"""Bytes of pixels up to which the images of a folder are kept in memory."""
SYNTHETIC_CLASSES = 10


class Order(NamedTuple):
    """What is asked of a data set; see `load_data`.

    Attributes:
        name: the name alone.
        argument: what stands behind its colon.
        data_dir: a folder with the files of a published set.
    """

    name: str
    argument: str
    input_shape: tuple[int, ...]
    data_dir: Path | None
    seed: int
    strict: bool
    download: bool
    report: Report
    classes: int
    budget: int
    check_classes: CheckClasses


Load: TypeAlias = Callable[[Order], Data]


class DataSet(NamedTuple):
    """What a name of a data set stands for.

    Attributes:
        holds: what is in it, for help and documents.
        load: reads it. What it needs is imported there, and no sooner.
        argument: what is written behind the name: ':PATH', which is needed, or '[:N]'.
        published: whether its files are fetched, or lie in a --data-dir.
        images: whether it holds images, and not whatever a network reads.
    """

    holds: str
    load: Load
    argument: str = ""
    published: bool = False
    images: bool = True


def _digits(order: Order) -> Data:
    from .digits import load_digits

    return load_digits()


def _idx(order: Order) -> Data:
    from . import mnist

    order.check_classes(len(mnist.SETS[order.name].classes))
    return mnist.load_idx_set(
        order.name, order.data_dir, download=order.download, report=order.report
    )


def _cifar(order: Order) -> Data:
    from . import cifar

    order.check_classes(len(cifar.SETS[order.name].classes))
    return cifar.load_cifar(
        order.name, order.data_dir, download=order.download, report=order.report
    )


def _folder(order: Order) -> Data:
    from .folder import load_folder

    channels, height, width = order.input_shape
    return load_folder(
        order.argument, (channels, height, width), seed=order.seed, strict=order.strict,
        budget=order.budget, report=order.report, check_classes=order.check_classes,
    )  # fmt: skip


def _synthetic(order: Order) -> Data:
    from .synthetic import load_synthetic

    return load_synthetic(order.argument, order.input_shape, order.classes, order.seed)


SETS = {
    "digits": DataSet(
        "1,797 handwritten digits of 8×8 pixels; the default, and needs no network", _digits
    ),
    "mnist": DataSet("handwritten digits of 28×28 pixels, 60,000 and 10,000", _idx, published=True),
    "fashion-mnist": DataSet("clothes, in the form of mnist", _idx, published=True),
    "kmnist": DataSet("Japanese characters, in the form of mnist", _idx, published=True),
    "cifar10": DataSet(
        "colour images of 32×32 pixels in 10 classes, 50,000 and 10,000", _cifar, published=True
    ),
    "cifar100": DataSet("the same in 100 classes", _cifar, published=True),
    "folder": DataSet(
        "your own images: a folder for each class, or these in train/ and test/",
        _folder,
        argument=":PATH",
    ),
    "synthetic": DataSet(
        "N random images of the network's input, to measure speed; 10,000 where N is left out",
        _synthetic,
        argument="[:N]",
        images=False,
    ),
}
"""The data sets by name: help, messages and documents are made of them."""

NAMES = tuple(f"{name}{each.argument}" for name, each in SETS.items())
"""The names as they are written."""


def load_data(
    name: str,
    *,
    input_shape: tuple[int, ...],
    data_dir: str | Path | None = None,
    seed: int = 0,
    strict: bool = False,
    download: bool = True,
    report: Report = lambda line: None,
    classes: int = SYNTHETIC_CLASSES,
    budget: int = BUDGET,
    check_classes: CheckClasses = lambda count: None,
) -> Data:
    """A data set by its name.

    Args:
        name: one of `SETS`, with what is written behind it, as in 'folder:PATH'.
        input_shape: the network's input, C×H×W; synthetic images have any shape.
        data_dir: a folder that holds the files of a published set; it is only read. None: the
            user's cache, into which they are fetched once.
        seed: of the division of a folder without test images, and of synthetic images.
        strict: whether a broken image in a folder is an error; else it is left out, and said.
        download: whether files that are not in the cache may be fetched.
        report: is told a line of what takes its time.
        classes: how many classes synthetic images have.
        budget: bytes of pixels up to which the images of a folder are kept in memory.
        check_classes: is given the number of classes before images are fetched or read, and may
            raise.

    Raises:
        DataError: there is no such data set, it cannot be had, or the network reads no images.
    """
    kind, colon, argument = name.partition(":")
    found = SETS.get(kind)
    if (
        found is None
        or (colon and not found.argument)
        or (not colon and found.argument.startswith(":"))
    ):
        raise DataError(_unknown(name))
    if found.argument.startswith(":") and not argument.strip():
        raise DataError("folder: needs the path of a folder: --dataset folder:PATH")
    if not found.published:
        refuse_data_dir(kind, data_dir)
    shape = _image_shape(name, input_shape) if found.images else tuple(input_shape)
    folder = None if data_dir is None else Path(data_dir)
    return found.load(
        Order(
            kind, argument, shape, folder, seed, strict, download, report, classes, budget,
            check_classes,
        )
    )  # fmt: skip


def lasting_name(name: str) -> str:
    """A data set's name with a folder of images named so that it is found from anywhere."""
    kind, _, path = name.partition(":")
    if kind != "folder" or not path.strip():
        return name
    return f"folder:{Path(path).expanduser().absolute()}"


def _image_shape(name: str, shape: tuple[int, ...]) -> tuple[int, int, int]:
    """The network's input as that of images; raises DataError where it is another's."""
    if len(shape) != 3:
        raise DataError(
            f"{name} holds images, and the network reads {format_shape(shape)}: an input of C×H×W "
            "is needed; --dataset synthetic suits any network"
        )
    if shape[0] not in (1, 3):
        raise DataError(
            f"{name} holds images of 1 channel or 3, and the network reads {shape[0]} "
            f"({format_shape(shape)}); --dataset synthetic suits any network"
        )
    channels, height, width = shape
    return channels, height, width


def refuse_data_dir(name: str, data_dir: str | Path | None) -> None:
    """Raise DataError where a folder is named for a set that has no files there."""
    if data_dir is not None:
        raise DataError(
            f"--data-dir is where the files of a published set lie, such as mnist; {name} has none"
        )


def _unknown(name: str) -> str:
    from ...errors import did_you_mean

    if name and Path(name).expanduser().is_dir():
        return f"there is no data set {name!r}; the folder of this name is folder:{name}"
    meant = did_you_mean(name, NAMES)
    return (
        f"there is no data set {name!r}{f': did you mean {meant}?' if meant else ''} "
        f"(known: {', '.join(NAMES)})"
    )
