"""What is said of a lesson: its title, its steps, the sums and the window in words."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf, isinf, prod

from ..layers.shapes import format_shape, minus
from ..worked.exact import Grid, Number, equals, factor, product, written
from ..worked.values import Move, Step, Worked


def title(worked: Worked) -> str:
    """'Conv2d: 5×5 to 3×3, kernel 3×3, stride 1'."""
    layer = worked.layer
    window = format_shape(layer.kernel_size)
    parts = [f"{'kernel' if worked.kernels else 'window'} {window}",
             f"stride {_folded(worked.stride)}"]  # fmt: skip
    for name in ("padding", "output_padding", "dilation"):
        value = layer.arguments.get(name, ())
        if isinstance(value, str) or any(each != (name == "dilation") for each in value):
            shown = value if isinstance(value, str) else _folded(value)
            parts.append(f"{name.replace('_', ' ')} {shown}")
    if layer.arguments.get("padding_mode", "zeros") != "zeros":
        parts.append(layer.padding_mode)
    parts += ["ceil mode"] if layer.arguments.get("ceil_mode") else []
    parts += [f"p {layer.norm_type:g}"] if layer.type_name == "LPPool2d" else []
    parts += [f"then {worked.activation}"] if worked.activation else []
    sizes = [shape[shape[0] == 1 :] for shape in (worked.input_shape, worked.output_shape)]
    reads, gives = map(format_shape, sizes)
    return f"{layer.type_name}: {reads} to {gives}, {', '.join(parts)}"


def _folded(values: tuple[int, ...]) -> str:
    return str(values[0]) if len(set(values)) == 1 else format_shape(values)


def remarks(worked: Worked) -> list[str]:
    """What must be known to follow the steps: the padding, the holes, what is never read."""
    layer, lines = worked.layer, []
    if worked.transposed:
        lines.append(
            "Each number of the image stamps the kernel, times itself, on the map; where stamps "
            "overlap, they add up."
        )
        if any(layer.padding):
            lines.append("Padding is cut off the map's edges.")
    elif any(worked.before) or len(worked.boards[0]) > len(worked.image[0]):
        lines.append(_padding(worked))
    if worked.window[1] != (1, 1):
        lines.append(f"Dilation {_folded(worked.window[1])}: the window has holes.")
    return [*filter(None, lines), *worked.notes]


def _padding(worked: Worked) -> str:
    layer = worked.layer
    mode = layer.arguments.get("padding_mode", "zeros")
    if layer.type_name == "MaxPool2d" and any(layer.padding):
        return "The padding around the image is −∞, which is never the largest."
    if any(worked.before) or layer.arguments.get("padding") == "same":
        what = {
            "zeros": "zeros",
            "reflect": "the image itself, mirrored at its edge",
            "replicate": "its edge, repeated",
            "circular": "its other end",
        }[mode]
        counted = "" if layer.arguments.get("count_include_pad", True) else (
            ", which do not count in the mean")  # fmt: skip
        return f"The padding around the image is {what}{counted}."
    return ""


def place(worked: Worked, map: int, row: int, column: int) -> str:
    """'filter 2, row 1, column 3'."""
    where = f"row {row + 1}, column {column + 1}"
    count = worked.output_shape[0]
    return where if count == 1 else f"{unit(worked)} {map + 1}, {where}"


def unit(worked: Worked) -> str:
    """What there is a map of the output for."""
    return "filter" if worked.kernels else "channel"


def map_name(worked: Worked) -> str:
    """What its output is."""
    return "feature map" if worked.kernels else "pooled map"


def named(name: str, of: str, place: int, count: int) -> str:
    """'image, channel 2'; 'image' where there is one."""
    return name if count == 1 else f"{name}, {of} {place + 1}"


# Sums ---------------------------------------------------------------------------------


def sum_lines(worked: Worked, step: Step) -> list[str]:
    """How one number comes about: a line, or of several channels one each and their sum."""
    if not worked.kernels:
        return [f"{_pooled(worked, step)} {_equals(worked, step.value)}"]
    products = [
        "+".join([product(value, weight) for value, weight in terms]) or "no stamp"
        for terms in step.terms
    ]
    bias = f"+{factor(worked.bias[step.map])} (bias)" if worked.bias else ""
    after = f", {worked.activation}({written(step.total)}) {_equals(worked, step.value)}"
    end = f"{bias} {_equals(worked, step.total)}{after if worked.activation else ''}"
    if len(products) == 1:
        return [products[0] + end]
    lines = [
        f"channel {number}: {text} {_equals(worked, total)}"
        for number, (text, total) in enumerate(zip(products, step.sums, strict=True), 1)
    ]
    return [*lines, f"sum: {'+'.join(map(factor, step.sums))}{end}"]


def _pooled(worked: Worked, step: Step) -> str:
    """What is done with the numbers of a window."""
    values = [value for value, _ in step.terms[0]]
    kind, layer = worked.layer.type_name, worked.layer
    if kind == "MaxPool2d":
        read = [written(value) for value in values if value != -inf] or ["nothing"]
        return f"max({', '.join(read)})"
    if kind == "AvgPool2d":
        return f"({'+'.join(map(factor, values))})/{factor(step.divisor)}"
    p = layer.norm_type
    if isinf(p):
        return f"max({', '.join(f'|{written(value)}|' for value in values)})"
    power = {1: "", 2: "²", 3: "³"}.get(p, f"^{p:g}")
    total = "+".join(f"{factor(value)}{power}" for value in values)
    if step.divisor != 1:
        total = f"({total})·{prod(layer.kernel_size)}/{len(values)}"
    if p == 1:
        return total
    return f"√({total})" if p == 2 else f"({total})^(1/{p:g})"


def _equals(worked: Worked, value: Number) -> str:
    """'= 6'; '≈ 6' also where what was added up is shown rounded."""
    return equals(value) if worked.exact else f"≈ {written(value)}"


# Moves --------------------------------------------------------------------------------


def move_title(worked: Worked, number: int) -> str:
    """'step 2 of 9: row 1, column 2'."""
    move = worked.moves[number]
    head = f"step {number + 1} of {len(worked.moves)}: "
    if move.ends:
        return f"{head}{worked.activation}"
    reads = "the image's " if worked.transposed else ""
    return head + reads + place(worked, move.map, move.row, move.column)


def move_lines(worked: Worked, number: int) -> list[str]:
    """What happens at one place of the window, as lines of any length."""
    move = worked.moves[number]
    if not worked.transposed:
        return sum_lines(worked, worked.steps[number])
    if move.ends:
        return [f"{worked.activation} of each number of the map"]
    return [*_stamp_lines(worked, move)]


def _stamp_lines(worked: Worked, move: Move) -> Iterator[str]:
    kernel = worked.kernels[move.map]
    for channel, grid in enumerate(worked.image):
        value = grid[move.row][move.column]
        head = f"channel {channel + 1}: " if len(worked.image) > 1 else ""
        stamp = [[value * weight for weight in row] for row in kernel[channel]]
        yield f"{head}{factor(value)} × [{in_rows(kernel[channel])}] = [{in_rows(stamp)}]"
    (height, width), (gap, gap_right) = worked.window
    top = move.row * worked.stride[0] - worked.layer.padding[0] + 1
    left = move.column * worked.stride[1] - worked.layer.padding[1] + 1
    bottom, right = top + (height - 1) * gap, left + (width - 1) * gap_right
    _, rows, columns = worked.output_shape
    cut = "" if top > 0 and left > 0 and bottom <= rows and right <= columns else (
        "; what is beyond the map is cut off")  # fmt: skip
    yield (
        f"added to the map from row {minus(top)}, column {minus(left)} "
        f"to row {minus(bottom)}, column {minus(right)}{cut}"
    )


def in_rows(grid: Grid) -> str:
    """'1 0 1 / 0 1 0'."""
    return " / ".join(" ".join(map(written, row)) for row in grid)
