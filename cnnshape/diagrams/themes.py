"""The colours of diagrams. Kinds of layers are told apart by the palette of Okabe and Ito.

Source: M. Okabe and K. Ito, "Color Universal Design", 2008: eight colours that people with
any kind of colour vision can tell apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

PALETTE = {
    "convolution": "#0072B2",
    "pooling": "#D55E00",
    "normalization": "#56B4E9",
    "activation": "#009E73",
    "linear": "#E69F00",
    "merge": "#CC79A7",
    "attention": "#F0E442",
}
"""The kinds of layers that have a colour of their own; all others are grey."""

GREY = "#8C8C8C"

LEAST_TEXT_CONTRAST = 7
"""Of text on its fill. Source: WCAG 2.2, success criterion 1.4.6."""
LEAST_LINE_CONTRAST = 3
"""Of an outline on the background. Source: WCAG 2.2, success criterion 1.4.11."""

KIND_TITLES = {
    "convolution": "Convolution",
    "pooling": "Pooling",
    "normalization": "Normalization",
    "activation": "Activation",
    "linear": "Linear",
    "merge": "Merge",
    "attention": "Attention",
    "dropout": "Dropout",
    "resampling": "Resampling",
    "padding": "Padding",
    "shape": "Rearranging",
    "other": "Other",
}
"""What a legend calls each kind, in the order of the legend."""


class Ink(NamedTuple):
    """The colours of one kind of layer, '#RRGGBB'.

    Attributes:
        fill: of a surface on which text stands.
        line: of its outline; readable on the background, too.
        text: of text on the fill, with a contrast of at least 7 to 1.
        solid: the full colour, for a surface without text.
    """

    fill: str
    line: str
    text: str
    solid: str


class Theme(NamedTuple):
    """The colours of a whole diagram, '#RRGGBB'.

    Attributes:
        name: 'light', 'dark' or 'print'.
        background: of the page.
        text: of titles and labels. muted: of what is said beside them.
        line: of arrows and outlines. skip: of skip connections.
        group: of a block's area. group_line: of its outline.
        kinds: the ink of each kind that has a colour. grey: that of all others.
    """

    name: str
    background: str
    text: str
    muted: str
    line: str
    skip: str
    group: str
    group_line: str
    kinds: Mapping[str, Ink]
    grey: Ink

    def ink(self, kind: str) -> Ink:
        """The colours of a kind of layer."""
        return self.kinds.get(kind, self.grey)


def mix(colour: str, other: str, share: float) -> str:
    """`share` of `colour` with the rest of `other`, channel by channel in sRGB."""
    channels = (
        round(share * a + (1 - share) * b) for a, b in zip(rgb(colour), rgb(other), strict=True)
    )
    return "#" + "".join(f"{channel:02X}" for channel in channels)


def rgb(colour: str) -> tuple[int, int, int]:
    """'#RRGGBB' as three numbers from 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def contrast(colour: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21. Source: WCAG 2.2, contrast ratio."""
    lighter, darker = sorted((_luminance(colour), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (channel / 255 for channel in rgb(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _theme(
    name: str,
    *,
    background: str,
    text: str,
    muted: str,
    line: str,
    skip: str,
    group: str,
    group_line: str,
    tint: float,
    outline: tuple[float, str],
) -> Theme:
    """A theme whose fills hold `tint` of the palette's colour, and whose lines are mixed so."""
    share, towards = outline

    def ink(colour: str) -> Ink:
        fill_share, line_share = tint, share
        while contrast(text, mix(colour, background, fill_share)) < LEAST_TEXT_CONTRAST:
            fill_share -= 0.02
        while contrast(background, mix(colour, towards, line_share)) < LEAST_LINE_CONTRAST:
            line_share -= 0.02
        return Ink(
            fill=mix(colour, background, fill_share),
            line=mix(colour, towards, line_share),
            text=text,
            solid=colour,
        )

    return Theme(
        name,
        background,
        text,
        muted,
        line,
        skip,
        group,
        group_line,
        {kind: ink(colour) for kind, colour in PALETTE.items()},
        ink(GREY),
    )


THEMES: dict[str, Theme] = {
    theme.name: theme
    for theme in (
        _theme(
            "light",
            background="#FFFFFF",
            text="#1B1F24",
            muted="#57606A",
            line="#4B5563",
            skip="#B0226B",
            group="#F6F8FA",
            group_line="#C9D1D9",
            tint=0.28,
            outline=(0.8, "#000000"),
        ),
        _theme(
            "dark",
            background="#0D1117",
            text="#F0F3F6",
            muted="#A4ADB8",
            line="#9BA5B1",
            skip="#FF8CC6",
            group="#151B23",
            group_line="#3D444D",
            tint=0.36,
            outline=(0.85, "#FFFFFF"),
        ),
        _theme(
            "print",
            background="#FFFFFF",
            text="#000000",
            muted="#333333",
            line="#000000",
            skip="#000000",
            group="#FFFFFF",
            group_line="#777777",
            tint=0.16,
            outline=(0.25, "#000000"),
        ),
    )
}
"""light and dark for screens; print for paper: black lines and pale fills that cost no ink."""
