"""A folder of images, a folder a class."""

from __future__ import annotations

import os
import pickle
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset

from cnnshape.training.batches import Streamed
from cnnshape.training.data import Data, DataError, Images, load_data
from cnnshape.training.data import folder as folder_module
from cnnshape.training.data.preparation import Preparation

from .conftest import bad_inside, write_image

GREY = (1, 6, 6)
COLOUR = (3, 4, 4)


def load(folder: Path, shape: tuple[int, ...] = GREY, **options: Any) -> Data:
    return load_data(f"folder:{folder}", input_shape=shape, **options)


def test_classes_are_folders(image_folder: Path) -> None:
    data = load(image_folder)
    assert data.classes == ("cat", "dog")
    assert (len(data.train), len(data.test)) == (16, 4)
    for part in (data.train, data.test):
        means = part.pixels(slice(None)).reshape(len(part), -1).mean(1)
        assert ((means > 100) == part.labels).all()
    assert data.train.shape == GREY
    assert data.train.drawing is None
    assert data.notes == (
        f"{image_folder}: 16 training and 4 test images in 2 classes",
        "of each class, 20% of the images are for the test, drawn by seed 0",
        "each is resized until its shorter side fits 6×6, and its middle taken",
    )


def test_the_seed_decides_which_are_for_the_test(image_folder: Path) -> None:
    first, again, other = (
        load(image_folder, seed=seed).test.pixels(slice(None)).tolist() for seed in (1, 1, 2)
    )
    assert first == again != other


def test_the_division_does_not_depend_on_where_the_folder_is(
    image_folder: Path, tmp_path: Path
) -> None:
    moved = shutil.copytree(image_folder, tmp_path / "elsewhere")
    before, after = (load(folder).test.pixels(slice(None)) for folder in (image_folder, moved))
    assert np.array_equal(before, after)


@pytest.mark.parametrize("names", [("train", "test"), ("training", "val"), ("Train", "validation")])
def test_parts_are_folders_of_classes(tmp_path: Path, names: tuple[str, str]) -> None:
    for part, count in zip(names, (3, 2), strict=True):
        for number in range(count):
            write_image(tmp_path / part / "a" / f"{number}.png", 10)
            write_image(tmp_path / part / "b" / f"{number}.png", 90)
    data = load(tmp_path)
    assert (len(data.train), len(data.test)) == (6, 4)
    assert data.classes == ("a", "b")
    assert "drawn by seed" not in " ".join(data.notes)


def test_of_test_and_val_the_test_is_used(tmp_path: Path) -> None:
    for part, count in (("train", 3), ("test", 2), ("val", 1)):
        for label in "ab":
            for number in range(count):
                write_image(tmp_path / part / label / f"{number}.png")
    data = load(tmp_path)
    assert len(data.test) == 4
    assert "test/ is the test; val/ is not used" in data.notes


def test_train_alone_is_divided(tmp_path: Path) -> None:
    for label in "ab":
        for number in range(5):
            write_image(tmp_path / "train" / label / f"{number}.png")
    data = load(tmp_path)
    assert (len(data.train), len(data.test)) == (8, 2)


def test_a_folder_of_images_may_be_called_train(tmp_path: Path) -> None:
    for label in ("car", "train"):
        for number in range(2):
            write_image(tmp_path / label / f"{number}.png")
    assert load(tmp_path).classes == ("car", "train")


def test_numbers_are_in_the_order_of_their_value(tmp_path: Path) -> None:
    for label in ("10", "9", "0"):
        for number in range(2):
            write_image(tmp_path / label / f"{number}.png")
    assert load(tmp_path).classes == ("0", "9", "10")


def test_folders_in_a_class_are_its_own(image_folder: Path) -> None:
    write_image(image_folder / "cat" / "more" / "deep" / "x.png", 5)
    assert len(load(image_folder).train) + len(load(image_folder).test) == 21


def test_what_is_hidden_or_no_image_is_passed_over(image_folder: Path) -> None:
    for name in (".hidden.png", "._0.png", "notes.txt", "Thumbs.db"):
        (image_folder / "cat" / name).write_text("no image")
    (image_folder / ".git").mkdir()
    (image_folder / "__MACOSX").mkdir()
    write_image(image_folder / "README.png")
    data = load(image_folder, strict=True)
    assert len(data.train) + len(data.test) == 20
    told = f"passed over, as no images by their names: cat{os.sep}Thumbs.db, cat{os.sep}notes.txt"
    assert told in data.notes


@pytest.mark.parametrize("budget", [0, 1 << 20])
def test_broken_images_are_named_and_left_out(image_folder: Path, budget: int) -> None:
    (image_folder / "cat" / "3.png").write_bytes(b"no image")
    (image_folder / "dog" / "4.png").write_bytes(b"")
    data = load(image_folder, budget=budget)
    assert len(data.train) + len(data.test) == 18
    (note,) = (note for note in data.notes if note.startswith("left out"))
    assert note.startswith("left out as broken, 2 of 20 images: ")
    assert f"cat{os.sep}3.png (it is no image that Pillow knows)" in note
    with pytest.raises(DataError, match=r"2 broken in .*: .*\.png \(it is no image that Pillow"):
        load(image_folder, budget=budget, strict=True)


@pytest.mark.parametrize("budget", [0, 1 << 20])
def test_a_broken_image_is_as_one_that_is_not_there(image_folder: Path, budget: int) -> None:
    """Else a run could not go on when it is removed, as was told."""
    (image_folder / "cat" / "3.png").write_bytes(b"no image")
    before = load(image_folder, budget=budget)
    (image_folder / "cat" / "3.png").unlink()
    after = load(image_folder, budget=budget)
    assert before.files == after.files
    for one, other in ((before.train, after.train), (before.test, after.test)):
        assert np.array_equal(one.pixels(slice(None)), other.pixels(slice(None)))
        assert np.array_equal(one.labels, other.labels)


def test_what_is_broken_inside_is_found_in_memory_and_streamed(image_folder: Path) -> None:
    bad_inside(image_folder / "cat" / "bad.jpg")
    held, streamed = load(image_folder), load(image_folder, budget=0)
    (note,) = (note for note in held.notes if note.startswith("left out as broken, 1 of 21"))
    assert f"cat{os.sep}bad.jpg" in note
    assert note in streamed.notes
    assert held.files == streamed.files
    for one, other in ((held.train, streamed.train), (held.test, streamed.test)):
        assert np.array_equal(one.pixels(slice(None)), other.pixels(slice(None)))


def test_files_that_are_learned_and_tested_are_named(tmp_path: Path) -> None:
    for part in ("train", "test"):
        for label in "ab":
            for number in range(3):
                write_image(tmp_path / part / label / f"{number}.png", len(part) * 10 + number)
    assert not any("learned from, too" in note for note in load(tmp_path).notes)
    shutil.copy(tmp_path / "train" / "a" / "1.png", tmp_path / "test" / "a" / "again.png")
    assert (
        "1 image of the test is learned from, too: test/a/again.png is train/a/1.png"
        in load(tmp_path).notes
    )


def test_deep_images_are_told_of(image_folder: Path) -> None:
    deep = np.full((6, 6), 4000, np.uint16)
    Image.fromarray(deep).save(image_folder / "cat" / "deep.png")
    assert "of 1 of 21 images: it has 12 bits in 16, and is scaled by them" in (
        load(image_folder).notes
    )


def test_a_class_of_other_files_is_told_with_them(image_folder: Path) -> None:
    (image_folder / "bird").mkdir()
    (image_folder / "bird" / "0.heif").write_bytes(b"not read")
    assert told(image_folder).endswith(
        "no image to learn from of bird (passed over, as no images by their names: bird/0.heif)"
    )


def test_many_broken_images_are_counted(image_folder: Path) -> None:
    for number in range(6):
        (image_folder / "cat" / f"{number}.png").write_bytes(b"no image")
    (note,) = (note for note in load(image_folder).notes if note.startswith("left out"))
    assert note.startswith("left out as broken, 6 of 20 images: ")
    assert note.endswith(" and 3 more")


def test_images_of_all_sizes_become_the_input(tmp_path: Path) -> None:
    for number, size in enumerate([(9, 4), (4, 9), (1, 1), (40, 40)]):
        write_image(tmp_path / "a" / f"{number}.png", (250, 100, 3), size)
        write_image(tmp_path / "b" / f"{number}.png", 7, size)
    data = load(tmp_path, COLOUR)
    pixels = data.train.pixels(slice(None))
    assert pixels.shape == (len(data.train), *COLOUR)
    red, green, blue = pixels[data.train.labels == 0].transpose(1, 0, 2, 3)
    assert (red == 250).all()
    assert (green == 100).all()
    assert (blue == 3).all()
    assert (pixels[data.train.labels == 1] == 7).all()


def test_what_does_not_fit_is_read_when_it_is_asked_for(image_folder: Path) -> None:
    held, read = load(image_folder), load(image_folder, budget=719)
    assert held.train.in_memory
    assert not read.train.in_memory
    assert read.notes[-1].startswith("they are read anew in every epoch, too")
    for index in (slice(None), slice(3, 5), np.array([7, 0])):
        assert np.array_equal(held.train.pixels(index), read.train.pixels(index))
    assert np.array_equal(held.train.labels, read.train.labels)
    assert load(image_folder, budget=720).train.in_memory


def test_a_long_reading_is_told_of(image_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_module, "CHUNK", 7)
    monkeypatch.setattr(folder_module, "SILENCE_SECONDS", 0)
    lines: list[str] = []
    load(image_folder, report=lines.append)
    assert lines == [
        f"reading 20 images of {image_folder}",
        f"read 7 of 20 images of {image_folder}",
        f"read 14 of 20 images of {image_folder}",
        f"read 20 of 20 images of {image_folder}",
    ]


def test_a_file_that_breaks_later_is_named(image_folder: Path) -> None:
    data = load(image_folder, budget=0)
    for path in (image_folder / "dog").iterdir():
        path.unlink()
    with pytest.raises(DataError, match=r"dog.\d\.png cannot be read any more \(No such file"):
        data.train.pixels(slice(None))


class _Batches(Dataset[Any]):
    def __init__(self, images: Images) -> None:
        self.images = images

    def __getitem__(self, number: int) -> Any:
        return self.images.pixels(np.array([number, number + 1]))

    def __len__(self) -> int:
        return 4


@pytest.mark.slow
def test_worker_processes_can_read(image_folder: Path) -> None:
    images = load(image_folder, budget=0).train
    copy = pickle.loads(pickle.dumps(images))  # noqa: S301
    assert np.array_equal(copy.pixels(slice(0, 3)), images.pixels(slice(0, 3)))
    batches = DataLoader(_Batches(images), batch_size=None, num_workers=1)
    for number, batch in enumerate(batches):
        assert np.array_equal(batch, images.pixels(slice(number, number + 2)))


@pytest.mark.slow
@pytest.mark.parametrize("workers", [0, 1])
def test_a_file_that_breaks_in_a_worker_is_named_in_one_line(
    image_folder: Path, workers: int
) -> None:
    images = load(image_folder, budget=0).train
    samples = Streamed(images, Preparation.fit(images, GREY), torch.device("cpu"), workers)
    for path in (image_folder / "dog").iterdir():
        path.unlink()
    with pytest.raises(DataError) as fault:
        list(samples.batches([torch.arange(len(images))]))
    assert str(fault.value).startswith(f"{image_folder / 'dog'}{os.sep}")
    assert "\n" not in str(fault.value)


# What is not made so --------------------------------------------------------------------


def told(folder: Path) -> str:
    with pytest.raises(DataError) as fault:
        load(folder)
    assert "\n" not in str(fault.value)
    return str(fault.value)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert told(tmp_path / "no") == f"folder:{tmp_path / 'no'}: there is no such folder"
    write_image(tmp_path / "file.png")
    assert told(tmp_path / "file.png").endswith("there is no such folder")


def test_no_classes_and_one_class(tmp_path: Path) -> None:
    write_image(tmp_path / "loose.png")
    assert told(tmp_path) == (
        f"{tmp_path} holds no folders: expected a folder for each of two or more classes, with "
        "its images in it"
    )
    write_image(tmp_path / "only" / "0.png")
    assert told(tmp_path).startswith(f"{tmp_path} holds one folder, only: expected a folder for")


@pytest.mark.slow
def test_an_empty_class(image_folder: Path) -> None:
    (image_folder / "bird").mkdir()
    assert told(image_folder).endswith("there is no image to learn from of bird")


def test_a_class_of_which_every_image_is_broken(image_folder: Path) -> None:
    for path in (image_folder / "dog").iterdir():
        path.write_bytes(b"no image")
    assert "there is no image to learn from of dog (left out as broken, " in told(image_folder)
    assert "dog/0.png (it is no image that Pillow knows)" in told(image_folder)


def test_one_image_a_class(tmp_path: Path) -> None:
    write_image(tmp_path / "a" / "0.png")
    write_image(tmp_path / "b" / "0.png")
    assert told(tmp_path).endswith("there is no image for the test; a class needs two or more")


def test_a_test_without_training(tmp_path: Path) -> None:
    write_image(tmp_path / "test" / "a" / "0.png")
    assert told(tmp_path) == f"{tmp_path} has test/ and no train/ to learn from"


def test_a_class_that_is_only_tested(tmp_path: Path) -> None:
    for label in "ab":
        write_image(tmp_path / "train" / label / "0.png")
    write_image(tmp_path / "test" / "c" / "0.png")
    assert told(tmp_path) == (
        f"{tmp_path / 'test' / 'c'} is no class that is learned: those are a, b"
    )


def test_a_class_that_is_not_tested_is_told(image_folder: Path) -> None:
    write_image(image_folder / "bird" / "0.png")
    assert "the test has no image of bird" in load(image_folder).notes


def test_names_that_would_disturb_a_terminal(image_folder: Path) -> None:
    (image_folder / "cat" / "red\x1b[31m\n.txt").write_text("no image")
    (note,) = (note for note in load(image_folder).notes if note.startswith("passed over"))
    assert note.endswith("cat/red\ufffd[31m .txt")
    write_image(image_folder / "a\nb" / "0.png")
    assert told(image_folder) == r"the class of the folder 'a\nb' cannot be printed: rename it"


def test_two_folders_for_one_part(tmp_path: Path) -> None:
    write_image(tmp_path / "train" / "a" / "0.png")
    write_image(tmp_path / "training" / "a" / "0.png")
    assert "are the same part: keep one" in told(tmp_path)


def test_links_in_a_circle(image_folder: Path) -> None:
    (image_folder / "cat" / "again").symlink_to(image_folder / "cat")
    assert told(image_folder).endswith("again is a link to a folder that it lies in: remove it")


def test_links_elsewhere_are_followed(image_folder: Path, tmp_path: Path) -> None:
    write_image(tmp_path / "more" / "x.png", 5)
    (image_folder / "cat" / "linked").symlink_to(tmp_path / "more")
    (image_folder / "cat" / "dead.png").symlink_to(tmp_path / "nowhere")
    assert len(load(image_folder, strict=True).train) == 17


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_folder_that_may_not_be_read(image_folder: Path) -> None:
    (image_folder / "cat").chmod(0)
    assert told(image_folder).startswith("cannot read the folder")
    (image_folder / "cat").chmod(0o700)
