"""The columns that a table can have: what each is called, holds, and means."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ..analysis.receptive_field import receptive_fields
from ..errors import meant_or_known
from ..layers.base import Layer
from ..layers.shapes import Shape, format_shape
from ..network import BYTES_PER_ELEMENT, Network
from .rows import Row

UNKNOWN = "unknown"


class Column(NamedTuple):
    """A column: its key in --columns, its heading, and the text of a row's cell.

    Attributes:
        number: a cell's value, for machines and for the total; None: the column holds texts.
        summed: whether the last row holds the sum of its numbers; of ratios there is none.
    """

    key: str
    heading: str
    cell: Callable[[Row, Network, int], str]
    number: Callable[[Row, int], float | None] | None = None
    summed: bool = True

    @property
    def right(self) -> bool:
        """Whether its cells are numbers, which stand flush right."""
        return self.number is not None


class UnknownColumn(ValueError):
    """A column that does not exist; the text says what there is."""


def format_count(value: float | None) -> str:
    """'61,706', or 'unknown'."""
    return UNKNOWN if value is None else f"{value:,}"


def batched(shape: Shape | None, batch: int) -> str:
    """A shape as text, with the batch in front where there is more than one sample."""
    if shape is None:
        return UNKNOWN
    return format_shape(shape if batch == 1 else (batch, *shape))


def name_cell(row: Row) -> str:
    """The indented label, with ×N where a row stands for several."""
    times = f" ×{row.times}" if row.times > 1 else ""
    return f"{'  ' * row.depth}{row.label}{times}"


def formula_cell(row: Row) -> str:
    """The rule with its numbers, and below it what is to be noted."""
    node = row.node
    formula = node.layer.formula(node.input_shapes, node.output_shape) if node else ""
    return "\n".join([*([formula] if formula else []), *row.notes])


def described(layer: Layer) -> str:
    """A layer's type and arguments: 'Conv2d 6 maps 5×5'."""
    return f"{layer.type_name} {layer.summary()}".strip()


def _layer(row: Row) -> str:
    return described(row.node.layer) if row.node else row.type


def _from(row: Row) -> str:
    return ", ".join(row.node.inputs) if row.node else ""


def _receptive_field(row: Row, network: Network) -> str:
    if row.node is None:
        return ""
    field = receptive_fields(network)[row.node.path]
    return UNKNOWN if field is None else format_shape(field)


def _inputs(row: Row, batch: int) -> str:
    return ", ".join(batched(shape, batch) for shape in row.input_shapes) if row.node else ""


def _count(key: str, heading: str, value: Callable[[Row, int], int | None]) -> Column:
    return Column(key, heading, lambda row, _net, batch: format_count(value(row, batch)), value)


def _scaled(value: int | None, factor: int) -> int | None:
    return None if value is None else value * factor


COLUMNS: tuple[Column, ...] = (
    Column("name", "name", lambda row, _net, _batch: name_cell(row)),
    Column("layer", "layer", lambda row, _net, _batch: _layer(row)),
    Column("type", "type", lambda row, _net, _batch: row.type),
    Column(
        "arguments",
        "arguments",
        lambda row, _net, _batch: row.node.layer.summary() if row.node else "",
    ),
    Column("from", "reads", lambda row, _net, _batch: _from(row)),
    Column("input", "input", lambda row, _net, batch: _inputs(row, batch)),
    Column("output", "output", lambda row, _net, batch: batched(row.output_shape, batch)),
    Column("formula", "why", lambda row, _net, _batch: formula_cell(row)),
    Column("rf", "receptive field", lambda row, net, _batch: _receptive_field(row, net)),
    _count("params", "params", lambda row, _batch: row.params),
    _count("buffers", "buffers", lambda row, _batch: row.buffers),
    _count("macs", "MACs", lambda row, batch: _scaled(row.macs, batch)),
    _count("flops", "FLOPs", lambda row, batch: _scaled(row.macs, 2 * batch)),
    _count("connections", "connections", lambda row, batch: _scaled(row.connections, batch)),
    _count(
        "memory",
        "output bytes",
        lambda row, batch: _scaled(row.elements, BYTES_PER_ELEMENT * batch),
    ),
)
BY_KEY = {column.key: column for column in COLUMNS}
DEFAULT_KEYS = ("name", "layer", "output", "formula", "params", "macs")


def choose(keys: Sequence[str] | None) -> tuple[Column, ...]:
    """The columns of these keys; None: the default ones; ['all']: every one.

    Raises:
        UnknownColumn: a key is no column's, or there is none.
    """
    if keys is None:
        keys = DEFAULT_KEYS
    elif list(keys) == ["all"]:
        # 'layer' is type and arguments in one.
        keys = [column.key for column in COLUMNS if column.key not in ("type", "arguments")]
    if not keys:
        raise UnknownColumn("name one column at least, such as params")
    for key in keys:
        if key not in BY_KEY:
            hint = meant_or_known(key, [*BY_KEY, "all"])
            raise UnknownColumn(f"there is no column {key!r}; {hint}")
    return tuple(BY_KEY[key] for key in keys)
