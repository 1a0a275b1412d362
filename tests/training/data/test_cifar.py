"""CIFAR-10 and CIFAR-100 in all forms in which they are given."""

from __future__ import annotations

import io
import pickle
import tarfile
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from cnnshape.training.data import DataError, load_data
from cnnshape.training.data.cifar import SETS
from cnnshape.training.data.cifar_batches import Form

SHAPE = (3, 32, 32)
PER_BATCH = 4
FORMS = [(name, form) for name, chosen in SETS.items() for form in chosen.forms]
IDS = [form.archive for _, form in FORMS]


def pixels_of(batch: int) -> NDArray[np.uint8]:
    return np.random.default_rng(batch).integers(0, 256, (PER_BATCH, 3072), np.uint8)


def labels_of(batch: int) -> list[int]:
    return [(batch + number) % 10 for number in range(PER_BATCH)]


def content(name: str, form: Form, batch: int) -> bytes:
    pixels, labels = pixels_of(batch), labels_of(batch)
    chosen = SETS[name]
    if form.binary:
        columns = [np.full((PER_BATCH, 1), 99)] * (chosen.label_bytes - 1)
        table = np.column_stack([*columns, labels, pixels])
        return table.astype(np.uint8).tobytes()
    return pickle.dumps({b"data": pixels, chosen.labels_key.encode(): labels}, 2)


def write_loose(folder: Path, name: str, form: Form) -> Path:
    (folder / form.folder).mkdir(parents=True)
    for number, batch in enumerate(form.batches):
        (folder / form.folder / batch).write_bytes(content(name, form, number))
    return folder


def write_archive(
    path: Path, name: str, form: Form, *, root: str | None = None, without: str = ""
) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:gz") as archive:
        for number, batch in reversed([*enumerate(form.batches)]):
            if batch != without:
                data = content(name, form, number)
                member = tarfile.TarInfo(f"{form.folder if root is None else root}/{batch}")
                member.size = len(data)
                archive.addfile(member, io.BytesIO(data))
    return path


def check(name: str, form: Form, place: Path) -> None:
    data = load_data(name, input_shape=SHAPE, data_dir=place)
    batches = range(len(form.train))
    expected = np.concatenate([pixels_of(batch) for batch in batches]).reshape(-1, *SHAPE)
    assert np.array_equal(data.train.pixels(slice(None)), expected)
    assert data.train.pixels(slice(None)).flags.writeable
    assert data.train.labels.tolist() == [label for batch in batches for label in labels_of(batch)]
    assert data.test.labels.tolist() == labels_of(len(form.train))
    assert all(part.pixels(slice(None)).flags.writeable for part in (data.train, data.test))
    assert data.notes[0].startswith(f"{name}: {len(expected)} training and 4 test images, not the")
    assert data.train.drawing is None


@pytest.mark.parametrize(("name", "form"), FORMS, ids=IDS)
def test_every_form_is_read(tmp_path: Path, name: str, form: Form) -> None:
    loose = write_loose(tmp_path / "loose", name, form)
    check(name, form, loose)
    check(name, form, loose / form.folder)
    archive = write_archive(tmp_path / "packed" / form.archive, name, form)
    check(name, form, archive.parent)
    check(name, form, archive)


def test_the_classes_are_named() -> None:
    assert SETS["cifar10"].classes[3] == "cat"
    assert len(SETS["cifar100"].classes) == len(set(SETS["cifar100"].classes)) == 100
    assert SETS["cifar100"].classes[47] == "maple tree"


@pytest.mark.parametrize("root", ["/etc", "../..", "..", "."])
def test_an_archive_cannot_write_anywhere(tmp_path: Path, root: str) -> None:
    name, form = FORMS[0]
    write_archive(tmp_path / "in" / form.archive, name, form, root=root)
    before = sorted(tmp_path.rglob("*"))
    check(name, form, tmp_path / "in")
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(("name", "form"), FORMS, ids=IDS)
def test_a_missing_batch_is_named(tmp_path: Path, name: str, form: Form) -> None:
    loose = write_loose(tmp_path, name, form)
    (loose / form.folder / form.test).unlink()
    with pytest.raises(DataError, match=rf"{name} is not whole in .*: {form.test} is missing"):
        load_data(name, input_shape=SHAPE, data_dir=loose)
    packed = write_archive(tmp_path / "packed" / form.archive, name, form, without=form.test)
    with pytest.raises(DataError, match=rf"is not whole: {form.test} is missing in it"):
        load_data(name, input_shape=SHAPE, data_dir=packed.parent)


def test_what_was_looked_for_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError) as fault:
        load_data("cifar10", input_shape=SHAPE, data_dir=tmp_path)
    assert str(fault.value) == (
        f"there is no cifar10 in {tmp_path}: expected cifar-10-batches-bin/, "
        "cifar-10-binary.tar.gz or cifar-10-batches-py/, cifar-10-python.tar.gz"
    )
    with pytest.raises(DataError, match="there is no such folder or archive"):
        load_data("cifar10", input_shape=SHAPE, data_dir=tmp_path / "nowhere")


@pytest.mark.parametrize("kept", [0, 10, 3000, -9])
def test_an_archive_that_is_cut_off_is_told(tmp_path: Path, kept: int) -> None:
    name, form = FORMS[0]
    path = write_archive(tmp_path / form.archive, name, form)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(DataError, match="get it again"):
        load_data(name, input_shape=SHAPE, data_dir=tmp_path)


def test_a_changed_byte_in_an_archive_is_told(tmp_path: Path) -> None:
    name, form = FORMS[0]
    path = write_archive(tmp_path / form.archive, name, form)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match="get it again"):
        load_data(name, input_shape=SHAPE, data_dir=tmp_path)


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda data: data[:-1], "is of 12,291 bytes: expected records of 3,073"),
        (lambda data: b"", "is of 0 bytes: expected records of 3,073"),
        (lambda data: b"\x0a" + data[1:], "holds the label 10: expected 0 to 9"),
    ],
)
def test_damaged_records_are_told(tmp_path: Path, damage: object, told: str) -> None:
    name, form = FORMS[0]
    path = write_loose(tmp_path, name, form) / form.folder / form.train[2]
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    with pytest.raises(DataError) as fault:
        load_data(name, input_shape=SHAPE, data_dir=tmp_path)
    assert str(fault.value).startswith(f"{path} {told}")


def test_python_batches_are_checked(tmp_path: Path) -> None:
    name, form = FORMS[1]
    path = write_loose(tmp_path, name, form) / form.folder / form.train[0]
    path.write_bytes(pickle.dumps({"data": pixels_of(0), "labels": [1]}))
    with pytest.raises(DataError, match="12,288 bytes of pixels and 1 labels: expected 3,072"):
        load_data(name, input_shape=SHAPE, data_dir=tmp_path)
    path.write_bytes(pickle.dumps({"data": pixels_of(0), "labels": [1, 2, 3, 10]}))
    with pytest.raises(DataError, match="holds the label 10: expected 0 to 9"):
        load_data(name, input_shape=SHAPE, data_dir=tmp_path)
    path.write_bytes(b"nothing")
    with pytest.raises(DataError, match="is no CIFAR batch: it is no whole pickle"):
        load_data(name, input_shape=SHAPE, data_dir=tmp_path)
