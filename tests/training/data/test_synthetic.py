"""Made-up images."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from cnnshape.training.data import Data, DataError, load_data


def load(name: str = "synthetic:100", shape: tuple[int, ...] = (1, 12, 12), **options: int) -> Data:
    return load_data(name, input_shape=shape, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("shape", [(7,), (3, 50), (1, 32, 32), (5, 9, 10), (2, 4, 5, 6)])
def test_any_input_is_served(shape: tuple[int, ...]) -> None:
    data = load(shape=shape)
    pixels = data.train.pixels(slice(0, 4))
    assert pixels.shape == (4, *shape)
    assert pixels.dtype == np.uint8
    assert data.train.shape == shape


def test_the_numbers_are_as_asked() -> None:
    assert (len(load().train), len(load().test)) == (100, 20)
    assert len(load("synthetic").train) == 10_000
    assert len(load("synthetic:1").test) == 1
    assert len(load(classes=37).classes) == 37


@pytest.mark.parametrize("size", ["0", "-5", "many", "1.5", "²", "999999999999"])
def test_what_is_no_number_is_told(size: str) -> None:
    with pytest.raises(DataError, match=f"synthetic:{size}: expected a number of training images"):
        load(f"synthetic:{size}")


def test_an_image_is_the_same_whenever_it_is_made() -> None:
    train = load().train
    several = train.pixels(np.array([9, 3]))
    assert np.array_equal(several, pickle.loads(pickle.dumps(train)).pixels(slice(None))[[9, 3]])  # noqa: S301
    assert not np.array_equal(several, load(seed=1).train.pixels(np.array([9, 3])))
    assert not np.array_equal(several, load().test.pixels(np.array([9, 3])))


def test_the_labels_can_be_learned() -> None:
    """The mean of a class's training images is nearest to that class's test images."""
    data = load("synthetic:200")
    train, test = data.train.pixels(slice(None)).astype(float), data.test.pixels(slice(None))
    means = np.stack([train[data.train.labels == label].mean(0) for label in range(10)])
    distances = ((test[:, None] - means[None]) ** 2).reshape(len(test), 10, -1).sum(2)
    assert (distances.argmin(1) == data.test.labels).all()
    assert set(data.test.labels) == set(range(10))
