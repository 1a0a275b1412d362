"""What `convolve` and `pool` share: options, the layer, and what is done with the lesson."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, cast

import typer

from ._common import refuse_named_twice, refuse_overwriting, sizes_or_refuse, usage_error
from ._printing import WIDE, coloured, say, write_out

if TYPE_CHECKING:
    from ..layers.base import Layer, LayerError
    from ..worked.exact import Maps
    from ..worked.values import Worked

FORMATS = ("svg", "html", "gif")
_TWO = "two such as 2x1"
LEAST_SPEED, MOST_SPEED = 0.001, 20

ImageOption = Annotated[
    str | None,
    typer.Option(
        "--image",
        "-i",
        metavar="NUMBERS|FILE|SIZES",
        help="Rows of numbers with / between them, '1 2/3 4' (// parts channels); a text file, a "
        "row a line; a picture; - for stdin; or sizes such as 3x28x28, with numbers made up.",
    ),
]
ChannelsOption = Annotated[
    int | None,
    typer.Option(
        min=1, metavar="N", help="Channels of the image; for a picture file 1 (grey) or 3."
    ),
]
StrideOption = Annotated[
    str | None,
    typer.Option("--stride", "-s", metavar="N|HxW", help="How far the window moves."),
]
PaddingOption = Annotated[
    str,
    typer.Option("--padding", "-p", metavar="N|HxW", help="Rows and columns around the image."),
]
DilationOption = Annotated[
    str,
    typer.Option(
        "--dilation", "-d", metavar="N|HxW", help="The distance between two numbers of the window."
    ),
]
FormatOption = Annotated[
    Literal["text", "json", "markdown"] | None, typer.Option(help="The output format.")
]
OutOption = Annotated[
    list[str] | None,
    typer.Option(
        "--out",
        "-o",
        metavar="FILE",
        help="Draw it into a file: .svg moves, and prints as its last state; .html steps by click "
        "and key; .gif moves. Several may be named.",
    ),
]
ThemeOption = Annotated[
    Literal["light", "dark", "print"] | None, typer.Option(help="The colours of --out.")
]
SpeedOption = Annotated[
    float | None, typer.Option(metavar="X", help="Steps per second, where it moves.")
]
StillOption = Annotated[
    bool, typer.Option("--still", help="Print all steps at once, in a terminal too.")
]


def sizes(text: str, option: str, words: Sequence[str] = ()) -> Any:
    """'2' as 2, '2x1' as [2, 1], and a word that the option also takes as it is."""
    if text in words:
        return text
    expected = ", or ".join(["a number", _TWO, *words])
    numbers = sizes_or_refuse(text.replace(",", "x"), option, expected)
    return numbers[0] if len(numbers) == 1 else list(numbers)


def read_or_refuse(read: Callable[..., Any], option: str, *arguments: Any) -> Any:
    """What `read` gives; what it cannot read is a usage error of an option."""
    from ..lesson.reading import UnreadableNumbers

    try:
        return read(*arguments, sys.stdin.buffer)
    except UnreadableNumbers as fault:
        usage_error(str(fault), option)
    except OSError as fault:
        usage_error(f"cannot read {fault.filename}: {fault.strerror or fault}", option)


def image_or_default(image: str | None, default: str, channels: int | None) -> Maps:
    """The image that is given, else the lesson's own."""
    from ..lesson.reading import default_image, read_image

    if image is None:
        own = read_or_refuse(lambda _: default_image(default, channels), "--channels")
        return cast("Maps", own)
    maps, told = read_or_refuse(read_image, "--image", image, channels)
    note(told)
    return cast("Maps", maps)


def build_layer(
    kind: type[Layer], arguments: dict[str, Any], image: Maps, options: Mapping[str, str]
) -> Any:
    """The layer; where it cannot be, its own message is a usage error.

    Args:
        kind: its type.
        arguments: as a spec would write them.
        image: what it reads.
        options: the arguments by the options that give them.
    """
    from ..layers.base import LayerError
    from ..worked.values import TooLarge, build

    try:
        return build(kind, arguments, image)[0]
    except TooLarge as fault:
        usage_error(str(fault), "--image")
    except LayerError as fault:
        help = _cures(fault, kind, arguments, image, options)
        message = fault.message.replace("a list of 2 (H, W)", _TWO)
        usage_error(f"{message}{help}", options.get(fault.field or "", "--image"))


def _cures(
    fault: LayerError,
    kind: type[Layer],
    arguments: dict[str, Any],
    image: Maps,
    options: Mapping[str, str],
) -> str:
    """The layer's own fixes that cure it here, said in options."""
    from ..layers.base import LayerError
    from ..worked.values import TooLarge, build

    told = []
    for fix in fault.fixes:
        try:
            build(kind, fix.argued(arguments), image)
        except (LayerError, TooLarge):
            continue
        says = re.sub("^kernel_size(?= of)", "a window", fix.says)
        for name, value in fix.arguments.items():
            if value is None:  # what a spec writes as null, a command line leaves out
                says = says.replace("null", f"no {options.get(name, name)}")
        says = re.sub(
            r"^(\w+)(: )?",
            lambda name: f"{options.get(name[1], name[1])} "[: None if name[2] else -1],
            says,
        )
        told.append(says)
    return f"; help: {', or '.join(told)}" if told else ""


# What is done with a lesson -----------------------------------------------------------


class Wanted(NamedTuple):
    """What is to be done with a lesson, as the options of these names say."""

    format: str | None
    out: Sequence[str]
    theme: str | None
    speed: float | None
    still: bool


def check_outputs(wanted: Wanted, inputs: Sequence[str]) -> None:
    """Refuse what no file can be, and what has no effect, before anything is worked out."""
    format, out, theme, speed, still = wanted
    for path in out:
        refuse_overwriting(path, inputs)
        if Path(path).suffix[1:].lower() not in FORMATS:
            usage_error(f"{path}: expected a file that ends in .svg, .html or .gif", "--out")
    refuse_named_twice(out)
    if theme and not out:
        usage_error("colours are those of a file: name one by --out", "--theme")
    on_terminal = format == "text" or (format is None and not out)
    if still and not on_terminal:
        usage_error("it is for what is printed as text", "--still")
    if speed is not None and not out and (still or not on_terminal):
        usage_error("nothing moves here", "--speed")
    if speed is not None and not LEAST_SPEED <= speed <= MOST_SPEED:
        usage_error(
            f"expected a number from {LEAST_SPEED} to {MOST_SPEED}, not {speed:g}", "--speed"
        )


def give_out(wanted: Wanted, worked: Worked) -> None:
    """Write the files that are named, else print or play the lesson."""
    format, out, theme, speed, still = wanted
    drawn = [(path, _drawn(worked, path, theme or "light", speed or 1)) for path in out]
    for path, content in drawn:
        write_out(path, content)
    if format == "json":
        from ..lesson.forms import to_json_text

        sys.stdout.write(to_json_text(worked))
    elif format == "markdown":
        from ..lesson.forms import to_markdown

        sys.stdout.write(to_markdown(worked))
    elif format == "text" or not out:
        _show(worked, speed, still)


def _drawn(worked: Worked, path: str, theme: str, speed: float) -> str | bytes:
    from ..diagrams import DiagramError
    from ..lesson.gif import TooManySteps, to_gif
    from ..lesson.page import to_page
    from ..lesson.scene import draw
    from ..lesson.svg import MOST_STEPS, to_svg
    from ..worked.values import TooLarge

    ending = Path(path).suffix.lower()
    try:
        if ending == ".html":
            return to_page(worked, theme, speed)
        scene = draw(worked)
        if ending == ".gif":
            return to_gif(scene, theme, 1 / speed)
    except (TooLarge, TooManySteps, DiagramError) as fault:
        usage_error(f"{path}: {fault}", "--out")
    if scene.steps > MOST_STEPS:
        note(f"{path} stands still: it has {scene.steps:,} steps, and {MOST_STEPS} can move")
    return to_svg(scene, theme, 1 / speed)


def _show(worked: Worked, speed: float | None, still: bool) -> None:
    from ..lesson.playing import can_play, play
    from ..lesson.text import summary, text_lines
    from ..views.grids import paint

    out = sys.stdout
    colour = coloured(out) and os.environ.get("TERM") != "dumb"
    moves = not still and can_play(out) and len(worked.moves) > 1
    if moves:
        play(worked, speed or 1, colour, out)
    width = get_terminal_size((WIDE, 24)).columns
    for line in summary(worked, width) if moves else text_lines(worked, width):
        out.write(f"{paint(line, colour)}\n")


def note(text: str) -> None:
    """Tell on stderr what was done to what was given."""
    if text:
        say(f"note: {text}", err=True)
