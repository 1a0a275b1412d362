"""A lesson as a GIF that moves, by Pillow; each frame is the scene's SVG, drawn by typst."""

from __future__ import annotations

from io import BytesIO

from ..diagrams.export import to_png
from .scene import Scene
from .svg import to_svg

MOST_FRAMES = 120
_HELD = 3
"""Beats for which the last frame stands."""
_COLOURS = 64
_LONGEST = 655_350
"""Milliseconds for which a frame can stand: a GIF has two bytes for hundredths of a second."""


class TooManySteps(ValueError):
    """More frames than a GIF has room for. The text says how many."""


def to_gif(scene: Scene, theme: str, seconds: float) -> bytes:
    """The scene as a GIF that begins again at its end.

    Raises:
        TooManySteps: it has more than MOST_FRAMES.
    """
    from PIL import Image

    if scene.steps > MOST_FRAMES:
        raise TooManySteps(
            f"a GIF of {scene.steps:,} steps is too long: expected {MOST_FRAMES} at most; an "
            ".html steps through any number"
        )
    frames = []
    for step in range(scene.steps):
        png = to_png(to_svg(scene, theme, seconds, at=step), title=scene.name, scale=1)
        with Image.open(BytesIO(png)) as picture:
            frames.append(picture.convert("RGB").quantize(_COLOURS))
    beat = round(1000 * seconds)
    out = BytesIO()
    frames[0].save(
        out,
        "GIF",
        save_all=True,
        append_images=frames[1:],
        duration=[min(beat, _LONGEST)] * (len(frames) - 1) + [min(_HELD * beat, _LONGEST)],
        loop=0,
        optimize=True,
    )
    return out.getvalue()
