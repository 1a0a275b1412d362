"""From the name of a data set to its images."""

from __future__ import annotations

from pathlib import Path

from ...layers.shapes import format_shape
from .dataset import CheckClasses, Data, DataError, Report

NAMES = ("digits", "mnist", "fashion-mnist", "kmnist", "cifar10", "cifar100", "synthetic")
"""The data sets that have names; 'folder:PATH' is one of the user's own."""
BUDGET = 1 << 29
"""Bytes of pixels up to which the images of a folder are kept in memory."""
SYNTHETIC_CLASSES = 10


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
        name: one of :data:`NAMES`, 'synthetic:N' for N training images, or 'folder:PATH'.
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
    kind, colon, rest = name.partition(":")
    if kind == "folder" and colon and not rest.strip():
        raise DataError("folder: needs the path of a folder: --dataset folder:PATH")
    if kind == "synthetic":
        from .synthetic import load_synthetic

        refuse_data_dir(kind, data_dir)
        return load_synthetic(rest, tuple(input_shape), classes, seed)
    if kind == "folder" and rest:
        from .folder import load_folder

        refuse_data_dir(kind, data_dir)
        shape = _image_shape(name, input_shape)
        return load_folder(
            rest, shape, seed=seed, strict=strict, budget=budget, report=report,
            check_classes=check_classes,
        )  # fmt: skip
    if name not in NAMES:
        raise DataError(_unknown(name))
    _image_shape(name, input_shape)
    if name == "digits":
        from .digits import load_digits

        refuse_data_dir(name, data_dir)
        return load_digits()
    folder = None if data_dir is None else Path(data_dir)
    if name.startswith("cifar"):
        from . import cifar

        check_classes(len(cifar.SETS[name].classes))
        return cifar.load_cifar(name, folder, download=download, report=report)
    from . import mnist

    check_classes(len(mnist.SETS[name].classes))
    return mnist.load_idx_set(name, folder, download=download, report=report)


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
    meant = did_you_mean(name, [*NAMES, "folder:PATH"])
    return (
        f"there is no data set {name!r}{f': did you mean {meant}?' if meant else ''} "
        f"(known: {', '.join(NAMES)}, folder:PATH)"
    )
