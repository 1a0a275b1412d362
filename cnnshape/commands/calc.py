"""``cnnshape calc``: the size that comes out of a layer or a chain, or what is missing for one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer

from ._common import sizes_or_refuse, usage_error
from ._printing import print_diagnostics, print_json, print_table, print_wrapped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..errors import Diagnostic
    from ..layers.shapes import Shape
    from ..lesson.calculating import Part, Row
    from ..lesson.solving import Fit, Inputs

PANEL = "Explain"

SCHEMA_VERSION = 1
"""The version of what --format json prints."""
LISTED = 20
"""The settings that are listed where --all is not asked for."""

Format = Literal["text", "json", "markdown"]

EXAMPLES = {
    "kernel_size": "the window's size, such as 5 or 3x5",
    "stride": "a number such as 2, or one for each dimension, as 2x1",
    "padding": "a number such as 2, or one for each dimension, as 2x1 (--same keeps the size)",
    "dilation": "a number such as 2, or one for each dimension, as 2x1",
    "output_padding": "a number such as 1, or one for each dimension, as 1x0",
}
"""What an option takes."""
_DEFAULTS = {"kernel_size": None, "stride": 1, "padding": 0, "dilation": 1, "output_padding": 0}


def calc(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SIZE] [LAYER]...",
            help="The input's size, such as 224 or 224x320, and layers such as conv5 pool2.",
        ),
    ] = None,
    kernel_size: Annotated[
        str | None, typer.Option("--kernel-size", "-k", metavar="N", help="The window: 5 or 3x5.")
    ] = None,
    stride: Annotated[
        str | None,
        typer.Option(
            "--stride",
            "-s",
            metavar="N",
            help="The step of the window. Default: 1; with --want, any.",
        ),
    ] = None,
    padding: Annotated[
        str | None,
        typer.Option(
            "--padding",
            "-p",
            metavar="N",
            help="Zeros added at both ends. Default: 0; with --want, any.",
        ),
    ] = None,
    dilation: Annotated[
        str | None,
        typer.Option(
            "--dilation",
            "-d",
            metavar="N",
            help="The distance between the weights of the window. Default: 1; with --want, any.",
        ),
    ] = None,
    output_padding: Annotated[
        str | None,
        typer.Option(
            metavar="N",
            help="Added at one end of the output of --transposed. Default: 0; with --want, any.",
        ),
    ] = None,
    transposed: Annotated[
        bool, typer.Option("--transposed", help="A transposed convolution.")
    ] = False,
    ceil: Annotated[
        bool, typer.Option("--ceil", help="Round up, as a pool with ceil_mode does.")
    ] = False,
    same: Annotated[bool, typer.Option("--same", help="Pad so that the size stays.")] = False,
    want: Annotated[
        str | None,
        typer.Option(metavar="SIZE", help="The size that should come out: solve for the rest."),
    ] = None,
    all_: Annotated[
        bool,
        typer.Option("--all", help=f"List all settings that fit, not only the first {LISTED}."),
    ] = False,
    format: Annotated[Format, typer.Option(help="The output format.")] = "text",
) -> None:
    """Compute the size that comes out of a layer or a chain.

    For one layer it prints the formula with its numbers, the size, and how many pixels are
    never read. For a chain it also prints each layer's receptive field and jump (the distance
    in the input between two neighbouring outputs). 224 is a size of one dimension, 224x320 of
    two, 16x112x112 of three.

    A LAYER is a kind, its window, and what differs from the default: conv5, conv3s2p1d2,
    conv3x5same, pool2 (the stride is the window), pool3s2p1ceil, avgpool2, up2, convt4s2p1o1
    (a transposed convolution; deconv4 is the same). The letters: s is the stride, p the
    padding, d the dilation, o the output padding.

    --want finds the window, stride, padding, dilation and output padding that are not given.
    Settings that read every pixel come first, then those with the least dilation, then those
    with the smallest sum of window, stride and padding. It tries windows up to 32 and one as
    wide as the map, strides up to 32, paddings up to 16 and half the window, and dilations up
    to 4. Without a SIZE, it prints the input sizes that fit.

    Examples:
        cnnshape calc 224 -k 7 -s 2 -p 3
        cnnshape calc 14x20 -k 4 -s 2 -p 1 --transposed
        cnnshape calc 32 conv5 pool2 conv5 pool2 conv5
        cnnshape calc 32 --want 28 -k 5
        cnnshape calc --want 1x1 conv5 pool2 conv5 pool2 conv5
    """
    from ..lesson.calculating import Part, options

    chain = [*(words or ())]
    sizes = _map(chain.pop(0), "SIZE") if chain and chain[0][:1].isdecimal() else None
    wanted = None if want is None else _map(want, "--want")
    if all_ and (wanted is None or sizes is None):
        usage_error("it lists settings, for which a SIZE and --want are needed", "--all")
    written = {"kernel_size": kernel_size, "stride": stride, "padding": padding,
               "dilation": dilation, "output_padding": output_padding}  # fmt: skip
    given: dict[str, Any] = {
        name: sizes_or_refuse(text, f"--{name.replace('_', '-')}", EXAMPLES[name])
        for name, text in written.items()
        if text is not None
    }
    base = _base(given, transposed=transposed, ceil=ceil, same=same)
    if chain and sizes is None and wanted is None:
        usage_error(
            f"give the input's size first, such as 224 or 224x320, not {chain[0]!r}", "SIZE"
        )
    if chain:
        if given or transposed or ceil or same:
            usage_error("options are for one layer: in a chain, write conv5s2p1", "LAYER")
        parts = _parts(chain)
    elif sizes is not None and wanted is not None:
        if same:
            usage_error("it keeps the size: with --want there is nothing to solve for", "--same")
        for name in ("kernel_size", "stride", "dilation"):
            if 0 in given.get(name, ()):
                usage_error(
                    f"expected at least 1, not {written[name]}", f"--{name.replace('_', '-')}"
                )
        _solve(sizes, wanted, base, given, ceil=ceil, all_=all_, format=format)
        return
    elif "kernel_size" not in given:
        usage_error("give a window, such as -k 5, or layers, such as conv5 pool2", "LAYER")
    else:
        settings = {"stride": (1,), **given}
        settings |= {"padding": "same"} if same else {}
        settings |= {"ceil_mode": True} if ceil else {}
        switches = {"--transposed": transposed, "--same": same, "--ceil": ceil}
        flags = [flag for flag, on in switches.items() if on]
        parts = [Part(" ".join([options(given), *flags]), base, settings)]
    if wanted is not None:
        if sizes is not None:
            usage_error("for a chain it asks for the input: leave out the SIZE", "--want")
        _solve_inputs(parts, wanted, format)
    elif sizes is None:
        usage_error("give the input's size first, such as 224 or 224x320, or --want", "SIZE")
    else:
        _compute(sizes, parts, format)


# Reading ------------------------------------------------------------------------------


def _map(text: str, parameter: str) -> Shape:
    """The sizes of a map, which are at least 1, and not more than can be computed with."""
    from ..expansion import shape_problem

    sizes = sizes_or_refuse(text, parameter, "a size such as 224, or 224x320")
    if problem := shape_problem((1, *sizes)):
        usage_error(problem.replace("a size of the input", "a size"), parameter)
    return sizes


def _parts(words: Sequence[str]) -> list[Part]:
    from ..lesson.calculating import MOST_WORDS, read_part
    from ..lesson.written import WordError

    if len(words) > MOST_WORDS:
        usage_error(f"expected {MOST_WORDS} layers at most, not {len(words)}", "LAYER")
    try:
        return [read_part(word) for word in words]
    except WordError as fault:
        usage_error(str(fault), "LAYER")


def _base(given: Mapping[str, Any], *, transposed: bool, ceil: bool, same: bool) -> str:
    """The type of the one layer that options describe, without its rank."""

    def refuse(one: str, other: str, why: str) -> NoReturn:
        usage_error(f"it does not go with {other}: {why}", one)

    if ceil and transposed:
        refuse("--ceil", "--transposed", "pools alone round up")
    if same and (ceil or transposed):
        refuse("--same", "--ceil" if ceil else "--transposed", "convolutions alone keep the size")
    if same and "padding" in given:
        refuse("--same", "--padding", "it is the padding")
    if "output_padding" in given and not transposed:
        usage_error("it is for --transposed", "--output-padding")
    return "ConvTranspose" if transposed else "MaxPool" if ceil else "Conv"


# What comes out -----------------------------------------------------------------------


def _compute(sizes: Shape, parts: Sequence[Part], format: Format) -> None:
    from ..errors import SpecError
    from ..lesson.calculating import build, rows

    faults: Any = ()
    try:
        network: Any = build(sizes, parts)
    except SpecError as fault:
        network, faults = fault.partial, fault.diagnostics
    found = [] if network is None else rows(network, parts)
    if faults and (len(parts) == 1 or not found or format == "json"):
        found = []
    elif format == "json":
        print_json({
            "schema": SCHEMA_VERSION,
            "input": list(network.input_shape[1:]),
            "layers": [row.to_dict() for row in found],
            "output": list(found[-1].sizes),
        })  # fmt: skip
    elif len(parts) == 1 and format == "text":
        _print_layer(network.input_shape[1:], found[0])
    else:
        print_table(_chain_cells(network.input_shape[1:], found), format, (1, 2, 3))
    print_diagnostics([_in_words(fault, parts) for fault in faults])
    if faults:
        raise typer.Exit(1)


def _in_words(fault: Diagnostic, parts: Sequence[Part]) -> Diagnostic:
    """The fault with its help as the command line takes it."""
    from ..lesson.calculating import spelled

    if not fault.fixes or fault.mark is None:
        return fault
    start = fault.mark.column - 1
    word = fault.text[start : start + fault.mark.length]
    part = next((part for part in parts if part.word == word), None)
    if part is None:
        return fault
    return fault._replace(help=", or ".join(spelled(fix, part) for fix in fault.fixes))


def _print_layer(sizes: Shape, row: Row) -> None:
    from ..layers.shapes import format_shape, spatial_letters

    node = row.node
    rules = [rule.with_meanings() for rule in node.layer.size_rules(node.input_shapes)]
    letters = spatial_letters(len(rules))
    lines = [f"{letter}: {rule}" for letter, rule in zip(letters, rules, strict=True)]
    lines = rules[:1] if len({*rules}) == 1 else lines
    lines += [row.formula, f"{format_shape(sizes)} → {format_shape(row.sizes)}"]
    if row.unread is None:
        lines.append("how many pixels are never read is not known: to count them would take long")
    elif row.unread and not any(row.unread):
        lines.append("every pixel is read")
    lines += node.layer.notes(node.input_shapes, node.output_shape)
    print_wrapped([line for line in lines if line])


def _chain_cells(sizes: Shape, found: Sequence[Row]) -> list[tuple[str, ...]]:
    from ..analysis.receptive_field import sizes as sizes_seen
    from ..layers.shapes import format_shape
    from ..views.columns import UNKNOWN

    ones = format_shape((1,) * len(sizes))
    cells: list[tuple[str, ...]] = [
        ("layer", "size", "sees", "jump", "never read", "why"),
        ("input", format_shape(sizes), ones, ones, "", ""),
    ]
    for row in found:
        field, jump = UNKNOWN, UNKNOWN
        if row.views is not None:
            field = format_shape(sizes_seen(row.views) or ())
            jump = "×".join(str(view.jump) for view in row.views)
        unread = UNKNOWN if row.unread is None else format_shape(row.unread or (0,))
        unread = unread if row.unread is None or any(row.unread) else ""
        why = row.formula.replace(", H: ", "\nH: ").replace(", W: ", "\nW: ")
        cells.append((row.word, format_shape(row.sizes), field, jump, unread, why))
    return cells


# What is missing ----------------------------------------------------------------------


def _solve(
    sizes: Shape, want: Shape, base: str, given: Mapping[str, Any], *, ceil: bool, all_: bool,
    format: Format,
) -> None:  # fmt: skip
    from ..layers.shapes import format_shape
    from ..lesson.solving import BOUNDS, SIMPLEST, settings_that_fit

    rank = max(len(sizes), len(want), *(len(value) for value in given.values()), 1)
    sizes, want, *_ = [_in_rank(value, rank) for value in (sizes, want, *given.values())]
    fits = settings_that_fit(sizes, want, base, given, ceil=ceil)
    if format == "json":
        print_json({
            "schema": SCHEMA_VERSION, "input": list(sizes), "want": list(want),
            "given": {name: list(value) for name, value in given.items()},
            "tried": BOUNDS, "order": SIMPLEST,
            "fits": [
                {"settings": dict(fit.found), "formula": fit.formula, "unread": list(fit.unread)}
                for fit in fits
            ],
        })  # fmt: skip
        return
    asked = f"{format_shape(sizes)} → {format_shape(want)}"
    if not fits:
        apart = "; the missing ones are the same in all dimensions" if rank > 1 else ""
        print_wrapped([f"{asked}: nothing fits, of {BOUNDS}{apart}"])
        if base == "Conv" and settings_that_fit(sizes, want, "ConvTranspose", given):
            print_wrapped(["With --transposed there are settings that fit."])
        return
    shown = fits if all_ else fits[:LISTED]
    count = f"all {len(fits)}" if len(shown) == len(fits) else f"{len(shown)} of {len(fits)}"
    told = f"{count} that fit, {SIMPLEST}" if len(fits) > 1 else "this alone fits"
    print_wrapped([f"{asked}: {told}", ""])
    cells = [("settings", "never read", "why"), *(_fit_cells(given, fit) for fit in shown)]
    print_table(cells, format, (1,))
    rest = [f"{len(fits) - len(shown)} more fit: --all lists them"] if shown != fits else []
    print_wrapped(["", *rest, f"tried: {BOUNDS}"])


def _in_rank(sizes: Shape, rank: int) -> Shape:
    if len(sizes) not in (1, rank):
        usage_error(f"expected one number or {rank}, not {len(sizes)}", "SIZE")
    return sizes * rank if len(sizes) == 1 else sizes


def _fit_cells(given: Mapping[str, Any], fit: Fit) -> tuple[str, ...]:
    from ..layers.shapes import format_shape
    from ..lesson.calculating import options
    from ..lesson.solving import SETTINGS

    settings = {**given, **fit.found}
    told = {
        name: settings[name]
        for name in SETTINGS
        if name in given or settings.get(name, _DEFAULTS[name]) != _DEFAULTS[name]
    }
    return (options(told), format_shape(fit.unread) if any(fit.unread) else "", fit.formula)


def _solve_inputs(parts: Sequence[Part], want: Shape, format: Format) -> None:
    from ..layers.shapes import format_shape, per_dimension
    from ..lesson.calculating import rank_of
    from ..lesson.solving import INPUT, inputs_that_fit

    rank = rank_of(want, parts)
    want = _in_rank(want, rank)
    found = inputs_that_fit(parts, want)
    if format == "json":
        print_json({
            "schema": SCHEMA_VERSION, "want": list(want), "layers": [part.word for part in parts],
            "inputs": [
                {"first": each.fitting[0], "last": each.fitting[-1], "whole": list(each.whole)}
                if each.fitting else None
                for each in found
            ],
        })  # fmt: skip
        return
    ranges = per_dimension(_range(each) for each in found)
    heading = f"inputs that give {format_shape(want)}: {ranges}"
    if not all(each.fitting for each in found):
        print_wrapped([heading, f"tried: sizes up to {INPUT:,}"])
        return
    first = tuple(each.whole[0] if each.whole else each.fitting[0] for each in found)
    print_wrapped([heading, f"such as {format_shape(first)}:", ""])
    _compute(first, parts, format)


def _range(found: Inputs) -> str:
    from ..lesson.solving import INPUT, MOST_LISTED

    if not found.fitting:
        near = ", ".join(f"{size} gives {output}" for size, output in found.near)
        return f"none{f' ({near})' if near else ''}"
    first, last = found.fitting[0], found.fitting[-1]
    sizes = f"{first}" if first == last else f"{first} to {last}"
    sizes = f"{first} or more" if last == INPUT else sizes
    listed = len(found.fitting[:MOST_LISTED])
    if len(found.whole) == len(found.fitting):
        return f"{sizes} (every pixel is read)"
    of = "" if listed == len(found.fitting) else f" of the first {listed},"
    whole = ", ".join(map(str, found.whole)) or "none"
    return f"{sizes};{of} {whole} leave{'s' if len(found.whole) < 2 else ''} no pixel unread"
