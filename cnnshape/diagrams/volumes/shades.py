"""The colours of a volume's faces, from those of its kind."""

from __future__ import annotations

from typing import NamedTuple

from ..themes import Ink, Theme, mix

WHITE = "#FFFFFF"


class Shades(NamedTuple):
    """The faces of a box in light from above; the face where the value comes out is darkest."""

    top: str
    front: str
    side: str


def shades(ink: Ink, theme: Theme) -> Shades:
    """The shades of one kind of layer: as bright as the theme is, as pale as print wants."""
    if theme.name == "dark":
        return Shades(
            mix(ink.solid, WHITE, 0.8), mix(ink.solid, ink.fill, 0.8), mix(ink.solid, ink.fill, 0.4)
        )
    front, side = (0.12, 0.3) if theme.name == "print" else (0.3, 0.55)
    return Shades(ink.fill, mix(ink.solid, ink.fill, front), mix(ink.solid, ink.fill, side))


def plain(theme: Theme) -> Shades:
    """The shades of the network's input, which no layer has made."""
    shares = (0.24, 0.16, 0.08) if theme.name == "dark" else (0.02, 0.05, 0.1)
    top, front, side = (mix(theme.text, theme.background, share) for share in shares)
    return Shades(top, front, side)
