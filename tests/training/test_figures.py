"""curves.svg, confusion.svg, and images in the terminal."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
import torch

from cnnshape.text.counts import count_of
from cnnshape.training.confusion import confusion_svg
from cnnshape.training.curves import PANEL_HEIGHT, TOP, curves_svg
from cnnshape.training.terminal_pictures import coloured_lines, plain_lines
from cnnshape.training.wording import percent

SVG = "{http://www.w3.org/2000/svg}"


def _history(epochs: int) -> list[dict[str, float]]:
    return [
        {"epoch": epoch, "train_loss": 2 / epoch, "test_loss": 1.5 / epoch,
         "train_accuracy": 1 - 0.5 / epoch, "test_accuracy": 1 - 0.4 / epoch}
        for epoch in range(1, epochs + 1)
    ]  # fmt: skip


def _size(root) -> tuple[float, float]:
    return float(root.get("width")), float(root.get("height"))


def _inside(root) -> bool:
    width, height = _size(root)
    places = [
        (float(each.get(x)), float(each.get(y)))
        for tag, x, y in (("text", "x", "y"), ("circle", "cx", "cy"), ("rect", "x", "y"))
        for each in root.iter(SVG + tag)
        if each.get(x) is not None
    ]
    return all(0 <= x <= width and 0 <= y <= height for x, y in places)


@pytest.mark.parametrize("epochs", [1, 2, 14, 200])
def test_curves_are_drawn_for_any_number_of_epochs(epochs):
    root = ElementTree.fromstring(curves_svg(_history(epochs), "A & B <net>", "so & so"))
    assert _inside(root)
    lines = list(root.iter(SVG + "polyline"))
    assert [len(line.get("points").split()) for line in lines] == [epochs] * 4
    assert "A & B <net>" in [text.text for text in root.iter(SVG + "text")]


def test_curves_of_figures_that_never_change():
    flat = [{**row, "train_loss": 0.0, "test_loss": 0.0, "train_accuracy": 1.0,
             "test_accuracy": 1.0} for row in _history(3)]  # fmt: skip
    assert _inside(ElementTree.fromstring(curves_svg(flat, "t", "s")))


@pytest.mark.parametrize("epochs", [1, 2, 14, 200])
def test_an_axis_begins_and_ends_with_a_mark(epochs):
    root = ElementTree.fromstring(curves_svg(_history(epochs), "t", "s"))
    lines = [line for line in root.iter(SVG + "line") if line.get("stroke-width") == "1"]
    for left in {line.get("x1") for line in lines}:
        rules = [float(line.get("y1")) for line in lines if line.get("x1") == left]
        assert (min(rules), max(rules)) == (TOP, TOP + PANEL_HEIGHT)
    numbers = [text.text for text in root.iter(SVG + "text") if text.get("text-anchor") == "middle"]
    marked = [int(number) for number in numbers if number != "epoch"]
    assert marked
    assert all(1 <= epoch <= epochs for epoch in marked)


def test_a_better_epoch_stands_higher():
    root = ElementTree.fromstring(curves_svg(_history(5), "t", "s"))
    *_, train, test = (
        [float(point.split(",")[1]) for point in line.get("points").split()]
        for line in root.iter(SVG + "polyline")
    )
    assert train == sorted(train, reverse=True)
    assert all(better < worse for better, worse in zip(test, train, strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("classes", [2, 10, 100])
def test_a_confusion_matrix_has_a_cell_for_each_pair(classes):
    counts = [[9 if row == column else row % 2 for column in range(classes)]
              for row in range(classes)]  # fmt: skip
    names = [f"class number {index}" for index in range(classes)]
    root = ElementTree.fromstring(confusion_svg(counts, names, "t", "s"))
    assert _inside(root)
    assert len(list(root.iter(SVG + "rect"))) == classes * classes + 1
    tooltips = [title.text for title in root.iter(SVG + "title")]
    assert "class number 0 answered as class number 0: 9" in tooltips


def test_one_wrong_answer_of_many_is_not_all_right():
    root = ElementTree.fromstring(confusion_svg([[9999, 1], [0, 10]], ["a", "b"], "t", "s"))
    shares = [text.text for text in root.iter(SVG + "text") if text.text.endswith("%")]
    assert shares == ["99.9 %", "100.0 %"]


def test_a_class_without_test_images_has_no_share():
    root = ElementTree.fromstring(confusion_svg([[3, 1], [0, 0]], ["a", "b"], "t", "s"))
    texts = [text.text for text in root.iter(SVG + "text")]
    assert "75.0 %" in texts
    assert sum(text.endswith("%") for text in texts) == 1


def test_an_image_in_characters():
    image = torch.zeros(1, 4, 3, dtype=torch.uint8)
    image[0, :2, 0] = 255
    image[0, 2, 2] = 128
    assert plain_lines(image) == ["@", "  :"]
    first, second = coloured_lines(image)
    assert first == [
        ("rgb(255,255,255) on rgb(255,255,255)", "▀"), ("rgb(0,0,0) on rgb(0,0,0)", "▀▀"),
    ]  # fmt: skip
    assert second[-1] == ("rgb(128,128,128) on rgb(0,0,0)", "▀")


@pytest.mark.parametrize("shape", [(3, 224, 224), (3, 5, 301), (1, 1, 1), (1, 33, 31)])
def test_an_image_of_any_size_fits_a_terminal(shape):
    image = torch.full(shape, 200, dtype=torch.uint8)
    plain, coloured = plain_lines(image), coloured_lines(image)
    assert len(plain) == len(coloured) >= 1
    assert max(map(len, plain)) <= 64
    assert all(sum(len(text) for _, text in line) <= 64 for line in coloured)


def test_a_share_is_never_rounded_to_all():
    assert percent(1.0) == "100.00 %"
    assert percent(0.999999) == "99.99 %"
    assert percent(0.99074) == "99.07 %"
    assert percent(0.9996, 1) == "99.9 %"
    assert percent(1.0, 1) == "100.0 %"
    assert count_of(1, "epoch") == "1 epoch"
    assert count_of(1200, "image") == "1,200 images"
