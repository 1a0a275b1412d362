"""Changing training images at random."""

from __future__ import annotations

import pytest
import torch
from torch import Generator, Tensor

from cnnshape.training.data.augmentation import Augmentation

EVERY = Augmentation(shift=2, flip=True, distort=True)


def some(count: int = 64, channels: int = 2, height: int = 12, width: int = 9) -> Tensor:
    source = Generator().manual_seed(1)
    shape = (count, channels, height, width)
    return torch.randint(1, 256, shape, generator=source, dtype=torch.uint8)


def changed(augmentation: Augmentation, images: Tensor, seed: int = 0) -> Tensor:
    return augmentation.apply(images, Generator().manual_seed(seed))


@pytest.mark.parametrize("images", [some(), some().float() / 100])
def test_shape_and_type_stay_and_the_input_is_not_touched(images: Tensor) -> None:
    before = images.clone()
    after = changed(EVERY, images)
    assert (after.shape, after.dtype) == (images.shape, images.dtype)
    assert torch.equal(images, before)
    assert not torch.equal(after, before)


def test_nothing_asked_is_nothing_done() -> None:
    assert torch.equal(changed(Augmentation(), some()), some())


@pytest.mark.parametrize("augmentation", [EVERY, Augmentation(shift=1), Augmentation(flip=True)])
def test_the_generator_alone_decides(augmentation: Augmentation) -> None:
    torch.manual_seed(5)
    first = changed(augmentation, some())
    torch.manual_seed(6)
    assert torch.equal(changed(augmentation, some()), first)
    assert not torch.equal(changed(augmentation, some(), seed=1), first)


@pytest.mark.slow
def test_a_shift_moves_whole_pixels() -> None:
    images = some(300, 1, 6, 5)
    seen = set()
    for before, after in zip(images, changed(Augmentation(shift=2), images), strict=True):
        moves = [
            (down, right)
            for down in range(-2, 3)
            for right in range(-2, 3)
            if torch.equal(after, moved(before, down, right))
        ]
        assert len(moves) == 1
        seen.add(moves[0])
    assert len(seen) == 25


def moved(image: Tensor, down: int, right: int) -> Tensor:
    """An image moved down and to the right, by a way of the test's own."""
    result = torch.zeros_like(image)
    height, width = image.shape[-2:]
    for row in range(height):
        for column in range(width):
            if 0 <= row - down < height and 0 <= column - right < width:
                result[:, row, column] = image[:, row - down, column - right]
    return result


def test_about_half_are_flipped() -> None:
    images = some(1000)
    after = changed(Augmentation(flip=True), images)
    flipped = (after == images.flip(3)).flatten(1).all(1)
    kept = (after == images).flatten(1).all(1)
    assert (flipped ^ kept).all()
    assert 400 < int(flipped.sum()) < 600


def test_a_distortion_is_slight() -> None:
    """A square in the middle stays about where it is and about as large; each differs."""
    square = torch.zeros(500, 1, 32, 32, dtype=torch.uint8)
    square[:, :, 11:21, 11:21] = 200
    after = changed(Augmentation(distort=True), square).double()[:, 0]
    area = after.sum((1, 2)) / 200
    assert 100 * 0.75 < float(area.min()) < 95
    assert 105 < float(area.max()) < 100 * 1.3
    places = torch.arange(32, dtype=torch.float64)
    for axis in (1, 2):
        middle = (after.sum(3 - axis) * places).sum(1) / after.sum((1, 2))
        assert float((middle - 15.5).abs().max()) < 2.5
        assert float(middle.std()) > 0.3
    assert len({tuple(image.flatten().tolist()) for image in after}) == 500
    assert float(after.max()) <= 200


def test_rows_lean_and_stay_straight() -> None:
    """A shear moves rows along themselves: what is a column may lean, what is a row may not."""
    rows = torch.zeros(50, 1, 64, 64)
    rows[:, :, 20:44] = 1
    after = changed(Augmentation(distort=True), rows)[:, 0, :, 16:48]
    assert float((after - after[:, :, :1]).abs().max()) < 1e-4
    columns = rows.transpose(2, 3)
    leaning = changed(Augmentation(distort=True), columns)[:, 0, 16:48]
    assert float((leaning - leaning[:, :1]).abs().max()) > 0.5


def test_every_image_is_changed_by_its_own_draw_alone() -> None:
    """Which others are in the batch does not change what is done to the first of it."""
    images = some(8)
    first = changed(EVERY, images)
    other = changed(EVERY, torch.cat([images[:1], some(7) // 2]))
    assert torch.equal(first[0], other[0])
