"""Photographs of a digit on paper, made up: seeded, and as uneven as real ones are.

A scene is what is looked at, from 0 (black) to 1 (white), H×W or H×W×3; light falls on it, and the
camera adds its noise. `CONDITIONS` are the six that were complained of; `OTHERS` are further ones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Plane: TypeAlias = NDArray[np.float64]
Random: TypeAlias = np.random.Generator

SIZE = (480, 640)
"""Height and width."""
PAPER, INK, TABLE = 0.86, 0.2, 0.35
NOISE = 0.012


def ink_of(digit: NDArray[np.uint8], side: int, angle: float = 0) -> Plane:
    """A drawing as ink from 0 to 1, side×side, turned by degrees."""
    large = Image.fromarray(digit).resize((side, side), Image.Resampling.BICUBIC)
    return np.asarray(large.rotate(angle, Image.Resampling.BICUBIC), float).clip(0, 255) / 255


def placed(ink: Plane, random: Random, margin: int = 20) -> Plane:
    """Ink somewhere on an empty sheet of SIZE."""
    sheet = np.zeros(SIZE)
    top, left = (
        int(random.integers(margin, whole - part - margin + 1))
        for whole, part in zip(SIZE, ink.shape, strict=True)
    )
    sheet[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    return sheet


def on_paper(ink: Plane, paper: Any = PAPER, pen: Any = INK) -> Plane:
    """A sheet with ink on it; paper and pen are shades, or colours."""
    shades = np.broadcast_arrays(np.asarray(paper, float), np.asarray(pen, float))
    ink = ink[..., None] if shades[0].ndim in (1, 3) else ink
    return np.asarray(shades[0] + (shades[1] - shades[0]) * ink)


def photographed(scene: Plane, light: Plane | float, random: Random) -> Image.Image:
    """What a camera makes of a scene in a light."""
    light = light[..., None] if scene.ndim == 3 and isinstance(light, np.ndarray) else light
    seen = scene * light + random.normal(0, NOISE, scene.shape)
    return Image.fromarray(np.rint(255 * seen.clip(0, 1)).astype(np.uint8))


# Light --------------------------------------------------------------------------------


def _places() -> tuple[Plane, Plane]:
    """Down and across, from −1 to 1 along the longer side."""
    height, width = SIZE
    down, across = np.mgrid[:height, :width].astype(float)
    return (2 * down - height) / width, (2 * across - width) / width


def gradient(random: Random, darkest: float = 0.35) -> Plane:
    """Light that falls from one side to the other."""
    angle = random.uniform(0, 2 * np.pi)
    down, across = _places()
    way = down * np.sin(angle) + across * np.cos(angle)
    return np.asarray(np.interp(way, (way.min(), way.max()), (1, darkest)))


def vignette(random: Random) -> Plane:
    """Light that falls towards the corners."""
    down, across = _places()
    return np.asarray(1 - random.uniform(0.4, 0.55) * (down**2 + across**2))


def soft_shadow(random: Random) -> Plane:
    """The shadow of a hand or a head: its edge is soft, and lies anywhere."""
    down, across = _places()
    angle = random.uniform(0, 2 * np.pi)
    way = down * np.sin(angle) + across * np.cos(angle) + 0.15 * np.sin(4 * (down - across))
    edge = (way - random.uniform(-0.3, 0.3)) / random.uniform(0.05, 0.2)
    return np.asarray(1 - random.uniform(0.4, 0.6) / (1 + np.exp(-edge)))


# Paper --------------------------------------------------------------------------------


def ruled(random: Random, squared: bool = False) -> Plane:
    """The shade of ruled paper, or of squared."""
    sheet = np.full(SIZE, PAPER)
    step, shade = int(random.integers(28, 48)), random.uniform(0.45, 0.65)
    start = int(random.integers(step))
    for width in range(2):
        sheet[start + width :: step] = shade
        if squared:
            sheet[:, start + width :: step] = shade
    return sheet


def with_table(sheet: Plane, ink: Plane, random: Random, table: Any = TABLE) -> Plane:
    """A sheet that lies askew on a table, of which one to four sides are seen."""
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    box = (columns[0], rows[0], columns[-1], rows[-1])
    ends = (0, 0, SIZE[1] - 1, SIZE[0] - 1)
    sides = random.permutation(4)[: random.integers(1, 5)]
    down, across = np.mgrid[: SIZE[0], : SIZE[1]].astype(float)
    lean = np.tan(np.radians(random.uniform(-4, 4)))
    seen = np.ones(SIZE, bool)
    for side in sides:
        room = abs(int(box[side]) - ends[side])
        edge = ends[side] + (1 if side < 2 else -1) * random.uniform(0.3, 0.7) * room
        own, other = (across, down) if side % 2 == 0 else (down, across)
        middle = other - other.mean()
        way = own - edge - (lean if side % 2 else -lean) * middle * min(1, room / 40)
        seen &= way > 0 if side < 2 else way < 0
    wood = np.asarray(table) * (1 + 0.08 * np.sin(down / 3 + 2 * np.sin(across / 50)))
    mask = Image.fromarray(255 * seen.astype(np.uint8)).filter(ImageFilter.GaussianBlur(1))
    share = np.asarray(mask, float) / 255
    return sheet * share + wood * (1 - share)


# Conditions ---------------------------------------------------------------------------

Condition: TypeAlias = Callable[[NDArray[np.uint8], Random], Image.Image]


def _plain(digit: NDArray[np.uint8], random: Random) -> Plane:
    return placed(ink_of(digit, int(random.integers(170, 300))), random)


def _even(digit: NDArray[np.uint8], random: Random) -> Image.Image:
    return photographed(on_paper(_plain(digit, random)), 1, random)


def _in_light(light: Callable[[Random], Plane]) -> Condition:
    return lambda digit, random: photographed(
        on_paper(_plain(digit, random)), light(random), random
    )


def _ruled(digit: NDArray[np.uint8], random: Random) -> Image.Image:
    return photographed(on_paper(_plain(digit, random), ruled(random)), 1, random)


def _table(digit: NDArray[np.uint8], random: Random) -> Image.Image:
    ink = placed(ink_of(digit, int(random.integers(150, 250))), random, margin=60)
    return photographed(with_table(on_paper(ink), ink, random), 1, random)


CONDITIONS: dict[str, Condition] = {
    "even": _even,
    "gradient": _in_light(gradient),
    "vignette": _in_light(vignette),
    "soft shadow": _in_light(soft_shadow),
    "ruled": _ruled,
    "table": _table,
}
"""From a digit, light on black, and a source of chance to a photograph."""


# Further conditions -------------------------------------------------------------------


def _pen(thickness: float, pen: Any, paper: Any = PAPER) -> Condition:
    """Written with a pen so thick, as a share of the digit's height."""

    def make(digit: NDArray[np.uint8], random: Random) -> Image.Image:
        ink = placed(_thinned(digit, int(random.integers(200, 320)), thickness), random)
        light = gradient(random, 0.6)
        return photographed(on_paper(ink, paper, pen), light, random)

    return make


def _thinned(digit: NDArray[np.uint8], side: int, thickness: float) -> Plane:
    """The middle of a digit's strokes, drawn again with a pen of another thickness."""
    from scipy import ndimage

    mask = ink_of(digit, side) > 0.5
    middle = _skeleton(mask)
    away = ndimage.distance_transform_edt(~middle)
    return np.asarray((thickness * side / 2 + 0.5 - away).clip(0, 1))


def _skeleton(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Lantuéjoul's skeleton: what openings of all erosions leave out."""
    from scipy import ndimage

    away = ndimage.distance_transform_edt(mask)
    ridge = away >= ndimage.maximum_filter(away, 5) - 0.8
    return np.asarray(ridge & (away > 0.3 * away.max()))


def _lit(make: Callable[[NDArray[np.uint8], Random], Plane], light: Any = None) -> Condition:
    def condition(digit: NDArray[np.uint8], random: Random) -> Image.Image:
        chosen = light(random) if light else gradient(random, 0.7)
        return photographed(make(digit, random), chosen, random)

    return condition


def _board(digit: NDArray[np.uint8], random: Random) -> Plane:
    """Chalk on a dark board: broken strokes, and a board that was wiped."""
    ink = _plain(digit, random)
    chalk = ink * (random.random(SIZE) < 0.85)
    down, across = _places()
    wiped = 0.04 * np.sin(5 * down + 3 * across) + 0.03 * random.normal(0, 1, SIZE)
    return on_paper(chalk, 0.22 + wiped, 0.85)


def _white_board(digit: NDArray[np.uint8], random: Random) -> Plane:
    """A green marker on a board in which a lamp is mirrored."""
    ink = _plain(digit, random)
    down, across = _places()
    place = random.uniform(-0.6, 0.6, 2)
    lamp = 0.25 * np.exp(-((down - place[0]) ** 2 + (across - place[1]) ** 2) / 0.05)
    return on_paper(ink, 0.75, (0.1, 0.45, 0.25)) + lamp[..., None]


def _blurred(radius: float) -> Condition:
    return lambda digit, random: _in_light(gradient)(digit, random).filter(
        ImageFilter.GaussianBlur(radius)
    )


def _noisy(digit: NDArray[np.uint8], random: Random) -> Image.Image:
    seen = np.asarray(_in_light(gradient)(digit, random), float)
    return Image.fromarray((seen + random.normal(0, 18, SIZE)).clip(0, 255).astype(np.uint8))


def _jpeg(digit: NDArray[np.uint8], random: Random) -> Image.Image:
    import io

    stream = io.BytesIO()
    _in_light(vignette)(digit, random).save(stream, "JPEG", quality=20)
    return Image.open(stream)


def _turned(digit: NDArray[np.uint8], random: Random) -> Image.Image:
    angle = 10 * (1 if random.random() < 0.5 else -1)
    ink = placed(ink_of(digit, int(random.integers(170, 300)), angle), random)
    return photographed(on_paper(ink), soft_shadow(random), random)


def _small(digit: NDArray[np.uint8], random: Random) -> Image.Image:
    ink = np.zeros(SIZE)
    side = int(random.integers(50, 70))
    down, across = (int(random.choice([12, whole - side - 12])) for whole in SIZE)
    ink[down : down + side, across : across + side] = ink_of(digit, side)
    return photographed(on_paper(ink), gradient(random, 0.5), random)


def _close(digit: NDArray[np.uint8], random: Random) -> Image.Image:
    """The digit fills the picture."""
    side = int(random.integers(560, 600))
    ink = ink_of(digit, side)
    off = (side - SIZE[0]) // 2
    sheet = np.zeros(SIZE)
    sheet[:, 20 : 20 + side] = ink[off : off + SIZE[0]]
    return photographed(on_paper(sheet), gradient(random, 0.6), random)


def _bright_table(digit: NDArray[np.uint8], random: Random) -> Image.Image:
    ink = placed(ink_of(digit, int(random.integers(150, 250))), random, margin=60)
    sheet = on_paper(ink, 0.7)
    return photographed(with_table(sheet, ink, random, 0.9), gradient(random, 0.7), random)


def _everything(digit: NDArray[np.uint8], random: Random) -> Image.Image:
    ink = placed(ink_of(digit, int(random.integers(150, 250)), random.uniform(-6, 6)), random, 60)
    scene = with_table(on_paper(ink, ruled(random)), ink, random)
    return photographed(scene, soft_shadow(random), random)


def _margin_line(digit: NDArray[np.uint8], random: Random) -> Plane:
    sheet = np.repeat(ruled(random)[..., None], 3, 2)
    sheet[:, 60:63] = (0.8, 0.3, 0.3)
    return on_paper(_plain(digit, random), sheet, (0.1, 0.1, 0.4))


def _finger(digit: NDArray[np.uint8], random: Random) -> Plane:
    """A finger reaches into the picture from below."""
    ink = _plain(digit, random)
    columns = np.flatnonzero(ink.any(0))
    middle = columns[0] / 2 if columns[0] > SIZE[1] - columns[-1] else (columns[-1] + SIZE[1]) / 2
    down, across = np.mgrid[: SIZE[0], : SIZE[1]].astype(float)
    seen = np.hypot(across - middle, (down - 300).clip(None, 0)) < 32
    scene = on_paper(ink, (PAPER,) * 3, (INK,) * 3)
    scene[seen] = (0.7, 0.5, 0.42)
    return scene


def _small_print(digit: NDArray[np.uint8], random: Random) -> Plane:
    """A line of print above the digit."""
    ink = placed(ink_of(digit, int(random.integers(200, 300))), random, 50)
    from PIL import ImageDraw

    text = Image.new("L", SIZE[::-1])
    ImageDraw.Draw(text).text((200, 12), "Please write one digit below", fill=255)
    return on_paper(np.maximum(ink, np.asarray(text) / 255))


def _crumpled(digit: NDArray[np.uint8], random: Random) -> Plane:
    from scipy import ndimage

    folds = ndimage.gaussian_filter(random.normal(0, 1, SIZE), 12)
    return on_paper(_plain(digit, random)) * (1 + 0.12 * folds / folds.std()).clip(0.6, 1.1)


def two_digits(digit: NDArray[np.uint8], random: Random) -> Image.Image:
    """Two digits beside each other: nobody knows which is meant."""
    side = int(random.integers(150, 220))
    both = np.hstack([ink_of(digit, side), ink_of(digit, side)])
    return photographed(on_paper(placed(both, random)), gradient(random, 0.6), random)


OTHERS: dict[str, Condition] = {
    "fine pen": _pen(0.02, 0.25),
    "ballpoint": _pen(0.035, (0.15, 0.2, 0.6), (0.86, 0.86, 0.84)),
    "red felt pen": _pen(0.07, (0.8, 0.15, 0.15), (0.86, 0.86, 0.84)),
    "broad marker": _pen(0.14, 0.12),
    "pencil": _pen(0.03, 0.6),
    "yellow": _pen(0.08, (0.95, 0.85, 0.2), (0.93, 0.93, 0.93)),
    "coloured paper": _pen(0.06, (0.1, 0.1, 0.1), (0.9, 0.6, 0.5)),
    "squared": lambda digit, random: photographed(
        on_paper(_plain(digit, random), ruled(random, squared=True)), gradient(random, 0.7), random
    ),
    "margin line": _lit(_margin_line),
    "white board": _lit(_white_board),
    "chalk": _lit(_board, vignette),
    "blurred": _blurred(4),
    "noisy": _noisy,
    "JPEG": _jpeg,
    "turned": _turned,
    "small in a corner": _small,
    "close": _close,
    "bright table": _bright_table,
    "everything": _everything,
    "finger": _lit(_finger),
    "small print": _lit(_small_print),
    "crumpled": _lit(_crumpled),
    "half size": lambda digit, random: _in_light(gradient)(digit, random).resize((160, 120)),
    "large": lambda digit, random: _in_light(soft_shadow)(digit, random).resize((2560, 1920)),
    "two digits": two_digits,
}
"""Conditions of our own; of two digits a reading is doubtful, whatever it says."""
