"""How wide a text is, so that no label overlaps or is cut.

Widths are those of Liberation Sans, which has the metrics of Arial and Helvetica: one of the
three is found by nearly every viewer, and Liberation Sans itself is shipped for PNG and PDF.
"""

from __future__ import annotations

from unicodedata import combining, east_asian_width

from ._widths import BOLD, REGULAR, UNITS_PER_EM

FONT_FAMILY = (
    "Helvetica, Arial, 'Liberation Sans', Arimo, 'Noto Sans', "
    "'Apple SD Gothic Neo', 'Malgun Gothic', 'Noto Sans CJK KR', 'Noto Sans KR', NanumGothic, "
    "'Hiragino Sans', 'Yu Gothic', Meiryo, 'Noto Sans CJK JP', 'Noto Sans JP', "
    "'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', "
    "'WenQuanYi Micro Hei', 'DejaVu Sans', sans-serif"
)
"""Of the same widths first, then what has Korean, Japanese and Chinese on each system."""

ASCENT = 0.905
"""From the baseline to the top of a line, in parts of the font's size."""
DESCENT = 0.212
"""From the baseline to the bottom of a line, in parts of the font's size."""

_WIDE = 1.1
"""Of a character that is as wide as high, as Chinese is; some fonts have them a bit wider."""
_UNKNOWN = 0.75
"""Of a character that the font lacks: as wide as another font may have it."""


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """The width of one line of text in a font of `size`, in the same unit."""
    widths = BOLD if bold else REGULAR
    units = 0.0
    for character in text:
        width = widths.get(character)
        units += _other(character) * UNITS_PER_EM if width is None else width
    return units * size / UNITS_PER_EM


def _other(character: str) -> float:
    if combining(character):
        return 0
    return _WIDE if east_asian_width(character) in "WF" else _UNKNOWN


def one_line(text: str) -> str:
    """The text with every line break and run of spaces as one space."""
    return " ".join(text.split())


def shorten(text: str, width: float, size: float, *, bold: bool = False) -> str:
    """The text, or as much of its beginning as fits into `width` with '…' after it."""
    if text_width(text, size, bold=bold) <= width:
        return text
    kept = text
    while kept and text_width(kept.rstrip() + "…", size, bold=bold) > width:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def wrap(text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """The text in lines of at most `width`, broken between words, else within them.

    Chinese and Japanese have no spaces: there a line breaks between any two characters.
    """
    lines: list[str] = []
    line = ""
    for word in one_line(text).split(" "):
        longer = f"{line} {word}" if line else word
        if text_width(longer, size, bold=bold) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        line = word
        while text_width(line, size, bold=bold) > width and len(line) > 1:
            cut = len(line) - 1
            while cut > 1 and text_width(line[:cut], size, bold=bold) > width:
                cut -= 1
            lines.append(line[:cut])
            line = line[cut:]
    lines.append(line)
    return lines
