"""PNG and PDF from a figure's SVG, by typst: no system library, no network.

The fonts are the shipped Liberation Sans, then those of the system, so that a machine
without any fonts draws every Latin, Greek and Cyrillic label.
"""

from __future__ import annotations

import re
from math import ceil
from pathlib import Path
from typing import Literal

from ..packages import missing_text
from .look import DiagramError

FONTS = Path(__file__).parent / "fonts"
CSS_PIXELS_PER_INCH = 96
MAX_PIXELS = 100_000_000
"""Of a PNG: more takes too much memory to draw, and most viewers refuse it."""

_PAGE = """\
#set document(title: sys.inputs.title, date: none)
#set page(width: auto, height: auto, margin: 0pt, fill: none)
#image(bytes(sys.inputs.svg), format: "svg", alt: sys.inputs.title)
"""


def to_pdf(svg: str, *, title: str) -> bytes:
    """A PDF of one page as large as the figure; text stays text."""
    return _compile(svg, title, "pdf", CSS_PIXELS_PER_INCH)


def to_png(svg: str, *, title: str, scale: float) -> bytes:
    """A PNG with `scale` pixels for each px of the figure.

    Raises:
        DiagramError: it would have more than MAX_PIXELS.
    """
    width, height = size(svg)
    pixels = round(width * scale) * round(height * scale)
    if pixels > MAX_PIXELS:
        largest = (MAX_PIXELS / (width * height)) ** 0.5
        raise DiagramError(
            f"a PNG of {width * scale:,.0f}×{height * scale:,.0f} pixels is larger than "
            f"{MAX_PIXELS:,} in all; help: --scale {int(largest * 10) / 10:g}, "
            "or SVG or PDF, which have no pixels"
        )
    return _compile(_of_whole_pixels(svg, scale), title, "png", CSS_PIXELS_PER_INCH * scale)


def size(svg: str) -> tuple[float, float]:
    """Width and height of a figure, in px."""
    found = re.search(r'<svg[^>]*? width="([\d.]+)" height="([\d.]+)"', svg)
    assert found is not None, "every figure says its size"
    return float(found[1]), float(found[2])


def _of_whole_pixels(svg: str, scale: float) -> str:
    """The figure with so much more background that it fills whole pixels.

    Else typst draws it a part of a pixel larger than its page, and shrinks it by leaving out
    a row and a column of pixels, which may be the bar of a letter. It rounds the width up,
    and then the height that belongs to that width: a hundredth less keeps both from going
    over by an error of rounding.
    """
    wide, high = (ceil(length * scale) for length in size(svg))
    width = f"{(wide - 0.01) / scale:.6f}"
    height = f"{(high - 0.02 * max(1, high / wide)) / scale:.6f}"
    return re.sub(
        r' width="[\d.]+" height="[\d.]+" viewBox="0 0 [\d.]+ [\d.]+"',
        f' width="{width}" height="{height}" viewBox="0 0 {width} {height}"',
        svg,
        count=1,
    )


def _compile(svg: str, title: str, format: Literal["pdf", "png"], pixels_per_inch: float) -> bytes:
    try:
        import typst
    except ImportError:
        raise DiagramError(f"{format.upper()}: {missing_text('typst')}") from None

    page: bytes = _PAGE.encode()
    return typst.compile(
        page,
        sys_inputs={"svg": svg, "title": title},
        format=format,
        ppi=pixels_per_inch,
        font_paths=typst.Fonts(font_paths=[FONTS]),
        pdf_tags=True,
    )
