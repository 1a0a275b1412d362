"""How wide a text is, so that no label overlaps or is cut.

Widths are those of Liberation Sans, which has the metrics of Arial and Helvetica: one of the
three is found by nearly every viewer, and Liberation Sans itself is shipped for PNG and PDF.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
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

WIDER = 1.18
"""How much wider than measured a line may be drawn: in DejaVu Sans, where no font of the measured
widths is installed. What is as wide as the picture would be cut there, and what stands beside
another text would run into it."""
ASCENT = 0.905
"""From the baseline to the top of a line, in parts of the font's size."""
DESCENT = 0.212
"""From the baseline to the bottom of a line, in parts of the font's size."""

_WORDS = re.compile(r"(?:[A-Z]+[^A-Z._/-]*|[^A-Z._/-]+|(?=[._/-]))[._/-]*")
"""The words that a name is made of: each with the marks that join it to the next."""

MOST_SIGNS = 60
"""Of a line of a name that is shortened: more do not fit into any."""

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


def shorten_name(name: str, width: float, size: float, *, bold: bool = False) -> str:
    """The name, or its beginning and its end with '…' between them, cut between words if it can be.

    The end comes first: names that stand together begin alike and differ at their ends.
    """

    def fits(text: str) -> bool:
        return text_width(text, size, bold=bold) <= width

    if fits(name):
        return name
    words = _WORDS.findall(name)
    if not fits(f"…{words[-1]}"):
        words = list(name)
    head, tail = "", ""
    while words and fits(f"{head}…{words[-1]}{tail}"):
        tail = words.pop() + tail
    while words and fits(f"{head}{words[0]}…{tail}"):
        head += words.pop(0)
    return f"{head}…{tail}"


def name_lines(
    pieces: Sequence[str], width: float, size: float, most: int, *, bold: bool = False
) -> list[str]:
    """A name in at most `most` lines, broken between its pieces where it can be.

    Of a longer one the end is kept, after '…', for there names that begin alike differ.
    """

    def lines_of(pieces: Iterable[str]) -> list[str]:
        return broken(pieces, width, size, bold=bold) or [""]

    lines = lines_of(pieces)
    if len(lines) <= most:
        return lines
    rest = list(pieces) if len(lines_of(["…", pieces[-1]])) <= most else list("".join(pieces))
    end = rest[-most * MOST_SIGNS :]
    while len(lines) > most:
        end = end[1:]
        lines = lines_of(["…", *end])
    return lines


def broken(pieces: Iterable[str], width: float, size: float, *, bold: bool = False) -> list[str]:
    """Pieces of a text in lines of at most `width`; a piece that is longer is broken, too."""
    lines = [""]
    for piece in pieces:
        if text_width((lines[-1] + piece).rstrip(), size, bold=bold) <= width:
            lines[-1] += piece
        else:
            lines += wrap(piece, width, size, bold=bold)
            lines[-1] += piece[len(piece.rstrip()) :]
    return [line.strip() for line in lines if line.strip()]


def phrases(text: str) -> list[str]:
    """What a list of arguments can be broken into: after its commas."""
    return re.findall(r".+?(?:, |$)", text)


def marked_pieces(name: str) -> list[str]:
    """What a path can be broken into: after its dots, bars, dashes, underscores and spaces."""
    return [piece for piece in re.findall(r"[^\s._/-]*[\s._/-]*", one_line(name)) if piece]


def name_pieces(name: str) -> list[str]:
    """What a name can be broken into: the words that it joins by marks or begins with capitals."""
    return _WORDS.findall(one_line(name))


def wrap(text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """The text in lines of at most `width`, broken between words, else within them.

    A long word is broken after a mark that joins names or before a capital, and only where it has
    none of these anywhere. Chinese and Japanese have no spaces: there a line breaks between any two
    characters.
    """

    def fits(text: str) -> bool:
        return text_width(text, size, bold=bold) <= width

    lines = [""]
    for word in one_line(text).split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if fits(longer):
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        for part in _WORDS.findall(word):
            if fits(lines[-1] + part):
                lines[-1] += part
                continue
            if lines[-1]:
                lines.append("")
            for sign in part:
                if lines[-1] and not fits(lines[-1] + sign):
                    lines.append("")
                lines[-1] += sign
    return lines
