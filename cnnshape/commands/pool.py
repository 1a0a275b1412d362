"""``cnnshape pool``: a pooling worked out, step by step."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from . import _lesson
from ._common import usage_error

PANEL = "Explain"

OPTIONS = {
    "kernel_size": "--kernel-size",
    "stride": "--stride",
    "padding": "--padding",
    "dilation": "--dilation",
    "norm_type": "--norm",
    "divisor_override": "--divisor",
}
TYPES = {"max": "MaxPool2d", "average": "AvgPool2d", "lp": "LPPool2d"}


def pool(
    image: _lesson.ImageOption = None,
    type: Annotated[
        Literal["max", "average", "lp"],
        typer.Option(help="The largest number of each window, their mean, or their power mean."),
    ] = "max",
    kernel_size: Annotated[
        str, typer.Option("--kernel-size", "-k", metavar="N|HxW", help="The window.")
    ] = "2",
    channels: _lesson.ChannelsOption = None,
    stride: _lesson.StrideOption = None,
    padding: _lesson.PaddingOption = "0",
    dilation: _lesson.DilationOption = "1",
    ceil_mode: Annotated[
        bool, typer.Option("--ceil-mode", help="The last window may hang over the end.")
    ] = False,
    count_include_pad: Annotated[
        bool,
        typer.Option(
            "--count-include-pad/--no-count-include-pad",
            help="Count the zeros of the padding in a mean, or not.",
        ),
    ] = True,
    divisor: Annotated[
        int | None, typer.Option(metavar="N", help="Divide the sum by N, for a mean.")
    ] = None,
    norm: Annotated[
        float | None,
        typer.Option(
            metavar="P",
            help="The power of lp: 1 is the sum, 2 the root of the sum of squares; or inf.",
        ),
    ] = None,
    format: _lesson.FormatOption = None,
    out: _lesson.OutOption = None,
    theme: _lesson.ThemeOption = None,
    speed: _lesson.SpeedOption = None,
    still: _lesson.StillOption = False,
) -> None:
    """Work out a pooling: max, average or LP, step by step.

    In a terminal the window moves, as in `convolve`; in a pipe all steps are printed. Without
    --stride, the stride is the size of the window.

    Examples:
        cnnshape pool
        cnnshape pool --type average --kernel-size 3 --stride 2 --padding 1
        cnnshape pool --image "1 2 3/4 5 6/7 8 9" --ceil-mode --out pool.svg
    """
    from ..lesson import reading

    wanted = _lesson.Wanted(format, out or [], theme, speed, still)
    _lesson.check_outputs(wanted, reading.files_in(image))
    maps = _lesson.image_or_default(image, reading.POOLED, channels)
    arguments: dict[str, Any] = {
        "kernel_size": _lesson.sizes(kernel_size, "--kernel-size"),
        "ceil_mode": ceil_mode,
    }
    arguments |= {} if stride is None else {"stride": _lesson.sizes(stride, "--stride")}
    padded = _lesson.sizes(padding, "--padding")
    dilated = _lesson.sizes(dilation, "--dilation")
    # What a type does not take is refused by name, not passed over.
    theirs = {
        "padding": ("--padding", padded, padding != "0", ("max", "average")),
        "dilation": ("--dilation", dilated, dilation != "1", ("max",)),
        "count_include_pad": (
            "--no-count-include-pad", count_include_pad, not count_include_pad, ("average",)
        ),
        "divisor_override": ("--divisor", divisor, divisor is not None, ("average",)),
        "norm_type": ("--norm", norm, norm is not None, ("lp",)),
    }  # fmt: skip
    for name, (option, value, given, takes) in theirs.items():
        if given and type not in takes:
            usage_error(f"--type {type} has none: it goes with {' or '.join(takes)}", option)
        if given:
            arguments[name] = value
    if norm is not None and norm < 0:
        usage_error(f"expected a number above 0, not {norm:g}", "--norm")
    if type == "lp":
        arguments.setdefault("norm_type", 2)
    if not count_include_pad and padding in ("0", "0x0"):
        usage_error("there is no padding that could count", "--no-count-include-pad")

    from ..layers import pooling
    from ..worked import pools

    layer = _lesson.build_layer(getattr(pooling, TYPES[type]), arguments, maps, OPTIONS)
    _lesson.give_out(wanted, pools.pool(layer, maps))
