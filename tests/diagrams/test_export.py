"""PNG and PDF from SVG."""

from __future__ import annotations

import io
import sys

import pytest
from PIL import Image

from cnnshape.diagrams import THEMES, DiagramError
from cnnshape.diagrams.export import size, to_pdf, to_png
from cnnshape.diagrams.svg import document, element, text


def figure(width: float = 120, height: float = 60) -> str:
    return document(
        element("rect", x=10, y=10, width=20, height=20, fill="#FF0000"),
        text("Conv2d", 40, 40, size=16, fill="#000000"),
        width=width,
        height=height,
        title="t",
        description="d",
        theme=THEMES["light"],
    )


@pytest.mark.slow
@pytest.mark.parametrize("scale", [0.5, 1, 2, 3.5])
def test_a_png_has_scale_pixels_for_each_px(scale):
    image = Image.open(io.BytesIO(to_png(figure(), title="t", scale=scale))).convert("RGB")
    assert image.size == (120 * scale, 60 * scale)
    assert image.getpixel((round(20 * scale), round(20 * scale))) == (255, 0, 0)
    assert image.getpixel((round(5 * scale), round(5 * scale))) == (255, 255, 255)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("width", "height", "scale"),
    [(80.07, 39.5, 1.5), (48, 41.5, 1), (33.3, 41.11, 1.3), (120.83, 367.27, 1.1)],
)
def test_no_row_of_pixels_is_left_out(width, height, scale):
    rows = [
        f'<rect y="{2 * row / scale}" width="9" height="{1 / scale}" fill="#000000"/>'
        for row in range(int(height * scale / 2))
    ]
    striped = document(
        *rows, width=width, height=height, title="t", description="d", theme=THEMES["print"]
    )
    image = Image.open(io.BytesIO(to_png(striped, title="t", scale=scale))).convert("L")
    column = [image.getpixel((3, y)) > 127 for y in range(2 * len(rows))]
    assert column == [False, True] * len(rows)


def test_text_is_drawn_in_the_shipped_font_wherever_it_runs():
    image = Image.open(io.BytesIO(to_png(figure(), title="t", scale=4))).convert("L")
    letters = image.crop((160, 80, 480, 200)).point(lambda value: 255 * (value < 128))
    left, _, right, _ = letters.getbbox()
    from cnnshape.diagrams.text import text_width

    assert (right - left) / 4 == pytest.approx(text_width("Conv2d", 16), abs=2.5)


def test_a_pdf_keeps_text_as_text_and_is_the_same_each_time():
    made = to_pdf(figure(), title="LeNet-5")
    assert made.startswith(b"%PDF-")
    assert b"LiberationSans" in made
    assert made == to_pdf(figure(), title="LeNet-5")


def test_a_title_is_not_read_as_typst():
    hostile = '#panic("x") ] $ \\ `raw` #read("/etc/passwd")'
    assert to_pdf(figure(), title=hostile).startswith(b"%PDF-")


def test_a_png_beyond_all_measure_is_refused_with_what_would_fit():
    with pytest.raises(DiagramError, match=r"40,000×40,000 pixels .* --scale 0\.\d"):
        to_png(figure(20_000, 20_000), title="t", scale=2)
    assert size(figure(33.5, 20)) == (33.5, 20)


def test_without_typst_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(DiagramError, match=r"PDF: this needs typst, .* -m pip install typst"):
        to_pdf(figure(), title="t")
