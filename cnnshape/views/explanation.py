"""Explanations as text: for a terminal, for Markdown."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from math import ceil, prod
from operator import gt
from typing import TYPE_CHECKING, NamedTuple

from ..analysis.explanation import Cost, Explanation, Sight
from ..analysis.explanation_letters import MEANINGS
from ..layers.shapes import format_shape, per_dimension
from ..layers.working import product
from ..network import BYTES_PER_ELEMENT
from . import one_output
from .columns import described, format_count
from .documentation import document
from .table import CONNECTIONS, MACS, RECEPTIVE_FIELD
from .window_places import legend, picture, plane

if TYPE_CHECKING:
    from ..network import Network

WIDTH = 80
"""Characters of a line where no terminal says how many it has."""
WIDEST = 100
"""... and the most that are pleasant to read."""
INDENT = "  "

CONVENTIONS = {
    "letters": f"Letters: {MEANINGS}",
    "MACs": MACS.format(per="one sample"),
    "connections": CONNECTIONS,
    "receptive field": f"{RECEPTIVE_FIELD} It grows by the span of a window, D(F−1), times the "
    "jump, which is how far neighbours lie apart in the input: the product of the strides before.",
}
"""What the numbers of a section mean, by its title; and what the letters do."""


class Section(NamedTuple):
    """A part of an explanation.

    Attributes:
        title: what it explains.
        lines: sentences and formulas, to be wrapped where they are too wide.
        drawing: lines to be shown as they are.
        caption: what the drawing's characters mean.
    """

    title: str
    lines: list[str]
    drawing: Sequence[str] = ()
    caption: str = ""


def sections(explanation: Explanation, network: Network, width: int = WIDTH) -> list[Section]:
    """The parts of an explanation, for lines of so many characters."""
    found = [
        Section("what it does", _what(explanation)),
        _size(explanation, width),
        *_costs(explanation),
        Section("connections", [*_connections(explanation)]),
        Section("receptive field", [*_receptive_field(explanation, network)]),
        Section("memory", [_memory(explanation)]),
        Section("worth knowing", [*explanation.notes, *explanation.remarks]),
        *_one_output(explanation, width),
    ]
    return [section for section in found if section.lines]


def _what(explanation: Explanation) -> list[str]:
    node = explanation.node
    lines = [line for line in [document(type(node.layer)).summary] if line]
    reads = ", ".join(
        f"{path} {format_shape(shape)}"
        for path, shape in zip(node.inputs, node.input_shapes, strict=True)
    )
    read_by = f", read by {_listed(explanation.readers)}" if explanation.readers else ""
    output = ", an output of the network" if explanation.is_output else ""
    lines.append(f"reads {reads}; gives {format_shape(node.output_shape)}{read_by}{output}")
    if explanation.alike:
        lines.append(
            f"alike in all but the receptive field and the place: {_listed(explanation.alike)}"
        )
    return lines


def _listed(paths: Sequence[str], most: int = 4) -> str:
    rest = len(paths) - most
    return ", ".join(paths[:most]) + (f" and {rest} more" if rest > 0 else "")


def _size(explanation: Explanation, width: int) -> Section:
    node, rules = explanation.node, explanation.rules
    lines = []
    if explanation.letters:
        line = explanation.letters.line()
        fits = len(INDENT) + len(line) <= width
        lines += [line] if fits else line.replace(" → ", "\n→ ").splitlines()
        lines.append(explanation.letters.formula_line())
    elif rules:
        lines.append(per_dimension(rule.with_meanings() for rule in rules))
    if explanation.formula:
        lines.append(explanation.formula)
    elif not rules:
        same = node.output_shape in node.input_shapes
        lines.append(f"{format_shape(node.output_shape)}" + (", as what it reads" if same else ""))
    drawing = plane(explanation.windows, width - len(INDENT))
    for window, size in dict.fromkeys(() if drawing else explanation.windows):
        drawn = picture(window, size, width - len(INDENT))
        drawing += [*([""] if drawing and drawn else []), *drawn]
    return Section("output size", lines, drawing, legend(drawing))


def _costs(explanation: Explanation) -> Iterator[Section]:
    if not explanation.parameters and not explanation.node.shares and explanation.macs.value == 0:
        yield Section("parameters and MACs", ["none"])
        return
    yield Section("parameters", [*_parameters(explanation)])
    yield Section("MACs", [*_macs(explanation)])


def _parameters(explanation: Explanation) -> Iterator[str]:
    node, tensors = explanation.node, explanation.parameters
    if node.shares:
        yield f"none of its own: the weights are those of {node.shares}, and counted there"
        return
    for name, shape, meaning in tensors:
        count = f" = {prod(shape):,}" if len(shape) != 1 else ""
        yield f"{name}: {_product(shape)}{count}" + (f" ({meaning})" if meaning else "")
    if not tensors:
        yield "none"
    else:
        added = " + ".join(f"{prod(shape):,}" for _, shape, _ in tensors)
        share = _share(explanation.params)
        yield f"{added} = {node.params:,}{share}" if len(tensors) > 1 else share.lstrip(", ")


def _product(shape: Sequence[int]) -> str:
    return f"{shape[0]:,}" if len(shape) == 1 else product(shape)


def _share(cost: Cost) -> str:
    """', 0.3 % of the network's 61,706'; '' where either is not known."""
    if not cost.value or not cost.total:
        return ""
    share = 100 * cost.value / cost.total
    written = f"{share:.1f}" if share >= 0.1 else f"{share:.1g}"
    if written == "100.0":
        written = "100" if cost.value == cost.total else "more than 99.9"
    return f", {written} % of the network's {cost.total:,}"


def _macs(explanation: Explanation) -> Iterator[str]:
    cost = explanation.macs
    yield from _worked_out(cost)
    if cost.value == 0:
        yield "none of those that are counted"
    if cost.value:
        yield f"FLOPs = 2 × {cost.value:,} = {2 * cost.value:,}"


def _connections(explanation: Explanation) -> Iterator[str]:
    """Said where weights are, for they are uses of weights."""
    if explanation.connections.value != 0:
        yield from _worked_out(explanation.connections)


def _worked_out(cost: Cost) -> Iterator[str]:
    if not cost.value:
        if cost.value is None:
            yield f"{format_count(None)}: the layer type does not say"
        return
    if not cost.working:
        yield f"{cost.value:,}{_share(cost)}"
        return
    yield " + ".join(map(str, cost.working))
    first, *others = cost.working
    if others:
        added = " + ".join(f"{each.value:,}" for each in cost.working)
    else:
        added = " × ".join(f"{factor.value:,}" for factor in first.factors)
    yield f"{added} = {cost.value:,}{_share(cost)}"


def _receptive_field(explanation: Explanation, network: Network) -> Iterator[str]:
    field, sights = explanation.receptive_field, explanation.sights
    if field is None:
        if len(network.input_shape) > 1:
            yield f"{format_count(None)}: a layer up to here does not say what it looks at"
        return
    grows = any(sight.step.span or sight.step.scale != 1 for sight in sights)
    if grows:
        yield per_dimension(map(_sight, sights))
    size = network.input_shape[1:]
    as_before = ", as before" if sights and not grows else ""
    if any(map(gt, field, size)):
        as_before += "; beyond the border there is padding"
    yield f"{format_shape(field)} of the input's {format_shape(size)}{as_before}"


def _sight(sight: Sight) -> str:
    before, step, after = sight
    grown = before.size + step.span * before.jump
    rounded = "" if ceil(after.size) == after.size else f", rounded up {ceil(after.size)}"
    return (
        f"r + span·jump = {before.size} + {step.span}·{before.jump} = "
        f"{grown}{rounded}; the next one sees a part {step.scale}·{before.jump} = "
        f"{after.jump} further on"
    )


def _memory(explanation: Explanation) -> str:
    shape = explanation.node.output_shape
    count = f"{product(shape)} = " if len(shape) > 1 else ""
    elements = explanation.elements
    return f"{count}{elements:,} numbers, {elements * BYTES_PER_ELEMENT:,} bytes as float32"


def _one_output(explanation: Explanation, width: int) -> Iterator[Section]:
    output, node = explanation.output, explanation.node
    if isinstance(output, str):
        yield Section("one output", [output])
    elif output is not None:
        drawn = one_output.drawing(output, node, width - len(INDENT))
        where = [*one_output.where_lines(output, node)]
        yield Section("one output", where, drawn, one_output.caption(output, drawn))
        yield Section("its sum", [*one_output.sum_lines(output)])


# As text ------------------------------------------------------------------------------


def text_lines(
    explanations: Sequence[Explanation], network: Network, width: int = WIDTH
) -> Iterator[list[tuple[str, str]]]:
    """The lines for a terminal, each as (text, style) pairs; the styles are those of rich."""
    width = min(width, WIDEST)
    titles: set[str] = set()
    for number, explanation in enumerate(explanations):
        if number:
            yield []
        titles |= {"letters"} if explanation.letters else set()
        yield [(explanation.node.path, "bold"), (f"  {described(explanation.node.layer)}", "")]
        for title, lines, drawing, caption in sections(explanation, network, width):
            titles.add(title)
            yield [(title, "cyan")]
            for line in lines:
                yield from ([(part, "")] for part in _wrapped(line, width))
            yield from ([(f"{INDENT}{line}".rstrip(), "dim")] for line in drawing)
            yield from ([(part, "dim")] for part in _wrapped(caption, width))
    for line in _conventions(titles):
        yield []
        yield from ([(part, "dim")] for part in _wrapped(line, width, indent=""))


def _conventions(titles: Container[str]) -> list[str]:
    """What the numbers of these sections mean."""
    return [text for title, text in CONVENTIONS.items() if title in titles]


def _wrapped(line: str, width: int, indent: str = INDENT) -> list[str]:
    from textwrap import wrap

    return wrap(
        line, width, initial_indent=indent, subsequent_indent=2 * indent, break_on_hyphens=False
    )


def to_text(explanations: Sequence[Explanation], network: Network, width: int = WIDTH) -> str:
    """The explanations as plain text."""
    lines = text_lines(explanations, network, width)
    return "".join(f"{''.join(text for text, _ in line)}\n" for line in lines)


def to_markdown(explanations: Sequence[Explanation], network: Network) -> str:
    """The explanations as Markdown, a heading a layer."""
    from .text import escape_markdown

    parts: list[str] = []
    titles: set[str] = set()
    for explanation in explanations:
        titles |= {"letters"} if explanation.letters else set()
        parts.append(f"## {escape_markdown(explanation.node.path)}")
        parts.append(escape_markdown(described(explanation.node.layer)))
        for title, lines, drawing, caption in sections(explanation, network):
            titles.add(title)
            parts.append(f"**{title}**")
            parts.append("\n".join(f"- {escape_markdown(line)}" for line in lines))
            if drawing:
                parts.append("\n".join(["```", *drawing, "```"]))
                parts.append(escape_markdown(caption))
    parts += map(escape_markdown, _conventions(titles))
    return "\n\n".join(parts) + "\n"
