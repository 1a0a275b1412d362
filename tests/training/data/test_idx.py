"""Reading the IDX format."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from cnnshape.training.data import DataError
from cnnshape.training.data.idx import read_idx

from .conftest import digits_like, idx_bytes

PIXELS, LABELS = digits_like(3, seed=0)


@pytest.mark.parametrize("packed", [True, False])
def test_arrays_are_read_packed_and_unpacked(tmp_path: Path, packed: bool) -> None:
    content = idx_bytes(PIXELS)
    path = tmp_path / ("images.gz" if packed else "images")
    path.write_bytes(gzip.compress(content) if packed else content)
    read = read_idx(path, 3)
    assert np.array_equal(read, PIXELS)
    assert read.flags.writeable, "torch warns of arrays that it cannot write into"


@pytest.mark.parametrize(
    ("content", "rank", "told"),
    [
        (idx_bytes(LABELS), 3, "no IDX file of images: it begins with 00 00 08 01, not with 00 00"),
        (idx_bytes(PIXELS), 1, "no IDX file of labels"),
        (b"", 3, "begins with nothing"),
        (b"<!DOCTYPE html>", 3, "begins with 3c 21 44 4f"),
        (idx_bytes(PIXELS)[:9], 3, "cut off within its header"),
        (
            idx_bytes(PIXELS)[:-1],
            3,
            "is cut off: its header promises 2,352 bytes for 3×28×28, and it holds 2,351",
        ),
        (idx_bytes(PIXELS) + b"x", 3, "is too long: its header promises 2,352"),
        (b"\0\0\x08\x03" + b"\xff" * 12, 3, "which cannot be"),
        (idx_bytes(PIXELS[:0]), 3, "claims to hold 0×28×28"),
    ],
)
def test_what_is_no_such_file_is_told(tmp_path: Path, content: bytes, rank: int, told: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(DataError) as fault:
        read_idx(path, rank)
    assert told in str(fault.value)
    assert str(path) in str(fault.value)
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize("kept", [5, 200, -3])
def test_a_gzip_file_that_is_cut_off_is_told(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "images.gz"
    path.write_bytes(gzip.compress(idx_bytes(PIXELS))[:kept])
    with pytest.raises(DataError, match="no whole gzip file"):
        read_idx(path, 3)


def test_a_changed_byte_in_a_gzip_file_is_told(tmp_path: Path) -> None:
    content = bytearray(gzip.compress(idx_bytes(PIXELS), compresslevel=0))
    content[1000] ^= 1
    path = tmp_path / "images.gz"
    path.write_bytes(content)
    with pytest.raises(DataError, match="no whole gzip file"):
        read_idx(path, 3)


def test_a_file_that_is_not_packed_but_named_so_is_told(tmp_path: Path) -> None:
    path = tmp_path / "images.gz"
    path.write_bytes(idx_bytes(PIXELS))
    with pytest.raises(DataError, match="no whole gzip file"):
        read_idx(path, 3)
