"""The IDX format of MNIST: a magic number, the sizes, then the bytes; plain or gzipped.

Source: LeCun, Cortes and Burges, "The MNIST database", section "File formats".
"""

from __future__ import annotations

import gzip
import struct
import zlib
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from .dataset import DataError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

UNSIGNED_BYTE = 0x08
"""The third byte of the magic number: what an element is."""
MOST_BYTES = 1 << 32
"""What a file may claim to hold."""


def read_idx(path: Path, rank: int) -> NDArray[np.uint8]:
    """The array of unsigned bytes in a file, gzipped where its name ends with .gz.

    Args:
        path: the file.
        rank: the number of dimensions that it must have: 3 for images, 1 for labels.

    Raises:
        DataError: it is not such a file, is cut off, or holds more than it says.
    """
    import numpy as np

    try:
        with _open(path) as file:
            shape = _read_shape(file, path, rank)
            array = np.empty(shape, np.uint8)
            got = _read_into(file, array)
            if got < array.nbytes or file.read(1):
                raise DataError(
                    f"{path} is {'cut off' if got < array.nbytes else 'too long'}: its header "
                    f"promises {array.nbytes:,} bytes for {_written(shape)}, and it holds "
                    f"{f'{got:,}' if got < array.nbytes else 'more'}; get it again"
                )
    except (EOFError, zlib.error, gzip.BadGzipFile) as fault:
        raise DataError(f"{path} is no whole gzip file ({fault}); get it again") from None
    except OSError as fault:
        raise DataError(f"cannot read {path}: {fault.strerror or fault}") from None
    return array


def _open(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path)) if path.suffix == ".gz" else path.open("rb")


def _read_shape(file: BinaryIO, path: Path, rank: int) -> tuple[int, ...]:
    expected = bytes((0, 0, UNSIGNED_BYTE, rank))
    magic = file.read(4)
    if magic != expected:
        raise DataError(
            f"{path} is no IDX file of {'images' if rank == 3 else 'labels'}: it begins with "
            f"{magic.hex(' ') or 'nothing'}, not with {expected.hex(' ')}"
        )
    sizes = file.read(4 * rank)
    if len(sizes) < 4 * rank:
        raise DataError(f"{path} is cut off within its header; get it again")
    shape = struct.unpack(f">{rank}I", sizes)
    if not 0 < prod(shape) <= MOST_BYTES:
        raise DataError(f"{path} claims to hold {_written(shape)} bytes, which cannot be")
    return shape


def _read_into(file: BinaryIO, array: NDArray[np.uint8]) -> int:
    """Fill the array; the number of bytes that there were."""
    view = array.data.cast("B")
    got = 0
    while got < len(view) and (count := file.readinto(view[got:])):  # type: ignore[attr-defined]
        got += count
    return got


def _written(shape: tuple[int, ...]) -> str:
    return "×".join(f"{size:,}" for size in shape)
