"""Whatever is damaged in a file, it is read or told of in a line; nothing else happens."""

from __future__ import annotations

import gzip
import io
import pickle
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from cnnshape.training.data import DataError
from cnnshape.training.data.cifar import SETS
from cnnshape.training.data.cifar_batches import read_archive
from cnnshape.training.data.idx import read_idx
from cnnshape.training.data.image_files import BrokenImage, read_picture, without_warnings
from cnnshape.training.data.python_batches import NotABatch, read_python_batch

from .conftest import digits_like, idx_bytes
from .test_cifar import write_archive

Damage = list[tuple[float, int]]
DAMAGE = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=6)
IN_A_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def damaged(content: bytes, damage: Damage, kept: float) -> bytes:
    """The content with some bytes changed, and cut off."""
    changed = bytearray(content)
    for place, byte in damage:
        changed[int(place * (len(changed) - 1))] = byte
    return bytes(changed[: int(kept * len(changed)) + 1])


@pytest.mark.slow
@IN_A_FOLDER
@given(DAMAGE, st.floats(0, 1), st.booleans())
def test_idx_files(tmp_path: Path, damage: Damage, kept: float, packed: bool) -> None:
    content = idx_bytes(digits_like(2, seed=0)[0])
    path = tmp_path / ("images.gz" if packed else "images")
    path.write_bytes(damaged(gzip.compress(content) if packed else content, damage, kept))
    with suppress(DataError):
        assert read_idx(path, 3).ndim == 3


@given(DAMAGE, st.floats(0.5, 1), st.integers(0, 4))
def test_python_batches(damage: Damage, kept: float, protocol: int) -> None:
    batch = {"data": np.zeros((2, 12), np.uint8), "labels": [1, 2]}
    with suppress(NotABatch):
        content, labels = read_python_batch(
            damaged(pickle.dumps(batch, protocol), damage, kept), "labels"
        )
        assert isinstance(content, bytes)
        assert all(isinstance(label, int) for label in labels)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    form = SETS["cifar100"].forms[0]
    return write_archive(tmp_path_factory.mktemp("in") / "a.tar.gz", "cifar100", form).read_bytes()


@pytest.mark.slow
@IN_A_FOLDER
@given(DAMAGE, st.floats(0, 1))
def test_archives(archive: bytes, tmp_path: Path, damage: Damage, kept: float) -> None:
    path = tmp_path / "archive.tar.gz"
    path.write_bytes(damaged(archive, damage, kept))
    with suppress(DataError):
        read_archive(path, SETS["cifar100"].forms)
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "TIFF", "BMP", "WEBP", "TGA", "PPM", "ICO"])
@IN_A_FOLDER
@given(damage=DAMAGE, kept=st.floats(0, 1))
def test_images(tmp_path: Path, kind: str, damage: Damage, kept: float) -> None:
    stream = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
    Image.fromarray(noise).save(stream, kind)
    path = tmp_path / f"image.{kind.lower()}"
    path.write_bytes(damaged(stream.getvalue(), damage, kept))
    with suppress(BrokenImage), without_warnings():
        assert read_picture(path, 3, (8, 8)).mode == "RGB"
