"""What is done to images before a network reads them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from cnnshape.training.data import DataError, load_data
from cnnshape.training.data import measuring as measuring_module
from cnnshape.training.data import preparation as preparation_module
from cnnshape.training.data.dataset import ArrayImages, Drawing
from cnnshape.training.data.preparation import Preparation


def images(*shape: int, seed: int = 0, drawing: Drawing | None = None) -> ArrayImages:
    pixels = np.random.default_rng(seed).integers(0, 256, shape, np.uint8)
    return ArrayImages(pixels, np.zeros(shape[0], np.int64), drawing)


def prepared(source: ArrayImages, shape: tuple[int, ...]) -> tuple[Preparation, NDArray[np.uint8]]:
    preparation = Preparation.fit(source, shape)
    pixels = preparation.geometry(torch.from_numpy(source.array))
    assert pixels.dtype == torch.uint8
    assert pixels.shape == (len(source), *shape)
    assert preparation.output_shape == shape
    return preparation, pixels.numpy()


def test_a_slightly_larger_input_is_padded() -> None:
    source = images(5, 1, 28, 28)
    preparation, pixels = prepared(source, (1, 32, 32))
    assert np.array_equal(pixels[:, :, 2:30, 2:30], source.array)
    assert pixels.sum() == source.array.sum(dtype=np.int64)
    assert preparation.sentences()[0] == "images are padded with black from 28×28 to 32×32"


def test_an_odd_column_goes_to_the_right_and_below() -> None:
    source = images(2, 1, 28, 30)
    _, pixels = prepared(source, (1, 29, 33))
    assert np.array_equal(pixels[:, :, :28, 1:31], source.array)


def test_another_size_is_resized_with_its_proportions() -> None:
    flat = ArrayImages(np.full((2, 1, 8, 8), 200, np.uint8), np.zeros(2, np.int64))
    preparation, pixels = prepared(flat, (1, 32, 48))
    assert (pixels[:, :, :, 8:40] == 200).all()
    assert not pixels[:, :, :, :8].any()
    assert not pixels[:, :, :, 40:].any()
    assert preparation.sentences()[:2] == [
        "images are resized from 8×8 to 32×32",
        "images are padded with black from 32×32 to 32×48",
    ]
    assert prepared(flat, (1, 4, 4))[0].sentences()[0] == "images are resized from 8×8 to 4×4"


def test_resizing_a_few_at_a_time_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    source = images(7, 1, 8, 8)
    at_once = prepared(source, (1, 20, 20))[1]
    monkeypatch.setattr(preparation_module, "RESIZED_ELEMENTS", 3 * 400)
    assert np.array_equal(prepared(source, (1, 20, 20))[1], at_once)


def test_resizing_is_smooth_both_ways() -> None:
    board = np.indices((8, 8)).sum(0) % 2 * 255
    source = ArrayImages(board.astype(np.uint8)[None, None], np.zeros(1, np.int64))
    assert abs(prepared(source, (1, 4, 4))[1].astype(int) - 127).max() < 50
    larger = prepared(source, (1, 32, 32))[1]
    assert len(np.unique(larger)) > 8


def test_grey_is_given_to_each_channel() -> None:
    source = images(3, 1, 6, 6)
    preparation, pixels = prepared(source, (3, 6, 6))
    assert all(np.array_equal(pixels[:, [channel]], source.array) for channel in range(3))
    assert preparation.sentences()[0] == "grey is given to each of the 3 channels"
    assert len(preparation.mean) == 3


def test_colours_become_grey_as_pillow_has_it() -> None:
    source = images(3, 3, 6, 6)
    preparation, pixels = prepared(source, (1, 6, 6))
    for given_, got in zip(source.array, pixels, strict=True):
        expected = np.array(Image.fromarray(given_.transpose(1, 2, 0)).convert("L")).astype(int)
        assert abs(expected - got[0]).max() <= 1
    assert preparation.sentences()[0] == "colours become grey"


def test_what_fits_is_left_alone() -> None:
    source = images(3, 1, 6, 6)
    preparation, pixels = prepared(source, (1, 6, 6))
    assert np.array_equal(pixels, source.array)
    assert len(preparation.sentences()) == 1


@pytest.mark.parametrize("shape", [(3, 6, 6), (1, 9), (5, 4, 3, 2), (7,)])
def test_normalising_gives_mean_0_and_deviation_1(shape: tuple[int, ...]) -> None:
    source = images(50, *shape)
    preparation = Preparation.fit(source, shape)
    numbers = preparation(torch.from_numpy(source.array))
    assert numbers.dtype == torch.float32
    channels = shape[0] if len(shape) > 1 else 1
    for channel in numbers.reshape(50, channels, -1).unbind(1):
        assert abs(float(channel.mean())) < 1e-5
        assert float(channel.std(correction=0)) == pytest.approx(1, abs=1e-5)


@pytest.mark.slow
@given(st.integers(1, 5), st.integers(1, 3), st.integers(1, 5), st.integers(0, 99))
def test_the_figures_are_those_of_all_pixels(n: int, c: int, side: int, seed: int) -> None:
    source = images(n, c, side, side, seed=seed)
    preparation = Preparation.fit(source, (c, side, side))
    shares = source.array / 255
    assert preparation.mean == pytest.approx(shares.mean((0, 2, 3)))
    assert preparation.std == pytest.approx(np.maximum(shares.std((0, 2, 3)), 1 / 255))
    assert (preparation.measured, preparation.total) == (n, n)


def test_padding_counts() -> None:
    white = ArrayImages(np.full((2, 1, 28, 28), 255, np.uint8), np.zeros(2, np.int64))
    assert Preparation.fit(white, (1, 32, 32)).mean == pytest.approx([(28 / 32) ** 2])


def test_many_images_are_measured_in_part_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(measuring_module, "MEASURED_ELEMENTS", 36 * 20)
    monkeypatch.setattr(measuring_module, "CHUNK_ELEMENTS", 36 * 7)
    source = images(1000, 1, 6, 6)
    preparation = Preparation.fit(source, (1, 6, 6))
    assert preparation.mean == pytest.approx([source.array[::50].mean() / 255])
    assert preparation.sentences()[-1].endswith(" (of 20 of its 1,000 images)")


def test_a_channel_that_is_always_alike_is_no_number_too_many() -> None:
    flat = ArrayImages(np.full((4, 1, 5, 5), 9, np.uint8), np.zeros(4, np.int64))
    assert not Preparation.fit(flat, (1, 5, 5))(torch.from_numpy(flat.array)).any()


@pytest.mark.parametrize(
    ("source", "target"),
    [((1, 6, 6), (2, 6, 6)), ((2, 6, 6), (1, 6, 6)), ((1, 6, 6), (36,)), ((1, 6), (1, 8))],
)
def test_what_cannot_be_done_is_told(source: tuple[int, ...], target: tuple[int, ...]) -> None:
    with pytest.raises(DataError, match="cannot become the network's input of"):
        Preparation.fit(images(2, *source), target)


def test_it_is_plain_data() -> None:
    for drawing in (None, Drawing(), Drawing(4)):
        preparation = Preparation.fit(images(4, 1, 6, 6, drawing=drawing), (1, 9, 9))
        text = json.dumps(preparation.to_dict())
        assert Preparation.from_dict(json.loads(text)) == preparation
    plain = preparation.to_dict()
    for faulty in (
        {},
        {**plain, "mean": None},
        {**plain, "std": [1, 1]},
        {**plain, "drawing": 5},
        {"source": "x"},
        # A drawing that has no room in its frame, or is none.
        {**plain, "drawing": {}},
        {**plain, "drawing": {"box": 0}},
        {**plain, "drawing": {"box": 7}},
        {**plain, "drawing": {"box": 10**6}},
        {**plain, "source": [3, 6, 6]},
        {**plain, "source": [1, 1, 1]},
    ):
        with pytest.raises(DataError, match=r"is faulty$"):
            Preparation.from_dict(faulty)
    with pytest.raises(DataError, match="cannot become"):
        Preparation.from_dict({**plain, "drawing": None, "source": [2, 6, 6]})


# Files ----------------------------------------------------------------------------------


def of_file(preparation: Preparation, path: Path, picture: Image.Image) -> tuple[object, bool]:
    picture.save(path)
    read = preparation.of_file(path)
    assert read.pixels.shape == preparation.output_shape
    assert read.pixels.dtype == np.uint8
    return read.pixels.tolist(), read.inverted


def test_the_middle_of_a_photo_is_taken(tmp_path: Path) -> None:
    preparation = Preparation.fit(images(4, 3, 4, 4), (3, 4, 4))
    picture = Image.new("RGB", (8, 4), (250, 240, 230))
    picture.paste((0, 0, 0), (0, 0, 2, 4))
    pixels, inverted = of_file(preparation, tmp_path / "photo.png", picture)
    assert pixels == [[[level] * 4] * 4 for level in (250, 240, 230)]
    assert not inverted


@pytest.mark.parametrize("channels", [1, 3])
def test_a_drawing_is_prepared_as_the_training_images_are(tmp_path: Path, channels: int) -> None:
    source = images(4, 1, 28, 28, drawing=Drawing(20))
    for axis in (2, 3):
        np.moveaxis(source.array, axis, 0)[[*range(4), *range(-4, 0)]] = 0
    source.array[:, :, 5, 5] = 255
    preparation = Preparation.fit(source, (channels, 32, 32))
    expected = preparation.geometry(torch.from_numpy(source.array))
    path = tmp_path / "digit.png"
    for number, array in enumerate(source.array[:, 0]):
        assert of_file(preparation, path, Image.fromarray(array)) == (
            expected[number].tolist(),
            False,
        )
        inverse = Image.fromarray(255 - array)
        assert of_file(preparation, path, inverse) == (expected[number].tolist(), True)


def test_images_of_another_shape_become_the_same_input() -> None:
    trained = Preparation.fit(images(5, 1, 28, 28), (1, 32, 32))
    for shape in ((1, 10, 10), (3, 40, 30), (1, 32, 32)):
        suited = trained.suited_to(images(2, *shape))
        assert suited.geometry(torch.zeros(2, *shape, dtype=torch.uint8)).shape == (2, 1, 32, 32)
        assert (suited.mean, suited.std) == (trained.mean, trained.std)
    with pytest.raises(DataError, match="images of 2×8×8 cannot become the network's input"):
        trained.suited_to(images(2, 2, 8, 8))


def test_a_file_that_is_no_image_is_told(tmp_path: Path) -> None:
    path = tmp_path / "digit.png"
    path.write_text("no image")
    for drawing in (None, Drawing(20)):
        preparation = Preparation.fit(images(4, 1, 28, 28, drawing=drawing), (1, 32, 32))
        with pytest.raises(DataError, match=r"cannot read .*digit.png: it is no image that Pillow"):
            preparation.of_file(path)
    signals = load_data("synthetic:4", input_shape=(2, 9)).train
    with pytest.raises(DataError, match=r"is an image, and the network reads 2×9"):
        Preparation.fit(signals, (2, 9)).of_file(path)
    with pytest.raises(DataError, match=r"is an image, and the network reads 2×8×8"):
        Preparation.fit(images(4, 2, 8, 8), (2, 8, 8)).of_file(path)
