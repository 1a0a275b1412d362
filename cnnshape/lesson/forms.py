"""A lesson as JSON and as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..text.printable import to_json
from ..views.grids import beside, paint
from ..worked.exact import Number, plain
from ..worked.values import Step, Worked
from .text import image_blocks, kernel_blocks, result_block
from .wording import move_lines, move_title, place, remarks, sum_lines, title, unit

SCHEMA_VERSION = 1
"""The version of the JSON."""
_WIDTH = 88


def to_dict(worked: Worked) -> dict[str, Any]:
    """A lesson as plain data; rows and columns count from 0, and what there is one of is no list.

    A number that is none, or is infinite, is None.
    """
    return {
        "schema": SCHEMA_VERSION,
        "type": worked.layer.type_name,
        "arguments": {name: _plain(value) for name, value in worked.layer.arguments.items()},
        "activation": worked.activation or None,
        "formula": worked.formula,
        "input_shape": list(worked.input_shape),
        "output_shape": list(worked.output_shape),
        "image": _one([_grid(grid) for grid in worked.image]),
        "kernel": _one([_one([_grid(grid) for grid in maps]) for maps in worked.kernels]),
        "bias": [plain(value) for value in worked.bias] or None,
        "steps": [_step(worked, step) for step in worked.steps],
        "map": _one([_grid(grid) for grid in worked.maps]),
        "notes": remarks(worked),
    }


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return plain(value) if value not in (float("inf"), -float("inf")) else str(value)
    return list(value) if isinstance(value, tuple) else value


def _one(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values or None


def _grid(grid: Sequence[Sequence[Number | None]]) -> list[list[int | float | None]]:
    return [[None if value is None else plain(value) for value in row] for row in grid]


def _step(worked: Worked, step: Step) -> dict[str, Any]:
    many = worked.output_shape[0] > 1
    return {
        **({unit(worked): step.map} if many else {}),
        "row": step.row,
        "column": step.column,
        **(_terms(step) if worked.transposed else _window(worked, step)),
        **({"sums": [plain(value) for value in step.sums]} if len(step.sums) > 1 else {}),
        "total": plain(step.total),
        "value": plain(step.value),
        "text": "\n".join(sum_lines(worked, step)),
    }


def _terms(step: Step) -> dict[str, Any]:
    """What was added up there: pairs of a number of the image and a weight."""
    return {
        "terms": _one([[[plain(v), plain(w)] for v, w in terms] for terms in step.terms]),
        "products": _one([[plain(v * w) for v, w in terms] for terms in step.terms]),
    }


def _window(worked: Worked, step: Step) -> dict[str, Any]:
    """What the window reads, in its rows; None where nothing is. Of a convolution, the products."""
    down, right = worked.layer.windows()
    rows, columns = down.taps(step.row), right.taps(step.column)
    boards = worked.boards if worked.kernels else [worked.boards[step.map]]
    read = _one([_grid([[board[r][c] for c in columns] for r in rows]) for board in boards])
    if not worked.kernels:
        return {"window": read}
    products = [iter([v * w for v, w in terms]) for terms in step.terms]
    own = [_grid([[next(each) for _ in columns] for _ in rows]) for each in products]
    return {"window": read, "products": _one(own)}


def to_json_text(worked: Worked) -> str:
    """The lesson as JSON, a step and a row of numbers a line."""
    lines = []
    for key, value in to_dict(worked).items():
        rows = isinstance(value, list) and value and isinstance(value[0], (dict, list))
        text = "[\n    " + ",\n    ".join(map(to_json, value)) + "\n  ]" if rows else to_json(value)
        lines.append(f"  {to_json(key)}: {text}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def to_markdown(worked: Worked) -> str:
    """The lesson as a page to hand out: the grids as they are drawn, the steps as a table."""
    from ..views.text import escape_markdown

    grids = beside(image_blocks(worked, 0), _WIDTH)
    for own in range(worked.output_shape[0]):
        grids += [[], *beside([*kernel_blocks(worked, own), result_block(worked, own)], _WIDTH)]
    lines = [
        f"## {escape_markdown(title(worked))}",
        "",
        escape_markdown(worked.formula),
        "",
        "```text",
        *(paint(line, False) for line in grids),
        "```",
        "",
        *(f"- {escape_markdown(line)}" for line in remarks(worked)),
        "",
        "| step | sum |",
        "| --- | --- |",
    ]
    moves = range(len(worked.moves))
    rows = [(move_title(worked, number), move_lines(worked, number)) for number in moves]
    if worked.transposed:
        rows += [(place(worked, *step[:3]), sum_lines(worked, step)) for step in worked.steps]
    for head, sums in rows:
        lines.append(f"| {head} | {'<br>'.join(map(escape_markdown, sums))} |")
    return "\n".join(lines) + "\n"
