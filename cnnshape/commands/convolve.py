"""``cnnshape convolve``: a convolution worked out, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from . import _lesson
from ._common import usage_error

if TYPE_CHECKING:
    from ..worked.exact import Maps, Number

PANEL = "Explain"

Activation = Literal[
    "ReLU", "ReLU6", "LeakyReLU", "ELU", "GELU", "SiLU", "Softplus", "Sigmoid", "Tanh"
]
OPTIONS = {
    "kernel_size": "--kernel",
    "out_channels": "--filters",
    "stride": "--stride",
    "padding": "--padding",
    "output_padding": "--output-padding",
    "dilation": "--dilation",
    "padding_mode": "--padding-mode",
}


def convolve(
    image: _lesson.ImageOption = None,
    kernel: Annotated[
        str | None,
        typer.Option(
            "--kernel",
            "-k",
            metavar="NUMBERS|FILE|NAME|SIZES",
            help="The kernels, in the same ways: one for each channel of each filter; or a name: "
            "identity, sobel-x, sobel-y, sharpen, blur, edge.",
        ),
    ] = None,
    channels: _lesson.ChannelsOption = None,
    filters: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="The number of filters; each makes one feature map."),
    ] = None,
    bias: Annotated[
        str | None,
        typer.Option(
            metavar="NUMBERS", help="Added to each map: one number, or one for each filter."
        ),
    ] = None,
    stride: _lesson.StrideOption = None,
    padding: _lesson.PaddingOption = "0",
    dilation: _lesson.DilationOption = "1",
    padding_mode: Annotated[
        Literal["zeros", "reflect", "replicate", "circular"],
        typer.Option(help="What fills the padding."),
    ] = "zeros",
    transposed: Annotated[
        bool,
        typer.Option(
            "--transposed",
            help="A transposed convolution: each number of the image stamps the kernel.",
        ),
    ] = False,
    output_padding: Annotated[
        str | None,
        typer.Option(metavar="N|HxW", help="Rows and columns added to the output of --transposed."),
    ] = None,
    activation: Annotated[
        Activation | None, typer.Option(help="The activation after the convolution.")
    ] = None,
    format: _lesson.FormatOption = None,
    out: _lesson.OutOption = None,
    theme: _lesson.ThemeOption = None,
    speed: _lesson.SpeedOption = None,
    still: _lesson.StillOption = False,
) -> None:
    """Work out a convolution: products and sums, step by step.

    In a terminal the window moves over the image: press space or → for the next step, ← for
    the last one, p to play, q to quit. In a pipe all steps are printed. The numbers are exact,
    and equal to PyTorch's.

    Examples:
        cnnshape convolve
        cnnshape convolve --image "1 2 3/4 5 6/7 8 9" --kernel "1 0/0 -1" --stride 1
        cnnshape convolve --image 3x28x28 --filters 4 --padding 1 --activation ReLU --out conv.html
        cnnshape convolve --image photo.png --kernel sobel-x --format json
    """
    from ..lesson import reading

    wanted = _lesson.Wanted(format, out or [], theme, speed, still)
    given = [*reading.files_in(image), *reading.files_in(kernel)]
    _lesson.check_outputs(wanted, given)
    if image == kernel == reading.STDIN:
        usage_error("stdin holds the image: give the kernel another way", "--kernel")
    maps = _lesson.image_or_default(image, reading.IMAGE, channels)
    kernels = _lesson.read_or_refuse(reading.kernels_for, "--kernel", kernel, len(maps), filters)
    arguments = _arguments(kernels, stride, padding, dilation, padding_mode)
    added = _bias(bias, len(kernels))
    arguments["bias"] = bool(added)
    if output_padding is not None:
        if not transposed:
            usage_error("it is a transposed convolution's: add --transposed", "--output-padding")
        arguments["output_padding"] = _lesson.sizes(output_padding, "--output-padding")
    if padding_mode != "zeros" and not transposed and arguments["padding"] in (0, [0, 0], "valid"):
        usage_error(f"{padding_mode} fills the padding, and there is none", "--padding-mode")

    kind, work = _kind(transposed)
    layer = _lesson.build_layer(kind, arguments, maps, OPTIONS)
    _lesson.give_out(wanted, work(layer, maps, kernels, added, activation or ""))


def _arguments(
    kernels: list[Maps], stride: str | None, padding: str, dilation: str, padding_mode: str
) -> dict[str, Any]:
    first = kernels[0][0]
    return {
        "out_channels": len(kernels),
        "kernel_size": [len(first), len(first[0])],
        "stride": _lesson.sizes("1" if stride is None else stride, "--stride"),
        "padding": _lesson.sizes(padding, "--padding", ("same", "valid")),
        "dilation": _lesson.sizes(dilation, "--dilation"),
        "padding_mode": padding_mode,
    }


def _bias(text: str | None, filters: int) -> list[Number]:
    from ..lesson.reading import parse

    if text is None:
        return []
    (grid,) = _lesson.read_or_refuse(lambda text, _: parse(text), "--bias", text)
    numbers = [number for row in grid for number in row]
    if len(numbers) not in (1, filters):
        expected = "one number" if filters == 1 else f"one number, or {filters}"
        usage_error(f"expected {expected}, not {len(numbers)}", "--bias")
    return numbers * filters if len(numbers) == 1 else numbers


def _kind(transposed: bool) -> Any:
    from ..worked import convolutions

    if transposed:
        from ..layers.transposed_convolution import ConvTranspose2d

        return ConvTranspose2d, convolutions.transpose
    from ..layers.convolution import Conv2d

    return Conv2d, convolutions.convolve
