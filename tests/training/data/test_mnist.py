"""MNIST and its like, read from a folder."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from cnnshape.training.data import DataError, load_data
from cnnshape.training.data.dataset import Drawing
from cnnshape.training.data.mnist import FILES, SETS

from .conftest import digits_like, idx_bytes

SHARED = Path(__file__).parents[4] / "shared" / "data" / "mnist"
LENET = (1, 32, 32)


@pytest.mark.parametrize("name", SETS)
def test_a_folder_is_read(idx_folder: Path, name: str) -> None:
    data = load_data(name, input_shape=LENET, data_dir=idx_folder)
    assert (len(data.train), len(data.test), len(data.classes)) == (30, 20, 10)
    pixels, labels = digits_like(30, seed=1)
    assert np.array_equal(data.train.pixels(slice(None)), pixels[:, None])
    assert np.array_equal(data.train.pixels(np.array([4, 2])), pixels[[4, 2], None])
    assert np.array_equal(data.train.labels, labels)
    assert data.train.labels.dtype == np.int64
    assert data.train.drawing == Drawing(20 if name == "mnist" else None)
    assert data.notes == (
        f"{name}: 30 training and 20 test images, not the 60,000 and 10,000 that were published",
    )


@pytest.mark.parametrize("subfolder", ["MNIST/raw", "raw", "mnist"])
@pytest.mark.parametrize("dots", [True, False])
def test_unpacked_files_in_the_usual_places_are_found(
    tmp_path: Path, idx_folder: Path, subfolder: str, dots: bool
) -> None:
    place = tmp_path / "data" / subfolder
    place.mkdir(parents=True)
    for name in FILES:
        plain = name.removesuffix(".gz")
        content = gzip.decompress((idx_folder / name).read_bytes())
        (place / (plain.replace("-idx", ".idx") if dots else plain)).write_bytes(content)
    data = load_data("mnist", input_shape=LENET, data_dir=tmp_path / "data")
    assert len(data.test) == 20


def test_the_folder_is_only_read(idx_folder: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in idx_folder.iterdir()}
    idx_folder.chmod(0o555)
    load_data("mnist", input_shape=LENET, data_dir=idx_folder)
    assert before == {path: path.stat().st_mtime_ns for path in idx_folder.iterdir()}


def test_what_is_missing_is_named_with_where_it_was_looked_for(idx_folder: Path) -> None:
    (idx_folder / FILES[1]).unlink()
    with pytest.raises(DataError) as fault:
        load_data("mnist", input_shape=LENET, data_dir=idx_folder)
    assert str(fault.value) == (
        f"mnist needs train-labels-idx1-ubyte.gz (with .gz or without): not in {idx_folder}, nor "
        "in its subfolders MNIST/raw, raw, MNIST, mnist"
    )


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"--data-dir .*nowhere: there is no such folder"):
        load_data("mnist", input_shape=LENET, data_dir=tmp_path / "nowhere")


def test_counts_must_agree(idx_folder: Path) -> None:
    (idx_folder / FILES[1]).write_bytes(gzip.compress(idx_bytes(digits_like(29, 0)[1])))
    with pytest.raises(DataError, match=r"holds 30 images and .* holds 29 labels"):
        load_data("mnist", input_shape=LENET, data_dir=idx_folder)


def test_labels_must_be_of_the_classes(idx_folder: Path) -> None:
    labels = np.array([9] * 29 + [10], np.uint8)
    (idx_folder / FILES[1]).write_bytes(gzip.compress(idx_bytes(labels)))
    with pytest.raises(DataError, match="holds the label 10: expected 0 to 9"):
        load_data("mnist", input_shape=LENET, data_dir=idx_folder)


def test_both_parts_must_be_of_one_size(idx_folder: Path) -> None:
    (idx_folder / FILES[2]).write_bytes(gzip.compress(idx_bytes(np.zeros((20, 8, 9), np.uint8))))
    with pytest.raises(DataError, match="their images are 28×28 and 8×9"):
        load_data("mnist", input_shape=LENET, data_dir=idx_folder)


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.is_dir(), reason="the MNIST files are not here")
def test_the_published_files_are_read_whole() -> None:
    data = load_data("mnist", input_shape=LENET, data_dir=SHARED)
    assert data.notes == ("mnist: 60,000 training and 10,000 test images",)
    assert data.train.labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert np.bincount(data.test.labels).tolist() == [
        980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009,
    ]  # fmt: skip


@pytest.mark.skipif(not SHARED.is_dir(), reason="the MNIST files are not here")
def test_the_digests_are_those_of_the_published_files() -> None:
    from hashlib import sha256

    for name, digest in SETS["mnist"].publication.sha256.items():
        assert sha256((SHARED / name).read_bytes()).hexdigest() == digest
